"""The meter of a device that has none: every figure unknown, with the reason."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.benchmark.meters.reading import MeterSource, Reading


@dataclass(frozen=True, slots=True)
class AbsentMeter:
    """Knows nothing and says why."""

    reason: str
    source: MeterSource = "absent"

    def read(self) -> Reading:
        return Reading(seconds=time.perf_counter(), unknown={"device": self.reason, "energy_j": self.reason})

    def describe(self) -> Mapping[str, Any]:
        return {"unknown": {"device": self.reason}}

    def close(self) -> None:
        """Nothing to let go of."""
