"""What forms of charts share: rows with their colours, axes of words and of bare numbers.

A chart is as wide as its card, from a phone to a wide screen. What must not depend on it (the words after a
bar) has its room in pixels; what may (the length of a label, the columns of a legend) asks for that width.

A row holds what is drawn and the words that stand beside it, already in the reader's language; nothing is
computed here but where a mark goes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from board.charts import CARD, IS_NARROW, LABEL_LIMIT, TYPE
from toolkit.report.charts.frame import Look, Spec
from toolkit.report.theme import Theme

BAR_HEIGHT, CHART_HEIGHT = 34, 320
LEGEND_COLUMN = 140  # pixels
Row = Mapping[str, Any]
Tone = Literal["accent", "good", "bad", "warn", "muted", "soft"]


@dataclass(frozen=True, slots=True)
class Course:
    """One line by month; `is_ghost`: dashed, for comparison."""

    name: str
    values: Sequence[float | None]
    is_ghost: bool = False


def palette(theme: Theme, count: int) -> list[str]:
    return [theme.series[place % len(theme.series)] for place in range(count)]


def with_colour(row: Row, theme: Theme) -> dict[str, Any]:
    tones = {
        "accent": theme.accent, "good": theme.good, "bad": theme.bad, "warn": theme.series[2],
        "muted": theme.rungs["assumed"], "soft": theme.accent_mid, "panel": theme.line,
    }  # fmt: skip
    tones.update(theme.rungs.items())
    return {**row, "colour": tones[row.get("tone") or "accent"]}


def own_colour() -> Spec:
    return {"field": "colour", "type": "nominal", "scale": None}


def labels(look: Look) -> Spec:
    """The vertical axis of words, in the order of the rows. On a phone what stands after a colon
    (`Seed round: chance of closing`) has a line of its own."""
    lines = f"{IS_NARROW} ? split(datum.label, regexp(': |：')) : datum.label"
    return {
        "field": "label", "type": "ordinal", "sort": None,
        "axis": {"title": None, "domain": False, "ticks": False, "labelColor": look.theme.ink,
                 "labelLimit": {"expr": LABEL_LIMIT}, "labelExpr": lines, "labelPadding": 8},
    }  # fmt: skip


def plain_x(field: str, domain: tuple[float, float], *, left: float = 0, right: float = 0) -> Spec:
    """An axis without figures; `left` and `right` of it so many pixels are free for words."""
    return {
        "field": field, "type": "quantitative", "axis": None,
        "scale": {"domain": list(domain), "range": [left, {"expr": f"width - {right:g}"}], "nice": False,
                  "zero": False},
    }  # fmt: skip


def domain_of(rows: Sequence[Row], fields: Sequence[str]) -> tuple[float, float]:
    """From the lowest (at most 0) to the highest."""
    values = [row[field] for row in rows for field in fields if row.get(field) is not None]
    low, high = min([0.0, *values]), max([0.0, *values])
    return (low, high if high > low else low + 1.0)


def legend(names: int) -> Spec:
    """A legend under the chart, in as many columns as the card has room for."""
    return {
        "title": None, "orient": "bottom", "labelFontSize": TYPE, "symbolType": "square",
        "columns": {"expr": f"clamp(floor({CARD} / {LEGEND_COLUMN}), 1, {max(names, 1)})"},
    }  # fmt: skip


def words_beside(look: Look, x: Spec, *, align: str = "left", dx: int = 6) -> Spec:
    return {
        "mark": {"type": "text", "align": align, "dx": dx, "fontSize": TYPE, "color": look.theme.muted},
        "encoding": {"y": labels(look), "x": x, "text": {"field": "text", "type": "nominal"}},
    }
