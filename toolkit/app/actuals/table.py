"""Monthly figures from the rows of a table, in one of two forms.

    wide    one row a line, one column a month           Line, 2027-01, 2027-02, …
    long    one row a line and month                     Line, Month, Value

Headers may be English or Chinese (科目, 月份, 金额). An empty cell is unknown, not 0. Everything that is
wrong is listed: nothing of a file with one problem is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from toolkit.app.actuals.cells import LARGEST, month_of, number_of, other_currency
from toolkit.app.actuals.naming import Names
from toolkit.app.actuals.reading import Row
from toolkit.errors import Problem
from toolkit.projection.closed_books import Actual
from toolkit.projection.model import Model

LINE_HEADERS = (
    "line",
    "account",
    "row",
    "item",
    "name",
    "科目",
    "项目",
    "行",
    "行名",
    "名称",
    "账户",
    "会计科目",
)
MONTH_HEADERS = ("month", "date", "period", "月份", "月", "期间", "会计期间", "日期")
VALUE_HEADERS = (
    "value",
    "amount",
    "actual",
    "figure",
    "金额",
    "数值",
    "实际",
    "实际数",
    "发生额",
    "余额",
    "值",
)


class Cell(NamedTuple):
    """A figure as it stands in the file."""

    row: int
    column: str
    line: str
    month: str
    value: str


@dataclass
class Table:
    """What a table holds: figures, and problems."""

    file: str
    actuals: list[Actual] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, id: str, row: int | None, column: str = "", **values: object) -> None:
        """Note a problem at a row and a column."""
        self.problems.append(Problem(f"actuals.{id}", column, self.file, row, values))


def read_table(rows: Sequence[Row], file: str, model: Model) -> Table:
    """The figures of a table for the lines and months of a model, and everything that is wrong with it."""
    table, header = Table(file), rows[0]
    cells = _cells(table, header, rows[1:])
    names, months = Names(model), model.months
    first: dict[tuple[str, str], int] = {}
    lines: dict[str, str | None] = {}
    for cell in cells:
        if cell.line not in lines:
            lines[cell.line] = _line(table, names, cell)
        month = _month(table, cell, months)
        value = number_of(cell.value)
        if value is None:
            table.refuse("not_a_number", cell.row, cell.column, text=cell.value[:40])
        elif abs(value) > LARGEST:
            table.refuse("implausible", cell.row, cell.column, text=cell.value[:40])
        elif other := other_currency(cell.value, model.currency):
            table.refuse("other_currency", cell.row, cell.column, currency=other, expected=model.currency)
        line = lines[cell.line]
        if line is None or month is None:
            continue
        if (line, month) in first:
            where = first[line, month]
            table.refuse("duplicate", cell.row, cell.column, line=line, month=month, first=where)
            continue
        first[line, month] = cell.row
        if value is not None:
            table.actuals.append(Actual(line, month, value, f"{file}:{cell.row}"))
    if not table.actuals and not table.problems:
        table.refuse("no_figures", None)
    return table


def _cells(table: Table, header: Row, rows: Sequence[Row]) -> tuple[Cell, ...]:
    """Every figure of the file, in the order of its rows."""
    titles = [cell.casefold().strip() for cell in header.cells]
    line = _column(titles, LINE_HEADERS)
    month, value = _column(titles, MONTH_HEADERS), _column(titles, VALUE_HEADERS)
    if line is not None and month is not None and value is not None:
        return tuple(_long(table, header, rows, (line, month, value)))
    named = {place: cell for place, cell in enumerate(header.cells) if month_of(cell)}
    if not named:
        table.refuse("no_months", header.number, header=", ".join(header.cells)[:120])
        return ()
    before = [place for place in range(min(named)) if header.cell(place)] or [0]
    return tuple(_wide(table, rows, line if line is not None else before[0], named))


def _column(titles: Sequence[str], known: Sequence[str]) -> int | None:
    return next((place for place, title in enumerate(titles) if title in known), None)


def _wide(table: Table, rows: Sequence[Row], line: int, months: dict[int, str]) -> Iterator[Cell]:
    for row in rows:
        figures = {place: row.cell(place) for place in months if row.cell(place)}
        if figures and not row.cell(line):
            table.refuse("no_line", row.number)
        elif figures:
            for place, value in figures.items():
                yield Cell(row.number, months[place], row.cell(line), months[place], value)


def _long(table: Table, header: Row, rows: Sequence[Row], places: tuple[int, int, int]) -> Iterator[Cell]:
    for row in rows:
        line, month, value = (row.cell(place) for place in places)
        if not value:
            continue
        if not line:
            table.refuse("no_line", row.number)
        else:
            yield Cell(row.number, header.cell(places[2]), line, month, value)


def _line(table: Table, names: Names, cell: Cell) -> str | None:
    found = names.find(cell.line)
    if found.several:
        table.refuse("several_lines", cell.row, name=cell.line, lines=", ".join(found.several[:6]))
    elif found.line is None and cell.line in names.inputs:
        table.refuse("is_input", cell.row, line=cell.line)
    elif found.line is None:
        table.refuse("unknown_line", cell.row, name=cell.line[:60], nearest=found.near)
    return found.line


def _month(table: Table, cell: Cell, months: Sequence[str]) -> str | None:
    month = month_of(cell.month)
    if month is None:
        table.refuse("not_a_month", cell.row, cell.column, text=cell.month[:40])
    elif month not in months:
        values = {"month": month, "first": months[0], "last": months[-1]}
        table.refuse("month_outside", cell.row, cell.column, **values)
        return None
    return month
