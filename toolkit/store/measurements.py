"""Measurements in the workspace: content-addressed, so an import can be repeated without harm.

The whole record is kept as JSON, from which it is read back equal; the columns beside it are for questions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import duckdb

from toolkit.shapes.records import Measurement
from toolkit.store.workspace import Workspace


def save_measurements(workspace: Workspace, measurements: Iterable[Measurement]) -> int:
    """Add those that the workspace does not have yet, in one transaction; returns how many were new.

    Raises StoreError when the workspace cannot be written; then none of them is in it.
    """
    rows = {measurement.id: measurement for measurement in measurements}
    if not rows:
        return 0
    with workspace.write() as connection:
        rows = _without_known(connection, rows)
        if rows:
            values = [_row(measurement) for measurement in rows.values()]
            places = ", ".join("?" * len(values[0]))
            connection.executemany(f"insert into measurement values ({places})", values)
    return len(rows)


def load_measurements(
    workspace: Workspace, device: str | None = None, *, ids: Sequence[str] | None = None
) -> list[Measurement]:
    """Measurements by time and id; only those on `device` (its name, or its id in the GPU catalogue) and only
    those with the given `ids`, where given. Raises StoreError."""
    with workspace.read() as connection:
        rows = connection.execute(
            "select record::text from measurement "
            "where ($device is null or device = $device or gpu_id = $device) "
            "and ($ids is null or list_contains($ids, id)) order by measured_at, id",
            {"device": device, "ids": None if ids is None else list(ids)},
        ).fetchall()
    return [Measurement.from_json(json.loads(text)) for (text,) in rows]


def _without_known(
    connection: duckdb.DuckDBPyConnection, rows: dict[str, Measurement]
) -> dict[str, Measurement]:
    known = connection.execute("select id from measurement where list_contains(?, id)", [list(rows)])
    present = {row[0] for row in known.fetchall()}
    return {key: measurement for key, measurement in rows.items() if key not in present}


def _row(measurement: Measurement) -> list[Any]:
    workload, device = measurement.workload, measurement.device
    record = json.dumps(measurement.to_json(), sort_keys=True, ensure_ascii=False, allow_nan=False)
    return [
        measurement.id,
        *(workload.model, workload.mode, workload.dtype, workload.batch, workload.tokens, workload.unit),
        *(device.kind, device.name, device.gpu_id, device.count),
        *(measurement.value, measurement.low, measurement.high),
        *(measurement.mfu, measurement.peak_bytes, measurement.joules_per_unit),
        *(measurement.source, measurement.measured_at, record),
    ]
