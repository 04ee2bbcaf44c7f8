"""Partnerships: what each partner gives, what that is worth, until when."""

from __future__ import annotations

from toolkit.report.document import Block, Column, Table, TableCell, TableRow
from toolkit.report.references import narrative
from toolkit.report.scribe import Scribe


def blocks(scribe: Scribe) -> list[Block]:
    """Narrative and the table of partners."""
    told: list[Block] = list(narrative(scribe, "partnerships", leads=True))
    if not scribe.context.partners:
        return told or [scribe.absent()]
    return [*told, _partners(scribe)]


def _partners(scribe: Scribe) -> Table:
    body = tuple(
        TableRow(
            (
                TableCell(row.label[scribe.language]),
                TableCell(row.gives[scribe.language]),
                TableCell(scribe.compact(row.value), value=row.value),
                TableCell(scribe.month(row.until)),
                scribe.source_cell(row.source),
            )
        )
        for row in scribe.context.partners
    )
    columns = (
        Column(scribe.say("column.partner"), share=2.2),
        Column(scribe.say("column.gives"), share=2.0),
        Column(scribe.say("column.value"), "money", 1.1),
        Column(scribe.say("column.until"), "month", 1.1),
        Column(scribe.say("column.source"), "note", 0.6),
    )
    notes = (scribe.say("support.partner_note"),)
    return Table("partners", scribe.say("support.partner_table"), columns, body, notes=notes)
