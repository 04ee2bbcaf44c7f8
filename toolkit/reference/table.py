"""Reads one CSV file of facts into records and lists everything that is wrong, with file, line and column.

A data file has a header, UTF-8 and LF. Its columns are the fields of the record (see `cells`). An empty
cell means unknown and is read as None, never as 0. Nothing is skipped in silence: the caller refuses the
files when there is one problem.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeVar, get_args, get_origin, get_type_hints

from toolkit.errors import Problem
from toolkit.provenance import Source
from toolkit.reference.cells import CellError, Confidence, RecallConfidence, Word

Fault = tuple[str, str, Mapping[str, Any]]
Record = TypeVar("Record", bound="Fact")


@dataclass(frozen=True, slots=True)
class Fact:
    """What every row of a data file has: its line, how far it can be trusted, and where it is from.

    `confidence` is `own_knowledge` for a figure that was recalled and not looked up; `recall_confidence`
    then says how sure the recollection was. `note` says what a careful reader has to know.
    """

    FILE: ClassVar[str]
    line: int
    confidence: Confidence
    recall_confidence: RecallConfidence | None
    source_title: Word
    source_url: Word | None
    note: Word | None

    @property
    def key(self) -> tuple[str, ...]:
        """What names the row within its file, and nothing else does."""
        raise NotImplementedError

    @property
    def date(self) -> str | None:
        """The day, month or year for which the row holds; None when it is unknown."""
        return None

    @property
    def place(self) -> str:
        """File and key: `data/offers.csv aws/p5.48xlarge/us-east-1/on_demand`."""
        return f"data/{self.FILE} {'/'.join(part for part in self.key if part)}"

    @property
    def source(self) -> Source:
        """The origin that a number keeps when it leaves the table."""
        return Source("fact", self.source_title, self.place, self.source_url, self.date, self.confidence)

    def faults(self) -> Iterator[Fault]:
        """What is wrong between the cells of the row: (field, sentence, its values)."""
        if (self.confidence == "own_knowledge") != (self.recall_confidence is not None):
            yield "recall_confidence", "recall_mismatch", {}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file: how a cell is read and whether it may be empty."""

    name: str
    read: Callable[[str], Any]
    optional: bool


_COLUMNS: dict[type[Fact], tuple[Column, ...]] = {}


def columns_of(record: type[Fact]) -> tuple[Column, ...]:
    """The columns of a file, from the annotations of its record."""
    if record not in _COLUMNS:
        hints = get_type_hints(record, include_extras=True)
        names = [field.name for field in fields(record) if field.name != "line"]
        _COLUMNS[record] = tuple(_column(name, hints[name]) for name in names)
    return _COLUMNS[record]


def _column(name: str, hint: Any) -> Column:
    options = (hint,) if get_origin(hint) is Annotated else get_args(hint)
    reader = next(get_args(option)[1] for option in options if get_origin(option) is Annotated)
    # Dates, places, providers and sources repeat from row to row; bad cells are not kept.
    return Column(name, cache(reader), optional=type(None) in options)


def read_table(record: type[Record], directory: Path) -> tuple[tuple[Record, ...], list[Problem]]:
    """The rows of `directory/<record.FILE>` in file order, and what is wrong with the file."""
    file = f"data/{record.FILE}"
    try:
        lines = csv.reader(io.StringIO((directory / record.FILE).read_text(encoding="utf-8"), newline=""))
        header = next(lines, [])
    except (OSError, UnicodeDecodeError) as error:
        return (), [Problem("reference.unreadable", file=file, values={"reason": str(error)})]
    columns = columns_of(record)
    problems = list(_header_problems(header, columns, file))
    if problems:
        return (), problems
    order = [header.index(column.name) for column in columns]
    records: list[Record] = []
    for cells in lines:
        line = lines.line_num
        if len(cells) != len(header):
            counts = {"cells": len(cells), "columns": len(header)}
            problems.append(Problem("reference.wrong_width", "", file, line, counts))
            continue
        values, faults = _read_row([cells[index] for index in order], columns)
        if not faults:
            row = record(line, *values)
            records.append(row)
            faults = list(row.faults())
        problems += [Problem(f"reference.{name}", field, file, line, words) for field, name, words in faults]
    return tuple(records), problems + list(_double_keys(records))


def _read_row(cells: Sequence[str], columns: Sequence[Column]) -> tuple[list[Any], list[Fault]]:
    try:  # nearly every row is good: read it in one go, and look for the faults of a bad one afterwards
        values = [column.read(cell) if cell else None for cell, column in zip(cells, columns, strict=True)]
    except CellError:
        values = []
    empty = [column for cell, column in zip(cells, columns, strict=True) if not cell and not column.optional]
    if values and not empty:
        return values, []
    return [], [
        fault for cell, column in zip(cells, columns, strict=True) for fault in _faults_of(cell, column)
    ]


def _faults_of(cell: str, column: Column) -> Iterator[Fault]:
    if not cell:
        if not column.optional:
            yield column.name, "empty_cell", {}
        return
    try:
        column.read(cell)
    except CellError as bad:
        yield column.name, bad.name, bad.values


def _header_problems(header: Sequence[str], columns: Sequence[Column], file: str) -> Iterator[Problem]:
    names = [column.name for column in columns]
    yield from (Problem("reference.missing_column", name, file, 1) for name in names if name not in header)
    for name in dict.fromkeys(header):
        if name not in names:
            yield Problem("reference.unknown_column", name, file, 1)
        elif header.count(name) > 1:
            yield Problem("reference.double_column", name, file, 1)


def _double_keys(records: Iterable[Fact]) -> Iterator[Problem]:
    first: dict[tuple[str, ...], int] = {}
    for row in records:
        line = first.setdefault(row.key, row.line)
        if line != row.line:
            values = {"key": "/".join(row.key), "first": line}
            yield Problem("reference.double_key", "", f"data/{row.FILE}", row.line, values)
