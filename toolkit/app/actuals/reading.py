"""A file of figures as rows of cells, as people send it: CSV in any usual encoding and separator, or XLSX."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from toolkit.errors import InputError, Problem

ENCODINGS = ("utf-8-sig", "gb18030")  # the second: what a Chinese Excel saves as CSV
SEPARATORS = ",;\t"
MOST_BYTES = 64 * 2**20  # a table of monthly figures is far smaller; a cloud bill is read another way
MOST_UNPACKED = 8 * MOST_BYTES


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

    Raises InputError (`actuals.unreadable`, `actuals.empty`).
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _problem("too_large", path, most=MOST_BYTES // 2**20)
        data = path.read_bytes()
    except OSError as error:
        raise _problem("unreadable", path, reason=error.strerror or str(error)) from None
    table = _workbook(path, data) if data[:2] == b"PK" else _text_table(path, data)
    rows = [
        Row(number, tuple(cell.strip() for cell in cells))
        for number, cells in table
        if any(cell.strip() for cell in cells)
    ]
    if not rows:
        raise _problem("empty", path)
    return tuple(rows)


def _text_table(path: Path, data: bytes) -> list[tuple[int, list[str]]]:
    text = _decoded(path, data)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    line = 1  # where the next row begins: a cell may have several lines
    try:
        for cells in reader:
            rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise _problem("unreadable", path, reason=str(error)) from None
    return rows


def _decoded(path: Path, data: bytes) -> str:
    encodings: Sequence[str] = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ENCODINGS
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _problem("unreadable", path, reason="UTF-8, UTF-16, GB 18030 or XLSX expected")


def _workbook(path: Path, data: bytes) -> list[tuple[int, list[str]]]:
    import openpyxl

    try:
        if sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(data)).infolist()) > MOST_UNPACKED:
            raise _problem("too_large", path, most=MOST_BYTES // 2**20)
        # What a formula last came to, not its text. Sizes that sheets claim for themselves are not believed.
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        rows = enumerate(sheet.iter_rows(values_only=True), 1)
        return [(number, [_cell_text(value) for value in row]) for number, row in rows]
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, TypeError, OSError) as error:
        raise _problem(
            "unreadable", path, reason=str(error).splitlines()[0] if str(error) else "XLSX"
        ) from None


def _cell_text(value: object) -> str:
    """A cell as a person would type it: months stay months, numbers keep every digit."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float):
        return repr(value)
    return str(value)


def _problem(name: str, path: Path, **values: object) -> InputError:
    return InputError([Problem(f"actuals.{name}", file=str(path), values=values)])
