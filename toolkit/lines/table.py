"""Tables that formulas look values up in: steps and tax brackets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.provenance import Source


@dataclass(frozen=True, slots=True)
class Table:
    """Ascending `thresholds` and one value each. `lookup` takes the value of the last threshold that is at
    most x (0 below the first); `brackets` sums each slice of x above a threshold at that bracket's rate."""

    name: str
    unit: str
    thresholds: tuple[float, ...]
    values: tuple[float, ...]
    source: Source

    def lookup(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Value of the step that holds each x; any shape."""
        index = np.searchsorted(np.asarray(self.thresholds), x, side="right")
        return np.asarray((0.0, *self.values))[index]

    def brackets(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum over brackets of rate × the part of x inside the bracket; any shape."""
        ends = (*self.thresholds[1:], np.inf)
        total = np.zeros_like(x)
        for start, end, rate in zip(self.thresholds, ends, self.values, strict=True):
            total += rate * np.clip(x - start, 0.0, end - start)
        return total
