"""The gate of an import: only rows that the table reader will accept are kept, the others are listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.errors import Problem
from toolkit.reference.cells import CellError
from toolkit.reference.importers.offer_file import RECORDS, Imported, cell_text
from toolkit.reference.table import columns_of


def keep(imported: Imported, row: Mapping[str, Any], file: str, line: int) -> None:
    """Add a row, or what is wrong with it."""
    problems = list(_problems(imported, row, file, line))
    if problems:
        imported.problems += problems
    else:
        imported.rows.append(dict(row))


def _problems(imported: Imported, row: Mapping[str, Any], file: str, line: int) -> Iterator[Problem]:
    record = RECORDS[imported.schema]
    values: list[Any] = []
    for column in columns_of(record):
        text = cell_text(row.get(column.name))
        if not text:
            if not column.optional:
                yield Problem("reference.empty_cell", column.name, file, line)
            values.append(None)
            continue
        try:
            values.append(column.read(text))
        except CellError as bad:
            yield Problem(f"reference.{bad.name}", column.name, file, line, bad.values)
            values.append(None)
    if all(
        value is not None or column.optional for value, column in zip(values, columns_of(record), strict=True)
    ):
        for field, name, words in record(line, *values).faults():
            yield Problem(f"reference.{name}", field, file, line, words)


def number(text: object) -> float | None:
    """A number of a catalogue: None for an empty cell and for 0, which means that there is no price.

    Raises ValueError for text that is no number, and for a number below 0 or without end.
    """
    if text is None or str(text).strip() in ("", "None", "null"):
        return None
    value = float(str(text))
    if not 0 <= value < float("inf"):
        raise ValueError(text)
    return value or None
