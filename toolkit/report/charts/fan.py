"""The fan of cash: what is likely, month by month, and where it is tightest."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.projection.run import Fan
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
from toolkit.text import t
from toolkit.text.formats import MoneyScale, compact_money, money_scale, month

Y = {"type": "quantitative"}


def fan_chart(
    fan: Fan,
    months: Sequence[str],
    currency: str,
    look: Look | None = None,
    *,
    floor: float = 0.0,
    tightest_month: int | None = None,
) -> Spec:
    """Bands P5–P95 and P25–P75 with the median, each named at its right end.

    `months` are ISO, one a value of the fan. `floor` draws the line that cash must not cross;
    `tightest_month` (1, 2, …) is marked at its P5 with the amount.
    """
    look = look or Look()
    scale = money_scale((value for series in fan.values for value in series), currency, look.language)
    series = {
        f"p{level * 100:g}": scaled(values, scale)
        for level, values in zip(fan.levels, fan.values, strict=True)
    }
    rows = [
        {"month": f"{iso}-01", **{name: values[index] for name, values in series.items()}}
        for index, iso in enumerate(months)
    ]
    domain = padded_domain(
        [value for values in series.values() for value in values], floor=floor / scale.factor
    )
    layers = [
        *_bands(look, months, series, domain, scale),
        _floor(look, floor / scale.factor),
        *end_labels(look, _names(look, series), domain, months[-1]),
    ]
    if tightest_month is not None:
        words = t(
            "report.chart.tightest",
            look.language,
            month=month(months[tightest_month - 1], look.language),
            amount=compact_money(series["p5"][tightest_month - 1] * scale.factor, currency, look.language),
        )
        layers += _tightest(look, months, series["p5"], words, tightest_month)
    if look.interactive:
        layers.append(_hover(look, list(series)))
    return framed(look, layers, rows)


def _bands(
    look: Look,
    months: Sequence[str],
    series: dict[str, list[float]],
    domain: tuple[float, float],
    scale: MoneyScale,
) -> list[Spec]:
    theme = look.theme
    x = month_axis(look, months)
    names = list(series)
    layers: list[Spec] = []
    for depth, (low, high) in enumerate(zip(names, reversed(names), strict=True)):
        if depth >= len(names) // 2:
            break
        colour = theme.accent_soft if depth == 0 else theme.accent_mid
        y = value_axis(low, scale.label, domain) if depth == 0 else {"field": low, **Y}
        layers.append(
            {
                "mark": {"type": "area", "color": colour, "opacity": 1},
                "encoding": {"x": x, "y": y, "y2": {"field": high}},
            }
        )
    layers.append(
        {
            "mark": {"type": "line", "color": theme.accent, "strokeWidth": 2.25},
            "encoding": {"x": x, "y": {"field": "p50", **Y}},
        }
    )
    return layers


def _floor(look: Look, at: float) -> Spec:
    return {
        "data": {"values": [{"floor": at}]},
        "mark": {"type": "rule", "color": look.theme.bad, "strokeDash": [4, 3], "strokeWidth": 1.2},
        "encoding": {"y": {"field": "floor", **Y}},
    }


def _names(look: Look, series: dict[str, list[float]]) -> list[Spec]:
    theme = look.theme
    return [
        {
            "label": t("report.chart.median", look.language) if name == "p50" else name.upper(),
            "at": values[-1],
            "colour": theme.accent if name == "p50" else theme.muted,
        }
        for name, values in series.items()
    ]


def _tightest(look: Look, months: Sequence[str], low: Sequence[float], words: str, number: int) -> list[Spec]:
    """A point at the P5 of the tightest month, and words below it on the side where there is room."""
    theme, left = look.theme, number > len(months) * 0.55
    data = {"values": [{"month": f"{months[number - 1]}-01", "at": low[number - 1], "label": words}]}
    encoding = {"x": {"field": "month", "type": "temporal"}, "y": {"field": "at", **Y}}
    point = {"type": "point", "filled": True, "size": 46, "color": theme.bad, "opacity": 1}
    text = {
        "data": data,
        "mark": {
            "type": "text",
            "align": "right" if left else "left",
            "baseline": "top",
            "dy": 6,
            "dx": -6 if left else 6,
            "fontSize": TYPE,
            "color": theme.bad,
        },
        "encoding": {**encoding, "text": {"field": "label"}},
    }
    return [{"data": data, "mark": point, "encoding": encoding}, *haloed(look, text)]


def _hover(look: Look, names: Sequence[str]) -> Spec:
    """A rule that follows the pointer, with all percentiles of its month."""
    title = t("report.chart.month", look.language)
    return {
        "params": [
            {
                "name": "hover",
                "select": {
                    "type": "point",
                    "fields": ["month"],
                    "nearest": True,
                    "on": "pointerover",
                    "clear": "pointerout",
                },
            }
        ],
        "mark": {"type": "rule", "color": look.theme.muted},
        "encoding": {
            "x": {"field": "month", "type": "temporal"},
            "opacity": {"condition": {"param": "hover", "empty": False, "value": 0.6}, "value": 0},
            "tooltip": [
                {
                    "field": "month",
                    "type": "temporal",
                    "format": "%Y-%m",
                    "title": title,
                },
                *({"field": name, **Y, "format": ",.1f", "title": name.upper()} for name in reversed(names)),
            ],
        },
    }
