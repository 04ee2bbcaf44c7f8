"""A benchmark report: the measurements of a workspace by device."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from toolkit.app.pages.benchmarks import DeviceResults, Result, newest_of, results
from toolkit.errors import InputError, Problem
from toolkit.report.bench_context import BenchContext, DeviceRow, ResultRow
from toolkit.report.subject import Subject
from toolkit.shapes.records import Measurement
from toolkit.text import Text, bilingual

GROUPS = ("gpu", "cpu", "software", "settings")  # parts of the record of a machine that a reader wants
LONGEST = 40


def bench_context(measurements: Iterable[Measurement]) -> BenchContext:
    """Everything that was measured. Raises InputError where nothing was."""
    found = tuple(measurements)
    if not found:
        raise InputError([Problem("report_papers.no_measurements", "measurements")])
    last = max(one.measured_at for one in found)
    subject = Subject(
        title=bilingual("report_papers.bench.title"),
        author=Text.of("Groundplan"),
        date=last[:10],
        record=f"{len(found)} / {last[:19]}",
        tagline=bilingual("report_papers.bench.tagline"),
    )
    return BenchContext(subject, "USD", tuple(_device(one) for one in results(newest_of(found))))


def _device(found: DeviceResults) -> DeviceRow:
    every = (*found.ceilings, *found.workloads)
    newest = max(every, key=lambda one: one.measurement.measured_at)
    return DeviceRow(
        name=found.device.name,
        is_gpu=found.device.kind == "cuda",
        count=found.device.count,
        environment=_environment(newest.measurement.environment),
        ceilings=tuple(_result(one) for one in found.ceilings),
        results=tuple(_result(one) for one in found.workloads),
        remarks=tuple((_words("flag", one.flag), len(one.results)) for one in found.remarks),
    )


def _words(group: str, key: str) -> Text:
    """The benchmark's own words for a flag or a reason; a key that it has no words for stays as it is."""
    try:
        return bilingual(f"bench.{group}.{key}")
    except KeyError:
        return Text.of(key)


def _environment(found: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The machine and its software: the short facts of the record, at most two levels deep."""
    pairs: list[tuple[str, str]] = []
    for group in GROUPS:
        part = found.get(group)
        if isinstance(part, Mapping):
            pairs += [(key, str(value)) for key, value in part.items() if _is_short(value)]
    return tuple(pairs)


def _is_short(value: Any) -> bool:
    return isinstance(value, str | int | float) and 0 < len(str(value)) <= LONGEST


def _result(found: Result) -> ResultRow:
    one = found.measurement
    work = one.workload
    return ResultRow(
        id=one.id,
        model=work.model,
        mode=work.mode,
        dtype=work.dtype,
        batch=work.batch,
        tokens=work.tokens,
        options=", ".join(f"{key}={value}" for key, value in work.options),
        value=one.value,
        low=one.low,
        high=one.high,
        unit=one.unit,
        mfu=one.mfu,
        ceiling_share=one.ceiling_share,
        peak_bytes=one.peak_bytes,
        joules_per_unit=one.joules_per_unit,
        processes=len(one.block_seconds),
        blocks=max((len(blocks) for blocks in one.block_seconds), default=0),
        stopped=_words("stop", one.stop_reason),
        measured_at=one.measured_at,
        origin=one.source,
        earlier=found.earlier,
    )
