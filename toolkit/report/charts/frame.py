"""What all charts share: one Vega-Lite frame with fonts, colours, axes and direct labels.

A chart is a plain Vega-Lite mapping with its data inside. The same mapping goes to the dashboard
(`st.vega_lite_chart`), to an SVG for paper, and is small enough to cache and to compare in a test.
Money is divided by its scale before it enters the data, so that axis, label and tooltip agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.report.theme import FONT, THEMES, Theme, ThemeName
from toolkit.text import Language
from toolkit.text.formats import MoneyScale

Spec = dict[str, Any]
Rows = Sequence[Mapping[str, Any]]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
TYPE = 10.5  # pixels: labels of axes and series
LABEL_GAP = 14.0  # pixels between the middles of two direct labels


@dataclass(frozen=True, slots=True)
class Look:
    """Who reads the chart and where: language, theme, size in pixels, and whether a pointer can hover."""

    language: Language = "en"
    theme_name: ThemeName = "light"
    width: int = 640
    height: int = 260
    interactive: bool = False

    @property
    def theme(self) -> Theme:
        return THEMES[self.theme_name]


def framed(look: Look, layers: Sequence[Spec], rows: Rows, **more: Any) -> Spec:
    """A whole chart from its layers and the rows that they draw."""
    return {
        "$schema": SCHEMA,
        "width": look.width,
        "height": look.height,
        "padding": {"left": 2, "right": 2, "top": 4, "bottom": 2},
        "background": "transparent",
        "data": {"values": list(rows)},
        "layer": list(layers),
        "config": _config(look),
        **more,
    }


def month_axis(look: Look, months: Sequence[str]) -> Spec:
    """The time axis: a tick a quarter, the month above, the year below each January and the first tick."""
    every = 3 if len(months) > 14 else 1
    ticks = [f"{month}-01" for month in months if (int(month[5:7]) - 1) % every == 0]
    first = ticks[0] if ticks else ""
    is_january = f"utcFormat(datum.value, '%m') == '01' || utcFormat(datum.value, '%Y-%m-%d') == '{first}'"
    if look.language == "zh":
        name, year = "utcFormat(datum.value, '%-m') + '月'", "utcFormat(datum.value, '%Y') + '年'"
    else:
        name, year = "utcFormat(datum.value, '%b')", "utcFormat(datum.value, '%Y')"
    return {
        "field": "month",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": {
            "title": None,
            "grid": False,
            "values": ticks,
            "labelOverlap": False,
            "labelExpr": f"({is_january}) ? [{name}, {year}] : [{name}]",
            "ticks": True,
            "tickSize": 4,
            "domain": True,
        },
    }


def value_axis(field: str, title: str | None, domain: tuple[float, float], **more: Any) -> Spec:
    """A vertical axis of numbers with its unit once, on top of it, set level."""
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": list(domain), "nice": False, "zero": False},
        "axis": {
            "title": title,
            "titleAngle": 0,
            "titleAlign": "left",
            "titleAnchor": "end",
            "titleBaseline": "bottom",
            "titleX": 0,
            "titleY": -8,
            "format": ",~f",
            "tickCount": 5,
            "domain": False,
            "ticks": False,
            **more,
        },
    }


def padded_domain(
    values: Sequence[float], *, floor: float | None = 0.0, below: float = 0.04
) -> tuple[float, float]:
    """From the lowest to the highest value with room above, and `below` it (a share of the span) unless it
    is 0; `floor` is always within."""
    low, high = min(values), max(values)
    if floor is not None:
        low, high = min(low, floor), max(high, floor)
    span = (high - low) or 1.0
    return (low if low == 0 else low - below * span), high + 0.06 * span


def spread(targets: Sequence[float], domain: tuple[float, float], height: int) -> list[float]:
    """Where direct labels stand so that none covers another: near `targets`, in data units, same order.

    Labels that would touch are pushed apart from below; those pushed past the top are pushed back down.
    """
    if not targets:
        return []
    unit = (domain[1] - domain[0]) / height
    gap = LABEL_GAP * unit
    order = sorted(range(len(targets)), key=lambda index: targets[index])
    placed = [targets[index] for index in order]
    for index in range(1, len(placed)):
        placed[index] = max(placed[index], placed[index - 1] + gap)
    placed[-1] = min(placed[-1], domain[1])
    for index in range(len(placed) - 2, -1, -1):
        placed[index] = min(placed[index], placed[index + 1] - gap)
    result = [0.0] * len(targets)
    for index, value in zip(order, placed, strict=True):
        result[index] = value
    return result


def end_labels(
    look: Look, rows: Rows, domain: tuple[float, float], month: str, *, room: float = 0.0
) -> list[Spec]:
    """Words at the right end of each series; rows hold `label`, `at`, `colour` and, where words alone would
    not say which series they mean, the colour of a `swatch` before them. `room` is kept free to the left."""
    heights = spread([row["at"] for row in rows], domain, look.height)
    labels = [{**row, "at": at, "month": f"{month}-01"} for row, at in zip(rows, heights, strict=True)]
    place: Spec = {"x": {"field": "month", "type": "temporal"}, "y": {"field": "at", "type": "quantitative"}}
    has_swatch = any("swatch" in row for row in rows)
    text: Spec = {
        "data": {"values": labels},
        "mark": {
            "type": "text",
            "align": "left",
            "dx": room + (20 if has_swatch else 8),
            "fontSize": TYPE,
            "limit": 150,
        },
        "encoding": {
            **place,
            "text": {"field": "label", "type": "nominal"},
            "color": {"field": "colour", "type": "nominal", "scale": None},
        },
    }
    swatch: Spec = {
        "data": {"values": labels},
        "mark": {"type": "square", "filled": True, "size": 60, "opacity": 1, "xOffset": room + 10},
        "encoding": {**place, "color": {"field": "swatch", "type": "nominal", "scale": None}},
    }
    return [swatch, text] if has_swatch else [text]


def haloed(look: Look, text: Spec) -> list[Spec]:
    """A text layer over its own outline in the colour of the page, readable on bands and lines."""
    page = look.theme.page
    outline = {**text["mark"], "stroke": page, "strokeWidth": 4, "strokeJoin": "round", "color": page}
    return [{**text, "mark": outline}, text]


def scaled(values: Sequence[float], scale: MoneyScale) -> list[float]:
    """Money in the unit of the axis."""
    return [value / scale.factor for value in values]


def _config(look: Look) -> Spec:
    theme = look.theme
    axis = {
        "labelColor": theme.muted,
        "titleColor": theme.muted,
        "labelFontSize": TYPE,
        "titleFontSize": TYPE,
        "titleFontWeight": "normal",
        "gridColor": theme.line,
        "domainColor": theme.line,
        "tickColor": theme.line,
        "labelPadding": 6,
    }
    return {
        "font": FONT,
        "view": {"stroke": None},
        "axis": axis,
        "text": {"font": FONT, "color": theme.ink},
        "legend": {"labelColor": theme.muted, "titleColor": theme.muted, "labelFontSize": 10.5},
    }
