"""Measurements as a table on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from toolkit.shapes.records import Measurement
from toolkit.text import Language, load_catalogue, t


def show_measurements(console: Console, measurements: Sequence[Measurement], language: Language) -> None:
    """One table a device and day; a row is a workload, its rate with interval, and why it stopped."""
    if not measurements:
        console.print(t("cli.no_measurements", language))
    for (device, count, day), rows in groupby(measurements, key=_place):
        console.print(Text(f"{device} × {count} · {day}", "bold"))
        console.print(_table(list(rows), language))


def _place(one: Measurement) -> tuple[str, int, str]:
    return one.device.name, one.device.count, one.measured_at[:10]


def _table(measurements: Sequence[Measurement], language: Language) -> Table:
    """Rows, and below them what the marks of disturbed rows mean."""
    marks = {flag: number for number, flag in enumerate(_flags(measurements), 1)}
    table = Table(box=None, pad_edge=False, caption_justify="left", caption_style="dim")
    table.add_column(t("cli.column.workload", language), no_wrap=True)
    table.add_column(t("cli.column.rate", language), justify="right")
    table.add_column(t("cli.column.interval", language), justify="right")
    table.add_column(t("cli.column.stopped", language))
    for one in measurements:
        width = (one.high - one.low) / 2 / one.value if one.value else 0.0
        rate = f"{one.value:,.4g} {one.workload.unit}/s"
        stopped = Text(known_words("stop", one.stop_reason, language))
        stopped.append("".join(f" [{marks[flag]}]" for flag in one.flags), "yellow")
        table.add_row(one.workload.name, rate, f"± {100 * width:.0f} %", stopped)
    notes = [f"[{number}] {known_words('flag', flag, language)}" for flag, number in marks.items()]
    table.caption = Text("\n".join(notes)) if notes else None
    return table


def _flags(measurements: Sequence[Measurement]) -> dict[str, None]:
    return dict.fromkeys(flag for one in measurements for flag in one.flags)


def known_words(group: str, word: str, language: Language) -> str:
    """The sentence for a mark; a mark of another version of the benchmark stays as it is."""
    return load_catalogue("bench", language).get(f"{group}.{word}", word.replace("_", " "))
