"""Scenarios side by side: the same metrics of each, on the same draws, and what makes the difference.

A scenario is an overlay on the run's plan. Since all are projected on the same draws, a difference has a far
smaller sampling error than the figures themselves; its parts by changed field add up to it exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.app.analysis import DRAWS, Progress, Versus, find_attribution, find_fan, quiet
from toolkit.app.study import SURVIVE, Study
from toolkit.errors import InputError, Problem
from toolkit.projection.analysis.experiment import figure_of
from toolkit.projection.analysis.outcome import CASH
from toolkit.projection.program import Array
from toolkit.projection.run import Fan, Figure
from toolkit.reference import load_reference
from toolkit.resources.compile import BASE
from toolkit.text import Text, bilingual


@dataclass(frozen=True, slots=True)
class Side:
    """One scenario: its metrics in the order of the comparison, how far each is from the first scenario's,
    its fan of cash, and the parts of the difference in the first metric (None for the first scenario)."""

    scenario: str
    label: Text
    figures: tuple[Figure, ...]
    differences: tuple[Figure, ...]
    cash: Fan
    parts: Versus | None


@dataclass(frozen=True, slots=True)
class ScenarioComparison:
    """Scenarios side by side. `metrics` are texts such as `survive(24)`."""

    metrics: tuple[str, ...]
    sides: tuple[Side, ...]
    months: tuple[str, ...]
    draws: int


def compare_scenarios(
    study: Study,
    scenarios: Sequence[str] | None = None,
    metrics: Sequence[str] | None = None,
    draws: int | None = None,
    *,
    attribute: bool = True,
    progress: Progress = quiet,
) -> ScenarioComparison:
    """Compare scenarios (the base and all of the plan by default), the first being what others differ from.

    Raises InputError for a scenario or a metric that is not there, and where there is nothing to compare.
    """
    plan, count = study.built.plan, draws or DRAWS
    labels = {one.id: one.label for one in plan.scenarios}
    names = tuple(dict.fromkeys(scenarios or (BASE, *labels)))
    if len(names) < 2:
        raise InputError([Problem("analysis.one_scenario", "scenario", values={"known": names[0]})])
    asked = tuple(str(study.metric(text)) for text in metrics or default_metrics(study))
    first: list[Array] = []
    sides = []
    for number, name in enumerate(names):
        model = study.version_of(name).model(load_reference())
        parts, figures = [], []
        for text in asked:
            metric = study.metric(text, model)
            experiment = study.experiment(metric.outcome, count, model)
            parts.append(experiment.parts(metric, experiment.values()))
            figures.append(experiment.figure(metric, parts[-1]))
        first = first or parts
        shared = find_attribution(study, name, names[0], asked[0], count) if attribute and number else None
        sides.append(
            Side(
                scenario=name,
                label=labels.get(name) or bilingual("analysis.base"),
                figures=tuple(figures),
                differences=tuple(figure_of(two - one) for one, two in zip(first, parts, strict=True)),
                cash=find_fan(study, model, CASH, count),
                parts=shared,
            )
        )
        progress((number + 1) / len(names))
    return ScenarioComparison(asked, tuple(sides), study.model.months, count)


def default_metrics(study: Study) -> tuple[str, ...]:
    """What most people ask: does it last, how long, how much is left, what comes in."""
    months = len(study.model.months)
    return (
        f"survive({min(SURVIVE, months)})", "p5(runway)", f"p5(min({CASH}))", f"p50({CASH}[{months}])",
        "p50(sum(total.revenue))",
    )  # fmt: skip
