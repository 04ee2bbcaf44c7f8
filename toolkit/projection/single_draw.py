"""One draw of a run, made again from its seed and number: every line, though a run keeps few of them.

Nothing of draws × months × lines is stored. A run keeps whole paths of cash for a sample of draws, evenly
spaced over all (`kept_draws`); these and any other draw can be looked into line by line.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from toolkit.projection.draws import Sampler, draw
from toolkit.projection.engine import Engine
from toolkit.projection.model import Model

KEPT_PATHS = 200
WINDOW = 16
Values = dict[str, tuple[float, ...]]


def one_draw(model: Model, registry: Mapping[str, int], sampler: Sampler, number: int) -> Values:
    """Every line in draw `number` (0, 1, …): the opening, then one value a month; equal to the run's.

    Raises IndexError for a draw that the sampler does not make.
    """
    if not 0 <= number < sampler.draws:
        raise IndexError(number)
    # With its neighbours: NumPy computes a single value another way than an array, to the last bit.
    first = number // WINDOW * WINDOW
    last = min(first + WINDOW, sampler.draws)
    inputs = draw(model, registry, sampler, slice(first, last))
    paths = Engine(model, model.uncertain, tuple(model.lines)).run(inputs, last - first)
    return {name: tuple(path[:, number - first].tolist()) for name, path in paths.items()}


def draw_at(
    model: Model, registry: Mapping[str, int], sampler: Sampler, line: str, month: int, level: float
) -> int:
    """The number of the draw that stands at the percentile `level` (0 to 1) of a line at the end of a
    month."""
    inputs = draw(model, registry, sampler)
    values = Engine(model, model.uncertain, (line,)).run(inputs, sampler.draws)[line][month]
    order = np.argsort(values, kind="stable")
    return int(order[min(int(level * order.size), order.size - 1)])


def kept_draws(draws: int) -> tuple[int, ...]:
    """The numbers of the draws whose paths of cash a run keeps."""
    step = max(1, draws // KEPT_PATHS)
    return tuple(range(0, draws, step)[:KEPT_PATHS])
