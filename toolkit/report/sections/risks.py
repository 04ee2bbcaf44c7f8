"""Risks: the plan's own words, what the run finds to matter most, how data is kept safe, and the evidence."""

from __future__ import annotations

from toolkit.report.document import Block, Callout, Column, Heading, Table, TableCell, TableRow
from toolkit.report.exhibits import Findings, SwingRow
from toolkit.report.references import narrative
from toolkit.report.scribe import Scribe
from toolkit.report.sections.scenarios import level, metric_words
from toolkit.report.wording import LARGE

MOST = 6


def blocks(scribe: Scribe) -> list[Block]:
    """Narrative, the inputs whose bad side costs most, security and privacy, warnings of the run."""
    result: list[Block] = list(narrative(scribe, "risks", leads=True))
    found = scribe.context.findings
    harms = [] if found is None else _harms(found)
    if found is not None and harms:
        result += [Heading(scribe.say("risks.drivers")), _drivers(scribe, found, harms)]
    elif not result:
        result.append(scribe.absent())
    told = narrative(scribe, "security")
    kept: list[Block] = [*told, *([_safeguards(scribe)] if scribe.context.safeguards else [])]
    result += [Heading(scribe.say("risks.security")), *(kept or [scribe.absent()])]
    title = scribe.say("risks.warning")
    return result + [Callout(title, words[scribe.language], "warn") for words in scribe.run.warnings]


def _safeguards(scribe: Scribe) -> Table:
    body = tuple(
        TableRow(
            (
                TableCell(row.label[scribe.language]),
                TableCell(row.workloads[scribe.language]),
                TableCell(scribe.month(row.start or scribe.run.months[0])),
                TableCell("+" + scribe.percent(row.extra, 0 if row.extra >= 0.1 else 1), value=row.extra),
                scribe.source_cell(row.source),
            )
        )
        for row in scribe.context.safeguards
    )
    columns = (
        Column(scribe.say("column.measure"), share=2.2),
        Column(scribe.say("column.holds_for"), share=2.2),
        Column(scribe.say("column.in_force"), "month", 1.1),
        Column(scribe.say("column.extra_compute"), "percent", 1.1),
        Column(scribe.say("column.source"), "note", 0.6),
    )
    return Table("safeguards", scribe.say("risks.safeguards"), columns, body)


def _harms(found: Findings) -> list[tuple[SwingRow, float, float]]:
    """Inputs with the value of their bad side and the metric there, the worst first."""
    present = found.present.value
    worst = []
    for row in found.swings:
        value, metric = min(
            ((row.low, row.at_low.value), (row.high, row.at_high.value)), key=lambda pair: pair[1]
        )
        if metric < present:
            worst.append((row, value, metric))
    return sorted(worst, key=lambda one: one[2])[:MOST]


def _condition(scribe: Scribe, row: SwingRow, value: float) -> str:
    """What has to happen: the input is only so much, or as much as that; a chance comes to nothing."""
    if row.is_share and (row.low, row.high) == (0.0, 1.0) and value == 0.0:
        return scribe.say("risks.no")
    words = scribe.share(value) if row.is_share else scribe.plain(value, short=abs(value) >= LARGE)
    side = "low" if value == row.low else "high"
    return scribe.say(f"risks.{side}", value=words, unit=scribe.unit(row.unit)).strip()


def _drivers(scribe: Scribe, found: Findings, harms: list[tuple[SwingRow, float, float]]) -> Table:
    body = []
    for row, value, metric in harms:
        body.append(
            TableRow(
                (
                    TableCell(row.label[scribe.language]),
                    TableCell(_condition(scribe, row, value)),
                    TableCell(level(scribe, found, metric), value=metric),
                )
            )
        )
    columns = (
        Column(scribe.say("column.risk"), share=2.6),
        Column(scribe.say("column.if"), share=1.8),
        Column(scribe.say("column.then"), "number", 1.4),
    )
    values = {"metric": metric_words(scribe, found), "present": level(scribe, found, found.present.value)}
    caption = scribe.say("risks.table", **values)
    return Table("risk-drivers", caption, columns, tuple(body), notes=(scribe.say("risks.note"),))
