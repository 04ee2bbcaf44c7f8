"""The analyses that a report shows: scenarios with what makes them differ from the base, and the tornado.

They rest on a stored run and follow from it alone, so that they are worked out once and kept with the run in
the workspace: the next report of the run reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

import toolkit
from toolkit.app.analysis import Versus, find_attribution, find_tornado
from toolkit.app.building import Built
from toolkit.app.report_changes import change_of, label_of_row
from toolkit.app.study import Study
from toolkit.errors import InputError, Problem, StoreError
from toolkit.projection.analysis.outcome import CASH, Outcome
from toolkit.projection.engine import base_case
from toolkit.projection.metrics import measure
from toolkit.projection.model import Model
from toolkit.projection.program import Array
from toolkit.reference import load_reference
from toolkit.report.context import reads_as_share
from toolkit.report.exhibits import ChangeRow, Findings, OutlookRow, PartRow, SwingRow
from toolkit.resources.compile import BASE
from toolkit.store.answers import load_answer, save_answer
from toolkit.store.workspace import Workspace
from toolkit.text import Text, bilingual

MOST_SWINGS = 12
MOST_MONTHS = 24  # the chance to survive so long is the metric, or as long as the plan looks
EACH = 256  # draws of a replicate in the tornado and the attribution
MEDIAN = 0.5
VISIBLE, ENOUGH = 0.01, 3  # a share that fewer inputs move visibly says little; money is asked for instead
QUESTION = f"findings-3/{toolkit.__version__}"  # another number where the record changes
_ADAPTER: TypeAdapter[Findings] = TypeAdapter(Findings)


@dataclass(frozen=True, slots=True)
class Found:
    """The findings, and the scenarios that could not be projected with what is wrong in them."""

    findings: Findings
    problems: tuple[Problem, ...] = ()


def findings_of(
    workspace: Workspace, built: Built, progress: Callable[[str, float], None] = lambda *_: None
) -> Found:
    """The findings of a run: read from the workspace, or worked out and kept there."""
    known = load_answer(workspace, built.run.id, QUESTION)
    if known is not None:
        with suppress(ValidationError):  # written by other code of the same version
            return Found(_ADAPTER.validate_json(known))
    progress("analyse", 0.0)
    found = _work_out(Study(workspace, built.run.id, built=built))
    if not found.problems:
        with suppress(StoreError):  # a workspace may be one that can only be read
            save_answer(workspace, built.run.id, QUESTION, _ADAPTER.dump_json(found.findings).decode())
    return found


def _work_out(study: Study) -> Found:
    run = study.built.run
    problems: list[Problem] = []
    months = min(MOST_MONTHS, len(run.months))
    draws = min(run.draws, EACH * run.replicates)
    models: dict[str, Model] = {}
    for name in (BASE, *(one.id for one in study.built.plan.scenarios)):
        try:
            models[name] = (
                study.model if name == run.scenario else study.version_of(name).model(load_reference())
            )
        except InputError as error:
            problems += error.problems
    for metric, is_money in ((f"survive({months})", False), (f"p50({CASH}[{months}])", True)):
        tornado = find_tornado(study, metric, draws=draws)
        outlooks = [_outlook(study, name, model, months, metric, draws) for name, model in models.items()]
        if is_money or sum(abs(bar.swing.value) >= VISIBLE for bar in tornado.bars) >= ENOUGH:
            break
    swings = tuple(
        SwingRow(
            label=study.model.lines[bar.input].label,
            unit=study.model.lines[bar.input].unit,
            is_share=reads_as_share(study.model.lines[bar.input]),
            low=bar.low,
            high=bar.high,
            at_low=bar.at_low,
            at_high=bar.at_high,
        )
        for bar in tornado.bars[:MOST_SWINGS]
        if bar.swing.value
    )
    unmoved = len(tornado.unrelated) + sum(not bar.swing.value for bar in tornado.bars)
    return Found(
        Findings(months, is_money, tornado.present, swings, unmoved, tuple(outlooks), draws), tuple(problems)
    )


def _outlook(study: Study, name: str, model: Model, months: int, metric: str, draws: int) -> OutlookRow:
    run = study.built.run
    base: Mapping[str, tuple[float, ...]] = run.base
    if name == run.scenario:
        fan = run.fans[CASH]
        metrics, medians = run.metrics, fan.values[fan.levels.index(MEDIAN)]
    else:
        base = base_case(model)
        experiment = study.experiment(Outcome("runway"), None, model)
        cash = experiment.path()
        metrics, medians = measure(cash, base, experiment.sampler.replicates), _medians(cash)
    label, changes = _scenario(study, name)
    versus = None if name == BASE else find_attribution(study, name, BASE, metric, draws)
    return OutlookRow(
        id=name,
        label=label,
        runway=tuple(metrics.runway_months[level] for level in ("p5", "p50", "p95")),  # type: ignore[arg-type]
        survive=metrics.survive[months],
        burn=metrics.monthly_burn.value,
        cash=medians,
        revenue=float(sum(base["total.revenue"][-12:])),
        headcount=float(base["talent.headcount"][-1]),
        changes=changes,
        parts=_parts(study, versus),
        bridge=None if versus is None else (versus.attribution.first, versus.attribution.second),
    )


def _parts(study: Study, versus: Versus | None) -> tuple[PartRow, ...]:
    if versus is None:
        return ()
    plan = study.built.plan
    return tuple(PartRow(label_of_row(plan, one.group), one.change) for one in versus.attribution.parts)


def _medians(cash: Array) -> tuple[float, ...]:
    import numpy as np

    return tuple(float(value) for value in np.quantile(cash, MEDIAN, axis=1))


def _scenario(study: Study, name: str) -> tuple[Text, tuple[ChangeRow, ...]]:
    """A scenario's words, and its changes beside what the base has there."""
    if name == BASE:
        return bilingual("report_plan.base"), ()
    plan = study.built.plan
    scenario = next(one for one in plan.scenarios if one.id == name)
    raw = study.version_of(BASE).raw
    changes = tuple(change_of(plan, path, _at(raw, path), value) for path, value in scenario.changes.items())
    return scenario.label, changes


def _at(raw: Any, path: str) -> Any:
    """What the plan's data has at a path of a scenario; None where there is nothing."""
    for part in path.split("."):
        if isinstance(raw, list):
            raw = next((one for one in raw if part in (one.get("id"), one.get("programme"))), None)
        else:
            raw = raw.get(part) if isinstance(raw, Mapping) else None
    return raw
