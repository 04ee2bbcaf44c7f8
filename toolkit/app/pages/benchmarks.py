"""Benchmarks: what was measured, on what, and how sure that is.

One workload on one device may have been measured more than once: the newest measurement is shown, the others
are counted. Nothing is averaged over devices.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from toolkit.shapes.records import Device, Measurement, Workload

GIGA = 1e9


@dataclass(frozen=True, slots=True)
class Result:
    """The newest measurement of one workload on one device. `spread` is the half-width of its 95 % interval
    as a share of the value; `earlier` counts older measurements of the same."""

    measurement: Measurement
    spread: float
    earlier: int

    @property
    def id(self) -> str:
        return self.measurement.id

    @property
    def giga_per_second(self) -> float:
        """The value in 10⁹ units of work a second."""
        return self.measurement.value / GIGA

    @property
    def peak_gigabytes(self) -> float | None:
        """The highest memory of the process, in 10⁹ bytes; None where unknown."""
        found = self.measurement.peak_bytes
        return None if found is None else found / GIGA

    @property
    def is_ceiling(self) -> bool:
        return self.measurement.workload.mode == "ceiling"


@dataclass(frozen=True, slots=True)
class DeviceResults:
    """What one device did, ceilings first, then by model and mode."""

    device: Device
    ceilings: tuple[Result, ...]
    workloads: tuple[Result, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The ids of the measurements: the same for the same results."""
        return tuple(one.id for one in (*self.ceilings, *self.workloads))

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What disturbed or shortened a measurement, the most frequent first."""
        found: dict[str, list[Result]] = {}
        for one in (*self.ceilings, *self.workloads):
            for flag in one.measurement.flags:
                found.setdefault(flag, []).append(one)
        ordered = sorted(found.items(), key=lambda item: -len(item[1]))
        return tuple(Remark(flag, tuple(results)) for flag, results in ordered)


@dataclass(frozen=True, slots=True)
class Remark:
    """A word of the benchmark about a disturbed run, and whom it concerns."""

    flag: str
    results: tuple[Result, ...]


def newest_of(measurements: Iterable[Measurement]) -> list[tuple[Measurement, int]]:
    """The newest measurement of each workload on each device, with the number of older ones."""
    same: dict[tuple[Device, Workload], list[Measurement]] = {}
    for one in sorted(measurements, key=lambda one: (one.measured_at, one.id)):
        same.setdefault((one.device, one.workload), []).append(one)
    return [(found[-1], len(found) - 1) for found in same.values()]


def results(newest: Iterable[tuple[Measurement, int]]) -> tuple[DeviceResults, ...]:
    """The newest measurements, each with the number of older ones, by device; the device that was measured
    last comes first."""
    devices: dict[Device, list[Result]] = {}
    ordered = sorted(newest, key=lambda pair: (pair[0].measured_at, pair[0].id), reverse=True)
    for one, earlier in ordered:
        result = Result(one, (one.high - one.low) / 2 / one.value, earlier)
        devices.setdefault(one.device, []).append(result)
    return tuple(_by_device(device, found) for device, found in devices.items())


def _by_device(device: Device, found: list[Result]) -> DeviceResults:
    ordered = sorted(found, key=lambda one: one.measurement.workload.name)
    return DeviceResults(
        device,
        tuple(one for one in ordered if one.is_ceiling),
        tuple(one for one in ordered if not one.is_ceiling),
    )
