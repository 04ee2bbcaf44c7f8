"""The headline lines over all draws: fans, the runway of every draw, and the kept paths of cash.

Up to `WHOLE` draws the values of all draws stand in memory and percentiles are exact. Beyond, draws are made,
projected and counted chunk by chunk: percentiles come from histograms
(`toolkit.projection.analysis.histogram`) with a bound on how far each may be off, and memory does not grow
with the number of draws but for one whole number a draw.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.projection.analysis.histogram import CHUNK, Bins, Histogram, fan_of
from toolkit.projection.draws import Sampler, draw
from toolkit.projection.engine import Engine, check_finite
from toolkit.projection.metrics import fan, runway
from toolkit.projection.model import Model
from toolkit.projection.program import Array
from toolkit.projection.run import LEVELS, Fan
from toolkit.projection.single_draw import kept_draws

CASH = "account.cash"
WHOLE = 65_536  # draws


@dataclass(frozen=True, eq=False)
class Headlines:
    """`runway` (draws,): whole months whose closing cash is not negative. `cash_p5` (months,). `paths` (kept
    draws, months): closing cash of the draws that `kept_draws` names."""

    fans: Mapping[str, Fan]
    runway: Array
    cash_p5: Array
    paths: Array


def headlines(
    model: Model, registry: Mapping[str, int], sampler: Sampler, lines: Sequence[str], whole: int = WHOLE
) -> Headlines:
    """The headlines of `lines`, cash among them. Raises InputError where a draw of one is no number."""
    engine = Engine(model, model.uncertain, lines)
    if sampler.draws <= whole or not model.uncertain:
        return _in_memory(model, engine, registry, sampler)
    return _streamed(model, engine, registry, sampler)


def _in_memory(model: Model, engine: Engine, registry: Mapping[str, int], sampler: Sampler) -> Headlines:
    values = engine.run(draw(model, registry, sampler), sampler.draws)
    check_finite(model, values)
    fans = {
        name: fan(name, model.lines[name].unit, path[1:], sampler.replicates) for name, path in values.items()
    }
    cash = values[CASH][1:]
    kept = cash[:, kept_draws(sampler.draws)].T
    return Headlines(fans, runway(cash).astype(float), np.quantile(cash, 0.05, axis=1), kept)


def _streamed(model: Model, engine: Engine, registry: Mapping[str, int], sampler: Sampler) -> Headlines:
    bins: dict[str, Bins] = {}
    parts: list[dict[str, Histogram]] = []
    lengths, paths = np.empty(sampler.draws), []
    kept = np.array(kept_draws(sampler.draws))
    step = max(1, sampler.draws // CHUNK)
    pilot = engine.run(draw(model, registry, sampler, slice(None, None, step)), -(-sampler.draws // step))
    check_finite(model, pilot)
    bins = {name: Bins.around(path[1:]) for name, path in pilot.items()}
    for replicate in range(sampler.replicates):
        found = {name: Histogram.empty(bins[name]) for name in bins}
        for part in _chunks(replicate, sampler):
            values = engine.run(draw(model, registry, sampler, part), part.stop - part.start)
            check_finite(model, values)
            found = {name: found[name].counted(values[name][1:]) for name in bins}
            cash = values[CASH][1:]
            lengths[part] = runway(cash)
            inside = kept[(kept >= part.start) & (kept < part.stop)] - part.start
            paths.append(cash[:, inside].T)
        parts.append(found)
    fans = {name: fan_of(name, model.lines[name].unit, [part[name] for part in parts]) for name in bins}
    return Headlines(fans, lengths, np.array(fans[CASH].values[LEVELS.index(0.05)]), np.concatenate(paths))


def _chunks(replicate: int, sampler: Sampler) -> Iterator[slice]:
    first, end = replicate * sampler.per_replicate, (replicate + 1) * sampler.per_replicate
    return (slice(start, min(start + CHUNK, end)) for start in range(first, end, CHUNK))
