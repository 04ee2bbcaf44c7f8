"""The job: how well forecasts said what happened, over time.

A forecast is a stored run: a locked budget, or a reforecast, which knew the figures up to its closed month
and is scored on later ones only. Its draws are made again from its seed, for exactly the lines that have
figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.app.actuals.budget import find_budget
from toolkit.app.study import Study
from toolkit.errors import InputError, Problem
from toolkit.projection.closed_books import Actual
from toolkit.projection.draws import draw
from toolkit.projection.engine import Engine
from toolkit.projection.forecast_score import Score, ScoredFigure, score, score_figure
from toolkit.store.actuals import load_actuals
from toolkit.store.budgets import list_budgets
from toolkit.store.runs import list_runs, load_run
from toolkit.store.workspace import Workspace
from toolkit.text import Text


@dataclass(frozen=True, slots=True)
class LineScore:
    """The score of one line of a forecast."""

    line: str
    label: Text
    unit: str
    score: Score


@dataclass(frozen=True, slots=True)
class ForecastScore:
    """One forecast: its run, the name of its budget if it is one, and the last month that it knew. `overall`
    is over all lines; `by_line` and `by_lead` (months ahead) share it out; `figures` are what was scored."""

    run: str
    budget: str | None
    closed: str | None
    overall: Score
    by_line: tuple[LineScore, ...]
    by_lead: tuple[tuple[int, Score], ...]
    figures: tuple[ScoredFigure, ...]


@dataclass(frozen=True, slots=True)
class ScoreReport:
    """The forecasts of a plan, the earliest first, scored on figures up to `last`."""

    plan: str
    currency: str
    last: str
    forecasts: tuple[ForecastScore, ...]


def find_scores(
    workspace: Workspace, runs: Sequence[str] = (), lines: Sequence[str] = (), plan: str | None = None
) -> ScoreReport:
    """The scores of forecasts: of these runs or budgets, else of every locked budget and every reforecast,
    else of the newest run of the plan alone.

    Raises InputError (`actuals.none`, `actuals.unknown_budget`, `actuals.nothing_to_score`), StoreError.
    """
    name = plan or load_run(workspace).plan
    actuals = [one for one in load_actuals(workspace, name) if not lines or one.line in lines]
    if not actuals:
        raise InputError([Problem("actuals.none", "actuals", values={"plan": name})])
    chosen = _forecasts(workspace, name, runs)
    found = [_score(workspace, run, budget, actuals) for run, budget in chosen]
    scored = [one for one in found if one is not None]
    if not scored:
        raise InputError([Problem("actuals.nothing_to_score", "actuals", values={"plan": name})])
    return ScoreReport(
        plan=name,
        currency=load_run(workspace, scored[0].run).currency,
        last=max(one.month for one in actuals),
        forecasts=tuple(sorted(scored, key=lambda one: one.closed or "")),
    )


def _forecasts(workspace: Workspace, plan: str, names: Sequence[str]) -> list[tuple[str, str | None]]:
    """Runs with the names of their budgets."""
    if names:
        pairs = [find_budget(workspace, plan, name) for name in names]
        return [(run.id, budget.name if budget else None) for run, budget in pairs]
    found: list[tuple[str, str | None]] = [(one.run, one.name) for one in list_budgets(workspace, plan)]
    known = {run for run, _ in found}
    latest: dict[str, str] = {}
    for one in reversed(list_runs(workspace, plan=plan)):  # of a closed month, the reforecast built last
        if one.closed is not None and one.id not in known:
            latest[f"{one.closed}/{one.scenario}"] = one.id
    found += [(run, None) for run in latest.values()]
    return found or [(find_budget(workspace, plan)[0].id, None)]


def _score(
    workspace: Workspace, run_id: str, budget: str | None, actuals: Sequence[Actual]
) -> ForecastScore | None:
    """The score of a run; None where nothing that it forecast has happened yet."""
    study = Study(workspace, run_id)
    run, model = study.built.run, study.model
    closed = run.books.closed if run.books else None
    later = [
        one for one in actuals
        if one.month in run.months and one.line in model.lines and (closed is None or one.month > closed)
    ]  # fmt: skip
    if not later:
        return None
    wanted = tuple(dict.fromkeys(one.line for one in later))
    sampler = study.sampler()
    inputs = draw(model, study.registry(model), sampler)
    paths = Engine(model, model.uncertain, wanted).run(inputs, sampler.draws)
    start = run.months.index(closed) + 1 if closed else 0
    figures = []
    for one in later:
        month = run.months.index(one.month) + 1
        base, draws = run.base[one.line][month], paths[one.line][month]
        figures.append(score_figure(one.line, one.month, month - start, one.value, base, draws))
    return ForecastScore(
        run=run.id,
        budget=budget,
        closed=closed,
        overall=score(figures),
        by_line=tuple(
            LineScore(
                name, model.lines[name].label, model.lines[name].unit,
                score([figure for figure in figures if figure.line == name]),
            )
            for name in wanted
        ),
        by_lead=tuple(
            (lead, score([figure for figure in figures if figure.lead == lead]))
            for lead in sorted({figure.lead for figure in figures})
        ),
        figures=tuple(figures),
    )  # fmt: skip
