"""Divided bars of one length: who holds what, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from toolkit.report.charts.bars import bar_names, folded, span_bars
from toolkit.report.charts.frame import TYPE, Look, Spec, framed

DARK_SERIES = (0, 3, 4, 5)  # of the colours for series, those that are dark enough for white words
KEY_GAP, KEY_LETTER, KEY_LINE = 30, 5.9, 18  # pixels
LEAST_WRITTEN = 0.04  # a smaller share has no room for its words


@dataclass(frozen=True, slots=True)
class Stack:
    """One bar that is divided: its name, and the shares (0 to 1) of its parts in their order."""

    name: str
    shares: tuple[float, ...]


def share_chart(stacks: Sequence[Stack], parts: Sequence[str], look: Look | None = None) -> Spec:
    """Divided bars of one length. Parts keep their colour from bar to bar and are named above the first bar
    in which they are; shares of 4 % and more are written in."""
    look = look or Look()
    theme = look.theme
    rows: list[Spec] = []
    for stack in stacks:
        starts = [0.0, *accumulate(stack.shares)]
        for place, share in enumerate(stack.shares):
            dark = place % len(theme.series) in DARK_SERIES
            rows.append(
                {
                    "name": folded(stack.name),
                    "start": starts[place],
                    "end": starts[place + 1],
                    "middle": (starts[place] + starts[place + 1]) / 2,
                    "words": f"{100 * share:.0f}%" if share >= LEAST_WRITTEN else "",
                    "part": parts[place],
                    "colour": theme.series[place % len(theme.series)],
                    "ink": "#FFFFFF" if dark else theme.ink if theme.name == "light" else theme.page,
                }
            )
    x: Spec = {"field": "start", "type": "quantitative", "axis": None, "scale": {"domain": [0, 1]}}
    y = bar_names(look)
    shown = span_bars(x, y, stroke=theme.page, strokeWidth=1)
    inside: Spec = {
        "mark": {"type": "text", "fontSize": TYPE},
        "encoding": {
            "x": {**x, "field": "middle"},
            "y": y,
            "text": {"field": "words"},
            "color": {"field": "ink", "type": "nominal", "scale": None},
        },
    }
    return framed(look, [shown, inside, *_key(parts, look)], rows)


def _key(parts: Sequence[str], look: Look) -> list[Spec]:
    """Names of the parts above the bars, each after a square of its colour, in as many lines as they take."""
    theme = look.theme
    rows: list[Spec] = []
    left, line = 0.0, 0
    for index, part in enumerate(parts):
        width = KEY_GAP + KEY_LETTER * sum(1 if ord(c) < 0x2E80 else 1.8 for c in part)
        if left and left + width > look.width:
            left, line = 0.0, line + 1
        rows.append({"part": part, "left": left, "line": line, "colour": theme.series[index % 8]})
        left += width
    lines = line + 1
    for row in rows:
        row["top"] = -KEY_LINE * (lines - row["line"]) + 6
    place: Spec = {
        "x": {"field": "left", "type": "quantitative", "scale": None},
        "y": {"field": "top", "type": "quantitative", "scale": None},
    }
    data: Spec = {"values": rows}
    squares: Spec = {
        "data": data,
        "mark": {"type": "square", "filled": True, "size": 64, "opacity": 1, "xOffset": 5},
        "encoding": {**place, "color": {"field": "colour", "type": "nominal", "scale": None}},
    }
    names: Spec = {
        "data": data,
        "mark": {"type": "text", "align": "left", "dx": 14, "fontSize": TYPE, "color": theme.ink},
        "encoding": {**place, "text": {"field": "part", "type": "nominal"}},
    }
    return [squares, names]
