"""Analyses of a stored run: why the cash lasts, or does not, and what would change it.

Every job rests on the run's plan, facts, measurements and seed, so its answers belong to the run's figures.
`draws` may be fewer than the run's: they are then its first ones in every replicate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.app.study import Study
from toolkit.app.versions import Mixture
from toolkit.errors import InputError, Problem, refuse
from toolkit.lines.spelling import nearest
from toolkit.projection.analysis.attribution import EXACT, ORDERS, Attribution, attribute
from toolkit.projection.analysis.drivers import Drivers, drivers
from toolkit.projection.analysis.experiment import figure_of, level
from toolkit.projection.analysis.goal_seek import Sought, furthest, seek
from toolkit.projection.analysis.information import Information, value_of_information
from toolkit.projection.analysis.lever import LeverExperiment, Mode, lever_of
from toolkit.projection.analysis.outcome import CASH, Metric, Outcome, parse_goal
from toolkit.projection.analysis.sensitivity import Sensitivity, sensitivity
from toolkit.projection.analysis.survival import Survival, survival
from toolkit.projection.analysis.tornado import Tornado, tornado
from toolkit.projection.metrics import fan
from toolkit.projection.model import Model
from toolkit.projection.program import Array
from toolkit.projection.run import Fan, Figure
from toolkit.reference import load_reference
from toolkit.resources.compile import BASE

DRAWS = 4096  # of analyses that run the model dozens of times; others take all draws of the run
LOWEST_CASH = f"min({CASH})"
Progress = Callable[[float], None]


def quiet(_share: float) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Change:
    """What changed fields do to a metric and to a line by month, on the same draws."""

    metric: Metric
    present: Figure
    changed: Figure
    difference: Figure
    fan: Fan
    draws: int


@dataclass(frozen=True, slots=True)
class Versus:
    """The difference of a metric between two versions, by what makes it."""

    metric: Metric
    first: str
    second: str
    attribution: Attribution
    draws: int


@dataclass(frozen=True, slots=True)
class Worst:
    """What drives the draws that are worst by the outcome of a metric."""

    metric: Metric
    drivers: Drivers


@dataclass(frozen=True, slots=True)
class Choice:
    """What information is worth for a choice between scenarios, in a metric."""

    metric: Metric
    information: Information


def find_tornado(
    study: Study,
    metric: str | None = None,
    inputs: Sequence[str] | None = None,
    draws: int | None = None,
    progress: Progress = quiet,
) -> Tornado:
    """The tornado of a metric. Raises InputError for a metric or an input that is not there."""
    asked = study.metric(metric)
    for name in inputs or ():
        if name not in study.model.uncertain:
            raise _unknown_input(name, study.model.uncertain)
    return tornado(study.experiment(asked.outcome, draws or DRAWS), asked, inputs, progress)


def find_sensitivity(
    study: Study, metric: str | None = None, draws: int | None = None, progress: Progress = quiet
) -> Sensitivity:
    """The Sobol indices of a mean or a probability. Raises InputError (`analysis.needs_mean`, …)."""
    asked = _mean(study.metric(metric))
    experiment = study.experiment(asked.outcome, draws)
    return sensitivity(experiment, asked, study.registry(study.model), progress)


def find_survival(study: Study, floor: float = 0.0, draws: int | None = None) -> Survival:
    """The survival curve of cash above a floor."""
    experiment = study.experiment(Outcome("runway"), draws)
    replicates = experiment.sampler.replicates
    certain = not experiment.relevant
    return survival(experiment.path(), study.model.months, replicates, floor, certain=certain)


def find_drivers(
    study: Study, metric: str = LOWEST_CASH, share: float = 0.05, draws: int | None = None
) -> Worst:
    """What the worst `share` of the draws have in common, by the outcome that `metric` is the mean of."""
    asked = _mean(study.metric(metric))
    if not 0 < share < 1:
        raise InputError([Problem("analysis.share", "share", values={"share": f"{share:g}"})])
    experiment = study.experiment(asked.outcome, draws)
    cash = study.experiment(Outcome("runway"), draws).path()
    inputs = {name: level(experiment.inputs[name]) for name in experiment.relevant}
    outcome = asked.per_draw(experiment.values())
    return Worst(asked, drivers(inputs, outcome, cash, experiment.sampler.replicates, share))


def seek_goal(
    study: Study,
    goal: str,
    levers: Sequence[str],
    mode: Mode = "scale",
    low: float | None = None,
    high: float | None = None,
    draws: int | None = None,
    progress: Progress = quiet,
) -> tuple[Sought, ...]:
    """How far each lever has to be moved to reach a goal.

    Raises InputError for a goal or lever that is not there, and `analysis.out_of_reach`, which says how far
    the best lever gets, where none reaches it.
    """
    asked = parse_goal(goal, study.model)
    chosen = [lever_of(study.model, name, mode, low, high) for name in levers]
    found = []
    for count, lever in enumerate(chosen, 1):
        experiment = LeverExperiment(
            study.model,
            study.registry(study.model),
            study.sampler(draws or DRAWS),
            asked.metric.outcome,
            lever,
        )
        found.append(seek(experiment, asked))
        progress(count / len(chosen))
    if not any(one.met or one.answer is not None for one in found):
        raise _out_of_reach(furthest(found))
    return tuple(found)


def find_attribution(
    study: Study,
    second: str,
    first: str = BASE,
    metric: str | None = None,
    draws: int | None = None,
    progress: Progress = quiet,
) -> Versus:
    """Which changes make the difference between two scenarios or runs. Raises InputError, StoreError."""
    mixture = Mixture(study.version_of(first), study.version_of(second), load_reference(), EXACT)
    groups = tuple(mixture.groups)
    versions = 2 ** len(groups) if len(groups) <= EXACT else 2 * ORDERS * (len(groups) - 1) + 2
    seen = 0

    def value(chosen: frozenset[str]) -> Array:
        nonlocal seen
        model = mixture.model(chosen)
        asked = study.metric(metric, model)
        experiment = study.experiment(asked.outcome, draws or DRAWS, model)
        seen += 1
        progress(min(seen / versions, 1.0))
        return experiment.parts(asked, experiment.values())

    found = attribute(groups, value, seed=study.built.run.seed)
    return Versus(study.metric(metric), first, second, found, study.sampler(draws or DRAWS).draws)


def find_information(
    study: Study,
    metric: str | None = None,
    options: Sequence[str] | None = None,
    draws: int | None = None,
) -> Choice:
    """What it is worth to know each input before choosing between scenarios (by default all of the plan).

    Raises InputError (`analysis.options`: there is no choice).
    """
    plan = study.built.plan
    names = tuple(options or (BASE, *(scenario.id for scenario in plan.scenarios)))
    if len(set(names)) < 2:
        raise InputError([Problem("analysis.options", "options", values={"known": ", ".join(names)})])
    outcomes: dict[str, Array] = {}
    inputs: dict[str, Array] = {}
    for name in names:
        model = study.version_of(name).model(load_reference())
        asked = _mean(study.metric(metric, model))
        experiment = study.experiment(asked.outcome, draws, model)
        outcomes[name] = asked.per_draw(experiment.values())
        inputs = {one: level(experiment.inputs[one]) for one in experiment.relevant} | inputs
    found = value_of_information(inputs, outcomes, study.sampler(draws).replicates)
    return Choice(study.metric(metric), found)


def read_changes(texts: Sequence[str]) -> dict[str, Any]:
    """Fields and values from texts `PATH=VALUE`; a value is read as in a plan file. Raises InputError."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    changes, problems = {}, []
    for text in texts:
        path, sign, value = text.partition("=")
        try:
            changes[path.strip()] = YAML(typ="safe", pure=True).load(value)
        except YAMLError:
            sign = ""
        if not sign or not path.strip() or not value.strip():
            problems.append(Problem("analysis.change_form", text, values={"text": text}))
    refuse(problems)
    return changes


def try_change(
    study: Study, changes: Mapping[str, Any], metric: str | None = None, draws: int | None = None
) -> Change:
    """What other values of some fields (path → value, as in a scenario) do. Raises InputError."""
    draws = draws or DRAWS
    model = study.version.changed(changes).model(load_reference())
    asked = study.metric(metric)
    before = study.experiment(asked.outcome, draws)
    after = study.experiment(asked.outcome, draws, model)
    one, two = (experiment.parts(asked, experiment.values()) for experiment in (before, after))
    return Change(
        metric=asked,
        present=before.figure(asked, one),
        changed=after.figure(asked, two),
        difference=figure_of(two - one),
        fan=find_fan(study, model, draws=draws),
        draws=draws,
    )


def find_fan(study: Study, model: Model, line: str = CASH, draws: int | None = DRAWS) -> Fan:
    """Percentiles by month of a line of a version, on the run's draws."""
    experiment = study.experiment(Outcome("min", line), draws, model)
    return fan(line, model.lines[line].unit, experiment.path(), experiment.sampler.replicates)


def _mean(metric: Metric) -> Metric:
    if metric.statistic not in ("mean", "probability"):
        raise InputError([Problem("analysis.needs_mean", str(metric), values={"text": str(metric)})])
    return metric


def _out_of_reach(best: Sought) -> InputError:
    values = {
        "goal": str(best.goal),
        "metric": str(best.goal.metric),
        "present": f"{best.present.value:.6g}",
        "best": f"{best.best.metric.value:.6g}",
        "error": f"{best.best.metric.error:.2g}",
        "lever": best.lever.line,
        "place": f"{best.best.place:.4g}",
        "low": f"{best.lever.low:g}",
        "high": f"{best.lever.high:g}",
    }
    return InputError([Problem("analysis.out_of_reach", best.lever.line, values=values)])


def _unknown_input(name: str, known: Sequence[str]) -> InputError:
    values = {"line": name, "nearest": nearest(name, known)}
    return InputError([Problem("analysis.unknown_input", name, values=values)])
