"""Funding: where the money comes from, on which terms, and what it is for."""

from __future__ import annotations

from toolkit.report.context import Moment
from toolkit.report.document import Block, Column, Heading, Table, TableCell, TableRow
from toolkit.report.references import narrative
from toolkit.report.scribe import Scribe


def blocks(scribe: Scribe) -> list[Block]:
    """Narrative, the rounds, the cap table before and after, use of funds and milestones."""
    result: list[Block] = list(narrative(scribe, "funding", leads=True))
    result.append(_rounds(scribe) if scribe.context.funding else scribe.absent())
    if scribe.context.cap_table:
        result.append(_cap_table(scribe))
    for part in ("use_of_funds", "milestones"):
        told = narrative(scribe, part)
        if told:
            result += [Heading(scribe.say(f"funding.{part}")), *told]
    return result


def _cap_table(scribe: Scribe) -> Table:
    """Who owns what share, a column a moment; the events that changed nothing are left out."""
    every = scribe.context.cap_table
    moments = [
        one
        for before, one in zip((None, *every), every, strict=False)
        if not before or one.ownership != before.ownership
    ]
    holders = dict.fromkeys(holder for moment in moments for holder in moment.ownership)
    columns = [Column(scribe.say("column.holder"), share=2.0)]
    columns += [Column(_moment(scribe, moment), "percent", 1.2) for moment in moments]
    rows = [
        TableRow(
            (
                TableCell(holder[scribe.language]),
                *(_share(scribe, moment.ownership.get(holder, 0.0)) for moment in moments),
            )
        )
        for holder in holders
    ]
    return Table("cap_table", scribe.say("funding.cap_table"), tuple(columns), tuple(rows))


def _moment(scribe: Scribe, moment: Moment) -> str:
    label = moment.label[scribe.language]
    return label if moment.month is None else f"{label}, {scribe.month(moment.month)}"


def _share(scribe: Scribe, share: float) -> TableCell:
    return TableCell(scribe.percent(share, 1), value=share) if share else TableCell("")


def _rounds(scribe: Scribe) -> Table:
    rows = scribe.context.funding
    scale = scribe.scale(row.amount for row in rows)
    body = []
    for row in rows:
        chance = scribe.say("funding.closed") if row.is_closed else scribe.percent(row.probability)
        body.append(
            TableRow(
                (
                    TableCell(row.label[scribe.language]),
                    TableCell(row.kind[scribe.language]),
                    TableCell(scribe.month(row.month)),
                    scribe.money_cell(row.amount, scale),
                    TableCell(row.terms[scribe.language]),
                    TableCell(chance, value=row.probability),
                )
            )
        )
    total = scribe.money_cell(sum(row.amount for row in rows), scale)
    cells = (
        TableCell(scribe.say("total")),
        TableCell(""),
        TableCell(""),
        total,
        TableCell(""),
        TableCell(""),
    )
    columns = (
        Column(scribe.say("column.round"), share=1.5),
        Column(scribe.say("column.instrument"), share=1.5),
        Column(scribe.say("column.month"), "month", 1.35),
        Column(scribe.say("column.amount"), "money", 0.9),
        Column(scribe.say("column.terms"), share=2.4),
        Column(scribe.say("column.probability"), "percent", 0.9),
    )
    caption = scribe.say("funding.rounds")
    return Table("rounds", caption, columns, (*body, TableRow(cells, "total")), scale.label)
