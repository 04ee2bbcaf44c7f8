"""Sensitivity: what each uncertain input does to the outcome when it alone is low or high."""

from __future__ import annotations

from toolkit.report.charts import Look, Swing, tornado_chart
from toolkit.report.document import Block, Column, Figure, Paragraph, Table, TableCell, TableRow
from toolkit.report.exhibits import Findings, SwingRow
from toolkit.report.scribe import WIDTH, Scribe
from toolkit.report.sections.scenarios import level, metric_words
from toolkit.report.wording import LARGE
from toolkit.text.formats import interval

MOST = 10
BAR = 28  # pixels of height a bar takes


def blocks(scribe: Scribe) -> list[Block]:
    """The widest swing in a sentence, the tornado, and its numbers."""
    found = scribe.context.findings
    if found is None or not found.swings:
        return [scribe.absent()]
    first = found.swings[0]
    lead = scribe.strong(
        "sensitivity.lead",
        metric=metric_words(scribe, found),
        input=first.label[scribe.language],
        low=level(scribe, found, min(first.at_low.value, first.at_high.value)),
        high=level(scribe, found, max(first.at_low.value, first.at_high.value)),
    )
    return [Paragraph(lead, "lead"), _chart(scribe, found), _table(scribe, found)]


def _chart(scribe: Scribe, found: Findings) -> Figure:
    swings = [
        Swing(
            row.label[scribe.language],
            row.at_low.value,
            row.at_high.value,
            level(scribe, found, row.at_low.value),
            level(scribe, found, row.at_high.value),
        )
        for row in found.swings[:MOST]
    ]
    look = Look(scribe.language, width=WIDTH - 150, height=BAR * len(swings))
    spec = tornado_chart(swings, found.present.value, lambda value: level(scribe, found, value), look)
    parts = scribe.say("semicolon").join(
        scribe.say("sensitivity.bar", input=one.name, low=one.low_words, high=one.high_words)
        for one in swings
    )
    metric = metric_words(scribe, found)
    alt = scribe.say(
        "sensitivity.alt", metric=metric, present=level(scribe, found, found.present.value), bars=parts
    )
    note = scribe.say("sensitivity.note", draws=scribe.number(found.draws), unrelated=found.unrelated)
    return Figure("tornado", scribe.say("sensitivity.chart", metric=metric), spec, alt, (note,))


def _table(scribe: Scribe, found: Findings) -> Table:
    columns = (
        Column(scribe.say("column.input"), share=2.6),
        Column(scribe.say("column.low_high"), "number", 1.8),
        Column(scribe.say("column.unit"), "note", 1.0),
        Column(scribe.say("column.at_low"), "number", 1.0),
        Column(scribe.say("column.at_high"), "number", 1.0),
    )
    rows = tuple(_row(scribe, found, row) for row in found.swings)
    caption = scribe.say("sensitivity.table", metric=metric_words(scribe, found))
    return Table("tornado-values", caption, columns, rows, dense=True)


def _row(scribe: Scribe, found: Findings, row: SwingRow) -> TableRow:
    large = max(abs(row.low), abs(row.high)) >= LARGE  # both ends are written in one way

    def write(value: float) -> str:
        return scribe.share(value) if row.is_share else scribe.plain(value, short=large)

    return TableRow(
        (
            TableCell(row.label[scribe.language]),
            TableCell(interval(row.low, row.high, write)),
            TableCell(scribe.unit(row.unit)),
            TableCell(level(scribe, found, row.at_low.value), value=row.at_low.value),
            TableCell(level(scribe, found, row.at_high.value), value=row.at_high.value),
        )
    )
