"""Appendix: every input of the plan with value, unit, interval, source and grade."""

from __future__ import annotations

from toolkit.report.context import InputRow
from toolkit.report.document import Block, Column, Paragraph, Table, TableCell, TableRow
from toolkit.report.scribe import Scribe
from toolkit.text.formats import interval

LARGE = 1e7  # from here on a number is put short: 91.65B, 916.5亿


def blocks(scribe: Scribe) -> list[Block]:
    """One table, grouped by resource."""
    rows = scribe.context.inputs
    if not rows:
        return [scribe.absent()]
    return [Paragraph.of(scribe.say("inputs.note")), _table(scribe, rows)]


def _table(scribe: Scribe, rows: tuple[InputRow, ...]) -> Table:
    groups: dict[str, list[InputRow]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    body: list[TableRow] = []
    for group, members in groups.items():
        body.append(TableRow((TableCell(scribe.word("group", group)),), "group"))
        body += [_row(scribe, row) for row in members]
    columns = (
        Column(scribe.say("column.input"), share=3.2),
        Column(scribe.say("column.number"), "number", 1.2),
        Column(scribe.say("column.unit"), "note", 1.2),
        Column(scribe.say("column.interval_90"), "number", 1.6),
        Column(scribe.say("column.grade"), share=1.1),
        Column(scribe.say("column.source"), "note", 0.6),
    )
    return Table("all-inputs", scribe.say("inputs.caption"), columns, tuple(body), dense=True)


def _row(scribe: Scribe, row: InputRow) -> TableRow:
    ends = row.interval_90
    large = max(abs(value) for value in (row.value, *(ends or ()))) >= LARGE

    def write(value: float) -> str:
        return scribe.share(value) if row.is_share else scribe.plain(value, short=large)

    between = "" if ends is None else interval(*ends, write)
    grade = (
        TableCell(scribe.say(f"rung.{row.rung}"), rung=row.rung)
        if row.rung
        else TableCell(_grade(scribe, row))
    )
    return TableRow(
        (
            TableCell(row.label[scribe.language]),
            TableCell(write(row.value), value=row.value),
            TableCell(scribe.unit(row.unit)),
            TableCell(between),
            grade,
            scribe.source_cell(row.source),
        )
    )


def _grade(scribe: Scribe, row: InputRow) -> str:
    """How well the source is established; where nobody graded it, what kind of source it is."""
    source = row.source
    return (
        scribe.word("kind", source.kind)
        if source.confidence == "unknown"
        else scribe.word("confidence", source.confidence)
    )
