"""Measurements by device: what it can do at best, what the reference models reach, how sure that is."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from board import charts, reading
from board.cards import card
from board.frame import Here
from board.words import command, moment, plain, say
from toolkit.app.pages.benchmarks import DeviceResults, Result
from toolkit.text import Language, t
from toolkit.text.formats import UNKNOWN, interval, percent, significant

ROW_HEIGHT = 38
WIDTHS = {
    "workload": 150, "shape": 170, "rate": 130, "interval": 130, "mfu": 80, "memory": 110, "energy": 110,
    "date": 120, "source": 120,
}  # fmt: skip
NUMBERS = ("rate", "interval", "mfu", "memory", "energy")


def draw(here: Here) -> None:
    """The page."""
    language = here.language
    found = reading.measured(here.workspace)
    if not found:
        _nothing(here)
        return
    for one in found:
        _device(one, here)
    st.caption(say("benchmarks.note", language))


def _nothing(here: Here) -> None:
    with card(say("benchmarks.empty", here.language)):
        st.markdown(say("benchmarks.begin", here.language))
        st.code(command("groundplan bench run", here.workspace), language="bash")
        st.button(say("empty.refresh", here.language), icon=":material/refresh:")


def _device(found: DeviceResults, here: Here) -> None:
    language, device = here.language, found.device
    note = say(f"benchmarks.device.{device.kind}", language, count=device.count)
    with card(plain(device.name), note):
        ceilings, chart = st.columns([1, 3], gap="large", vertical_alignment="center")
        with ceilings:
            for one in found.ceilings:
                _ceiling(one, language)
        if found.workloads:
            alt = say("benchmarks.chart", language, device=device.name)
            chart.vega_lite_chart(charts.rates(found.workloads, language), theme=None, alt=alt)
            st.dataframe(
                pd.DataFrame([_cells(one, language) for one in found.workloads]), hide_index=True, alt=alt,
                row_height=ROW_HEIGHT, height="content", column_config=_columns(language),
            )  # fmt: skip
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


def _cells(one: Result, language: Language) -> dict[str, object]:
    found, work = one.measurement, one.measurement.workload
    return {
        "workload": f"{work.model} · {say(f'benchmarks.mode.{work.mode}', language)}",
        "shape": say("benchmarks.shape", language, dtype=work.dtype, batch=work.batch, tokens=work.tokens),
        "rate": f"{significant(found.value, language)} {say(f'benchmarks.unit.{work.unit}', language)}",
        "interval": interval(found.low, found.high, lambda value: significant(value, language)),
        "mfu": percent(found.mfu, language, 1),
        "memory": _with_unit(one.peak_gigabytes, "GB", language),
        "energy": _with_unit(found.joules_per_unit, "J", language),
        "date": moment(datetime.fromisoformat(found.measured_at), language),
        "source": say(f"benchmarks.source.{found.source}", language),
    }  # fmt: skip


def _with_unit(value: float | None, unit: str, language: Language) -> str:
    return UNKNOWN if value is None else f"{significant(value, language)} {unit}"


def _columns(language: Language) -> dict[str, ColumnConfig]:
    return {
        key: st.column_config.TextColumn(
            say(f"benchmarks.column.{key}", language),
            help=say(f"benchmarks.column_help.{key}", language),
            width=width,
            alignment="right" if key in NUMBERS else "left",
        )
        for key, width in WIDTHS.items()
    }
