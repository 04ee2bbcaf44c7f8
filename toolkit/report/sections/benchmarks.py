"""Benchmark report: what each device did, how sure that is, and how it was measured."""

from __future__ import annotations

from toolkit.report.bench_context import DeviceRow, ResultRow
from toolkit.report.bench_scribe import BenchScribe
from toolkit.report.charts import Bar, Look, bar_chart
from toolkit.report.document import (
    Block,
    Column,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Table,
    TableCell,
    TableRow,
)
from toolkit.report.wording import WIDTH
from toolkit.text.formats import UNKNOWN

MOST_BARS = 14
BAR = 24  # pixels of height


def blocks(scribe: BenchScribe) -> list[Block]:
    """One part a device."""
    if not scribe.context.devices:
        return [scribe.absent()]
    result: list[Block] = []
    for place, device in enumerate(scribe.context.devices):
        count = f" × {device.count}" if device.count > 1 and device.is_gpu else ""
        result.append(Heading(device.name + count))
        result.append(KeyFigures(_figures(scribe, device)))
        if device.environment:
            result.append(_environment(device))
        if device.results:
            result += [
                *_chart(scribe, device, place),
                _table(scribe, device.results, f"results-{place}", "bench.table"),
            ]
        if device.ceilings:
            result.append(_table(scribe, device.ceilings, f"ceilings-{place}", "bench.ceilings"))
        result.append(_evidence(scribe, device, place))
    return result


def method(scribe: BenchScribe) -> list[Block]:
    """How the numbers came about, in words."""
    parts = ("blocks", "interval", "ceiling", "recorded", "cpu")
    return [Paragraph.of(scribe.say(f"bench.method.{part}")) for part in parts]


def _environment(device: DeviceRow) -> Paragraph:
    """The machine and its software in one line, as they call themselves."""
    return Paragraph.of(" · ".join(f"{key} {value}" for key, value in device.environment), "small")


def _figures(scribe: BenchScribe, device: DeviceRow) -> tuple[KeyFigure, ...]:
    rows = (*device.results, *device.ceilings)
    dates = sorted(row.measured_at[:10] for row in rows)
    spreads = sorted((row.high - row.low) / 2 / row.value for row in rows if row.value)
    figures = [
        KeyFigure(scribe.say("bench.measured"), scribe.number(len(rows)), scribe.say("bench.measured_note")),
        KeyFigure(scribe.say("bench.last"), scribe.day(dates[-1]), scribe.say("bench.last_note")),
        KeyFigure(
            scribe.say("bench.spread"),
            f"± {scribe.percent(spreads[len(spreads) // 2], 1)}" if spreads else UNKNOWN,
            scribe.say("bench.spread_note"),
        ),
    ]
    flops = [row for row in device.ceilings if row.unit.startswith("flop")]
    if flops:
        best = max(flops, key=lambda row: row.value)
        size, _, unit = scribe.speed(best.value, best.unit).partition(" ")
        figures.append(KeyFigure(scribe.say("bench.best"), size, f"{unit}, {best.dtype}"))
    return tuple(figures)


def _chart(scribe: BenchScribe, device: DeviceRow, place: int) -> list[Block]:
    """How near each workload comes to what the device can do: to its ceiling, else to its data sheet."""
    rows = [(row, row.ceiling_share or row.mfu) for row in device.results]
    every = [(row, share) for row, share in rows if share]
    known = every[:MOST_BARS]
    if not known:
        return []
    comma = scribe.say("comma")  # a middle dot is drawn wider in Chinese fonts than charts measure it
    bars = [Bar(comma.join(_names(scribe, row)), share, scribe.percent(share)) for row, share in known]
    spec = bar_chart(bars, Look(scribe.language, width=WIDTH - 150, height=BAR * len(bars)), room=0.15)
    parts = scribe.say("comma").join(f"{bar.name} {bar.words}" for bar in bars)
    alt = scribe.say("bench.chart_alt", parts=parts)
    left = len(every) - len(known)
    notes = (scribe.say("bench.chart_note", shown=len(known), all=len(every)),) if left else ()
    return [Figure(f"shares-{place}", scribe.say("bench.chart"), spec, alt, notes)]


def _table(scribe: BenchScribe, rows: tuple[ResultRow, ...], id: str, caption: str) -> Table:
    body = tuple(
        TableRow(
            (
                TableCell(_name(scribe, row), _step(scribe, row)),
                TableCell(scribe.speed(row.value, row.unit), scribe.speed_range(row), row.value),
                TableCell(scribe.percent(row.mfu), value=row.mfu),
                TableCell(scribe.percent(row.ceiling_share), value=row.ceiling_share),
                TableCell(scribe.gigabytes(row.peak_bytes), value=row.peak_bytes),
                TableCell(UNKNOWN if row.joules_per_unit is None else scribe.round(row.joules_per_unit)),
            )
        )
        for row in rows
    )
    columns = (
        Column(scribe.say("column.workload"), share=3.0),
        Column(scribe.say("column.speed"), "number", 1.7),
        Column(scribe.say("column.mfu"), "percent", 0.9),
        Column(scribe.say("column.ceiling_share"), "percent", 1.0),
        Column(scribe.say("column.memory"), "number", 1.0),
        Column(scribe.say("column.joules"), "number", 1.0),
    )
    return Table(id, scribe.say(caption), columns, body, notes=(scribe.say("bench.table_note"),))


def _evidence(scribe: BenchScribe, device: DeviceRow, place: int) -> Table:
    """What each interval rests on, and the id under which the measurement is found again."""
    body = tuple(
        TableRow(
            (
                TableCell(_name(scribe, row)),
                TableCell(row.id),
                TableCell(row.measured_at[:10]),
                TableCell(f"{row.processes} × {row.blocks}"),
                TableCell(row.stopped[scribe.language]),
                TableCell(scribe.say(f"bench.origin.{row.origin}")),
                TableCell(scribe.number(row.earlier)),
            )
        )
        for row in (*device.results, *device.ceilings)
    )
    columns = (
        Column(scribe.say("column.workload"), share=2.6),
        Column(scribe.say("column.id"), "note", 2.1),
        Column(scribe.say("column.date"), "month", 1.4),
        Column(scribe.say("column.blocks"), "number", 1.0),
        Column(scribe.say("column.stopped"), "note", 1.8),
        Column(scribe.say("column.origin"), "note", 0.9),
        Column(scribe.say("column.earlier"), "number", 0.8),
    )
    notes = tuple(f"{words[scribe.language]} ({count})" for words, count in device.remarks)
    return Table(f"evidence-{place}", scribe.say("bench.evidence"), columns, body, notes=notes, dense=True)


def _name(scribe: BenchScribe, row: ResultRow) -> str:
    return " · ".join(_names(scribe, row))


def _names(scribe: BenchScribe, row: ResultRow) -> tuple[str, str, str]:
    return row.model, scribe.say(f"mode.{row.mode}"), row.dtype


def _step(scribe: BenchScribe, row: ResultRow) -> str:
    shape = {"batch": scribe.number(row.batch), "tokens": scribe.number(row.tokens)}
    key = "bench.step" if row.unit.startswith("token") else "bench.step_length"
    step = scribe.say(key if row.tokens > 1 else "bench.step_whole", **shape)
    return f"{step} · {row.options}" if row.options else step
