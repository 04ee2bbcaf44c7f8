"""Exit: how investors get their money back, and what each holder would get."""

from __future__ import annotations

from toolkit.report.document import Block, Column, Table, TableCell, TableRow
from toolkit.report.exhibits import ExitTable
from toolkit.report.references import narrative
from toolkit.report.scribe import Scribe


def blocks(scribe: Scribe) -> list[Block]:
    """The plan's own words, and payouts over exit values."""
    told: list[Block] = list(narrative(scribe, "exit", leads=True))
    found = scribe.context.exit_table
    if found is None:
        return told or [scribe.absent()]
    return [*told, _table(scribe, found)]


def _table(scribe: Scribe, found: ExitTable) -> Table:
    scale = scribe.scale(value for row in found.rows for value in row.payouts)
    body = []
    for row in found.rows:
        cells = []
        for payout in row.payouts:
            note = ""
            if row.invested:
                note = scribe.say("exit.multiple", multiple=scribe.number(payout / row.invested, 1))
            cells.append(TableCell(scribe.money_cell(payout, scale).text, note, payout))
        body.append(TableRow((TableCell(row.label[scribe.language]), *cells)))
    heads = (Column(scribe.say("exit.value", value=scribe.compact(value)), "money") for value in found.values)
    columns = (Column(scribe.say("column.holder"), share=1.8), *heads)
    notes = (scribe.say("exit.note", month=scribe.month(found.month)),)
    return Table("exit-payouts", scribe.say("exit.table"), columns, tuple(body), scale.label, notes)
