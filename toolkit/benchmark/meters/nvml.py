"""NVML through nvidia-ml-py: clocks, power, energy, temperature, throttling, foreign processes.

Each figure is read on its own, because boards differ in what they support; one that fails is None with
NVML's own words. The energy counter (millijoules since the driver was loaded, Volta and later) is preferred
to power, which is a one-second average on Ampere and later. The device is found by the UUID that torch
reports, so that CUDA_VISIBLE_DEVICES cannot make the meter look at another card.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from toolkit.benchmark.meters.absent import AbsentMeter
from toolkit.benchmark.meters.reading import DeviceMeter, MeterSource, Reading

if TYPE_CHECKING:
    import torch

T = TypeVar("T")

# Bits of nvmlClocksEventReasons.
_REASONS = {
    0x1: "idle",
    0x2: "application_clocks",
    0x4: "sw_power_cap",
    0x8: "hw_slowdown",
    0x10: "sync_boost",
    0x20: "sw_thermal",
    0x40: "hw_thermal",
    0x80: "hw_power_brake",
}


def open_nvml(device: torch.device) -> DeviceMeter:
    """The NVML meter of a CUDA device, or an absent one with NVML's reason."""
    import torch

    try:
        import pynvml
    except ImportError:
        return AbsentMeter("nvidia-ml-py is not installed")
    try:
        pynvml.nvmlInit()
        uuid = f"GPU-{torch.cuda.get_device_properties(device).uuid}"
        handle = pynvml.nvmlDeviceGetHandleByUUID(uuid)
        return NvmlMeter(pynvml, handle, _own_pids(pynvml, handle, device))
    except pynvml.NVMLError as error:
        return AbsentMeter(f"NVML: {error}")


@dataclass(frozen=True, slots=True)
class NvmlMeter:
    """One device; `library` is the module pynvml, `own_pids` are this process as NVML numbers it."""

    library: Any
    handle: Any
    own_pids: frozenset[int]
    source: MeterSource = "live"

    def read(self) -> Reading:
        nvml, handle, unknown = self.library, self.handle, dict[str, str]()

        def ask(field: str, call: Callable[[], T]) -> T | None:
            return self._ask(field, call, unknown)

        power = ask("power_w", lambda: nvml.nvmlDeviceGetPowerUsage(handle) / 1e3)
        energy = ask("energy_j", lambda: nvml.nvmlDeviceGetTotalEnergyConsumption(handle) / 1e3)
        sm, memory = nvml.NVML_CLOCK_SM, nvml.NVML_CLOCK_MEM
        return Reading(
            seconds=time.perf_counter(),
            power_w=power,
            energy_j=energy,
            sm_clock_mhz=ask("sm_clock_mhz", lambda: int(nvml.nvmlDeviceGetClockInfo(handle, sm))),
            sm_clock_max_mhz=ask("sm_clock_max_mhz", lambda: int(nvml.nvmlDeviceGetMaxClockInfo(handle, sm))),
            memory_clock_mhz=ask(
                "memory_clock_mhz", lambda: int(nvml.nvmlDeviceGetClockInfo(handle, memory))
            ),
            temperature_c=ask(
                "temperature_c",
                lambda: int(nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU)),
            ),
            memory_used_bytes=ask(
                "memory_used_bytes", lambda: int(nvml.nvmlDeviceGetMemoryInfo(handle).used)
            ),
            throttle=ask("throttle", self._throttle),
            foreign_pids=ask("foreign_pids", self._foreign),
            unknown=unknown,
        )

    def describe(self) -> Mapping[str, Any]:
        nvml, handle, unknown = self.library, self.handle, dict[str, str]()
        facts: dict[str, Callable[[], Any]] = {
            "name": lambda: _text(nvml.nvmlDeviceGetName(handle)),
            "driver": lambda: _text(nvml.nvmlSystemGetDriverVersion()),
            "power_limit_w": lambda: nvml.nvmlDeviceGetPowerManagementLimit(handle) / 1e3,
            "power_limit_default_w": lambda: nvml.nvmlDeviceGetPowerManagementDefaultLimit(handle) / 1e3,
            "memory_bytes": lambda: int(nvml.nvmlDeviceGetMemoryInfo(handle).total),
            "ecc": lambda: bool(nvml.nvmlDeviceGetEccMode(handle)[0]),
            "mig": lambda: bool(nvml.nvmlDeviceGetMigMode(handle)[0]),
        }
        known = {field: self._ask(field, call, unknown) for field, call in facts.items()}
        return {**known, "unknown": unknown}

    def close(self) -> None:
        """Let go of NVML."""
        self.library.nvmlShutdown()

    def _ask(self, field: str, call: Callable[[], T], unknown: dict[str, str]) -> T | None:
        try:
            return call()
        except self.library.NVMLError as error:
            unknown[field] = f"NVML: {error}"
            return None

    def _throttle(self) -> tuple[str, ...]:
        bits = self.library.nvmlDeviceGetCurrentClocksThrottleReasons(self.handle)
        return tuple(name for bit, name in _REASONS.items() if bits & bit)

    def _foreign(self) -> tuple[int, ...]:
        return tuple(sorted(_computing_pids(self.library, self.handle) - self.own_pids))


def _own_pids(nvml: Any, handle: Any, device: torch.device) -> frozenset[int]:
    """The process ids under which this process appears: inside a container NVML shows those of the host, so
    whoever appears when this process takes its first memory on the device is this process."""
    import torch

    try:
        before = _computing_pids(nvml, handle)
        torch.zeros(1, device=device)
        return (_computing_pids(nvml, handle) - before) | {os.getpid()}
    except nvml.NVMLError:
        return frozenset({os.getpid()})


def _computing_pids(nvml: Any, handle: Any) -> frozenset[int]:
    return frozenset(int(process.pid) for process in nvml.nvmlDeviceGetComputeRunningProcesses(handle))


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
