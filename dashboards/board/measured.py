"""Measurements by device: what it can do at best, what the reference models reach, how sure that is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial

import streamlit as st

from board import bench_run, charts, evidence, reading, tables
from board.cards import card
from board.frame import Here
from board.tables import Column
from board.words import moment, plain, rate, say
from toolkit.app.pages.benchmarks import DeviceResults, Result
from toolkit.text import Language, t
from toolkit.text.formats import interval, percent, significant

WIDTHS = {
    "workload": 170, "shape": 190, "rate": 130, "interval": 130, "mfu": 80, "memory": 110, "energy": 110,
    "date": 120, "source": 120,
}  # fmt: skip


def draw(here: Here) -> None:
    """The page."""
    language = here.language
    found = reading.measured(here.workspace)
    bench_run.start_card(here, is_first=not found)
    for one in found:
        _device(one, here)
    if found:
        st.caption(say("benchmarks.note", language))
        evidence.blocks_card(here, found)
        evidence.compare_card(here)


def _device(found: DeviceResults, here: Here) -> None:
    language, device = here.language, found.device
    note = say(f"benchmarks.device.{device.kind}", language, count=device.count)
    with card(plain(device.name), note):
        ceilings, chart = st.columns([1, 3], gap="large", vertical_alignment="top")
        with ceilings:
            for one in found.ceilings:
                _ceiling(one, language)
        if found.workloads:
            alt = say("benchmarks.chart", language, device=device.name)
            chart.vega_lite_chart(charts.rates(found.workloads, language), theme=None, alt=alt)
            tables.show(
                found.workloads, _columns(language), name=f"measurements-{_slug(device.name)}",
                alt=alt, language=language,
            )  # fmt: skip
            evidence.roofline_part(here, found)
        _remarks(found, language)


def _ceiling(one: Result, language: Language) -> None:
    """A ceiling: the most that the device did of one thing."""
    found, unit = one.measurement, one.measurement.workload.unit
    st.metric(
        say(f"benchmarks.ceiling.{unit}", language, dtype=found.workload.dtype),
        f"{significant(one.giga_per_second, language)} {say(f'benchmarks.giga.{unit}', language)}",
        delta_description=say("benchmarks.interval", language, spread=percent(one.spread, language, 1)),
    )


def _remarks(found: DeviceResults, language: Language) -> None:
    """What to keep in mind when reading this device's numbers."""
    if not found.remarks:
        return
    total = len(found.ceilings) + len(found.workloads)
    lines = [
        say(
            "benchmarks.remark", language, count=len(one.results), total=total,
            sentence=plain(t(f"bench.flag.{one.flag}", language)),
        )
        for one in found.remarks
    ]  # fmt: skip
    with st.expander(say("benchmarks.remarks", language, count=len(lines)), icon=":material/info:"):
        st.markdown("\n".join(f"- {line}" for line in lines))


def _slug(name: str) -> str:
    """A device's name in the name of a file; no two devices of a page share one."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "device"


def _columns(language: Language) -> list[Column]:
    figure = partial(significant, language=language)

    def column(key: str, of: Callable[[Result], object], show: Callable[..., str] | None = None) -> Column:
        head, about = (
            say(f"benchmarks.column.{key}", language),
            say(f"benchmarks.column_help.{key}", language),
        )
        return Column(head, of, show, WIDTHS[key], about)  # type: ignore[arg-type]

    return [
        column("workload", lambda one: workload_name(one, language)),
        column("shape", lambda one: shape_of(one, language)),
        column("rate", lambda one: rate(one.measurement, language)),
        column("interval", lambda one: interval(one.measurement.low, one.measurement.high, figure)),
        column("mfu", lambda one: one.measurement.mfu, partial(percent, language=language, decimals=1)),
        column("memory", lambda one: one.peak_gigabytes, lambda value: f"{figure(value)} GB"),
        column("energy", lambda one: one.measurement.joules_per_unit, lambda value: f"{figure(value)} J"),
        column("date", lambda one: moment(datetime.fromisoformat(one.measurement.measured_at), language)),
        column("source", lambda one: say(f"benchmarks.source.{one.measurement.source}", language)),
    ]


def workload_name(one: Result, language: Language) -> str:
    """Model and mode: `gpt2 · training step`."""
    work = one.measurement.workload
    return f"{work.model} · {say(f'benchmarks.mode.{work.mode}', language)}"


def shape_of(one: Result, language: Language) -> str:
    """Arithmetic, batch and length, and what else changes the work."""
    work = one.measurement.workload
    shape = say("benchmarks.shape", language, dtype=work.dtype, batch=work.batch, tokens=work.tokens)
    return " · ".join([shape, *(f"{key}={value}" for key, value in work.options)])
