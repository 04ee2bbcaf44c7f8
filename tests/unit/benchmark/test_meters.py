"""Meters: energy between readings, replay, and NVML behind a stand-in for its library."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from toolkit.benchmark.meters import AbsentMeter, Reading, open_meter
from toolkit.benchmark.meters.nvml import NvmlMeter
from toolkit.benchmark.meters.process import HostMark, between, look, memory_bytes, reset_peak_memory
from toolkit.benchmark.meters.reading import energy_between
from toolkit.benchmark.meters.replay import ReplayMeter

CPU = torch.device("cpu")


def test_energy_is_a_difference_of_the_counter() -> None:
    """A counter that moves every 100 ms at constant power is off by at most 100 ms of that power."""
    power, step = 400.0, 0.1

    def at(seconds: float) -> Reading:
        return Reading(seconds, energy_j=power * step * int(seconds / step + 1e-9))

    for start in (0.0, 0.03, 0.07, 0.099):
        joules, reason = energy_between(at(start), at(start + 2.0))
        assert reason is None
        assert joules == pytest.approx(power * 2.0, abs=power * step + 1e-6)


def test_a_counter_that_runs_backwards_is_refused() -> None:
    assert energy_between(Reading(0.0, energy_j=5.0), Reading(1.0, energy_j=4.0)) == (
        None,
        "the energy counter ran backwards",
    )
    unknown = Reading(1.0, unknown={"energy_j": "NVML: Not Supported"})
    assert energy_between(Reading(0.0), unknown) == (None, "NVML: Not Supported")


def test_absent_meters_say_why() -> None:
    assert open_meter("auto", CPU).read().unknown["device"] == "the device is not a GPU"
    meter = open_meter("absent", CPU)
    assert isinstance(meter, AbsentMeter)
    assert meter.describe()["unknown"]["device"] == "switched off"
    assert meter.read().power_w is None


def test_replay_plays_once_and_is_never_live(tmp_path: Path) -> None:
    path = tmp_path / "h100.jsonl"
    rows = [{"describe": {"name": "H100"}}] + [
        {
            "seconds": float(second),
            "energy_j": 300.0 * second,
            "foreign_pids": [],
            "throttle": ["sw_power_cap"],
        }
        for second in range(2)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    meter = open_meter(f"replay:{path}", CPU)
    assert meter.source == "recorded"
    assert meter.describe() == {"name": "H100"}
    first, then, after = meter.read(), meter.read(), meter.read()
    assert energy_between(first, then) == (300.0, None)
    assert then.throttle == ("sw_power_cap",)
    assert energy_between(then, after) == (None, "the recording is over")


@pytest.mark.parametrize(
    "text", ["", "{}", '{"describe": {}}\n{"volts": 12}', '{"describe": {}}\n{"seconds"']
)
def test_a_recording_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"describe|volts|delimiter"):
        ReplayMeter.from_file(path)


class NvmlError(Exception):
    """Stands for pynvml.NVMLError."""


def nvml(**changes: Any) -> SimpleNamespace:
    """As much of pynvml as the meter calls, for a board that lacks what `changes` takes away."""

    def answer(value: Any) -> Callable[..., Any]:
        return lambda *_arguments: value

    def missing(*_arguments: Any) -> Any:
        raise NvmlError("Not Supported")

    calls = {
        "nvmlDeviceGetPowerUsage": 412_345,
        "nvmlDeviceGetTotalEnergyConsumption": 9_876_543,
        "nvmlDeviceGetClockInfo": 1755,
        "nvmlDeviceGetMaxClockInfo": 1980,
        "nvmlDeviceGetTemperature": 61,
        "nvmlDeviceGetMemoryInfo": SimpleNamespace(used=5, total=85_899_345_920),
        "nvmlDeviceGetCurrentClocksThrottleReasons": 0x4 | 0x40,
        "nvmlDeviceGetComputeRunningProcesses": [SimpleNamespace(pid=pid) for pid in (77, 4711)],
        "nvmlDeviceGetName": b"NVIDIA H100 80GB HBM3",
        "nvmlSystemGetDriverVersion": "575.57",
        "nvmlDeviceGetPowerManagementLimit": 700_000,
        "nvmlDeviceGetPowerManagementDefaultLimit": 700_000,
        "nvmlDeviceGetEccMode": [1, 1],
        "nvmlDeviceGetMigMode": [0, 0],
    } | changes
    functions = {name: missing if value is None else answer(value) for name, value in calls.items()}
    constants = {"NVML_CLOCK_SM": 1, "NVML_CLOCK_MEM": 2, "NVML_TEMPERATURE_GPU": 0, "NVMLError": NvmlError}
    return SimpleNamespace(**functions, **constants)


def test_nvml_units_and_words() -> None:
    meter = NvmlMeter(nvml(), object(), own_pids=frozenset({77}))
    reading = meter.read()
    assert (reading.power_w, reading.energy_j) == (412.345, 9876.543)
    assert reading.throttle == ("sw_power_cap", "hw_thermal")
    assert reading.foreign_pids == (4711,)
    assert reading.unknown == {}
    facts = meter.describe()
    assert facts["name"] == "NVIDIA H100 80GB HBM3"
    assert facts["power_limit_w"] == 700.0
    assert (facts["ecc"], facts["mig"]) == (True, False)


def test_what_a_board_does_not_support_is_unknown_with_the_reason() -> None:
    lacking = nvml(nvmlDeviceGetTotalEnergyConsumption=None, nvmlDeviceGetMigMode=None)
    meter = NvmlMeter(lacking, object(), own_pids=frozenset())
    reading = meter.read()
    assert reading.energy_j is None
    assert reading.unknown == {"energy_j": "NVML: Not Supported"}
    assert reading.power_w == 412.345
    assert meter.describe()["mig"] is None


def test_foreign_share_counts_what_others_took() -> None:
    first = HostMark(wall=0.0, cpu=0.0, busy=100.0, steal=1.0, involuntary_switches=0)
    then = HostMark(wall=2.0, cpu=1.9, busy=102.9, steal=1.2, involuntary_switches=7)
    found = between(first, then, threads=1)
    import os

    cpus = os.cpu_count() or 1
    assert found["cpu_share"] == pytest.approx(0.95)
    assert found["foreign_share"] == pytest.approx(1.0 / 2.0 / cpus, abs=1e-4)
    assert found["steal_share"] == pytest.approx(0.2 / 2.0 / cpus, abs=1e-4)
    assert found["involuntary_switches"] == 7


def test_without_proc_the_share_is_unknown(tmp_path: Path) -> None:
    mark = look(tmp_path)
    assert mark.busy is None
    assert between(mark, look(tmp_path), 1)["foreign_share"] is None


def test_peak_memory_is_seen_and_reset() -> None:
    size = 64 * 2**20
    if not reset_peak_memory():
        pytest.skip("this system does not reset the peak of resident memory")
    before = memory_bytes("VmRSS")
    block = torch.ones(size, dtype=torch.uint8)
    del block
    peak = memory_bytes("VmHWM")
    assert before is not None
    assert peak is not None
    assert peak - before >= 0.9 * size
    reset_peak_memory()
    after = memory_bytes("VmHWM")
    assert after is not None
    assert after - before < 0.5 * size
