"""The long tables of a run, one row a month: written as NumPy columns, read back as tuples.

A run of 500 lines × 37 months, 40 fans and 200 paths is 33,000 rows. DuckDB reads NumPy columns in one scan;
row by row through `executemany` the same takes a hundred times as long.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import duckdb

from toolkit.projection.closed_books import Actual, ClosedBooks
from toolkit.projection.run import ComputeUse, Fan, Run
from toolkit.store.run_json import rate_from, rate_json
from toolkit.text import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

Columns = dict[str, "NDArray[Any]"]


def insert_series(connection: duckdb.DuckDBPyConnection, run: Run) -> None:
    """Insert the base case, fans, sample paths and compute of `run`."""
    base = {"value": list(run.base.values())}
    columns = "position, line, month, value"
    _insert(connection, "run_line", run.id, {"line": list(run.base)}, base, columns)

    bands = [(fan, i) for fan in run.fans.values() for i in range(len(fan.levels))]
    labels: dict[str, list[Any]] = {
        "line": [fan.line for fan, _ in bands],
        "unit": [fan.unit for fan, _ in bands],
        "level": [fan.levels[i] for fan, i in bands],
    }
    values = {"value": [fan.values[i] for fan, i in bands], "error": [fan.errors[i] for fan, i in bands]}
    exact = (math.nan,) * len(run.months)
    values["bound"] = [fan.bounds[i] if fan.bounds else exact for fan, i in bands]
    columns = "position, line, unit, level, month + 1, value, error, nullif(bound, 'nan'::double)"
    _insert(connection, "run_fan", run.id, labels, values, columns)

    _insert(connection, "run_path", run.id, {}, {"cash": run.paths}, "position, month + 1, cash")
    for position, use in enumerate(run.compute):
        row = [
            run.id,
            position,
            use.workload,
            use.label.en,
            use.label.zh,
            use.device_unit,
            use.offer,
            use.rung,
        ]
        row += [list(use.hours), list(use.cost), rate_json(use.rate)]
        connection.execute("insert into run_compute values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def insert_books(connection: duckdb.DuckDBPyConnection, run: str, books: ClosedBooks) -> None:
    """Insert the actual figures that a run rests on."""
    rows = [[run, books.closed, one.line, one.month, one.value, one.place] for one in books.actuals]
    if rows:
        connection.executemany("insert into run_actual values (?, ?, ?, ?, ?, ?)", rows)


def read_books(connection: duckdb.DuckDBPyConnection, run: str, closed: str) -> ClosedBooks:
    """The actual figures that a run rests on."""
    rows = connection.execute(
        "select line, month, value, place from run_actual where run = ? order by line, month", [run]
    ).fetchall()
    return ClosedBooks(closed, tuple(Actual(*row) for row in rows))


def read_base(
    connection: duckdb.DuckDBPyConnection, run: str, lines: Sequence[str] | None = None
) -> dict[str, tuple[float, ...]]:
    """Line → its opening value and one value a month, in the order of the run; of `lines` only, if given."""
    rows = connection.execute(
        "select line, list(value order by month) from run_line "
        "where run = $run and ($lines is null or list_contains($lines, line)) "
        "group by position, line order by position",
        {"run": run, "lines": None if lines is None else list(lines)},
    ).fetchall()
    return {line: tuple(values) for line, values in rows}


def read_fans(
    connection: duckdb.DuckDBPyConnection, run: str, lines: Sequence[str] | None = None
) -> dict[str, Fan]:
    """Line → its fan, in the order of the run; of `lines` only, if given."""
    rows = connection.execute(
        "select line, unit, level, list(value order by month), list(error order by month), "
        "list(bound order by month) from run_fan "
        "where run = $run and ($lines is null or list_contains($lines, line)) "
        "group by position, line, unit, level order by position",
        {"run": run, "lines": None if lines is None else list(lines)},
    ).fetchall()
    bands: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for line, unit, *band in rows:
        bands.setdefault((line, unit), []).append(tuple(band))
    return {line: _fan(line, unit, of_line) for (line, unit), of_line in bands.items()}


def read_paths(connection: duckdb.DuckDBPyConnection, run: str) -> tuple[tuple[float, ...], ...]:
    """The sample of closing cash, draws × months."""
    rows = connection.execute(
        "select list(cash order by month) from run_path where run = ? group by path order by path", [run]
    ).fetchall()
    return tuple(tuple(values) for (values,) in rows)


def read_compute(connection: duckdb.DuckDBPyConnection, run: str) -> tuple[ComputeUse, ...]:
    """What each workload needs, in the order of the run."""
    rows = connection.execute(
        "select workload, label_en, label_zh, device_unit, hours, cost, offer, rung, rate "
        "from run_compute where run = ? order by position",
        [run],
    ).fetchall()
    return tuple(
        ComputeUse(
            workload, Text(en, zh), device_unit, tuple(hours), tuple(cost), offer, rung, rate_from(rate)
        )
        for workload, en, zh, device_unit, hours, cost, offer, rung, rate in rows
    )


def _fan(line: str, unit: str, bands: Sequence[tuple[Any, ...]]) -> Fan:
    levels, values, errors, bounds = zip(*bands, strict=True)
    known = () if None in bounds[0] else tuple(map(tuple, bounds))
    return Fan(line, unit, levels, tuple(map(tuple, values)), tuple(map(tuple, errors)), known)


def _insert(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    run: str,
    labels: Mapping[str, Sequence[Any]],
    series: Mapping[str, Sequence[Sequence[float]]],
    columns: str,
) -> None:
    """Insert series of equal shape, one row a value: `labels` name a series, `month` counts from 0 within."""
    import numpy as np  # loaded late: reading needs none

    lengths = [len(values) for values in next(iter(series.values()))]
    if not sum(lengths):
        return
    rows: Columns = {
        "position": np.repeat(np.arange(len(lengths)), lengths),
        "month": np.concatenate([np.arange(length) for length in lengths]),
    }
    # As objects: DuckDB scans those, but has the words of a fixed-width array sorted first.
    rows |= {name: np.repeat(np.array(label, dtype=object), lengths) for name, label in labels.items()}
    rows |= {name: np.concatenate([np.asarray(v, float) for v in values]) for name, values in series.items()}
    connection.register("incoming", rows)
    try:
        connection.execute(f"insert into {table} select ?, {columns} from incoming", [run])
    finally:
        connection.unregister("incoming")
