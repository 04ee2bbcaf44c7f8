"""A workbook as pure data: sheets of cells with formulas and their cached values.

The projection says what a workbook holds; `toolkit.report.writers.xlsx` says how it is written. Between
them stands this model, which knows no library: so a test can read the formulas without opening a file.

Rows and columns count from 0, as in every spreadsheet library; `address(0, 0)` is `A1`. A formula always
carries the value that it has (`value`), because viewers that do not calculate show the cached one.

`Role` says what a cell is to a finance reader (a blue input, a black formula, a total, a check, an event that
is a value and not a formula); `NumberFormat` says how its number is shown. The two are independent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Role = Literal[
    "plain",  # words and helper numbers
    "title",  # the name of the sheet, once at its top
    "subtitle",  # a sentence below the title
    "header",  # column heads: months, "unit", "source"
    "group",  # a heading between rows
    "label",  # the words of a row
    "note",  # small grey words: sources, units, formula text
    "input",  # typed by the user: blue
    "formula",  # calculated: black
    "link",  # calculated, from another sheet: green
    "subtotal",
    "total",
    "check",  # 0 or TRUE when the books are right; red otherwise
    "event",  # the value of an exact function (a priced round): marked, not live
]
NumberFormat = Literal[
    "general",
    "text",
    "money",  # whole currency units, negatives in brackets
    "money_cents",
    "number",  # two decimals
    "integer",
    "percent",  # 0.07 is shown as 7.0%
    "factor",  # 1.25x
    "month",  # a date, shown as 2027-01
    "scientific",  # rates and FLOPs
]
CellValue = float | int | str | bool | None

# Excel: 31 characters, none of []:*?/\ and no apostrophe at either end.
SHEET_NAME = re.compile(r"^(?!')[^\[\]:*?/\\]{1,31}(?<!')$")
# A prefix such as `in_` keeps a name from being read as a cell address (FIX1 is one).
DEFINED_NAME = re.compile(r"^[A-Za-z]+_[A-Za-z0-9_.]*$")


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell looks: what it is to the reader, and how its number is shown."""

    role: Role = "plain"
    number: NumberFormat = "general"
    indent: int = 0


PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. With `formula` (text that starts with `=`) `value` is its cached result; without, `value` is
    the cell itself. None is an empty cell. Months are ISO text (`2027-01`) with the number format `month`."""

    value: CellValue = None
    formula: str | None = None
    style: Style = PLAIN

    def __post_init__(self) -> None:
        if self.formula is not None and not self.formula.startswith("="):
            raise ValueError(f"a formula starts with '=': {self.formula!r}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: rows of cells (rows may differ in length), column widths in characters, the first row and
    column that scroll (`freeze`), what each printed page repeats, and the paper. `page_columns` are the
    columns with which a further printed page begins; without them a page is as wide as the sheet."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...] = ()
    freeze: tuple[int, int] = (0, 0)
    repeat_rows: int = 0
    repeat_columns: int = 0
    page_columns: tuple[int, ...] = ()
    landscape: bool = True
    tab_colour: str | None = None

    def __post_init__(self) -> None:
        if not SHEET_NAME.match(self.name):
            raise ValueError(f"not a sheet name: {self.name!r}")

    @property
    def size(self) -> tuple[int, int]:
        """Number of rows, and of columns in the longest."""
        return len(self.rows), max((len(row) for row in self.rows), default=0)

    def cells(self) -> Iterator[tuple[int, int, Cell]]:
        """Every cell with its row and column."""
        for row, cells in enumerate(self.rows):
            for column, cell in enumerate(cells):
                yield row, column, cell


@dataclass(frozen=True, slots=True)
class DefinedName:
    """A name for one cell of one sheet, such as `in_salary_engineer`."""

    name: str
    sheet: str
    row: int
    column: int

    def __post_init__(self) -> None:
        if not DEFINED_NAME.match(self.name):
            raise ValueError(f"a defined name needs a prefix such as in_: {self.name!r}")

    @property
    def refers_to(self) -> str:
        """The formula text of the name: `='Inputs'!$B$3`."""
        return f"={quoted(self.sheet)}!{address(self.row, self.column, absolute=True)}"


@dataclass(frozen=True, slots=True)
class Workbook:
    """Sheets in order, and the names that formulas use. `title`, `author` and `created` (ISO date) go into
    the file's properties; `created` is fixed by the run, so that the same run gives the same bytes."""

    sheets: tuple[Sheet, ...]
    names: tuple[DefinedName, ...] = ()
    title: str = ""
    author: str = ""
    created: str = "2000-01-01"


def column_letters(column: int) -> str:
    """The letters of a column: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def address(row: int, column: int, *, absolute: bool = False, fix_row: bool = False) -> str:
    """The address of a cell: `B3`, `$B$3` (absolute) or `B$3` (row fixed)."""
    dollar_column = "$" if absolute else ""
    dollar_row = "$" if absolute or fix_row else ""
    return f"{dollar_column}{column_letters(column)}{dollar_row}{row + 1}"


def quoted(sheet: str) -> str:
    """A sheet name as a formula needs it, always in apostrophes: `R`, `TRUE` and `利润表` need them."""
    return "'" + sheet.replace("'", "''") + "'"
