"""Small charts: the survival curve, the ladder of grounding, and a sparkline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toolkit.report.charts.frame import (
    TYPE,
    Look,
    Spec,
    end_labels,
    framed,
    haloed,
    month_axis,
    padded_domain,
    scaled,
    value_axis,
)
from toolkit.shapes.records import GROUNDS, Ground
from toolkit.text import t
from toolkit.text.formats import compact_money, money_scale, percent

DASHES: tuple[list[int], ...] = ([1, 0], [6, 3], [2, 2], [8, 2, 2, 2], [4, 4], [1, 3])


def survival_chart(
    alive: Sequence[float],
    months: Sequence[str],
    look: Look | None = None,
    *,
    marks: Sequence[int] = (12, 24, 36),
) -> Spec:
    """`alive` is the chance that cash never was negative up to and with each month, 1 or falling; `marks`
    are months (1, 2, …) to name."""
    look = look or Look(height=200)
    theme = look.theme
    rows: list[Spec] = [
        {"month": f"{month}-01", "alive": share} for month, share in zip(months, alive, strict=True)
    ]
    lowest = min(row["alive"] for row in rows)
    domain = (0.0 if lowest < 0.5 else 0.5 if lowest < 0.9 else 0.8, 1.0)
    x = month_axis(look, months)
    y = value_axis("alive", None, (domain[0], domain[1] + 0.02), format="%", tickCount=5)
    named = [
        {**rows[mark - 1], "label": percent(rows[mark - 1]["alive"], look.language)}
        for mark in marks
        if mark <= len(rows)
    ]
    place = {"x": {"field": "month", "type": "temporal"}, "y": {"field": "alive", "type": "quantitative"}}
    text: Spec = {
        "data": {"values": named},
        "mark": {"type": "text", "align": "center", "dy": 15, "fontSize": TYPE, "color": theme.ink},
        "encoding": {**place, "text": {"field": "label"}},
    }
    line: Spec = {
        "mark": {"type": "line", "color": theme.accent, "interpolate": "step-after", "strokeWidth": 2.25},
        "encoding": {"x": x, "y": y},
    }
    points: Spec = {
        "data": {"values": named},
        "mark": {"type": "point", "filled": True, "size": 46, "color": theme.accent, "opacity": 1},
        "encoding": place,
    }
    return framed(look, [line, points, *haloed(look, text)], rows)


def rung_chart(cost_by_rung: Mapping[Ground, float], currency: str, look: Look | None = None) -> Spec:
    """Compute cost by how its rate is known: one bar a rung, best grounded first, with share and money."""
    look = look or Look(height=112)
    theme, total = look.theme, sum(cost_by_rung.values())
    rows: list[Spec] = []
    for rung in GROUNDS:
        cost = cost_by_rung.get(rung, 0.0)
        if rung == "listed" and not cost:
            continue  # no part of the ladder: shown where a plan buys by the hour or the token
        share = percent(cost / total if total else 0.0, look.language)
        rows.append(
            {
                "rung": t(f"report.rung.{rung}", look.language),
                "cost": cost,
                "colour": theme.rungs[rung],
                "label": f"{share} · {compact_money(cost, currency, look.language)}",
            }
        )
    y: Spec = {
        "field": "rung",
        "type": "ordinal",
        "sort": None,
        "axis": {"title": None, "domain": False, "ticks": False, "labelColor": theme.ink, "labelPadding": 10},
    }
    # Room for the words after the longest bar.
    x: Spec = {
        "field": "cost",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, 1.28 * max(row["cost"] for row in rows) or 1.0]},
    }
    bars: Spec = {
        "mark": {"type": "bar", "height": {"band": 0.56}, "cornerRadiusEnd": 2},
        "encoding": {"x": x, "y": y, "color": {"field": "colour", "type": "nominal", "scale": None}},
    }
    words: Spec = {
        "mark": {"type": "text", "align": "left", "dx": 8, "fontSize": TYPE, "color": theme.muted},
        "encoding": {"x": x, "y": y, "text": {"field": "label"}},
    }
    return framed(look, [bars, words], rows)


def line_chart(
    series: Sequence[tuple[str, Sequence[float]]],
    months: Sequence[str],
    currency: str,
    look: Look | None = None,
) -> Spec:
    """Money by month, one line a series, each named at its right end and told apart by its dashes too."""
    look = look or Look(height=220)
    theme = look.theme
    scale = money_scale((value for _, values in series for value in values), currency, look.language)
    shrunk = [(name, scaled(values, scale)) for name, values in series]
    domain = padded_domain([value for _, values in shrunk for value in values])
    rows: list[Spec] = []
    layers: list[Spec] = []
    for place, (name, values) in enumerate(shrunk):
        data = [{"month": f"{iso}-01", "value": value} for iso, value in zip(months, values, strict=True)]
        rows += [{**row, "series": name} for row in data] if place == 0 else []
        layers.append(
            {
                "data": {"values": data},
                "mark": {
                    "type": "line",
                    "color": theme.series[place % len(theme.series)],
                    "strokeWidth": 2.25 if place == 0 else 1.75,
                    "strokeDash": DASHES[place % len(DASHES)],
                },
                "encoding": {
                    "x": month_axis(look, months),
                    "y": value_axis("value", scale.label, domain),
                },
            }
        )
    labels = [
        {
            "label": name,
            "at": values[-1],
            "colour": theme.ink,
            "swatch": theme.series[place % len(theme.series)],
        }
        for place, (name, values) in enumerate(shrunk)
    ]
    return framed(look, [*layers, *end_labels(look, labels, domain, months[-1])], rows)


def sparkline(values: Sequence[float], look: Look | None = None) -> Spec:
    """A line without axes, for a card; it ends in a point."""
    look = look or Look(width=160, height=36)
    theme = look.theme
    rows = [{"at": index, "value": value} for index, value in enumerate(values)]
    x: Spec = {"field": "at", "type": "quantitative", "axis": None, "scale": {"zero": False, "nice": False}}
    y: Spec = {
        "field": "value",
        "type": "quantitative",
        "axis": None,
        "scale": {"zero": False, "nice": False},
    }
    line: Spec = {
        "mark": {"type": "line", "color": theme.accent, "strokeWidth": 1.75},
        "encoding": {"x": x, "y": y},
    }
    end: Spec = {
        "data": {"values": rows[-1:]},
        "mark": {"type": "point", "filled": True, "size": 28, "color": theme.accent, "opacity": 1},
        "encoding": {"x": x, "y": y},
    }
    return framed(look, [line, end], rows)
