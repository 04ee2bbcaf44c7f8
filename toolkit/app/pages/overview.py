"""The overview: will the cash last?

Four key figures, each against a baseline that is named: the base scenario, or, where the base itself is
shown, the newest run of an earlier revision. Beside them the scenarios with the same figures, the compute
cost by rung, and what changed since the revision before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import Literal

from toolkit.app.pages.survey import PlanEntry, RunEntry, ScenarioEntry
from toolkit.projection.headlines import CASH
from toolkit.projection.run import ComputeUse, Fan, Figure, Run
from toolkit.resources.plan import Plan
from toolkit.resources.record import month_number
from toolkit.shapes.records import Ground
from toolkit.store.changes import Change
from toolkit.store.revisions import Revision
from toolkit.text import Text

FigureId = Literal["runway", "survive", "burn", "lowest_cash"]
Verdict = Literal["lasts", "likely", "open", "unlikely"]
Level = Literal["p5", "p50"]
SURVIVE_MONTH = 24
LIKELY, OPEN = 0.8, 0.5  # chance to survive from which the cash "probably" lasts, and from which it is open
LOW, MIDDLE = 0.05, 0.5
BURN = "metric.net_burn"


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One card. `difference` is to the baseline, in the unit of the figure: None without a baseline, or where
    bounds hide it. `compared` says which percentile of it was compared (the P5 of a runway whose median is
    only known to reach the horizon); `trend` has one value a month."""

    id: FigureId
    figure: Figure
    difference: float | None
    trend: tuple[float, ...]
    compared: Level = "p50"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the figures are compared with: a scenario by its label, or an earlier revision by its number."""

    run: str
    scenario: Text | None
    revision: int | None


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """One scenario of the table. `outcome` is None while it was never built."""

    id: str
    label: Text
    run: RunEntry | None
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run says in a few figures: money in the plan's currency, `survive` None where the horizon ends
    before; `lowest_cash` is the P5 of the tightest month (1, 2, …), `cash` the median by month,
    `compute_cost` the base case over the horizon, before credits."""

    runway: Mapping[str, Figure]
    survive: Figure
    survive_months: int
    lowest_cash: Figure
    tightest_month: int
    cash: tuple[float, ...]
    compute_cost: float


@dataclass(frozen=True, slots=True)
class LatestChange:
    """What the newest revision of a plan changed, by whom and when. `before` is the number of the revision
    that it changed, None for the first."""

    number: int
    before: int | None
    author: str
    created_at: datetime
    message: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class MoneyIn:
    """A round or a note of the plan, in the month (1, 2, …) for which it is planned."""

    month: int
    label: Text


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the page shows of one run. `months` are ISO; `floor` is the balance below which the
    founders do not want to fall; `money_in` are the rounds of the plan within its horizon."""

    run: str
    currency: str
    months: tuple[str, ...]
    draws: int
    floor: float
    money_in: tuple[MoneyIn, ...]
    cash_today: float
    outcome: Outcome
    verdict: Verdict
    figures: tuple[KeyFigure, ...]
    fan: Fan
    compute: tuple[ComputeUse, ...]
    cost_by_rung: Mapping[Ground, float]
    warnings: tuple[Text, ...]


def baseline_of(plan: PlanEntry, shown: ScenarioEntry) -> Baseline | None:
    """What a scenario is compared with; None where nothing was built that it could be compared with."""
    if shown.id != plan.base.id:
        base = plan.base.run
        return Baseline(base.id, plan.base.label, None) if base else None
    earlier = shown.earlier
    return Baseline(earlier.id, None, earlier.revision) if earlier else None


def outcome(run: Run) -> Outcome:
    """The few figures by which runs are compared."""
    month = min(SURVIVE_MONTH, len(run.months))
    fan = run.fans[CASH]
    tightest = run.metrics.tightest_month
    place = fan.levels.index(LOW)
    return Outcome(
        runway=run.metrics.runway_months,
        survive=run.metrics.survive[month],
        survive_months=month,
        lowest_cash=Figure(fan.values[place][tightest - 1], fan.errors[place][tightest - 1]),
        tightest_month=tightest,
        cash=fan.values[fan.levels.index(MIDDLE)],
        compute_cost=sum(run.compute_cost_by_rung.values()),
    )


def overview(run: Run, plan: Plan | None, baseline: Run | None) -> Overview:
    """The overview of a run of `plan`, its figures against those of `baseline`.

    Without a plan (one that this version can no longer read) the run's own numbers are shown all the same.
    """
    found, floor = outcome(run), plan.company.cash_floor if plan else None
    return Overview(
        run=run.id,
        currency=run.currency,
        months=run.months,
        draws=run.draws,
        floor=floor.quantity.median if floor else 0.0,
        money_in=_money_in(plan, len(run.months)) if plan else (),
        cash_today=run.metrics.cash,
        outcome=found,
        verdict=verdict(found, len(run.months)),
        figures=_figures(run, found, baseline),
        fan=run.fans[CASH],
        compute=run.compute,
        cost_by_rung=run.compute_cost_by_rung,
        warnings=run.warnings,
    )


def verdict(found: Outcome, horizon: int) -> Verdict:
    """The answer in one word: it lasts in all but the worst twentieth, probably, it is open, or unlikely."""
    if found.runway["p5"].value >= horizon:
        return "lasts"
    chance = found.survive.value
    return "likely" if chance >= LIKELY else "open" if chance >= OPEN else "unlikely"


def scenario_rows(plan: PlanEntry, runs: Mapping[str, Run]) -> tuple[ScenarioRow, ...]:
    """One row a scenario; `runs` maps the ids of those that were built to the runs."""
    return tuple(
        ScenarioRow(entry.id, entry.label, entry.run, outcome(runs[entry.run.id]) if entry.run else None)
        for entry in plan.scenarios
    )


def latest_change(revision: Revision) -> LatestChange:
    """What a revision changed."""
    before = revision.number - 1 if revision.parent else None
    return LatestChange(
        revision.number, before, revision.author, revision.created_at, revision.message, revision.changes
    )


def _money_in(plan: Plan, horizon: int) -> tuple[MoneyIn, ...]:
    planned = [
        MoneyIn(month_number(plan.company.start, one.month), one.words) for one in plan.funding.instruments
    ]
    return tuple(one for one in planned if 1 <= one.month <= horizon)


def _figures(run: Run, found: Outcome, baseline: Run | None) -> tuple[KeyFigure, ...]:
    other = outcome(baseline) if baseline else None
    alive = tuple(1 - share for share in accumulate(run.metrics.ruin_by_month))
    fan = run.fans[CASH]
    compared, longer = _runway_difference(found, other)
    return (
        KeyFigure("runway", found.runway["p50"], longer, found.cash, compared),
        KeyFigure(
            "survive", found.survive, _difference(found.survive, other.survive if other else None), alive
        ),
        KeyFigure(
            "burn",
            run.metrics.monthly_burn,
            _difference(run.metrics.monthly_burn, baseline.metrics.monthly_burn if baseline else None),
            run.base[BURN][1:],
        ),
        KeyFigure(
            "lowest_cash",
            found.lowest_cash,
            _difference(found.lowest_cash, other.lowest_cash if other else None),
            fan.values[fan.levels.index(LOW)],
        ),
    )


def _runway_difference(found: Outcome, other: Outcome | None) -> tuple[Level, float | None]:
    """Of the medians, where both are known; else of the worst twentieths."""
    levels: tuple[Level, ...] = ("p50", "p5")
    for level in levels:
        difference = _difference(found.runway[level], other.runway[level] if other else None)
        if difference is not None:
            return level, difference
    return "p50", None


def _difference(shown: Figure, other: Figure | None) -> float | None:
    """Shown minus other; unknown without an other, and where either is only a lower bound."""
    if other is None or shown.at_least or other.at_least:
        return None
    return shown.value - other.value
