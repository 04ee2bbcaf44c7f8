"""Every chart of Groundplan, for pages and for paper: data in, a Vega-Lite mapping out.

`Look(language, theme_name, width, height, interactive)` says where the chart is shown. Dashboards pass the
mapping to `st.vega_lite_chart`; writers turn it into SVG with `to_svg`.
"""

from toolkit.report.charts.fan import fan_chart
from toolkit.report.charts.frame import Look, Spec
from toolkit.report.charts.lines import rung_chart, sparkline, survival_chart
from toolkit.report.charts.stacks import Series, gathered, stacked_costs, stacked_headcount
from toolkit.report.charts.svg import to_svg

__all__ = [
    "Look",
    "Series",
    "Spec",
    "fan_chart",
    "gathered",
    "rung_chart",
    "sparkline",
    "stacked_costs",
    "stacked_headcount",
    "survival_chart",
    "to_svg",
]
