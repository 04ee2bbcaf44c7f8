"""Percentiles by month of millions of draws in a few megabytes: histograms that merge exactly.

Every month of a line has `count` equal bins over a range that a pilot of draws gave, one more bin on each
side, and the smallest and the largest value seen. Counts are whole numbers, so histograms of blocks,
replicates, threads or machines add up to the same histogram in any order (sketches such as t-digest or P² do
not).

A percentile is read off by placing the draws of a bin evenly in it. The order statistics that it lies between
are in known bins, so it is off by at most the width of the wider one: that bound is returned beside every
percentile. In the outermost bins the width reaches to the smallest or largest value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.projection.engine import Engine
from toolkit.projection.metrics import half_width
from toolkit.projection.model import Model
from toolkit.projection.program import Array
from toolkit.projection.run import LEVELS, Fan

COUNT = 4096
OUTSIDE = 0.005  # of the pilot, on either side
MARGIN = 0.25  # of the range of the rest, on either side
PILOT = 4096  # draws
CHUNK = 16_384  # draws at a time: the values of a month stay in the processor's cache


@dataclass(frozen=True, eq=False)
class Bins:
    """`count` bins of `width` (months,) from `low` (months,) on."""

    low: Array
    width: Array
    count: int

    @classmethod
    def around(cls, pilot: Array, count: int = COUNT) -> Bins:
        """Bins that hold all but the outermost draws of a pilot (months, draws), with a margin.

        A few draws far out would make all bins wide; they fall into the outermost bins instead.
        """
        low, high = np.quantile(pilot, (OUTSIDE, 1 - OUTSIDE), axis=1)
        # A line that does not vary still needs a width that its own size does not swallow.
        least = 1e-9 * np.maximum(np.maximum(np.abs(low), np.abs(high)), 1.0)
        span = np.maximum(high - low, least)
        return cls(low - MARGIN * span, (1 + 2 * MARGIN) * span / count, count)


@dataclass(frozen=True, eq=False)
class Histogram:
    """`counts` (months, count + 2): below, in and above the bins. `smallest`, `largest`: (months,)."""

    bins: Bins
    counts: NDArray[np.int64]
    smallest: Array
    largest: Array

    @classmethod
    def empty(cls, bins: Bins) -> Histogram:
        months = bins.low.size
        zero = np.zeros((months, bins.count + 2), dtype=np.int64)
        return cls(bins, zero, np.full(months, np.inf), np.full(months, -np.inf))

    @property
    def draws(self) -> int:
        return int(self.counts[0].sum())

    def counted(self, values: Array) -> Histogram:
        """This histogram with `values` (months, draws) added. Raises ValueError where one is no number."""
        smallest, largest = values.min(axis=1), values.max(axis=1)
        if not np.all(np.isfinite(smallest) & np.isfinite(largest)):
            raise ValueError("a value is no number")
        bins, counts = self.bins, self.counts.copy()
        place, index = np.empty(values.shape[1]), np.empty(values.shape[1], dtype=np.intp)
        below, scale = bins.low - bins.width, 1 / bins.width  # place 0 is the bin below all others
        for month, row in enumerate(values):
            np.subtract(row, below[month], out=place)
            np.multiply(place, scale[month], out=place)
            np.maximum(place, 0.0, out=place)
            np.minimum(place, bins.count + 1.0, out=place)
            np.copyto(index, place, casting="unsafe")  # cuts off what follows the point
            counts[month] += np.bincount(index, minlength=bins.count + 2)
        return Histogram(bins, counts, np.minimum(self.smallest, smallest), np.maximum(self.largest, largest))

    def __add__(self, other: Histogram) -> Histogram:
        """Both together. Raises ValueError unless they have the same bins."""
        same = self.bins.count == other.bins.count and all(
            np.array_equal(one, two)
            for one, two in ((self.bins.low, other.bins.low), (self.bins.width, other.bins.width))
        )
        if not same:
            raise ValueError("histograms with different bins do not merge")
        return Histogram(
            self.bins,
            self.counts + other.counts,
            np.minimum(self.smallest, other.smallest),
            np.maximum(self.largest, other.largest),
        )

    def quantiles(self, levels: Sequence[float]) -> tuple[Array, Array]:
        """Quantiles (linear between order statistics) and the most by which each is off: two arrays (levels,
        months)."""
        positions = np.asarray(levels) * (self.draws - 1)
        low = np.floor(positions).astype(np.int64)
        high = np.minimum(low + 1, self.draws - 1)
        weight = (positions - low)[:, None]
        (below, below_width), (above, above_width) = self._order_statistics(low), self._order_statistics(high)
        bound = np.where(weight > 0, np.maximum(below_width, above_width), below_width)
        return below * (1 - weight) + above * weight, bound

    def _order_statistics(self, ranks: NDArray[np.int64]) -> tuple[Array, Array]:
        """The values at `ranks` (0 = smallest), and the widths of the bins that they lie in: (ranks,
        months)."""
        lower, upper = self._edges()
        values, widths = np.empty((ranks.size, len(lower))), np.empty((ranks.size, len(lower)))
        for month, row in enumerate(self.counts):
            reached = np.cumsum(row)
            places = np.searchsorted(reached, ranks, side="right")
            share = (ranks - (reached[places] - row[places]) + 0.5) / row[places]
            width = upper[month, places] - lower[month, places]
            values[:, month] = lower[month, places] + share * width
            widths[:, month] = width
        return values, widths

    def _edges(self) -> tuple[Array, Array]:
        """The ends of every bin, the outermost ones included, cut at the smallest and largest value."""
        steps = self.bins.low[:, None] + np.arange(self.bins.count + 1) * self.bins.width[:, None]
        ends = np.concatenate([self.smallest[:, None], steps, self.largest[:, None]], axis=1)
        ends = np.clip(ends, self.smallest[:, None], self.largest[:, None])
        return ends[:, :-1], ends[:, 1:]


def stream(
    model: Model, inputs: Mapping[str, Array], replicates: int, wanted: Sequence[str], count: int = COUNT
) -> dict[str, Fan]:
    """Fans of `wanted` lines over the draws of `inputs` (draws,), replicate by replicate, without keeping
    them."""
    draws = next(iter(inputs.values())).shape[-1]
    engine = Engine(model, tuple(inputs), wanted)
    bins = pilot_bins(engine, inputs, count)
    found: dict[str, list[Histogram]] = {name: [] for name in wanted}
    for part in parts_of(draws, replicates):
        for name, histogram in histograms(engine, inputs, part, bins).items():
            found[name].append(histogram)
    return {name: fan_of(name, model.lines[name].unit, parts) for name, parts in found.items()}


def pilot_bins(engine: Engine, inputs: Mapping[str, Array], count: int = COUNT) -> dict[str, Bins]:
    """Bins for every wanted line of the engine, from draws spread evenly over all."""
    draws = next(iter(inputs.values())).shape[-1]
    some = {name: values[..., :: max(1, draws // PILOT)] for name, values in inputs.items()}
    paths = engine.run(some, next(iter(some.values())).shape[-1])
    return {name: Bins.around(path[1:], count) for name, path in paths.items()}


def parts_of(draws: int, replicates: int) -> Iterator[slice]:
    """The draws of each replicate."""
    size = draws // replicates
    return (slice(start, start + size) for start in range(0, draws, size))


def histograms(
    engine: Engine, inputs: Mapping[str, Array], part: slice, bins: Mapping[str, Bins]
) -> dict[str, Histogram]:
    """One histogram a line of the draws in `part`; memory does not grow with their number."""
    found = {name: Histogram.empty(bins[name]) for name in bins}
    for start in range(part.start, part.stop, CHUNK):
        end = min(start + CHUNK, part.stop)
        paths = engine.run({name: values[..., start:end] for name, values in inputs.items()}, end - start)
        found = {name: found[name].counted(paths[name][1:]) for name in bins}
    return found


def fan_of(line: str, unit: str, parts: Sequence[Histogram]) -> Fan:
    """The fan of a line from one histogram a replicate."""
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + part
    values, bounds = whole.quantiles(LEVELS)
    errors = half_width(np.array([part.quantiles(LEVELS)[0] for part in parts]))
    return Fan(line, unit, LEVELS, _rows(values), _rows(errors), _rows(bounds))


def _rows(values: Array) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(value) for value in row) for row in values)
