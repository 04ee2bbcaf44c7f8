"""Charts of named bars: sizes side by side, what swings a figure, what makes a difference, who holds what.

Every bar carries its own words and numbers, so that no colour has to be looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from toolkit.report.charts.frame import TYPE, Look, Spec, framed

FOLDS = " :：、，"
WORDS_ROOM = 0.28  # of the longest bar, for the words after it
NAME_LIMIT = 230  # pixels of a bar's name
NAME_LETTERS = 34  # a longer name is set in two lines


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its length, the words after it, and its colour (the accent by default)."""

    name: str
    value: float
    words: str
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Swing:
    """What a figure becomes where one input is low and where it is high, with both in words."""

    name: str
    at_low: float
    at_high: float
    low_words: str
    high_words: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a bridge: how far it goes up or down, in words too. A `level` stands on the ground."""

    name: str
    change: float
    words: str
    level: bool = False


def bar_chart(bars: Sequence[Bar], look: Look | None = None, *, room: float = WORDS_ROOM) -> Spec:
    """Bars from the left, the words after each; `room` is kept for words, as a share of the longest bar."""
    look = look or Look()
    theme = look.theme
    rows: list[Spec] = [
        {
            "name": folded(one.name),
            "value": one.value,
            "words": one.words,
            "colour": one.colour or theme.accent,
        }
        for one in bars
    ]
    longest = max((one.value for one in bars), default=1.0) or 1.0
    x: Spec = {
        "field": "value",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, (1 + room) * longest]},
    }
    y = bar_names(look)
    shown: Spec = {
        "mark": {"type": "bar", "height": {"band": 0.58}, "cornerRadiusEnd": 2},
        "encoding": {"x": x, "y": y, "color": {"field": "colour", "type": "nominal", "scale": None}},
    }
    return framed(look, [shown, _after(x, y, look)], rows)


def tornado_chart(
    swings: Sequence[Swing], present: float, write: Callable[[float], str], look: Look | None = None
) -> Spec:
    """From `present` to the left and to the right: the figure where each input is low and where it is high.

    The low side is dark and the high side light, so that the two differ in grey print too. `write` makes the
    words of the axis at its ends and its middle.
    """
    look = look or Look()
    theme = look.theme
    ends = [value for one in swings for value in (one.at_low, one.at_high)] or [present]
    reach = max(abs(value - present) for value in ends) or 1.0
    domain = [present - 1.62 * reach, present + 1.62 * reach]
    rows = _swing_rows(swings, present, look)
    x: Spec = {"field": "start", "type": "quantitative", "axis": None, "scale": {"domain": domain}}
    y = bar_names(look)
    shown = span_bars(x, y)
    at_ends = [_end_words(rows, x, y, look, right=side) for side in (True, False)]
    middle: Spec = {
        "data": {"values": [{"start": present, "label": write(present)}]},
        "mark": {"type": "rule", "color": theme.ink, "strokeWidth": 1.2},
        "encoding": {"x": x},
    }
    label: Spec = {
        **middle,
        "mark": {"type": "text", "y": -7, "fontSize": TYPE, "fontWeight": 600, "color": theme.ink},
        "encoding": {"x": x, "text": {"field": "label"}},
    }
    return framed(look, [shown, *at_ends, middle, label], rows)


def _swing_rows(swings: Sequence[Swing], present: float, look: Look) -> list[Spec]:
    """Two rows an input: from the present figure to that at its low and at its high value."""
    theme = look.theme
    return [
        {
            "name": folded(one.name),
            "start": present,
            "end": value,
            "words": words,
            "colour": colour,
            "right": value >= present,
        }
        for one in swings
        for value, words, colour in (
            (one.at_low, one.low_words, theme.accent),
            (one.at_high, one.high_words, theme.accent_mid),
        )
    ]


def waterfall_chart(steps: Sequence[Step], look: Look | None = None) -> Spec:
    """A bridge from one level to another: up is green and light, down is red and dark, levels are ink."""
    look = look or Look()
    theme = look.theme
    height = 0.0
    rows: list[Spec] = []
    for one in steps:
        start = 0.0 if one.level else height
        height = one.change if one.level else height + one.change
        colour = theme.muted if one.level else theme.bad if one.change < 0 else theme.good
        rows.append(
            {
                "name": folded(one.name),
                "start": start,
                "end": height,
                "right": max(start, height),
                "words": one.words,
                "colour": colour,
            }
        )
    values = [value for row in rows for value in (row["start"], row["end"])]
    low, high = min(values, default=0.0), max(values, default=1.0)
    span = (high - low) or 1.0
    domain = [low - 0.02 * span, high + WORDS_ROOM * span]
    x: Spec = {"field": "start", "type": "quantitative", "axis": None, "scale": {"domain": domain}}
    y = bar_names(look)
    shown = span_bars(x, y)
    after = _after({**x, "field": "right"}, y, look)
    return framed(look, [shown, after], rows)


def span_bars(x: Spec, y: Spec, **mark: object) -> Spec:
    """Bars from `start` to `end` of their rows, each in its own colour."""
    return {
        "mark": {"type": "bar", "height": {"band": 0.62}, **mark},
        "encoding": {
            "x": x,
            "x2": {"field": "end"},
            "y": y,
            "color": {"field": "colour", "type": "nominal", "scale": None},
        },
    }


def bar_names(look: Look) -> Spec:
    """The axis of the bars' names, in the order of the rows."""
    return {
        "field": "name",
        "type": "ordinal",
        "sort": None,
        "axis": {
            "title": None,
            "domain": False,
            "ticks": False,
            "labelColor": look.theme.ink,
            "labelPadding": 10,
            "labelLimit": NAME_LIMIT,
            "labelExpr": "split(datum.label, '\\n')",
            "labelLineHeight": 12,
        },
    }


def folded(name: str) -> str:
    """A long name in two lines of about the same length; a Chinese letter takes the room of two others."""
    widths = [2 if ord(letter) > 0x2E7F else 1 for letter in name]
    total = sum(widths)
    if total <= NAME_LETTERS:
        return name
    ends = accumulate(widths)
    breaks = [
        (abs(end - total / 2), place + 1)
        for place, end in enumerate(ends)
        if name[place] in FOLDS or (widths[place] == 2 and place + 1 < len(name) and widths[place + 1] == 2)
    ]
    if not breaks:
        return name
    place = min(breaks)[1]
    return f"{name[:place].rstrip()}\n{name[place:].lstrip()}"


def _after(x: Spec, y: Spec, look: Look) -> Spec:
    """The words after the end of each bar."""
    return {
        "mark": {"type": "text", "align": "left", "dx": 8, "fontSize": TYPE, "color": look.theme.muted},
        "encoding": {"x": x, "y": y, "text": {"field": "words"}},
    }


def _end_words(rows: Sequence[Spec], x: Spec, y: Spec, look: Look, *, right: bool) -> Spec:
    """The words beyond the ends of the bars of one side."""
    return {
        "data": {"values": [row for row in rows if row["right"] == right]},
        "mark": {
            "type": "text",
            "align": "left" if right else "right",
            "dx": 6 if right else -6,
            "fontSize": TYPE,
            "color": look.theme.muted,
        },
        "encoding": {"x": {**x, "field": "end"}, "y": y, "text": {"field": "words"}},
    }
