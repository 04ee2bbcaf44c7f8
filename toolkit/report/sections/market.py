"""Market and revenue: how large it is from below, who else serves it, what is sold and what it brings."""

from __future__ import annotations

from toolkit.report.context import MarketRow
from toolkit.report.document import Block, Column, Heading, Table, TableCell, TableRow
from toolkit.report.references import narrative
from toolkit.report.scribe import Scribe


def blocks(scribe: Scribe) -> list[Block]:
    """Narrative, market sizes, competitors, products and revenue by year; each only where the plan has it."""
    context = scribe.context
    result: list[Block] = list(narrative(scribe, "market", leads=True))
    if context.markets:
        result += [Heading(scribe.say("market.size")), _sizes(scribe)]
    competition = narrative(scribe, "competition")
    if context.competitors or competition:
        result += [Heading(scribe.say("market.competition")), *competition]
        result += [_competitors(scribe)] if context.competitors else []
    if context.products:
        result += [Heading(scribe.say("market.model")), *narrative(scribe, "business_model")]
        result += [_products(scribe), _revenue(scribe)]
    growth = narrative(scribe, "go_to_market")
    if growth:
        result += [Heading(scribe.say("market.go_to_market")), *growth]
    return result or [scribe.absent()]


def _sizes(scribe: Scribe) -> Table:
    rows = scribe.context.markets
    scale = scribe.scale(size for row in rows for size in _layers(row) if size is not None)
    body = tuple(
        TableRow(
            (
                TableCell(row.label[scribe.language]),
                *(scribe.money_cell(size, scale) for size in _layers(row)),
                TableCell(row.method[scribe.language]),
                scribe.source_cell(row.source),
            )
        )
        for row in rows
    )
    columns = (
        Column(scribe.say("column.segment"), share=1.7),
        Column(scribe.say("column.total_market"), "money"),
        Column(scribe.say("column.serviceable"), "money"),
        Column(scribe.say("column.obtainable"), "money"),
        Column(scribe.say("column.method"), "note", 2.4),
        Column(scribe.say("column.source"), "note", 0.6),
    )
    unit = scribe.say("unit_a_year", unit=scale.label)
    return Table("market-size", scribe.say("market.segments"), columns, body, unit)


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


def _products(scribe: Scribe) -> Table:
    body = tuple(
        TableRow(
            (
                TableCell(row.label[scribe.language], row.description[scribe.language]),
                TableCell(scribe.price(row.price), value=row.price),
                TableCell(row.unit[scribe.language]),
                scribe.source_cell(row.source),
            )
        )
        for row in scribe.context.products
    )
    columns = (
        Column(scribe.say("column.product"), share=3.0),
        Column(scribe.say("column.price"), "money", 1.2),
        Column(scribe.say("column.per"), share=1.8),
        Column(scribe.say("column.source"), "note", 0.6),
    )
    return Table("products", scribe.say("market.products"), columns, body)


def _revenue(scribe: Scribe) -> Table:
    """Customers at the end and revenue of each year, product by product."""
    years, base = scribe.years(), scribe.run.base
    products = scribe.context.products
    yearly = {row.revenue: [scribe.over(base[row.revenue], year) for year in years] for row in products}
    totals = [sum(values) for values in zip(*yearly.values(), strict=True)]
    scale = scribe.scale(totals)
    body: list[TableRow] = []
    for row in products:
        cells = tuple(scribe.money_cell(value, scale) for value in yearly[row.revenue])
        body.append(TableRow((TableCell(row.label[scribe.language]), *cells)))
    if len(products) > 1:
        cells = tuple(scribe.money_cell(value, scale) for value in totals)
        body.append(TableRow((TableCell(scribe.say("total")), *cells), "total"))
    for row in products:
        if row.customers is not None:
            ends = [base[row.customers][year.months[-1]] for year in years]
            cells = tuple(TableCell(scribe.number(value), value=value) for value in ends)
            label = scribe.say("market.customers_of", product=row.label[scribe.language])
            body.append(TableRow((TableCell(label), *cells)))
    columns = (
        Column(scribe.say("column.product"), share=2.4),
        *(Column(year.label, "money") for year in years),
    )
    return Table("revenue", scribe.say("market.revenue"), columns, tuple(body), scale.label)
