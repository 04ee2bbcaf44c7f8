"""What stands behind the rates: the roofline, the raw blocks with their disturbances, two days compared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from board import plots, reading, tables
from board.cards import card
from board.frame import Here
from board.tables import columns_of
from board.words import plain, say
from toolkit.app.pages.benchmarks import DeviceResults, Result
from toolkit.app.pages.blocks import BlockPoint, Blocks, blocks_of
from toolkit.app.pages.roofline import Point, Roofline
from toolkit.benchmark.comparison import Comparison
from toolkit.report.charts import Spec
from toolkit.store.measurements import MeasuredDay
from toolkit.text import Language
from toolkit.text.formats import day, interval, number, percent, significant

GIGA = 1e9
NAME_WIDE, NAME_HIGH = 0.16, 0.06  # of the spans of the chart: what the name of a point takes


def roofline_part(here: Here, found: DeviceResults) -> None:
    """The roofline of a device, where it has something to show."""
    language = here.language
    line = reading.roofline_of(found)
    if not line.points:
        return
    st.markdown(f"**{say('benchmarks.roofline.title', language)}**")
    st.vega_lite_chart(
        _roofline_chart(found.device.name, language, line), theme=None,
        alt=say("benchmarks.roofline.alt", language, device=found.device.name),
    )  # fmt: skip
    st.caption(say("benchmarks.roofline.note", language, left_out=len(line.left_out)))


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs={Roofline: lambda one: hash(repr(one.points))})
def _roofline_chart(device: str, language: Language, line: Roofline) -> Spec:
    del device
    named = _apart(line.points)
    points = [
        {
            "x": one.intensity, "y": one.reached / GIGA, "tone": "accent",
            "is_named": any(one is each for each in named), "label": one.result.measurement.workload.model,
            "hint": _hint(one, language),
        }
        for one in line.points
    ]  # fmt: skip
    low = min(one.intensity for one in line.points) / 2
    high = max(
        *(one.intensity for one in line.points), *(2 * each.peak / each.bandwidth for each in line.roofs)
    )
    roofs = [
        {"group": f"{roof.dtype}.{roof.origin}", "x": x, "y": roof.at(x) / GIGA}
        for roof in line.roofs
        for x in (low, roof.peak / roof.bandwidth, high)
    ]
    return plots.cloud(
        points, language, x_title=say("benchmarks.roofline.x", language),
        y_title=say("benchmarks.roofline.y", language), roofs=roofs,
    )  # fmt: skip


def _apart(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points whose names leave room for each other, the fastest first; every point says its own when it
    is pointed at."""
    placed = [(math.log10(one.intensity), math.log10(one.reached), one) for one in points]
    wide, high = (max(axis) - min(axis) for axis in list(zip(*placed, strict=True))[:2])
    named: list[tuple[float, float, Point]] = []
    for x, y, one in sorted(placed, key=lambda place: -place[1]):
        if all(abs(x - left) > NAME_WIDE * wide or abs(y - up) > NAME_HIGH * high for left, up, _ in named):
            named.append((x, y, one))
    return tuple(one for _, _, one in named)


def _hint(one: Any, language: Language) -> str:
    work = one.result.measurement.workload
    share = "" if one.share is None else f" · {percent(one.share, language)}"
    reached = significant(one.reached / GIGA, language)
    return f"{work.name} · {reached} GFLOP/s · {significant(one.intensity, language)} FLOP/byte{share}"


def blocks_card(here: Here, found: tuple[DeviceResults, ...]) -> None:
    """The raw times of one measurement, block by block."""
    language = here.language
    every = {one.id: (device, one) for device in found for one in (*device.workloads, *device.ceilings)}
    with card(say("benchmarks.blocks.title", language), say("benchmarks.blocks.note", language)):
        chosen = st.selectbox(
            say("benchmarks.blocks.which", language), list(every), key="blocks.which",
            format_func=lambda key: _title(*every[key]),
        )  # fmt: skip
        one = every[chosen][1]
        blocks = blocks_of(one.measurement)
        st.vega_lite_chart(
            _blocks_chart(one.id, language, blocks), theme=None, alt=say("benchmarks.blocks.title", language)
        )
        key = "quiet" if not blocks.disturbed else "disturbed"
        st.caption(
            say(f"benchmarks.blocks.{key}", language, count=len(blocks.points), disturbed=blocks.disturbed,
                processes=blocks.processes)
        )  # fmt: skip


def _title(device: DeviceResults, one: Result) -> str:
    return f"{device.device.name} · {one.measurement.workload.name} · {one.measurement.measured_at[:10]}"


@st.cache_data(max_entries=64, show_spinner=False)
def _blocks_chart(id: str, language: Language, _blocks: Blocks) -> Spec:
    del id
    rows = [
        {
            "x": place, "y": one.ratio, "tone": "bad" if one.reasons else "accent",
            "shape": "cross" if one.reasons else "circle",
            "hint": say(
                "benchmarks.blocks.hint", language, process=one.process, block=one.block,
                milliseconds=significant(one.seconds * 1e3, language),
                reasons=_reasons(one, language),
            ),
        }
        for place, one in enumerate(_blocks.points, 1)
    ]  # fmt: skip
    return plots.strip(
        rows,
        language,
        x_title=say("benchmarks.blocks.x", language),
        y_title=say("benchmarks.blocks.y", language),
    )


def _reasons(one: BlockPoint, language: Language) -> str:
    """Why a block was disturbed, in words."""
    words = [say(f"benchmarks.blocks.reason.{each}", language) for each in one.reasons]
    return ("；" if language == "zh" else "; ").join(words) or say("benchmarks.blocks.none", language)


def compare_card(here: Here) -> None:
    """Two days of measuring, of the same or of another device: what got faster, beyond chance."""
    language = here.language
    days = reading.days_of(here.workspace)
    if len(days) < 2:
        return
    with card(say("benchmarks.compare.title", language), say("benchmarks.compare.note", language)):
        left, right = st.columns(2)
        labels = {place: _day(one, language) for place, one in enumerate(days)}
        first = left.selectbox(
            say("benchmarks.compare.first", language), list(labels), index=1, key="compare.first",
            format_func=labels.__getitem__,
        )  # fmt: skip
        second = right.selectbox(
            say("benchmarks.compare.second", language), list(labels), index=0, key="compare.second",
            format_func=labels.__getitem__,
        )  # fmt: skip
        found = reading.compared_days(here.workspace, days[first], days[second])
        if not found.rows:
            st.caption(say("benchmarks.compare.nothing", language))
            return
        tables.show(
            found.rows, _comparison_columns(language), name="comparison", language=language,
            alt=say("benchmarks.compare.title", language),
        )  # fmt: skip
        if found.alone:
            st.caption(say("benchmarks.compare.alone", language, names=plain(", ".join(found.alone))))


def _day(one: MeasuredDay, language: Language) -> str:
    return say("benchmarks.compare.day", language, device=one.device, day=day(one.day, language, "medium"),
               count=number(one.count, language))  # fmt: skip


def _comparison_columns(language: Language) -> list[tables.Column]:
    column, figure = columns_of("benchmarks.compare", language), partial(significant, language=language)

    def bounds(one: Comparison) -> str:
        if one.low is None or one.high is None:
            return ""
        return interval(one.low, one.high, figure)

    return [
        column("workload", lambda one: one.name, None, 280),
        column("first", lambda one: one.first.value, figure, 110),
        column("second", lambda one: one.second.value, figure, 110),
        column("ratio", lambda one: one.ratio, lambda value: f"{figure(value)} ×", 100),
        column("interval", bounds, None, 150),
        column("verdict", lambda one: say(f"benchmarks.verdict.{one.verdict}", language), None, 180),
    ]
