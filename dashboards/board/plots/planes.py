"""Charts over two axes: a cloud of points with its front or its roofs, shares and areas of a whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from board.charts import SHORT, TYPE, both, fitted
from board.plots.parts import Row, legend, own_colour, palette, with_colour
from toolkit.report.charts.frame import Look, Spec, framed, haloed
from toolkit.text import Language


def cloud(
    rows: Sequence[Row],
    language: Language,
    *,
    x_title: str,
    y_title: str,
    line: Sequence[Row] = (),
    roofs: Sequence[Row] = (),
    height: int = 380,
) -> Spec:
    """Points over two logarithmic axes: `x`, `y`, `label`, `hint`, `tone`, `is_named`; a `line` through the
    best of them, and `roofs` (lines by `group`)."""

    def draw(theme: Any) -> Spec:
        return _cloud(rows, Look(language, theme, height=height), x_title, y_title, line, roofs)

    return both(draw)


def _cloud(
    rows: Sequence[Row], look: Look, x_title: str, y_title: str, line: Sequence[Row], roofs: Sequence[Row],
) -> Spec:  # fmt: skip
    data = [{"shape": "circle", **with_colour(row, look.theme)} for row in rows]
    everything = [*rows, *line, *roofs]
    x = _log_axis("x", x_title, [one["x"] for one in everything])
    y = _log_axis("y", y_title, [one["y"] for one in everything])
    y["axis"] |= {
        "titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleBaseline": "bottom", "titleX": 0,
        "titleY": -8,
    }  # fmt: skip
    points: Spec = {
        "mark": {"type": "point", "filled": True, "size": 64, "opacity": 0.9},
        "encoding": {"x": x, "y": y, "color": own_colour(),
                     "tooltip": [{"field": "hint", "type": "nominal", "title": " "}],
                     "shape": {"field": "shape", "type": "nominal", "scale": None}},
    }  # fmt: skip
    every_x = [one["x"] for one in everything]
    middle = math.sqrt(min(every_x) * max(every_x)) if every_x else 1.0  # of a logarithmic axis
    is_right = f"datum.x > {middle:.12g}"  # words of points on the right stand to their left
    word = {
        "type": "text", "align": {"expr": f"{is_right} ? 'right' : 'left'"}, "dy": -9, "fontSize": TYPE,
        "dx": {"expr": f"{is_right} ? -8 : 8"}, "color": look.theme.ink,
    }  # fmt: skip
    names: Spec = {
        "transform": [{"filter": "datum.is_named"}],
        "mark": word,
        "encoding": {"x": x, "y": y, "text": {"field": "label", "type": "nominal"}},
    }
    roof = {"type": "line", "color": look.theme.muted, "strokeWidth": 1.6}
    front = {**roof, "interpolate": "step-after", "color": look.theme.accent, "strokeDash": [5, 3]}
    lines = [
        _line(roofs, roof, x, y, {"detail": {"field": "group", "type": "nominal"}}),
        _line(line, front, x, y, {"order": {"field": "x", "type": "quantitative"}}),
    ]
    return fitted(framed(look, [*(one for one in lines if one), points, *haloed(look, names)], data))


def _line(rows: Sequence[Row], mark: Spec, x: Spec, y: Spec, more: Spec) -> Spec | None:
    return (
        {"data": {"values": list(rows)}, "mark": mark, "encoding": {"x": x, "y": y, **more}} if rows else None
    )


def _log_axis(field: str, title: str, values: Sequence[float]) -> Spec:
    return {
        "field": field, "type": "quantitative", "scale": {"type": "log", "nice": False, "padding": 18},
        "axis": {"title": title, "labelExpr": SHORT, "values": _decades(values), "grid": True,
                 "domain": False, "ticks": False},
    }  # fmt: skip


def _decades(values: Sequence[float]) -> list[float]:
    """Ticks of a logarithmic axis: 1, 2 and 5 of every decade where they are few, else whole decades."""
    low, high = min(values), max(values)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    steps = (1, 1.5, 2, 3, 4, 5, 7) if high < 12 * low else (1, 2, 5) if last - first <= 3 else (1,)
    ticks = [step * 10.0**power for power in range(first, last + 1) for step in steps]
    return [tick for tick in ticks if low * 0.7 <= tick <= high * 1.4]


def shares(rows: Sequence[Row], language: Language, *, holders: Sequence[str], height: int = 300) -> Spec:
    """Stacked shares of a whole, one column a moment: `moment`, `name` (of `holders`), `share`, `text`."""

    def draw(theme: Any) -> Spec:
        look = Look(language, theme, height=height)
        moments = list(dict.fromkeys(row["moment"] for row in rows))
        x = {
            "field": "moment", "type": "ordinal", "sort": moments,
            "axis": {"title": None, "labelAngle": 0, "domain": False, "ticks": False, "labelLimit": 150,
                     "labelExpr": "split(datum.label, '\\n')"},
        }  # fmt: skip
        y = {
            "field": "share",
            "type": "quantitative",
            "stack": "zero",
            "axis": {"title": None, "format": "%", "domain": False, "ticks": False, "tickCount": 4},
        }
        colour = _holder_colours(look, holders)
        order = {"field": "place", "type": "quantitative"}
        data = [{**row, "place": holders.index(row["name"])} for row in rows]
        hint = [
            {"field": "name", "type": "nominal", "title": " "},
            {"field": "text", "type": "nominal", "title": " "},
        ]
        bars: Spec = {
            "mark": {"type": "bar", "width": {"band": 0.62}, "stroke": look.theme.page, "strokeWidth": 1},
            "encoding": {"x": x, "y": y, "color": colour, "order": order, "tooltip": hint},
        }
        return fitted(framed(look, [bars], data))

    return both(draw)


def areas(
    rows: Sequence[Row], language: Language, *, holders: Sequence[str], x_title: str, y_title: str,
    height: int = 300,
) -> Spec:  # fmt: skip
    """Stacked areas over a number: `x`, `y`, `name` (of `holders`), `text`; what each gets of a whole."""

    def draw(theme: Any) -> Spec:
        look = Look(language, theme, height=height)
        axis = {"domain": False, "ticks": False, "format": ",~f", "tickCount": 5}
        x = {"field": "x", "type": "quantitative", "axis": {**axis, "title": x_title, "grid": False},
             "scale": {"nice": False, "zero": False}}  # fmt: skip
        y = {
            "field": "y", "type": "quantitative", "stack": "zero",
            "axis": {**axis, "title": y_title, "titleAngle": 0, "titleAlign": "left", "titleAnchor": "end",
                     "titleBaseline": "bottom", "titleX": 0, "titleY": -8},
        }  # fmt: skip
        colour = _holder_colours(look, holders)
        hint = [
            {"field": "name", "type": "nominal", "title": " "},
            {"field": "text", "type": "nominal", "title": " "},
        ]
        area: Spec = {
            "mark": {"type": "area", "opacity": 0.9, "line": False},
            "encoding": {"x": x, "y": y, "color": colour, "tooltip": hint,
                         "order": {"field": "place", "type": "quantitative"}},
        }  # fmt: skip
        data = [{**row, "place": holders.index(row["name"])} for row in rows]
        return fitted(framed(look, [area], data))

    return both(draw)


def _holder_colours(look: Look, holders: Sequence[str]) -> Spec:
    """A holder has one colour in every chart of the same `holders`, whoever else is drawn."""
    return {
        "field": "name", "type": "nominal", "sort": list(holders),
        "scale": {"domain": list(holders), "range": palette(look.theme, len(holders))},
        "legend": legend(len(holders)),
    }  # fmt: skip


def strip(rows: Sequence[Row], language: Language, *, x_title: str, y_title: str, height: int = 180) -> Spec:
    """Points in their order: `x`, `y`, `tone`, `shape`, `hint`; a rule at 1."""

    def draw(theme: Any) -> Spec:
        look = Look(language, theme, height=height)
        data = [with_colour(row, look.theme) for row in rows]
        axis = {"domain": False, "ticks": False, "tickCount": 5}
        whole = {**axis, "title": x_title, "grid": False, "format": "d", "tickMinStep": 1}
        x = {"field": "x", "type": "quantitative", "axis": whole, "scale": {"zero": False, "padding": 12}}
        y = {
            "field": "y", "type": "quantitative", "scale": {"zero": False, "nice": True, "padding": 10},
            "axis": {**axis, "title": y_title, "titleAngle": 0, "titleAlign": "left", "titleAnchor": "end",
                     "titleBaseline": "bottom", "titleX": 0, "titleY": -8, "format": ".3f"},
        }  # fmt: skip
        middle: Spec = {
            "data": {"values": [{"one": 1}]},
            "mark": {"type": "rule", "color": look.theme.muted, "strokeDash": [4, 3]},
            "encoding": {"y": {"field": "one", "type": "quantitative"}},
        }
        points: Spec = {
            "mark": {"type": "point", "filled": True, "size": 46, "opacity": 0.9},
            "encoding": {"x": x, "y": y, "color": own_colour(),
                         "shape": {"field": "shape", "type": "nominal", "scale": None},
                         "tooltip": [{"field": "hint", "type": "nominal", "title": " "}]},
        }  # fmt: skip
        return fitted(framed(look, [points, middle], data))

    return both(draw)
