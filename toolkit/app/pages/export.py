"""Tables out: CSV and XLSX that a spreadsheet opens without running anything.

A text cell that begins with `= + - @`, a tab or a carriage return is taken for a formula by spreadsheets that
read CSV; it gets a leading apostrophe. In XLSX a text is a text, whatever it begins with. Numbers are written
in full precision and never changed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"  # by which Excel knows that the file is UTF-8
SHEET_NAME = 31  # characters at most
WIDEST = 60  # characters
Cell = str | float | bool | None


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table as UTF-8 CSV; an unknown number is an empty cell."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for row in (heads, *rows):
        writer.writerow([_cell(value) for value in row])
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def as_xlsx(heads: Sequence[str], rows: Iterable[Sequence[Cell]], name: str) -> bytes:
    """A table as a workbook of one sheet, its head frozen; an unknown number is an empty cell."""
    import xlsxwriter

    content = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, safe) as book:
        sheet = book.add_worksheet("".join(sign for sign in name if sign not in "[]:*?/\\")[:SHEET_NAME])
        bold = book.add_format({"bold": True})
        widths = [len(head) for head in heads]
        for place, head in enumerate(heads):
            sheet.write_string(0, place, head, bold)
        for line, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                if isinstance(value, bool):
                    sheet.write_boolean(line, place, value)
                elif isinstance(value, str):
                    sheet.write_string(line, place, value)
                elif value is not None and value == value and abs(value) != float("inf"):
                    sheet.write_number(line, place, value)
                widths[place] = max(widths[place], len(str(value)))
        for place, width in enumerate(widths):
            sheet.set_column(place, place, min(width + 2, WIDEST))
        sheet.freeze_panes(1, 0)
    return content.getvalue()


def _cell(value: Cell) -> Cell:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_SIGNS) else value
    return "" if value is None else value
