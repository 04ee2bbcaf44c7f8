"""Measurements in the workspace: content-addressed, so an import can be repeated without harm.

The whole record is kept as JSON, from which it is read back equal; the columns beside it are for questions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


def newest_measurements(
    workspace: Workspace, device: str | None = None, day: str | None = None
) -> list[tuple[Measurement, int]]:
    """The newest measurement of each workload on each device, by time, with how many older ones there are;
    only those on `device` (its name) and of an ISO `day`, where given. However many are kept, only as many
    are read as are returned. Raises StoreError."""
    with workspace.read() as connection:
        rows = connection.execute(
            "select record::text, earlier from (select arg_max(id, (measured_at, id)) as newest, "
            "count(*) - 1 as earlier from measurement where device = coalesce($device, device) "
            "and ($day is null or starts_with(measured_at, $day)) group by device_kind, device, gpu_id, "
            "device_count, model, mode, dtype, batch, tokens, unit, options) "
            "join measurement on id = newest order by measured_at, id",
            {"device": device, "day": day},
        ).fetchall()
    return [(Measurement.from_json(json.loads(text)), earlier) for text, earlier in rows]


@dataclass(frozen=True, slots=True)
class MeasuredDay:
    """What was measured on one device on one day (ISO)."""

    device: str
    day: str
    count: int


def measured_days(workspace: Workspace) -> tuple[MeasuredDay, ...]:
    """On which days which device was measured, the last first. Raises StoreError."""
    with workspace.read() as connection:
        rows = connection.execute(
            "select device, measured_at[:10] as day, count(*) from measurement group by all "
            "order by day desc, device"
        ).fetchall()
    return tuple(MeasuredDay(*row) for row in rows)


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
        json.dumps(workload.options, separators=(",", ":")),
    ]
