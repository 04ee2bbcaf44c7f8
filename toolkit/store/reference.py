"""The facts of `data/` as tables of the schema `reference`, for SQL beside plans, runs and measurements.

They are a copy, thrown away and rebuilt as soon as the hash of `data/` changes; the typed access of
`toolkit.reference` reads the files themselves. `data/offers.csv` becomes `reference.offers`,
`data/published/decode.csv` becomes `reference.published_decode`. An empty cell is NULL, never 0.

DuckDB's own guess of a CSV's form is not used: where a row is too long it takes all rows up to there for a
preface and returns an empty table without a word. Here the header is the header, each row has as many cells,
and a column is of the first type that fits every one of its cells, so `2026-11` and `007` stay text.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import duckdb

from toolkit.errors import Problem, refuse
from toolkit.reference.paths import data_dir, data_hash, fact_files
from toolkit.store.clock import now, stored
from toolkit.store.workspace import Workspace

_WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})")
_NUMBER = re.compile(r"-?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


def refresh_reference(workspace: Workspace) -> bool:
    """Rebuild the reference tables if `data/` changed since they were built; returns whether it had.

    Raises InputError with every row that does not fit its header, StoreError when the workspace cannot be
    written.
    """
    return load_facts(workspace, data_dir(), data_hash())


def load_facts(workspace: Workspace, folder: Path, fingerprint: str) -> bool:
    """Rebuild the reference tables from `folder` unless they hold the state `fingerprint` already."""
    if workspace.exists:
        with workspace.read() as connection:
            if _loaded(connection) == fingerprint:
                return False
    problems: list[Problem] = []
    files = [file for file in fact_files(folder) if file.suffix == ".csv"]
    tables = {table_name(file, folder): _read(file, problems) for file in files}
    refuse(problems)
    with workspace.write() as connection:
        connection.execute("drop schema if exists reference cascade")
        connection.execute("create schema reference")
        for name, (header, rows) in tables.items():
            _create(connection, name, header, rows)
        connection.execute("delete from reference_state")
        connection.execute("insert into reference_state values (?, ?)", [fingerprint, stored(now())])
    return True


def table_name(file: Path, folder: Path) -> str:
    """The table that holds `file`: its path below `folder`, joined by underscores, without the suffix."""
    return "_".join(file.relative_to(folder).with_suffix("").parts).replace("-", "_")


def _loaded(connection: duckdb.DuckDBPyConnection) -> str | None:
    row = connection.execute("select data_hash from reference_state").fetchone()
    return row[0] if row else None


def _read(file: Path, problems: list[Problem]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of one file; what is wrong with it is added to `problems`."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            header = next(reader, [])
            numbered = [(reader.line_num, row) for row in reader if row]
    except (OSError, UnicodeDecodeError, csv.Error):
        header, numbered = [], []
    if not header or len(set(header)) < len(header):
        problems.append(Problem("store.facts_unreadable", file=str(file), values={"file": file.name}))
    problems.extend(
        Problem(
            "store.facts_ragged",
            file=str(file),
            line=line,
            values={"cells": len(row), "columns": len(header)},
        )
        for line, row in numbered
        if len(row) != len(header)
    )
    return header, [row for _, row in numbered]


def _create(
    connection: duckdb.DuckDBPyConnection, name: str, header: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    import numpy as np  # loaded late: most commands find the facts unchanged

    cells = {str(place): [row[place] or None for row in rows] for place in range(len(header))}
    chosen = [
        f'cast("{place}" as {_type(values)}) as {_quoted(column)}'
        for column, (place, values) in zip(header, cells.items(), strict=True)
    ]
    columns = {place: np.array(values, dtype=object) for place, values in cells.items()}
    connection.register("incoming", columns)
    try:
        table = f"reference.{_quoted(name)}"
        connection.execute(f"create table {table} as select {', '.join(chosen)} from incoming")
    finally:
        connection.unregister("incoming")


def _type(values: Sequence[str | None]) -> str:
    """The first type that fits every known value; text where none does or none is known."""
    known = [value for value in values if value is not None]
    fitting = (kind for kind, fits in _TYPES.items() if known and all(map(fits, known)))
    return next(fitting, "VARCHAR")


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


_TYPES: dict[str, Callable[[str], object]] = {
    "BOOLEAN": ("true", "false").__contains__,
    "BIGINT": _WHOLE.fullmatch,
    "DOUBLE": _NUMBER.fullmatch,
    "DATE": _is_date,
}
