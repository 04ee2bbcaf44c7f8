"""Milestones: what the plan's own events are, month by month, in the base case."""

from __future__ import annotations

from toolkit.report.document import Block, Column, Table, TableCell, TableRow
from toolkit.report.exhibits import MilestoneRow
from toolkit.report.references import narrative
from toolkit.report.scribe import Scribe


def blocks(scribe: Scribe) -> list[Block]:
    """Narrative and the table of events, one row a month."""
    told: list[Block] = list(narrative(scribe, "milestones", leads=True))
    if not scribe.context.milestones:
        return told or [scribe.absent()]
    return [*told, _table(scribe)]


def _table(scribe: Scribe) -> Table:
    months: dict[str, list[MilestoneRow]] = {}
    for row in scribe.context.milestones:
        months.setdefault(row.month, []).append(row)
    cash = scribe.line("cash")
    scale = scribe.scale(cash or ())
    body = []
    for month, rows in months.items():
        place = scribe.run.months.index(month) + 1
        for index, row in enumerate(rows):
            first, last = index == 0, index == len(rows) - 1
            amount = scribe.money_cell(cash[place], scale) if cash and last else TableCell("")
            body.append(
                TableRow(
                    (
                        TableCell(scribe.month(month) if first else ""),
                        TableCell(row.label[scribe.language]),
                        TableCell(scribe.say(f"group.{row.group}")),
                        amount,
                    )
                )
            )
    columns = (
        Column(scribe.say("column.month"), "month", 1.1),
        Column(scribe.say("column.event"), share=3.6),
        Column(scribe.say("column.resource"), "note", 1.2),
        Column(scribe.say("column.closing_cash"), "money", 1.1),
    )
    caption = scribe.say("milestones.table")
    return Table("events", caption, columns, tuple(body), scale.label, (scribe.say("milestones.note"),))
