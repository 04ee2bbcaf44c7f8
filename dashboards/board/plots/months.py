"""Charts by month: lines, stacked bars, lanes of months; each for both themes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from board.charts import CARD, both, fitted
from board.plots.parts import (
    CHART_HEIGHT,
    Course,
    Row,
    Tone,
    labels,
    legend,
    own_colour,
    with_colour,
)
from toolkit.report.charts.frame import Look, Spec, end_labels, framed, month_axis, padded_domain, value_axis
from toolkit.text import Language

ABOVE = -12  # pixels
END_LIMIT = f"clamp(0.25 * {CARD}, 90, 300)"  # of the name at the end of a line


def courses(
    found: Sequence[Course],
    months: Sequence[str],
    language: Language,
    *,
    unit: str,
    factor: float = 1.0,
    height: int = CHART_HEIGHT,
    zero: bool = True,
    form: Literal["line", "step"] = "line",
    ceiling: float | None = None,
) -> Spec:
    """Lines by month, each named at its end; values are divided by `factor` and stand in `unit`."""

    def draw(theme: Any) -> Spec:
        look = Look(language, theme, height=height)
        scaled = [[None if value is None else value / factor for value in one.values] for one in found]
        known = [value for values in scaled for value in values if value is not None]
        domain = padded_domain(known or [0.0, 1.0], floor=0.0 if zero else None)
        domain = domain if ceiling is None else (domain[0], ceiling)
        layers: list[Spec] = []
        names: dict[str, list[Row]] = {}  # by the month in which their lines end
        for place, (one, values) in enumerate(zip(found, scaled, strict=True)):
            colour = look.theme.series[place % len(look.theme.series)]
            layers.append(_course(look, one, values, months, colour, unit, domain, form))
            known_at = [at for at, value in enumerate(values) if value is not None]
            if known_at and len(found) > 1:
                end = {"label": one.name, "at": values[known_at[-1]], "colour": colour}
                names.setdefault(months[known_at[-1]], []).append(end)
        ends = [layer for month, at_end in names.items() for layer in end_labels(look, at_end, domain, month)]
        for layer in ends:
            layer["mark"]["limit"] = {"expr": END_LIMIT}
            is_last = layer["data"]["values"][0]["month"] == f"{months[-1]}-01"
            layer["mark"]["dy"] = 0 if is_last else ABOVE  # where other lines go on
        return fitted(framed(look, [*layers, *ends], []))

    return both(draw)


def _course(
    look: Look, one: Course, values: Sequence[float | None], months: Sequence[str], colour: str, unit: str,
    domain: tuple[float, float], form: str,
) -> Spec:  # fmt: skip
    rows = [
        {"month": f"{iso}-01", "value": value, "name": one.name}
        for iso, value in zip(months, values, strict=True)
        if value is not None
    ]
    mark: Spec = {"type": "line", "color": colour, "strokeWidth": 2.1}
    if form == "step":
        mark["interpolate"] = "step-after"
    if one.is_ghost:
        mark |= {"strokeDash": [5, 4], "strokeWidth": 1.6}
    y = value_axis("value", unit, domain)
    tooltip = [
        {"field": "name", "type": "nominal", "title": " "},
        {"field": "month", "type": "temporal", "format": "%Y-%m", "title": " "},
        {"field": "value", "type": "quantitative", "format": ",.4~g", "title": unit or " "},
    ]
    encoding = {"x": month_axis(look, months), "y": y, "tooltip": tooltip}
    return {"data": {"values": rows}, "mark": {**mark, "point": {"size": 14, "color": colour, "opacity": 0}},
            "encoding": encoding}  # fmt: skip


def bars(
    series: Sequence[Course], months: Sequence[str], language: Language, *, unit: str,
    tones: Sequence[Tone], factor: float = 1.0, height: int = 220,
) -> Spec:  # fmt: skip
    """Bars by month, stacked above and below 0, one colour (of `tones`) a series."""

    def draw(theme: Any) -> Spec:
        look = Look(language, theme, height=height)
        names = [one.name for one in series]
        rows = [
            {"month": f"{iso}-01", "name": one.name, "value": (value or 0.0) / factor}
            for one in series for iso, value in zip(months, one.values, strict=True) if value
        ]  # fmt: skip
        colours = [with_colour({"tone": tone}, look.theme)["colour"] for tone in tones]
        x = month_axis(look, months)
        x["scale"] = {**x["scale"], "domain": [f"{months[0]}-01", f"{months[-1]}-28"]}
        y = {
            "field": "value", "type": "quantitative", "stack": "zero",
            "axis": {"title": unit, "titleAngle": 0, "titleAlign": "left", "titleAnchor": "end",
                     "titleBaseline": "bottom", "titleX": 0, "titleY": -8, "domain": False, "ticks": False,
                     "tickCount": 4, "format": ",~f"},
        }  # fmt: skip
        colour = {
            "field": "name", "type": "nominal", "sort": names,
            "scale": {"domain": names, "range": colours},
            "legend": None if len(names) < 2 else legend(len(names)),
        }  # fmt: skip
        hint = [
            {"field": "name", "type": "nominal", "title": " "},
            {"field": "month", "type": "temporal", "format": "%Y-%m", "title": " "},
            {"field": "value", "type": "quantitative", "format": ",.4~g", "title": unit or " "},
        ]
        mark = {"type": "bar", "width": max(2, min(14, 480 // len(months)))}
        return fitted(
            framed(
                look, [{"mark": mark, "encoding": {"x": x, "y": y, "color": colour, "tooltip": hint}}], rows
            )
        )

    return both(draw)


def lanes(rows: Sequence[Row], months: Sequence[str], language: Language, *, height: int = 30) -> Spec:
    """A lane of months per `label`: cells with `month`, `tone` and `hint`."""

    def draw(theme: Any) -> Spec:
        count = len({row["label"] for row in rows})
        look = Look(language, theme, height=height * max(count, 1))
        data = [with_colour(row, look.theme) for row in rows]
        ticks = [month for month in months if (int(month[5:7]) - 1) % 3 == 0]
        form = "%Y年%-m月" if language == "zh" else "%b %Y"
        words = f"utcFormat(utcParse(datum.label, '%Y-%m'), '{form}')"
        x = {
            "field": "month",
            "type": "ordinal",
            "sort": list(months),
            "axis": {
                "title": None,
                "values": ticks,
                "labelAngle": 0,
                "labelOverlap": True,
                "domain": False,
                "ticks": False,
                "labelExpr": words,
            },
        }
        cells: Spec = {
            "mark": {"type": "rect", "stroke": look.theme.page, "strokeWidth": 2, "cornerRadius": 3},
            "encoding": {
                "x": x,
                "y": labels(look),
                "color": own_colour(),
                "tooltip": [{"field": "hint", "type": "nominal", "title": " "}],
            },
        }
        return fitted(framed(look, [cells], data))

    return both(draw)
