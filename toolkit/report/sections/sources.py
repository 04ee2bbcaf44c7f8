"""Appendix: every source, every compute rate with its evidence, and the record of the run."""

from __future__ import annotations

from toolkit.report.document import Block, Column, Facts, Heading, SourceList, Table, TableCell, TableRow
from toolkit.report.scribe import Scribe
from toolkit.report.wording import Wording


def blocks(scribe: Scribe) -> list[Block]:
    """Evidence of the rates, the numbered sources, what the run rests on. Must be the last section."""
    result: list[Block] = []
    if any(use.rate is not None for use in scribe.run.compute):
        result += [Heading(scribe.say("sources.rates")), _rates(scribe)]
    entries = scribe.sources()
    if entries:
        result += [Heading(scribe.say("sources.list")), SourceList(entries)]
    return [*result, Heading(scribe.say("sources.record")), _record(scribe)]


def listed(scribe: Wording) -> list[Block]:
    """The numbered sources alone, of a paper that is not about a run. Must come after all that cite."""
    entries = scribe.sources()
    return [SourceList(entries)] if entries else []


def _rates(scribe: Scribe) -> Table:
    """Every rate of the plan's work (a service reads and writes) under the id of what was or would be
    measured."""
    every = [(row.label, rate) for row in scribe.context.technology for _, rate in row.rates]
    shown = {rate.workload for _, rate in every}
    every += [
        (use.label, use.rate)
        for use in scribe.run.compute
        if use.rate is not None and use.rate.workload not in shown
    ]
    body = [
        TableRow(
            (
                TableCell(label[scribe.language], rate.workload.name),
                TableCell(rate.device.name),
                TableCell(scribe.range(*rate.interval_95), scribe.unit(rate.unit)),
                TableCell(scribe.say(f"rung.{rate.rung}"), rate.measured_at or "", rung=rate.rung),
                TableCell("; ".join(rate.basis)),
            )
        )
        for label, rate in every
    ]
    columns = (
        Column(scribe.say("column.workload"), share=2.6),
        Column(scribe.say("column.device"), share=1.3),
        Column(scribe.say("column.interval_95"), "number", 1.5),
        Column(scribe.say("column.rung"), "rung", 1.3),
        Column(scribe.say("column.basis"), "note", 3.2),
    )
    return Table("rates", scribe.say("sources.rate_table"), columns, tuple(body), dense=True)


def _record(scribe: Scribe) -> Facts:
    run = scribe.run
    return Facts(
        (
            (scribe.say("record.run"), run.id),
            (scribe.say("record.revision"), run.revision),
            (scribe.say("record.data"), run.data_hash),
            (scribe.say("record.measurements"), ", ".join(run.measurements) or scribe.say("none")),
            (scribe.say("record.draws"), f"{scribe.number(run.draws)} / {run.replicates} / {run.seed}"),
            (scribe.say("record.code"), run.code_version),
        )
    )
