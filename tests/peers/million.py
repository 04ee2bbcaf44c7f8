"""A million draws: percentiles by month of five lines, in time and memory, sampling included.

Replicates are shared out between processes; each samples, projects and counts its own, and the histograms are
merged. The percentiles of one replicate are then compared with the exact ones.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from tests.peers.serve import own_peak_mb
from tests.peers.speed_model import model, sample
from toolkit.projection.analysis.histogram import (
    Bins,
    Histogram,
    fan_of,
    histograms,
    pilot_bins,
)
from toolkit.projection.engine import Engine
from toolkit.projection.run import LEVELS

LINES = ("cash", "rev", "cust", "gpu", "debt")
REPLICATES, EACH = 8, 2**17
SEED = 1


def replicate(number: int, bins: dict[str, Bins]) -> tuple[dict[str, Histogram], int, float]:
    """The histograms of one replicate; the process that made them, and the most memory that it has held."""
    inputs = sample(SEED, number, EACH)
    engine = Engine(model(), tuple(inputs), LINES, fast=True)
    return histograms(engine, inputs, slice(0, EACH), bins), os.getpid(), own_peak_mb()


def measure(processes: int) -> dict[str, object]:
    """Time, memory, and how far the percentiles of the first replicate are from the exact ones."""
    start = time.perf_counter()
    pilot = sample(SEED, 0, 4096)
    bins = pilot_bins(Engine(model(), tuple(pilot), LINES, fast=True), pilot)
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        found = list(pool.map(replicate, range(REPLICATES), [bins] * REPLICATES))
    parts = [part for part, _, _ in found]
    fans = {name: fan_of(name, "1", [part[name] for part in parts]) for name in LINES}
    seconds = time.perf_counter() - start
    peaks: dict[int, float] = {}
    for _, process, peak in found:
        peaks[process] = max(peaks.get(process, 0.0), peak)
    p5 = fans["cash"].values[0][-1], fans["cash"].errors[0][-1], fans["cash"].bounds[0][-1]
    return {
        "draws": REPLICATES * EACH,
        "lines": len(LINES),
        "processes": processes,
        "seconds": seconds,
        "peak_mb": own_peak_mb() + sum(peaks.values()),  # counts what they share more than once
        "p5_cash_last_month": p5,
        "within_bound": _check(parts[0]),
    }


def _check(part: dict[str, Histogram]) -> bool:
    inputs = sample(SEED, 0, EACH)
    paths = Engine(model(), tuple(inputs), LINES).run(inputs, EACH)
    for name in LINES:
        found, bounds = part[name].quantiles(LEVELS)
        exact = np.quantile(paths[name][1:], LEVELS, axis=1)
        if np.any(np.abs(found - exact) > bounds * (1 + 1e-9)):
            return False
    return True


if __name__ == "__main__":
    print(json.dumps(measure(min(2, os.cpu_count() or 1))))
