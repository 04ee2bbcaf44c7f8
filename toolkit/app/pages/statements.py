"""The three statements of the base case, by month, quarter or fiscal year.

A flow of a span is the sum of its months, a balance is the one at its end. Each cell can say which months it
was made from, so that a click leads to the line in a month and from there to its ground.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from toolkit.projection.ledger import StatementName, StatementRow
from toolkit.projection.model import Model
from toolkit.text import Text

Period = Literal["month", "quarter", "year"]
PERIODS: tuple[Period, ...] = ("year", "quarter", "month")
STATEMENTS: tuple[StatementName, ...] = ("income", "cash_flow", "balance")
MONTHS_IN: Mapping[Period, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Span:
    """A column: `first` and `last` month (1, 2, …) that it covers, `year` the calendar year in which its
    fiscal year ends, `number` its place in that year (a month 1 to 12, a quarter 1 to 4, a year 1),
    `is_whole` whether the plan covers all of it."""

    period: Period
    first: int
    last: int
    year: int
    number: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row: `level` 0 is a total, 1 a subtotal, 2 an account; one value a span."""

    line: str
    label: Text
    level: int
    is_balance: bool
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement in one period; money in the plan's currency."""

    name: StatementName
    spans: tuple[Span, ...]
    rows: tuple[Row, ...]


def statement_names(model: Model) -> tuple[StatementName, ...]:
    """The statements of a model in the order of its country."""
    return tuple(dict.fromkeys(row.statement for row in model.statements)) or STATEMENTS


def statement(
    model: Model, base: Mapping[str, tuple[float, ...]], name: StatementName, period: Period
) -> Statement:
    """A statement. `base` has every line with its opening value first, then one value a month."""
    columns = spans(model, period)
    rows = [row for row in model.statements if row.statement == name]
    return Statement(name, columns, tuple(_row(model, row, base[row.line], columns) for row in rows))


def spans(model: Model, period: Period) -> tuple[Span, ...]:
    """The columns of a period, cut at the fiscal year; the first and the last may be shorter."""
    size = MONTHS_IN[period]
    groups: dict[tuple[int, int], list[int]] = {}
    for month, (iso, fiscal) in enumerate(zip(model.months, model.fiscal_months(), strict=True), start=1):
        ends_in = int(iso[:4]) + (model.fiscal_start > 1 and int(iso[5:7]) >= model.fiscal_start)
        groups.setdefault((ends_in, (fiscal - 1) // size + 1), []).append(month)
    return tuple(
        Span(period, months[0], months[-1], year, number, len(months) == size)
        for (year, number), months in groups.items()
    )


def month_to_explain(row: Row, base: Sequence[float], span: Span) -> int:
    """The month that says most about a cell: the last for a balance, the largest for a flow."""
    if row.is_balance:
        return span.last
    return max(range(span.first, span.last + 1), key=lambda month: abs(base[month]))


def _row(model: Model, row: StatementRow, values: Sequence[float], columns: Sequence[Span]) -> Row:
    line = model.lines[row.line]
    is_balance = row.statement == "balance" or line.statement == "account"
    found = [values[span.last] if is_balance else sum(values[span.first : span.last + 1]) for span in columns]
    return Row(row.line, row.label, row.level, is_balance, tuple(row.sign * value for value in found))
