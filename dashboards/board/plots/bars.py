"""Horizontal bars: ranked, on both sides of 0, and floating as a waterfall; each for both themes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from board.charts import both, fitted, room_for
from board.plots.parts import (
    BAR_HEIGHT,
    Row,
    domain_of,
    labels,
    own_colour,
    plain_x,
    with_colour,
    words_beside,
)
from toolkit.report.charts.frame import Look, Spec, framed
from toolkit.text import Language


def ranked(rows: Sequence[Row], language: Language, *, height: int = BAR_HEIGHT) -> Spec:
    """Horizontal bars from 0, in the order of the rows: `label`, `value`, `text`, and where known `low` and
    `high` of an interval and `tone`."""
    return both(lambda theme: _ranked(rows, Look(language, theme, height=height * max(len(rows), 1))))


def _ranked(rows: Sequence[Row], look: Look) -> Spec:
    data = [with_colour(row, look.theme) for row in rows]
    room = room_for(row["text"] for row in data)
    x = plain_x("value", domain_of(data, ("value", "low", "high")), right=room)
    bars: Spec = {
        "mark": {"type": "bar", "height": {"band": 0.5}, "cornerRadiusEnd": 2},
        "encoding": {"y": labels(look), "x": x, "color": own_colour()},
    }
    whiskers: Spec = {
        "transform": [{"filter": "isValid(datum.low)"}],
        "mark": {"type": "rule", "strokeWidth": 1.5, "color": look.theme.ink},
        "encoding": {"y": labels(look), "x": {**x, "field": "low"}, "x2": {"field": "high"}},
    }
    known = [whiskers] if any(row.get("low") is not None for row in data) else []  # no empty group
    words = words_beside(look, {**x, "field": "at"})
    for row in data:
        row["at"] = max(row["value"], row.get("high") or row["value"], 0)
    return fitted(framed(look, [bars, *known, words], data))


def diverging(rows: Sequence[Row], language: Language, *, height: int = BAR_HEIGHT) -> Spec:
    """A tornado: per `label` two bars from 0, `low` with `low_text` and `high` with `high_text` (what happens
    when the input is low, and when it is high)."""
    return both(lambda theme: _diverging(rows, Look(language, theme, height=height * max(len(rows), 1))))


def _diverging(rows: Sequence[Row], look: Look) -> Spec:
    colours = {"low": look.theme.series[1], "high": look.theme.accent}
    data = [
        {"label": row["label"], "value": row[end], "text": row[f"{end}_text"], "colour": colours[end],
         "zero": 0, "hint": row.get(f"{end}_hint", "")}
        for row in rows for end in ("low", "high")
    ]  # fmt: skip
    left, right = (
        room_for(row["text"] for row in data if (row["value"] < 0) == is_below) for is_below in (True, False)
    )
    x = plain_x("value", domain_of(data, ("value",)), left=left, right=right)
    hint = [{"field": "hint", "type": "nominal", "title": " "}]
    bars: Spec = {
        "mark": {"type": "bar", "height": {"band": 0.5}, "opacity": 0.92},
        "encoding": {
            "y": labels(look), "x": {**x, "stack": None}, "color": own_colour(), "tooltip": hint,
        },
    }  # fmt: skip
    zero: Spec = {  # a tick a row, as high as the row: together one line
        "mark": {"type": "tick", "color": look.theme.muted, "thickness": 1, "size": BAR_HEIGHT},
        "encoding": {"y": labels(look), "x": {**x, "field": "zero"}},
    }
    sides = [
        {**words_beside(look, x, align=align, dx=dx), "transform": [{"filter": test}]}
        for align, dx, test in (("left", 6, "datum.value >= 0"), ("right", -6, "datum.value < 0"))
    ]
    return fitted(framed(look, [bars, zero, *sides], data))


def steps(rows: Sequence[Row], language: Language, *, height: int = BAR_HEIGHT) -> Spec:
    """A waterfall, read downwards: floating bars from `start` to `end` with `text`; `tone` says what a bar
    is (a total, a gain, a loss)."""
    return both(lambda theme: _steps(rows, Look(language, theme, height=height * max(len(rows), 1))))


def _steps(rows: Sequence[Row], look: Look) -> Spec:
    data = [{**with_colour(row, look.theme), "at": max(row["start"], row["end"])} for row in rows]
    room = room_for(row["text"] for row in data)
    x = plain_x("start", domain_of(data, ("start", "end")), right=room)
    bars: Spec = {
        "mark": {"type": "bar", "height": {"band": 0.56}, "cornerRadius": 2},
        "encoding": {"y": labels(look), "x": x, "x2": {"field": "end"}, "color": own_colour()},
    }
    joints = [{"at": one["end"], "from": one["label"], "to": after["label"]} for one, after in pairwise(data)]
    y = labels(look)
    joint: Spec = {
        "data": {"values": joints},
        "mark": {"type": "rule", "color": look.theme.line, "strokeWidth": 1},
        "encoding": {"y": {**y, "field": "from"}, "y2": {"field": "to"}, "x": {**x, "field": "at"}},
    }
    return fitted(framed(look, [joint, bars, words_beside(look, {**x, "field": "at"})], data))
