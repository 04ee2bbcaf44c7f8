"""A reading of a device meter, and the protocol that meters fulfil."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

MeterSource = Literal["live", "recorded", "absent"]

# Clock event reasons that take away more than the normal power limit does.
SLOWDOWNS = ("hw_slowdown", "sw_thermal", "hw_thermal", "hw_power_brake")


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at a device. Every figure may be None; `unknown` says why, by field.

    `seconds` is the monotonic clock, `energy_j` a counter since the driver was loaded, `foreign_pids` are
    processes of others that compute on the device.
    """

    seconds: float
    power_w: float | None = None
    energy_j: float | None = None
    sm_clock_mhz: int | None = None
    sm_clock_max_mhz: int | None = None
    memory_clock_mhz: int | None = None
    temperature_c: int | None = None
    memory_used_bytes: int | None = None
    throttle: tuple[str, ...] | None = None
    foreign_pids: tuple[int, ...] | None = None
    unknown: Mapping[str, str] = field(default_factory=dict)


class DeviceMeter(Protocol):
    """Reads a device; `source` says whether it is really there."""

    @property
    def source(self) -> MeterSource: ...

    def read(self) -> Reading: ...

    def describe(self) -> Mapping[str, Any]:
        """What does not change: name, driver, power limit; with `unknown` for what cannot be read."""

    def close(self) -> None: ...


def energy_between(first: Reading, then: Reading) -> tuple[float | None, str | None]:
    """Joules between two readings, or None with the reason. A counter that runs backwards is refused."""
    if first.energy_j is None or then.energy_j is None:
        return None, then.unknown.get("energy_j", "no energy counter")
    if then.energy_j < first.energy_j:
        return None, "the energy counter ran backwards"
    return then.energy_j - first.energy_j, None
