"""Business model and pricing: what is sold, at which price, and what it brings by year and month."""

from __future__ import annotations

from toolkit.report.charts import Look, Series, gathered, stacked_costs
from toolkit.report.document import Block, Column, Figure, Heading, Table, TableCell, TableRow
from toolkit.report.references import narrative
from toolkit.report.scribe import WIDTH, Scribe, Year

CENT = 0.01


def blocks(scribe: Scribe) -> list[Block]:
    """Narrative, prices, revenue by month and by year."""
    told = narrative(scribe, "business_model", leads=True)
    if not scribe.context.products:
        return [*told] or [scribe.absent()]
    result: list[Block] = [*told, Heading(scribe.say("market.pricing")), *narrative(scribe, "pricing")]
    return [
        *result,
        _products(scribe),
        Heading(scribe.say("market.revenue_head")),
        _chart(scribe),
        _revenue(scribe),
    ]


def _products(scribe: Scribe) -> Table:
    body = tuple(
        TableRow(
            (
                TableCell(row.label[scribe.language], row.note[scribe.language]),
                TableCell(scribe.price(row.price), value=row.price),
                TableCell(row.unit[scribe.language]),
                scribe.source_cell(row.source),
            )
        )
        for product in scribe.context.products
        for row in product.prices
    )
    columns = (
        Column(scribe.say("column.product"), share=3.0),
        Column(scribe.say("column.price"), "money", 1.2),
        Column(scribe.say("column.per"), share=1.8),
        Column(scribe.say("column.source"), "note", 0.6),
    )
    return Table("products", scribe.say("market.products"), columns, body)


def _chart(scribe: Scribe) -> Figure:
    base, months = scribe.run.base, scribe.run.months
    rows = [Series(row.label[scribe.language], base[row.revenue][1:]) for row in scribe.context.products]
    series = gathered(rows, scribe.say("other"))
    spec = stacked_costs(series, months, scribe.currency, Look(scribe.language, height=150, width=WIDTH))
    total = [sum(column) for column in zip(*(one.values for one in series), strict=True)]
    alt = scribe.say(
        "market.revenue_alt",
        first=scribe.compact(total[0]),
        last=scribe.compact(total[-1]),
        start=scribe.month(months[0]),
        end=scribe.month(months[-1]),
    )
    data = [(one.label, [scribe.compact(value) for value in one.values]) for one in series]
    caption = scribe.say("market.revenue_chart")
    return Figure("revenue-months", caption, spec, alt, data=scribe.figure_data(data, are_bars=True))


def _stated(scribe: Scribe, years: tuple[Year, ...]) -> list[float] | None:
    """The revenue of each year in the income statement; None where the run has no such line."""
    values = scribe.line("revenue")
    return None if values is None else [scribe.over(values, year) for year in years]


def _revenue(scribe: Scribe) -> Table:
    """Revenue of each year, product by product to the revenue of the statements, and customers at its end."""
    years, base = scribe.years(), scribe.run.base
    products = scribe.context.products
    yearly = {row.revenue: [scribe.over(base[row.revenue], year) for year in years] for row in products}
    totals = [sum(values) for values in zip(*yearly.values(), strict=True)]
    scale = scribe.scale(totals)
    body: list[TableRow] = []
    for row in products:
        cells = tuple(scribe.money_cell(value, scale) for value in yearly[row.revenue])
        body.append(TableRow((TableCell(row.label[scribe.language]), *cells)))
    stated = _stated(scribe, years)
    others = [whole - own for whole, own in zip(stated or totals, totals, strict=True)]
    if any(abs(other) >= CENT for other in others):
        cells = tuple(scribe.money_cell(value, scale) for value in others)
        body.append(TableRow((TableCell(scribe.say("market.other_revenue")), *cells)))
    if len(body) > 1:
        cells = tuple(scribe.money_cell(value, scale) for value in stated or totals)
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
