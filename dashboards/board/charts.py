"""Charts of the pages: the report's specifications, fitted to the width of a card and answering the pointer.

Each is drawn for light and for dark, and the two are laid over each other: where a colour differs, the chart
says `light-dark(…)` and the browser takes the one of the page. So a chart follows the reader's switch at
once, without another run. A Vega-Lite dict is kept by run and language: making it costs more than the rest
of a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import streamlit as st

from board.words import rate, say
from toolkit.app.pages.benchmarks import Result
from toolkit.app.pages.overview import Overview
from toolkit.report.charts import Look, Spec, fan_chart, rung_chart
from toolkit.report.charts.frame import framed, haloed
from toolkit.report.theme import ThemeName
from toolkit.text import Language
from toolkit.text.formats import compact_money, money_scale, month, percent

FONTS = "Inter, 'Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
CASH_HEIGHT, RUNG_HEIGHT, SERIES_HEIGHT, RATE_HEIGHT = 340, 128, 84, 34
POINTER, PICKED = "pointer", "picked"  # selections of the cash chart; a picked month has its `number`
ROOM_BELOW = 0.06  # of the span of the axis
# A figure of an axis: 20k and 3M, and 0.1 where the SI form would be 100m.
SHORT = "abs(datum.value) < 1 ? format(datum.value, '~g') : format(datum.value, '~s')"
CARD = "containerSize()[0]"  # Vega: the width of the card in pixels
IS_NARROW = f"{CARD} < 520"  # a phone
LABEL_LIMIT = f"{IS_NARROW} ? 0.42 * {CARD} : clamp(0.36 * {CARD}, 170, 400)"
TYPE = 12  # pixels: a screen is read from farther than a page


@st.cache_data(max_entries=64, show_spinner=False)
def cash(run: str, language: Language, _found: Overview) -> Spec:
    """The fan of cash with its floor and the tightest month; a rule at the pointer names the percentiles."""
    del run
    return both(lambda theme: _cash(_found, Look(language, theme, height=CASH_HEIGHT)))


def _cash(found: Overview, look: Look) -> Spec:
    spec = fan_chart(
        found.fan, found.months, found.currency, look,
        floor=found.floor, tightest_month=found.outcome.tightest_month,
    )  # fmt: skip
    low, high = spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
    low -= ROOM_BELOW * (high - low)  # the words at the tightest month stand below it
    spec["layer"][0]["encoding"]["y"]["scale"]["domain"] = [low, high]
    scale = money_scale((value for one in found.fan.values for value in one), found.currency, look.language)
    spec["layer"][:0] = _money_in(found, look, high)
    spec["layer"] += [*_floor_words(found, look, found.floor / scale.factor), _pointer(found, look)]
    return fitted(spec)


@st.cache_data(max_entries=64, show_spinner=False)
def rungs(run: str, language: Language, _found: Overview) -> Spec:
    """Compute cost by how its rate is known."""
    del run
    return both(lambda theme: _rungs(_found, Look(language, theme, height=RUNG_HEIGHT)))


def _rungs(found: Overview, look: Look) -> Spec:
    spec = rung_chart(found.cost_by_rung, found.currency, look)
    room = room_for(row["label"] for row in spec["data"]["values"])
    domain = [0, max(row["cost"] for row in spec["data"]["values"]) or 1.0]
    for layer in spec["layer"]:
        layer["encoding"]["x"]["scale"] = {"domain": domain, "range": [0, {"expr": f"width - {room:g}"}]}
    return fitted(spec)


def series(values: tuple[float, ...], months: tuple[str, ...], marked: int) -> Spec:
    """One line of the plan by month, with the month that is explained (0 for none) as a point."""
    return both(lambda theme: _series(values, months, marked, Look("en", theme, height=SERIES_HEIGHT)))


def _series(values: tuple[float, ...], months: tuple[str, ...], marked: int, look: Look) -> Spec:
    colours = look.theme
    rows = [{"month": f"{iso}-01", "value": value} for iso, value in zip(months, values, strict=True)]
    x: Spec = {"field": "month", "type": "temporal", "axis": None, "scale": {"type": "utc"}}
    y: Spec = {"field": "value", "type": "quantitative", "axis": None, "scale": {"zero": True}}
    place: Spec = {"x": x, "y": y}
    layers: list[Spec] = [
        {"mark": {"type": "area", "color": colours.accent_soft, "opacity": 0.8}, "encoding": place},
        {"mark": {"type": "line", "color": colours.accent, "strokeWidth": 1.75}, "encoding": place},
    ]
    if marked:
        point = {"type": "point", "filled": True, "size": 60, "color": colours.accent, "opacity": 1}
        layers.append({"data": {"values": [rows[marked - 1]]}, "mark": point, "encoding": place})
    return fitted(framed(look, layers, rows))


def both(draw: Callable[[ThemeName], Spec]) -> Spec:
    """A chart for either theme."""
    merged: Spec = _overlay(draw("light"), draw("dark"))
    return merged


def _overlay(light: Any, dark: Any) -> Any:
    if isinstance(light, dict):
        return {key: _overlay(value, dark[key]) for key, value in light.items()}
    if isinstance(light, list):
        return [_overlay(*pair) for pair in zip(light, dark, strict=True)]
    return light if light == dark else f"light-dark({light}, {dark})"


def fitted(spec: Spec) -> Spec:
    """As wide as its card, in the fonts of the page."""
    config = spec["config"]
    axis = {**config["axis"], "labelFontSize": TYPE, "titleFontSize": TYPE}
    return {
        **spec,
        "width": "container",
        # `light-dark(…)` is CSS: an SVG understands it, a canvas does not.
        "usermeta": {"embedOptions": {"renderer": "svg"}},
        "autosize": {"type": "fit-x", "contains": "padding"},
        "layer": [_on_screen(layer) for layer in spec["layer"]],
        "config": {**config, "font": FONTS, "axis": axis, "text": {**config["text"], "font": FONTS}},
    }


def room_for(words: Iterable[str]) -> float:
    """Pixels that the longest of these words takes beside a bar; a Chinese sign is as wide as it is high."""
    longest = max(
        (sum(TYPE if ord(sign) > 0x2E80 else 0.62 * TYPE for sign in one) for one in words), default=0
    )
    return longest + 12


def _on_screen(layer: Spec) -> Spec:
    """A layer with its words in the size of the screen, and as many months named as it has room for."""
    mark, encoding = layer.get("mark"), layer.get("encoding", {})
    axis = encoding.get("x", {}).get("axis")
    if isinstance(mark, dict) and "fontSize" in mark:
        layer = {**layer, "mark": {**mark, "fontSize": TYPE}}
    if axis and axis.get("labelOverlap") is False:
        x = {**encoding["x"], "axis": {**axis, "labelOverlap": True}}
        layer = {**layer, "encoding": {**encoding, "x": x}}
    return layer


def _money_in(found: Overview, look: Look, top: float) -> list[Spec]:
    """The rounds of the plan: a thin rule in the month for which each is planned, and its name."""
    rows = [
        {
            "month": f"{found.months[one.month - 1]}-01",
            "at": top,
            "label": one.label[look.language],
            "line": place % 2,
        }
        for place, one in enumerate(found.money_in)
    ]
    x: Spec = {"field": "month", "type": "temporal", "scale": {"type": "utc"}}
    rule = {"type": "rule", "color": look.theme.line, "strokeWidth": 1.5}
    text = {
        "type": "text",
        "align": "left",
        "baseline": "top",
        "dx": 5,
        "dy": {"expr": f"datum.line * {TYPE + 3}"},  # on two lines by turns, for narrow screens
        "fontSize": TYPE,
        "color": look.theme.muted,
    }
    return [
        {"data": {"values": rows}, "mark": rule, "encoding": {"x": x}},
        {
            "data": {"values": rows},
            "mark": text,
            "encoding": {"x": x, "y": {"field": "at", "type": "quantitative"}, "text": {"field": "label"}},
        },
    ]


def _floor_words(found: Overview, look: Look, at: float) -> list[Spec]:
    """What the dashed line is, just below it, where the plan begins."""
    words = say(
        "overview.cash.floor", look.language,
        amount=compact_money(found.floor, found.currency, look.language),
    )  # fmt: skip
    text: Spec = {
        "data": {"values": [{"month": f"{found.months[0]}-01", "at": at, "label": words}]},
        "mark": {
            "type": "text",
            "align": "left",
            "baseline": "top",
            "dx": 2,
            "dy": 5,
            "fontSize": TYPE,
            "color": look.theme.bad,
        },
        "encoding": {
            "x": {"field": "month", "type": "temporal", "scale": {"type": "utc"}},
            "y": {"field": "at", "type": "quantitative"},
            "text": {"field": "label"},
        },
    }
    return haloed(look, text)


def _pointer(found: Overview, look: Look) -> Spec:
    """A rule that follows the pointer, with the month and its percentiles; a click picks the month."""
    names = [f"P{level * 100:g}" for level in found.fan.levels]
    rows: list[dict[str, Any]] = [
        {
            "month": f"{iso}-01",
            "number": place + 1,
            "label": month(iso, look.language),
            **{
                name: compact_money(values[place], found.currency, look.language)
                for name, values in zip(names, found.fan.values, strict=True)
            },
        }
        for place, iso in enumerate(found.months)
    ]
    nearest = {"type": "point", "nearest": True}
    shown = [{"param": name, "empty": False, "value": 0.7} for name in (POINTER, PICKED)]
    fields = [("label", say("month", look.language)), *((name, name) for name in reversed(names))]
    return {
        "data": {"values": rows},
        "params": [
            {
                "name": POINTER,
                "select": {**nearest, "fields": ["month"], "on": "pointerover", "clear": "pointerout"},
            },
            {"name": PICKED, "select": {**nearest, "fields": ["number"], "on": "click"}},
        ],
        "mark": {"type": "rule", "color": look.theme.muted, "strokeWidth": 1},
        "encoding": {
            "x": {"field": "month", "type": "temporal", "scale": {"type": "utc"}},
            "opacity": {"condition": shown, "value": 0},
            "tooltip": [{"field": name, "type": "nominal", "title": title} for name, title in fields],
        },
    }


def rates(found: tuple[Result, ...], language: Language) -> Spec:
    """Throughput with its 95 % interval, one row a workload, on a logarithmic axis."""
    height = RATE_HEIGHT * len(found)
    return both(lambda theme: _rates(found, Look(language, theme, height=height)))


def _rates(found: tuple[Result, ...], look: Look) -> Spec:
    colours, language = look.theme, look.language
    rows = [_rate(one, language) for one in found]
    y: Spec = {
        "field": "name",
        "type": "ordinal",
        "sort": None,
        "axis": {
            "title": None,
            "domain": False,
            "ticks": False,
            "labelColor": colours.ink,
            "labelLimit": {"expr": LABEL_LIMIT},
            "labelExpr": f"{IS_NARROW} ? split(datum.label, '\\n') : replace(datum.label, '\\n', ' · ')",
        },
    }
    room = f"{IS_NARROW} ? 12 : {room_for(row['label'] for row in rows):g}"
    x: Spec = {
        "field": "value",
        "type": "quantitative",
        "scale": {"type": "log", "nice": True, "range": [12, {"expr": f"width - ({room})"}]},
        "axis": {
            "title": None,
            "labelExpr": SHORT,
            "labelOverlap": True,
            "domain": False,
            "ticks": False,
            "tickCount": 3,
        },
    }
    tooltip = [{"field": "label", "type": "nominal", "title": say("benchmarks.column.rate", language)}]
    interval: Spec = {
        "mark": {"type": "rule", "strokeWidth": 6, "color": colours.accent_mid, "strokeCap": "round"},
        "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}, "tooltip": tooltip},
    }
    point: Spec = {
        "mark": {"type": "point", "filled": True, "size": 70, "color": colours.accent, "opacity": 1},
        "encoding": {"y": y, "x": x, "tooltip": tooltip},
    }
    words: Spec = {
        # On a phone the axis tells how large a rate is, and the table below the chart its figures.
        "transform": [{"calculate": f"{IS_NARROW} ? '' : datum.label", "as": "words"}],
        "mark": {"type": "text", "align": "left", "dx": 12, "fontSize": 11, "color": colours.muted},
        "encoding": {"y": y, "x": {**x, "field": "high"}, "text": {"field": "words"}},
    }
    return fitted(framed(look, [interval, point, words], rows))


def _rate(one: Result, language: Language) -> dict[str, Any]:
    work, measurement = one.measurement.workload, one.measurement
    shape = say("benchmarks.shape", language, dtype=work.dtype, batch=work.batch, tokens=work.tokens)
    return {
        "name": f"{work.model} · {say(f'benchmarks.mode.{work.mode}', language)}\n{shape}",
        "low": measurement.low,
        "value": measurement.value,
        "high": measurement.high,
        "label": f"{rate(measurement, language)}  ± {percent(one.spread, language, 1)}",
    }
