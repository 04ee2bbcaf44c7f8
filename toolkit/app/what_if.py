"""What if: some inputs of a stored run set for certain, all others staying as drawn."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from toolkit.app.analysis import DRAWS, Change
from toolkit.app.study import Study
from toolkit.errors import InputError, Problem
from toolkit.lines.spelling import nearest
from toolkit.projection.analysis.experiment import Experiment, figure_of
from toolkit.projection.analysis.outcome import CASH, Outcome
from toolkit.projection.metrics import fan


def set_inputs(
    study: Study, values: Mapping[str, float], metric: str | None = None, draws: int | None = None
) -> Change:
    """What it does to a metric and to cash to set inputs (line → value in its unit).

    Raises InputError (`analysis.unknown_input`) for a line that is no input with one value.
    """
    lines = study.model.lines
    for name in values:
        if name not in lines or lines[name].quantity is None:
            near = nearest(name, [line for line, found in lines.items() if found.quantity is not None])
            raise InputError(
                [Problem("analysis.unknown_input", name, values={"line": name, "nearest": near})]
            )
    draws = draws or DRAWS
    asked = study.metric(metric)
    experiment = _experiment(study, asked.outcome, draws, tuple(sorted(values)))
    cash = _experiment(study, Outcome("runway"), draws, tuple(sorted(values)))
    columns = {name: np.full(draws, value) for name, value in values.items()}
    before, after = (experiment.parts(asked, experiment.values(moved)) for moved in ({}, columns))
    replicates = experiment.sampler.replicates
    return Change(
        metric=asked,
        present=experiment.figure(asked, before),
        changed=experiment.figure(asked, after),
        difference=figure_of(after - before),
        fan=fan(CASH, lines[CASH].unit, cash.path(columns), replicates),
        draws=draws,
    )


@lru_cache(maxsize=4)
def _experiment(study: Study, outcome: Outcome, draws: int, levers: tuple[str, ...]) -> Experiment:
    """Kept from one question to the next: the same sliders are moved again and again."""
    return Experiment(study.model, study.registry(study.model), study.sampler(draws), outcome, levers)
