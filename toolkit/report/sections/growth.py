"""Marketing and growth: how customers come, what winning one costs, and how many stay."""

from __future__ import annotations

from toolkit.report.charts import Look, Series, gathered, stacked_headcount
from toolkit.report.context import ProductRow
from toolkit.report.document import Block, Column, Figure, Table, TableCell, TableRow
from toolkit.report.references import narrative
from toolkit.report.scribe import WIDTH, Scribe, Year
from toolkit.text.formats import MoneyScale


def blocks(scribe: Scribe) -> list[Block]:
    """Narrative, customers by month, and by year what is spent and who comes and goes."""
    told: list[Block] = [*narrative(scribe, "go_to_market", leads=True), *narrative(scribe, "growth")]
    rows = [row for row in scribe.context.products if row.customers is not None]
    if not rows:
        return told or [scribe.absent()]
    return [*told, _chart(scribe, rows), _table(scribe, rows)]


def _chart(scribe: Scribe, rows: list[ProductRow]) -> Figure:
    base, months = scribe.run.base, scribe.run.months
    lines = [(row.label[scribe.language], base[row.customers or ""][1:]) for row in rows]
    series = gathered([Series(name, values) for name, values in lines], scribe.say("other"))
    look = Look(scribe.language, height=140, width=WIDTH)
    spec = stacked_headcount(series, months, scribe.say("unit.customer"), look)
    first, last = (sum(one.values[place] for one in series) for place in (0, -1))
    alt = scribe.say(
        "growth.alt",
        first=scribe.number(first),
        last=scribe.number(last),
        start=scribe.month(months[0]),
        end=scribe.month(months[-1]),
    )
    data = [(one.label, [scribe.number(value) for value in one.values]) for one in series]
    return Figure(
        "customers", scribe.say("growth.chart"), spec, alt, data=scribe.figure_data(data, are_bars=True)
    )


def _table(scribe: Scribe, rows: list[ProductRow]) -> Table:
    years = scribe.years()
    spends = [value for row in rows for value in _yearly(scribe, row, "winning_cost", years) or ()]
    scale = scribe.scale(spends)
    body: list[TableRow] = []
    for row in rows:
        if len(rows) > 1:
            body.append(TableRow((TableCell(row.label[scribe.language]),), "group"))
        body += _product(scribe, row, years, scale)
    columns = (Column("", share=2.6), *(Column(year.label, "number") for year in years))
    notes = (scribe.say("growth.note", unit=scale.label),) if any(spends) else ()
    return Table("customers-by-year", scribe.say("growth.table"), columns, tuple(body), notes=notes)


def _product(scribe: Scribe, row: ProductRow, years: tuple[Year, ...], scale: MoneyScale) -> list[TableRow]:
    new = _yearly(scribe, row, "new_customers", years)
    spend = _yearly(scribe, row, "winning_cost", years)
    customers = scribe.run.base[row.customers or ""]
    ends = [customers[year.months[-1]] for year in years]
    starts = [customers[year.months[0] - 1] for year in years]
    result: list[TableRow] = []
    if spend and any(spend):
        cells = [scribe.money_cell(value, scale) for value in spend]
        result.append(_row(scribe, "spend", cells))
    if new:
        result.append(_row(scribe, "new", [_count(scribe, value) for value in new]))
        left = [start + come - end for start, come, end in zip(starts, new, ends, strict=True)]
        result.append(_row(scribe, "left", [_count(scribe, value) for value in left]))
    result.append(_row(scribe, "end", [_count(scribe, value) for value in ends]))
    if new and spend and any(spend):
        costs = [paid / come if come else None for paid, come in zip(spend, new, strict=True)]
        cells = [TableCell(scribe.compact(cost), value=cost) for cost in costs]
        result.append(_row(scribe, "cost", cells))
    return result


def _row(scribe: Scribe, key: str, cells: list[TableCell]) -> TableRow:
    return TableRow((TableCell(scribe.say(f"growth.{key}")), *cells))


def _count(scribe: Scribe, value: float) -> TableCell:
    return TableCell(scribe.number(value), value=value)


def _yearly(scribe: Scribe, row: ProductRow, part: str, years: tuple[Year, ...]) -> list[float] | None:
    values = scribe.run.base.get(f"{row.line}.{part}")
    return None if values is None else [scribe.over(values, year) for year in years]
