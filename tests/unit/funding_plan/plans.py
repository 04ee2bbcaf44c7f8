"""Small plans: a company without people or customers, so that all that moves is its funding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from toolkit.projection.draws import Sampler, draw
from toolkit.projection.engine import Engine, base_case
from toolkit.projection.model import Model
from toolkit.projection.program import Array
from toolkit.projection.project import model_of
from toolkit.reference import Reference
from toolkit.resources.compilation import Compilation
from toolkit.resources.compile import compile_plan, read_plan
from toolkit.resources.plan import Plan

HEAD = """
company: {id: small, name: Small, country: US, currency: USD, start: 2027-01, months: MONTHS}
opening: {balances: {cash: CASH, OWEDcommon_stock: STOCK}}
funding:
"""


@dataclass(frozen=True)
class Projected:
    """A plan with its model and its base case."""

    plan: Plan
    model: Model
    base: Mapping[str, tuple[float, ...]]

    def line(self, name: str) -> list[float]:
        """Months 1, 2, … of a line."""
        return list(self.base[name][1:])

    def draws(self, *names: str, per_replicate: int = 64) -> dict[str, Array]:
        """Lines (months + 1, draws) under uncertainty."""
        sampler = Sampler(7, 8, per_replicate)
        registry = {name: place for place, name in enumerate(self.model.dimensions)}
        engine = Engine(self.model, self.model.uncertain, names)
        return engine.run(draw(self.model, registry, sampler), sampler.draws)


Funded = Callable[..., Projected]
Refused = Callable[[str], dict[str, tuple[str, int | None]]]


def project_text(text: str, reference: Reference) -> Projected:
    """A plan of YAML text, read, checked and projected."""
    plan, positions = read_plan(text, reference, "plan.yaml")
    compilation: Compilation = compile_plan(plan, reference, {}, positions)
    model = model_of(compilation)
    return Projected(plan, model, base_case(model))


def balanced(projected: Projected) -> None:
    """Assets equal liabilities plus equity in every month of every draw."""
    found = projected.draws("total.assets", "total.liabilities_and_equity")
    assets, claims = found["total.assets"], found["total.liabilities_and_equity"]
    assert np.abs(assets - claims).max() <= 1e-9 * np.abs(assets).max()
