"""Market: how large it is, counted from below, by segment; and who else serves the need."""

from __future__ import annotations

from toolkit.report.charts import Bar, Look, bar_chart
from toolkit.report.context import MarketRow
from toolkit.report.document import Block, Column, Figure, Heading, Paragraph, Table, TableCell, TableRow
from toolkit.report.references import narrative
from toolkit.report.scribe import WIDTH, Scribe

LAYERS = ("total_market", "serviceable", "obtainable")


def blocks(scribe: Scribe) -> list[Block]:
    """Narrative, the market in three layers, segments, and competitors."""
    context = scribe.context
    result: list[Block] = list(narrative(scribe, "market", leads=True))
    result.append(Heading(scribe.say("market.size")))
    if context.markets:
        result += [_layers_chart(scribe), _sizes(scribe), *_share(scribe)]
    else:
        result.append(scribe.absent())
    result.append(Heading(scribe.say("market.competition")))
    result += narrative(scribe, "competition")
    if context.competitors:
        result.append(_competitors(scribe))
    elif not scribe.context.narrative.get("competition"):
        result.append(scribe.absent())
    return result


def _totals(scribe: Scribe) -> list[float]:
    """All segments together, layer by layer."""
    columns = zip(*(_layers(row) for row in scribe.context.markets), strict=True)
    return [sum(size for size in column if size is not None) for column in columns]


def _layers_chart(scribe: Scribe) -> Figure:
    names = [scribe.say(f"market.layer.{name}") for name in LAYERS]
    totals = _totals(scribe)
    words = [scribe.compact(total) for total in totals]
    bars = [Bar(name, total, text) for name, total, text in zip(names, totals, words, strict=True)]
    spec = bar_chart(bars, Look(scribe.language, width=WIDTH - 60, height=84))
    sizes = scribe.say("comma").join(f"{name} {text}" for name, text in zip(names, words, strict=True))
    return Figure(
        "market-layers", scribe.say("market.layers"), spec, scribe.say("market.layers_alt", sizes=sizes)
    )


def _sizes(scribe: Scribe) -> Table:
    """Each segment: accounts × value is all of it; shares make what can be served and won."""
    rows = scribe.context.markets
    scale = scribe.scale(size for row in rows for size in _layers(row) if size is not None)
    body = [
        TableRow(
            (
                TableCell(row.label[scribe.language]),
                TableCell(scribe.number(row.accounts), value=row.accounts),
                TableCell(scribe.price(row.yearly_value), value=row.yearly_value),
                scribe.money_cell(row.total, scale),
                _with_share(scribe, row.serviceable, row.total, scale),
                _with_share(scribe, row.obtainable, row.serviceable, scale),
                scribe.source_cell(row.source),
            )
        )
        for row in rows
    ]
    if len(rows) > 1:
        sums = tuple(scribe.money_cell(total, scale) for total in _totals(scribe))
        body.append(
            TableRow(
                (TableCell(scribe.say("total")), TableCell(""), TableCell(""), *sums, TableCell("")), "total"
            )
        )
    columns = (
        Column(scribe.say("column.segment"), share=2.2),
        Column(scribe.say("column.accounts"), "number", 1.0),
        Column(scribe.say("column.yearly_value"), "money", 1.1),
        Column(scribe.say("column.total_market"), "money", 1.1),
        Column(scribe.say("column.serviceable"), "money", 1.2),
        Column(scribe.say("column.obtainable"), "money", 1.1),
        Column(scribe.say("column.source"), "note", 0.6),
    )
    unit = scribe.say("unit_a_year", unit=scale.label)
    notes = (scribe.say("market.method_note"),)
    return Table("market-size", scribe.say("market.segments"), columns, tuple(body), unit, notes)


def _with_share(scribe: Scribe, size: float | None, of: float | None, scale: object) -> TableCell:
    """A layer of the market, with its share of the layer above."""
    cell = scribe.money_cell(size, scale)  # type: ignore[arg-type]
    if not size or not of:
        return cell
    share = size / of
    return TableCell(cell.text, scribe.percent(share, 0 if share >= 0.1 else 1), size)


def _share(scribe: Scribe) -> list[Block]:
    """What part of the obtainable market the plan's last year of revenue is: the check of every reader."""
    revenue, obtainable = scribe.line("revenue"), _totals(scribe)[-1]
    if revenue is None or not obtainable:
        return []
    last = sum(revenue[-12:])
    share = scribe.percent(last / obtainable)
    reached = Paragraph(scribe.strong("market.reached", revenue=scribe.compact(last), share=share))
    return [reached, *([Paragraph.of(scribe.say("market.exceeded"))] if last > obtainable else [])]


def _layers(row: MarketRow) -> tuple[float | None, float | None, float | None]:
    return row.total, row.serviceable, row.obtainable


def _competitors(scribe: Scribe) -> Table:
    body = tuple(
        TableRow(tuple(TableCell(words[scribe.language]) for words in (row.label, row.offer, row.difference)))
        for row in scribe.context.competitors
    )
    columns = (
        Column(scribe.say("column.competitor"), share=1.2),
        Column(scribe.say("column.offer"), share=2.0),
        Column(scribe.say("column.difference"), share=2.4),
    )
    return Table("competitors", scribe.say("market.competitors"), columns, body)
