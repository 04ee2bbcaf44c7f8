"""Reads a CSV or XLSX file into a header and rows that know their number, and lists what cannot be read.

The first row with content is the header. A row keeps the number that a spreadsheet shows for it, so that a
problem can be found again. Empty rows are left out; nothing else is. Text may be UTF-8 (with or without a
mark), UTF-16 with a mark, or GB 18030, as Chinese Excel writes CSV.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from toolkit.errors import InputError, Problem, refuse

MOST_BYTES = 20_000_000  # of a file; a table of this size has nothing to do with a plan
MOST_UNPACKED = 200_000_000  # of the XML inside a workbook
MOST_ROWS = 10_000
MOST_CELLS = 2_000_000  # the corner of a sheet may lie far from its last word
DELIMITERS = ",;\t|"
Line = tuple[int, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet shows it, and its cells by header (empty ones left out)."""

    number: int
    cells: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: the name of its file, its header in order, its rows."""

    file: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]


def read_sheet(content: bytes, file: str, sheet: str | None = None) -> Sheet:
    """The table in the bytes of a CSV or XLSX file; of a workbook the first sheet, or the one called `sheet`.

    Raises InputError: not such a file, too large, no header, a header twice, more cells than headers.
    """
    return _table(read_lines(content, file, sheet), file)


def read_lines(content: bytes, file: str, sheet: str | None = None) -> Iterator[Line]:
    """The lines of such a file from the first to the last: the number that a spreadsheet shows, and cells.

    Raises InputError: not such a file, too large, a formula without a value.
    """
    if len(content) > MOST_BYTES:
        raise _refused("too_large", file, limit=f"{MOST_BYTES // 1_000_000} MB")
    is_workbook = content[:4] == b"PK\x03\x04" or file.lower().endswith((".xlsx", ".xlsm"))
    return _workbook(content, file, sheet) if is_workbook else _text(content, file)


def _table(lines: Iterable[Line], file: str) -> Sheet:
    filled = ((number, cells) for number, cells in lines if any(map(_said, cells)))
    number, first = next(iter(filled), (1, ()))
    header = [str(cell).strip() if _said(cell) else "" for cell in first]
    if not any(header):
        raise _refused("no_header", file)
    named = [name for name in header if name]
    problems = [
        Problem("tables.double_header", name, file, number)
        for name in dict.fromkeys(named)
        if named.count(name) > 1
    ]
    rows = []
    for number, cells in filled:
        beyond = [
            cell for place, cell in enumerate(cells) if _said(cell) and not "".join(header[place : place + 1])
        ]
        if beyond:
            values = {"text": str(beyond[0])[:40]}
            problems.append(Problem("tables.beyond_header", "", file, number, values))
        pairs = zip(header, cells, strict=False)
        rows.append(Row(number, {name: cell for name, cell in pairs if name and _said(cell)}))
        if len(rows) > MOST_ROWS:
            raise _refused("too_large", file, limit=f"{MOST_ROWS:,}")
    refuse(problems)
    if not rows:
        raise _refused("no_rows", file)
    return Sheet(file, tuple(named), tuple(rows))


def _said(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def _text(content: bytes, file: str) -> Iterator[Line]:
    text = _decoded(content, file)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise _refused("bad_csv", file, line=start, error=str(error)) from None


def _decoded(content: bytes, file: str) -> str:
    is_utf16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if is_utf16 else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _refused("not_text", file)


def _workbook(content: bytes, file: str, sheet: str | None) -> Iterator[Line]:
    import openpyxl  # loaded late: only a workbook needs it

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                raise _refused("too_large", file, limit=f"{MOST_UNPACKED // 1_000_000} MB")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and validations that are not read
            books = [openpyxl.load_workbook(io.BytesIO(content), data_only=plain) for plain in (True, False)]
    except InputError:
        raise
    except Exception as error:  # a damaged workbook fails in many ways, none of them ours
        raise _refused("bad_workbook", file, error=type(error).__name__) from None
    names = books[0].sheetnames
    if sheet is not None and sheet not in names:
        raise _refused("unknown_sheet", file, name=sheet, known=", ".join(names))
    values, formulas = (book[sheet or names[0]] for book in books)
    if values.max_row * values.max_column > MOST_CELLS:
        raise _refused("too_large", file, limit=f"{MOST_CELLS:,}")
    unread = []
    lines: list[Line] = []
    for shown, written in zip(values.iter_rows(), formulas.iter_rows(), strict=True):
        for cell, source in zip(shown, written, strict=True):
            if source.data_type == "f" and cell.value is None:
                unread.append(Problem("tables.formula", cell.coordinate, file, cell.row))
            if cell.data_type == "e":
                unread.append(
                    Problem("tables.error_cell", cell.coordinate, file, cell.row, {"text": cell.value})
                )
        lines.append((shown[0].row, [cell.value for cell in shown]))
    refuse(unread)
    yield from lines


Refusal = Literal[
    "too_large", "no_header", "no_rows", "bad_csv", "not_text", "bad_workbook", "unknown_sheet"
]  # fmt: skip


def _refused(reason: Refusal, file: str, line: int | None = None, **values: Any) -> InputError:
    return InputError([Problem(f"tables.{reason}", "", file, line, values)])
