"""A file of figures as rows of cells, as people send it: CSV in any usual encoding and separator, or XLSX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from toolkit.app.tables.sheet import read_lines
from toolkit.errors import InputError, Problem


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row as text; `number` counts from 1 as in the file."""

    number: int
    cells: tuple[str, ...]

    def cell(self, place: int) -> str:
        """The cell in a column, empty beyond the end of the row."""
        return self.cells[place] if place < len(self.cells) else ""


def read_rows(path: Path) -> tuple[Row, ...]:
    """The rows of a CSV or XLSX file (its first sheet) that are not empty.

    Raises InputError for a file that cannot be read (`actuals.unreadable`, or as `read_lines` says) and for
    an empty one (`actuals.empty`).
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        raise InputError([Problem("actuals.unreadable", file=str(path), values=values)]) from None
    lines = ((number, _texts(cells)) for number, cells in read_lines(content, str(path)))
    rows = tuple(Row(number, cells) for number, cells in lines if any(cells))
    if not rows:
        raise InputError([Problem("actuals.empty", file=str(path))])
    return rows


def _texts(cells: Sequence[object]) -> tuple[str, ...]:
    return tuple(_text(cell).strip() for cell in cells)


def _text(value: object) -> str:
    """A cell as a person would type it: months stay months, numbers keep every digit."""
    if value is None:
        return ""
    return value.strftime("%Y-%m-%d") if isinstance(value, date) else str(value)  # a datetime is a date
