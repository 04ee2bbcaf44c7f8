"""Stacked months: cost by category, people by role, compute by workload."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.report.charts.frame import Look, Spec, end_labels, framed, month_axis, padded_domain, value_axis
from toolkit.text.formats import money_scale


@dataclass(frozen=True, slots=True)
class Series:
    """A named value a month, none below 0."""

    label: str
    values: tuple[float, ...]


def gathered(series: Sequence[Series], other: str, most: int = 6) -> list[Series]:
    """At most `most` series: the last of more are summed into one named `other`."""
    if len(series) <= most:
        return list(series)
    rest = zip(*(one.values for one in series[most - 1 :]), strict=True)
    return [*series[: most - 1], Series(other, tuple(sum(column) for column in rest))]


def stacked_costs(
    series: Sequence[Series], months: Sequence[str], currency: str, look: Look | None = None
) -> Spec:
    """Money by category, one bar a month, the first series at the bottom. Values in whole currency."""
    look = look or Look()
    totals = [sum(column) for column in zip(*(one.values for one in series), strict=True)]
    scale = money_scale(totals, currency, look.language)
    shrunk = [Series(one.label, tuple(value / scale.factor for value in one.values)) for one in series]
    return _bars(shrunk, months, scale.label, look)


def stacked_headcount(
    series: Sequence[Series], months: Sequence[str], unit: str, look: Look | None = None
) -> Spec:
    """People by role, one bar a month."""
    return _bars(series, months, unit, look or Look(height=200))


def _bars(series: Sequence[Series], months: Sequence[str], unit: str, look: Look) -> Spec:
    colours = look.theme.series
    rows: list[Spec] = []
    tops = [0.0] * len(months)
    for place, one in enumerate(series):
        for index, value in enumerate(one.values):
            rows.append(
                {
                    "month": f"{months[index]}-01",
                    "series": one.label,
                    "value": value,
                    "low": tops[index],
                    "high": tops[index] + value,
                    "colour": colours[place % len(colours)],
                }
            )
            tops[index] += value
    domain = padded_domain(tops)
    labels = [
        {
            "label": one.label,
            "at": (row["low"] + row["high"]) / 2,
            "colour": look.theme.ink,
            "swatch": row["colour"],
        }
        for one, row in zip(series, rows[len(months) - 1 :: len(months)], strict=True)
    ]
    bars: Spec = {
        "mark": {"type": "bar", "size": 0.78 * look.width / len(months), "stroke": None},
        "encoding": {
            "x": month_axis(look, months),
            "y": value_axis("low", unit, domain),
            "y2": {"field": "high"},
            "color": {"field": "colour", "type": "nominal", "scale": None},
        },
    }
    if look.interactive:
        bars["encoding"]["tooltip"] = [
            {"field": "month", "type": "temporal", "format": "%Y-%m"},
            {"field": "series", "type": "nominal"},
            {"field": "value", "type": "quantitative", "format": ",.1f"},
        ]
    # Bars stand on their month: half a bar of room at either end keeps the first and the last whole.
    room = 0.5 * look.width / len(months)
    bars["encoding"]["x"]["scale"] = {"type": "utc", "padding": room}
    return framed(look, [bars, *end_labels(look, labels, domain, months[-1], room=room)], rows)
