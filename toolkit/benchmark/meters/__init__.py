"""Meters: what the machine says about itself while a block runs.

A device meter reads clocks, power, energy, temperature, throttling and foreign processes. It is `live`
(NVML), `replay` (readings once recorded on a GPU machine, for tests and demonstrations) or `absent`. What a
meter cannot read is None with a reason; it is never made up. The process meter reads the host.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.benchmark.meters.absent import AbsentMeter
from toolkit.benchmark.meters.reading import DeviceMeter, Reading

if TYPE_CHECKING:
    import torch

__all__ = ["AbsentMeter", "DeviceMeter", "Reading", "open_meter"]


def open_meter(name: str, device: torch.device) -> DeviceMeter:
    """The meter called `auto`, `absent` or `replay:FILE` for a torch device.

    `auto` is NVML on a CUDA device and absent, with the reason, where there is none.
    Raises OSError or ValueError for a recording that cannot be read.
    """
    if name.startswith("replay:"):
        from toolkit.benchmark.meters.replay import ReplayMeter

        return ReplayMeter.from_file(name.removeprefix("replay:"))
    if name == "absent":
        return AbsentMeter("switched off")
    if device.type != "cuda":
        return AbsentMeter("the device is not a GPU")
    from toolkit.benchmark.meters.nvml import open_nvml

    return open_nvml(device)
