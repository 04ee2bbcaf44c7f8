"""The three statements: by year, the first twelve months month by month, and quarters after them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from toolkit.projection.ledger import StatementRow
from toolkit.report.charts import Look, Series, gathered, stacked_costs
from toolkit.report.document import Block, Column, Figure, Heading, RowKind, Table, TableCell, TableRow
from toolkit.report.references import narrative
from toolkit.report.scribe import WIDTH, Scribe
from toolkit.text.formats import month, month_name, year

ROW_KINDS: tuple[RowKind, ...] = ("total", "subtotal", "body")  # by level
ACCOUNT = 2  # the level of a row that is one account; one that is 0 throughout is left out
FIRST_MONTHS = 12
MOST_QUARTERS = 8  # in one table


def blocks(scribe: Scribe) -> list[Block]:
    """What the money is spent on, statements by year and by month, each set in one unit; what is signed."""
    rows = scribe.context.statements
    if not rows:
        return [scribe.absent()]
    result: list[Block] = list(narrative(scribe, "financials", leads=True))
    if scribe.context.costs:
        result += [Heading(scribe.say("financials.costs")), _costs(scribe)]
    result += [Heading(scribe.say("financials.annual")), *_tables(scribe, _annual(scribe), "annual")]
    result += [
        Heading(scribe.say("financials.monthly")),
        *_tables(scribe, _monthly(scribe), "monthly", wide=True),
    ]
    for part, places in enumerate(_quarters(scribe), start=1):
        if part == 1:
            result.append(Heading(scribe.say("financials.quarterly")))
        result += _tables(scribe, _quarterly(scribe, places), f"quarterly-{part}", wide=True)
    if scribe.context.commitments:
        result += [Heading(scribe.say("financials.commitments")), _commitments(scribe)]
    return result


@dataclass(frozen=True, slots=True)
class Period:
    """Column heads, and for each statement row its values under them."""

    heads: tuple[str, ...]
    values: tuple[tuple[StatementRow, tuple[float, ...]], ...]


def _annual(scribe: Scribe) -> Period:
    years, base = scribe.years(), scribe.run.base
    values = tuple(
        (
            row,
            tuple(
                row.sign * scribe.over(base[row.line], year, is_balance=_is_balance(scribe, row))
                for year in years
            ),
        )
        for row in scribe.context.statements
    )
    return Period(tuple(year.label for year in years), values)


def _monthly(scribe: Scribe) -> Period:
    months = scribe.run.months[:FIRST_MONTHS]
    values = tuple(
        (row, tuple(row.sign * value for value in scribe.run.base[row.line][1 : len(months) + 1]))
        for row in scribe.context.statements
    )
    heads = tuple(_head(scribe, iso, not place or iso.endswith("-01")) for place, iso in enumerate(months))
    return Period(heads, values)


def _quarters(scribe: Scribe) -> list[list[tuple[int, ...]]]:
    """The months (1, 2, …) of each quarter after the first year, in tables of at most `MOST_QUARTERS`."""
    rest = range(FIRST_MONTHS + 1, len(scribe.run.months) + 1)
    quarters = [tuple(rest[start : start + 3]) for start in range(0, len(rest), 3)]
    return [quarters[start : start + MOST_QUARTERS] for start in range(0, len(quarters), MOST_QUARTERS)]


def _quarterly(scribe: Scribe, quarters: list[tuple[int, ...]]) -> Period:
    base, months = scribe.run.base, scribe.run.months
    values = tuple(
        (
            row,
            tuple(
                row.sign
                * (
                    base[row.line][places[-1]]
                    if _is_balance(scribe, row)
                    else sum(base[row.line][place] for place in places)
                )
                for places in quarters
            ),
        )
        for row in scribe.context.statements
    )
    heads = tuple(
        scribe.say(
            "financials.quarter",
            first=month_name(months[places[0] - 1], scribe.language),
            last=month_name(months[places[-1] - 1], scribe.language),
            year=year(months[places[-1] - 1], scribe.language),
        )
        for places in quarters
    )
    return Period(heads, values)


def _tables(scribe: Scribe, period: Period, name: str, *, wide: bool = False) -> list[Table]:
    """One table a statement, all in the same unit."""
    scale = scribe.scale(value for _, values in period.values for value in values)
    columns = (Column("", share=3.4 if wide else 2.6), *(Column(head, "money") for head in period.heads))
    return [
        Table(
            f"{statement}-{name}",
            scribe.say(f"financials.{statement}"),
            columns,
            tuple(
                TableRow(
                    (
                        TableCell(_label(scribe, row)),
                        *(scribe.money_cell(value, scale) for value in values),
                    ),
                    ROW_KINDS[row.level],
                    level=1 if row.level == ACCOUNT else 0,
                )
                for row, values in period.values
                if row.statement == statement and (row.level < ACCOUNT or any(values))
            ),
            unit=scale.label,
            wide=wide,
            dense=wide,
        )
        for statement in dict.fromkeys(row.statement for row, _ in period.values)
    ]


def _label(scribe: Scribe, row: StatementRow) -> str:
    """The row's words; the balance at the foot of the cash flow statement is called what it is there."""
    if row.statement == "cash_flow" and _is_balance(scribe, row):
        return scribe.say("headline.cash")
    return row.label[scribe.language]


def _is_balance(scribe: Scribe, row: StatementRow) -> bool:
    """Balances are taken at the end of a year; flows are summed over it."""
    line = scribe.context.lines.get(row.line)
    return row.statement == "balance" or (line is not None and line.statement == "account")


def _head(scribe: Scribe, iso: str, with_year: bool) -> str:
    name = month_name(iso, scribe.language)
    return f"{year(iso, scribe.language)}\n{name}" if with_year else name


def _costs(scribe: Scribe) -> Figure:
    base = scribe.run.base
    rows = scribe.context.costs
    series = [Series(row.label[scribe.language], base[row.line][1:]) for row in rows]
    series = gathered(series, scribe.say("other"))
    totals = [sum(one.values) for one in series]
    spec = stacked_costs(
        series, scribe.run.months, scribe.currency, Look(scribe.language, height=190, width=WIDTH)
    )
    parts: Iterable[str] = (
        scribe.say("compute.share", rung=one.label, share=scribe.percent(total / sum(totals)))
        for one, total in zip(series, totals, strict=True)
    )
    alt = scribe.say("financials.costs_alt", shares=scribe.say("comma").join(parts))
    data = [(one.label, [scribe.compact(value) for value in one.values]) for one in series]
    caption = scribe.say("financials.costs_chart")
    return Figure("costs", caption, spec, alt, data=scribe.figure_data(data, are_bars=True))


def _commitments(scribe: Scribe) -> Table:
    rows = []
    for one in scribe.context.commitments:
        period = " – ".join(month(iso, scribe.language) for iso in (one.start, one.end))
        with_whom = "—" if one.counterparty is None else one.counterparty[scribe.language]
        missing = scribe.compact(one.uncovered) if one.first_gap else "—"
        words = (one.label[scribe.language], one.kind[scribe.language], with_whom, period)
        numbers = (
            TableCell(scribe.compact(one.due), value=one.due),
            TableCell(missing, value=one.uncovered),
        )
        rows.append(TableRow((*(TableCell(text) for text in words), *numbers)))
    heads = [scribe.say(f"financials.commitment.{key}") for key in ("what", "kind", "with", "period")]
    columns = (
        *(Column(head, share=share) for head, share in zip(heads, (2.2, 1.6, 1.6, 1.8), strict=True)),
        *(Column(scribe.say(f"financials.commitment.{key}"), "number") for key in ("due", "uncovered")),
    )
    title, note = scribe.say("financials.commitments_table"), scribe.say("financials.commitments_note")
    return Table("commitments", title, columns, tuple(rows), notes=(note,))
