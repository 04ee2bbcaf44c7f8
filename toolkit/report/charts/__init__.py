"""Every chart of Groundplan, for pages and for paper: data in, a Vega-Lite mapping out.

`Look(language, theme_name, width, height, interactive)` says where the chart is shown. Dashboards pass the
mapping to `st.vega_lite_chart`; writers turn it into SVG with `to_svg`.
"""

from toolkit.report.charts.bars import (
    Bar,
    Step,
    Swing,
    bar_chart,
    tornado_chart,
    waterfall_chart,
)
from toolkit.report.charts.fan import fan_chart
from toolkit.report.charts.frame import Look, Spec
from toolkit.report.charts.lines import line_chart, rung_chart, sparkline, survival_chart
from toolkit.report.charts.shares import Stack, share_chart
from toolkit.report.charts.stacks import Series, gathered, stacked_costs, stacked_headcount
from toolkit.report.charts.svg import to_svg

__all__ = [
    "Bar",
    "Look",
    "Series",
    "Spec",
    "Stack",
    "Step",
    "Swing",
    "bar_chart",
    "fan_chart",
    "gathered",
    "line_chart",
    "rung_chart",
    "share_chart",
    "sparkline",
    "stacked_costs",
    "stacked_headcount",
    "survival_chart",
    "to_svg",
    "tornado_chart",
    "waterfall_chart",
]
