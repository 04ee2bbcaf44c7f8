"""Policy support: which programmes, how much, when and why; and the company's qualifications."""

from __future__ import annotations

from toolkit.report.document import Block, Column, Heading, Table, TableCell, TableRow
from toolkit.report.references import narrative
from toolkit.report.scribe import Scribe

MOST_MONTHS = 2


def blocks(scribe: Scribe) -> list[Block]:
    """Narrative, the programmes, and qualifications: in a Chinese plan (资质) always, else where told of."""
    result: list[Block] = list(narrative(scribe, "policy", leads=True))
    result += [_programmes(scribe)] if scribe.context.support else [] if result else [scribe.absent()]
    told = narrative(scribe, "qualifications")
    if told or scribe.language == "zh":
        result += [Heading(scribe.say("support.qualifications")), *(told or [scribe.absent()])]
    return result


def _programmes(scribe: Scribe) -> Table:
    rows = scribe.context.support
    scale = scribe.scale(row.amount for row in rows if row.amount is not None)
    body = []
    for row in rows:
        reason = row.reason[scribe.language]
        body.append(
            TableRow(
                (
                    TableCell(row.label[scribe.language]),
                    TableCell(row.authority[scribe.language], row.kind[scribe.language]),
                    scribe.money_cell(row.amount, scale),
                    TableCell(_arrivals(scribe, row.months)),
                    TableCell(scribe.say("yes" if row.in_base else "support.kept_out"), reason),
                    scribe.source_cell(row.source),
                )
            )
        )
    total = sum(row.amount or 0.0 for row in rows if row.in_base)
    label = TableCell(scribe.say("support.in_base_total"))
    end = (TableCell(""),) * 3
    body.append(TableRow((label, TableCell(""), scribe.money_cell(total, scale), *end), "total"))
    columns = (
        Column(scribe.say("column.programme"), share=1.8),
        Column(scribe.say("column.authority"), share=1.8),
        Column(scribe.say("column.amount"), "money", 1.0),
        Column(scribe.say("column.cash_arrives"), share=1.6),
        Column(scribe.say("column.in_base"), share=1.6),
        Column(scribe.say("column.source"), "note", 0.6),
    )
    return Table("programmes", scribe.say("support.programmes"), columns, tuple(body), scale.label)


def _arrivals(scribe: Scribe, months: tuple[str, ...]) -> str:
    """When cash arrives: the months, or of many the first, the last and how many."""
    if len(months) <= MOST_MONTHS:
        return scribe.say("comma").join(scribe.month(month) for month in months)
    first, last = scribe.month(months[0]), scribe.month(months[-1])
    return scribe.say("support.arrivals", first=first, last=last, count=len(months))
