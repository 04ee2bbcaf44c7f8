"""The best order of claims, found on a pilot run when the plan is compiled.

Claims that share a tax or a cost, or that exclude each other, may be served in several orders. Each order is
compiled and run once, with every claim granted as far as its chance says; the one that leaves the most cash
at the end of the horizon is kept, and no draw ever sees another. With more claims than can all be tried,
orders are improved by exchanging neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

import numpy as np

from toolkit.projection.engine import Engine
from toolkit.projection.headlines import CASH
from toolkit.projection.project import model_of
from toolkit.reference import Reference
from toolkit.resources.compilation import Compilation
from toolkit.resources.compile import compile_plan
from toolkit.resources.plan import Plan
from toolkit.resources.policy.claims import BEST
from toolkit.resources.policy.lines import claims_in_order
from toolkit.resources.reading import Positions
from toolkit.shapes.records import Rate
from toolkit.text import Text, bilingual

MOST = 24  # pilot runs: all orders of four claims
Order = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The order that was chosen, the cash that it leaves at the end of the pilot run, how many were tried,
    and what the best of the orders that pay otherwise would leave (None where all pay the same)."""

    order: Order
    cash: float
    tried: int
    next_best: float | None


def compile_settled(
    plan: Plan, reference: Reference, rates: Mapping[str, Rate], positions: Positions
) -> Compilation:
    """The book of a plan, with the best order of its claims found first if the plan asks for that."""
    if plan.policy.order != BEST:
        return compile_plan(plan, reference, rates, positions)
    choice = best_order(plan, lambda one: compile_plan(one, reference, rates, positions))
    compilation = compile_plan(with_order(plan, choice.order), reference, rates, positions)
    compilation.warnings.append(_words(choice, compilation))
    return compilation


def with_order(plan: Plan, order: Sequence[str]) -> Plan:
    """The same plan with its claims in that order."""
    return plan.model_copy(update={"policy": plan.policy.model_copy(update={"order": list(order)})})


def best_order(plan: Plan, compiled: Callable[[Plan], Compilation]) -> Choice:
    """Try orders of the plan's claims on a pilot run. The first of several that leave the same cash wins."""
    ids = sorted(claim.programme for claim in plan.policy.programmes)
    found: dict[Order, float] = {}

    def cash(order: Order) -> float:
        if order not in found:
            found[order] = _cash(compiled(with_order(plan, order)))
        return found[order]

    best = tuple(ids)
    if len(ids) <= 4:
        best = max(permutations(ids), key=lambda order: (round(cash(order), 2), _rank(order)))
    else:
        while len(found) < MOST and (better := _improved(best, cash)) is not None:
            best = better
    others = [value for value in found.values() if value < cash(best) - 0.005]
    return Choice(best, cash(best), len(found), max(others, default=None))


def _rank(order: Order) -> tuple[int, ...]:
    """Among orders that pay the same, that by id comes first."""
    ordered = sorted(order)
    return tuple(-ordered.index(one) for one in order)


def _improved(order: Order, cash: Callable[[Order], float]) -> Order | None:
    """The best order that one exchange of neighbours leads to, None when none is better."""
    best = max(_exchanges(order), key=cash)
    return best if cash(best) > cash(order) + 0.005 else None


def _exchanges(order: Order) -> Iterator[Order]:
    for place, (first, second) in enumerate(pairwise(order)):
        yield (*order[:place], second, first, *order[place + 2 :])


def _cash(compilation: Compilation) -> float:
    """Cash at the end of the horizon with every claim granted as far as its chance says."""
    model = model_of(compilation)
    chances = {
        name: line.quantity.parameters[3] if line.quantity.is_chance else line.quantity.median
        for claim in compilation.plan.policy.programmes
        if (name := f"policy.{claim.programme}.granted") in model.lines
        and (line := model.lines[name]).quantity is not None
    }
    inputs = {name: np.array([chance]) for name, chance in chances.items()}
    return float(Engine(model, list(chances), [CASH]).run(inputs, 1)[CASH][-1, 0])


def _words(choice: Choice, compilation: Compilation) -> Text:
    names = [claim.programme for _, claim in claims_in_order(compilation.plan.policy)]
    gain = "—" if choice.next_best is None else f"{choice.cash - choice.next_best:,.0f}"
    values = {"order": ", ".join(names), "tried": str(choice.tried), "gain": f"{gain} {compilation.currency}"}
    return bilingual("support.order", **values)
