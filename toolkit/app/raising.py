"""When must we start raising? The month by which a round must be opened, from the draws of a run.

The plan is projected once more on the run's own draws, without the rounds that are asked about; the time that
a raise takes is one more uncertain quantity, drawn independently of all others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from toolkit.app.building import Built
from toolkit.errors import InputError, Problem, refuse
from toolkit.lines.line import Line
from toolkit.lines.quantity import Quantity
from toolkit.lines.quantity_text import parse_quantity
from toolkit.projection.draws import Sampler, draw, extend_registry
from toolkit.projection.engine import Engine
from toolkit.projection.headlines import CASH
from toolkit.projection.model import Model
from toolkit.projection.program import Array
from toolkit.projection.project import model_of
from toolkit.provenance import Source
from toolkit.resources.compile import compile_plan
from toolkit.resources.funding.raise_timing import RaiseTiming, latest_start
from toolkit.resources.funding.records import PricedRound
from toolkit.resources.plan import Plan
from toolkit.resources.record import month_after
from toolkit.resources.values import Value
from toolkit.text import Text

TAKES = "raise_by.takes"  # the line of the time that a raise takes


@dataclass(frozen=True, slots=True)
class RaiseBy:
    """The answer: `latest_month` is ISO; None where cash lasts to the end of the plan. `months_late` is how
    long ago a round should have been opened (0: it is not too late)."""

    run_id: str
    currency: str
    floor: float
    probability: float
    takes: str
    without: tuple[str, ...]
    first_month: str
    timing: RaiseTiming

    @property
    def latest_month(self) -> str | None:
        latest = self.timing.latest_month
        return None if latest is None else month_after(self.first_month, latest)

    @property
    def months_late(self) -> int:
        latest = self.timing.latest_month
        return 0 if latest is None else max(1 - latest, 0)

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "run_id": self.run_id,
            "currency": self.currency,
            "floor": self.floor,
            "probability": self.probability,
            "takes": self.takes,
            "without": list(self.without),
            "latest_month": self.latest_month,
            "months_late": self.months_late,
            "first_month": self.first_month,
            "in_time_now": self.timing.in_time_now,
        }


def raise_by(
    built: Built,
    registry: Mapping[str, int],
    *,
    floor: str | None = None,
    probability: float = 0.95,
    takes: str = "3 to 9 months",
    without: Sequence[str] = (),
) -> RaiseBy:
    """The last month to open a round so that cash stays at or above a floor with a probability.

    `floor` is money (the plan's `cash_floor` by default, else 0), `takes` months from opening to money,
    `without` the instruments that are left out (all priced rounds by default). `registry` is that of the
    plan's draws. Raises InputError for what cannot be read.
    """
    plan = built.plan
    known = [one.id for one in plan.funding.instruments]
    problems = [
        Problem(
            "funding_plan.unknown_instrument", "without", values={"name": name, "known": ", ".join(known)}
        )
        for name in without
        if name not in known
    ]
    if not 0 < probability < 1:
        problems.append(
            Problem("funding_plan.probability", "probability", values={"probability": probability})
        )
    refuse(problems)
    out = tuple(without) or tuple(one.id for one in plan.funding.instruments if isinstance(one, PricedRound))
    lowest, duration = _floor(built, floor), _months(takes)
    run = built.run
    sampler = Sampler(run.seed, run.replicates, run.draws // run.replicates)
    cash = cash_without(built, registry, sampler, out)
    timing = latest_start(cash, lowest, _durations(duration, registry, sampler), probability)
    return RaiseBy(run.id, run.currency, lowest, probability, takes, out, run.months[0], timing)


def cash_without(
    built: Built, registry: Mapping[str, int], sampler: Sampler, without: Collection[str]
) -> Array:
    """Closing cash (draws, months) of the run's plan, on its own draws, if some instruments never close."""
    compilation = built.compilation
    plan = _left_out(built.plan, without)
    model = model_of(compile_plan(plan, compilation.reference, compilation.rates, compilation.positions))
    dimensions = extend_registry(registry, model.dimensions)
    engine = Engine(model, model.uncertain, (CASH,))
    return np.ascontiguousarray(engine.run(draw(model, dimensions, sampler), sampler.draws)[CASH][1:].T)


def _left_out(plan: Plan, without: Collection[str]) -> Plan:
    never = Value(Quantity.constant(0.0), "1", assumption="left out, to see when it is needed")
    instruments = [
        one.model_copy(update={"closes": never}) if one.id in without else one
        for one in plan.funding.instruments
    ]
    return plan.model_copy(update={"funding": plan.funding.model_copy(update={"instruments": instruments})})


def _floor(built: Built, text: str | None) -> float:
    if text is None:
        given = built.plan.company.cash_floor
        return 0.0 if given is None else given.quantity.median
    quantity = parse_quantity(text, built.run.currency)
    if quantity.is_uncertain:
        raise InputError([Problem("funding_plan.exit_value", "floor", values={"text": text})])
    return quantity.median


def _months(text: str) -> Quantity:
    try:
        quantity = parse_quantity(text, "month")
    except InputError:
        raise InputError([Problem("funding_plan.not_months", "takes", values={"text": text})]) from None
    if quantity.interval_90[0] < 0:
        raise InputError([Problem("funding_plan.not_months", "takes", values={"text": text})])
    return quantity.within(0.0, np.inf)


def _durations(quantity: Quantity, registry: Mapping[str, int], sampler: Sampler) -> Array:
    """Months to close, one a draw, from a dimension that no quantity of the plan has."""
    line = Line(TAKES, "month", Text.of(TAKES), "input", Source("assumption", TAKES), quantity=quantity)
    alone = Model({TAKES: line}, {}, (), {}, (), (), "")
    drawn = draw(alone, extend_registry(registry, [TAKES]), sampler)
    return drawn.get(TAKES, np.full(sampler.draws, quantity.median))
