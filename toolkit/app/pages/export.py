"""Tables out: CSV that a spreadsheet opens without running anything.

A text cell that begins with `= + - @`, a tab or a carriage return is taken for a formula by spreadsheets; it
gets a leading apostrophe. Numbers are written in full precision and never changed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK = "\ufeff"  # by which Excel knows that the file is UTF-8


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[str | float | None]]) -> bytes:
    """A table as UTF-8 CSV; an unknown number is an empty cell."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for row in (heads, *rows):
        writer.writerow([_cell(value) for value in row])
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def _cell(value: str | float | None) -> str | float:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA_SIGNS) else value
    return "" if value is None else value
