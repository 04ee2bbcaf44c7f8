"""What a benchmark report is written from: measurements by device, with intervals and evidence."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.report.subject import Subject
from toolkit.shapes.records import Mode, Origin
from toolkit.text import Text


@dataclass(frozen=True, slots=True)
class ResultRow:
    """The newest measurement of one workload on one device, in units of work a second with the 95 % interval.

    `mfu` is model FLOPs over the peak of the data sheet, `ceiling_share` over the best matrix product of the
    same run; unknown is None. `processes` × `blocks` say what the interval rests on, `stopped` why it is no
    more, `origin` who took it and how. `earlier` counts older measurements of the same.
    """

    id: str
    model: str
    mode: Mode
    dtype: str
    batch: int
    tokens: int
    options: str
    value: float
    low: float
    high: float
    unit: str
    mfu: float | None
    ceiling_share: float | None
    peak_bytes: int | None
    joules_per_unit: float | None
    processes: int
    blocks: int
    stopped: Text
    measured_at: str
    origin: Origin
    earlier: int


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device: what it is, the software that ran, its ceilings, and what it did. `remarks` say what
    disturbed or shortened measurements, and how many."""

    name: str
    is_gpu: bool
    count: int
    environment: tuple[tuple[str, str], ...]
    ceilings: tuple[ResultRow, ...]
    results: tuple[ResultRow, ...]
    remarks: tuple[tuple[Text, int], ...]


@dataclass(frozen=True, slots=True)
class BenchContext:
    """All devices, the one that was measured last first."""

    subject: Subject
    currency: str
    devices: tuple[DeviceRow, ...]
