"""How much memory a case takes: torch's allocator on a GPU, resident memory of the process on a CPU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolkit.benchmark.meters import process as host

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True, slots=True)
class DeviceMemory:
    """Memory of one device as this process uses it, in bytes."""

    device: torch.device

    def in_use(self) -> int | None:
        """What is held now; None where the system does not tell."""
        if self.device.type == "cuda":
            import torch

            return int(torch.cuda.memory_allocated(self.device))
        return host.memory_bytes("VmRSS")

    def watch_peak(self) -> None:
        """Begin to look for the peak anew."""
        if self.device.type == "cuda":
            import torch

            torch.cuda.reset_peak_memory_stats(self.device)
        else:
            host.reset_peak_memory()

    def peak_since(self, held: int | None) -> tuple[int | None, str | None]:
        """How far memory rose above `held` since the watch began, or why that is unknown."""
        if self.device.type == "cuda":
            import torch

            return int(torch.cuda.max_memory_allocated(self.device)) - (held or 0), None
        peak = host.memory_bytes("VmHWM")
        if peak is None or held is None:
            return None, "the system does not tell the peak of resident memory"
        return max(0, peak - held), None
