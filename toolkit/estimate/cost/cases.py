"""What a comparison finds: cases, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.errors import Problem
from toolkit.estimate.cost.api_cost import ApiCost
from toolkit.estimate.cost.market import Option
from toolkit.estimate.cost.speed import Speed
from toolkit.estimate.cost.workload import CostWorkload

Band = tuple[float, float, float]  # good, middle, bad


@dataclass(frozen=True, slots=True)
class Case:
    """One option with `instances` of it, and what came out.

    `hours` is wall-clock hours of a run (None for a service, which runs all month), `cost` the cost of the
    run or of a month, both good, middle, bad; `per_million` the middle cost of a million tokens trained on,
    or of a million output tokens. Of a service, `per_million_input` and `per_million_output` share the cost
    between tokens read and made by the time that they take, `machines` run in a month (on average where they
    follow the load), `utilisation` is the share of what they could make, `available` the share of the time in
    which a machine is not lost. `energy_kwh` is that of the GPUs at 80 % of their power. `owed` is what a
    commitment binds to in all. `problem`: why there are no figures; `on_front`: no other case is both
    cheaper and faster (for a service: with less time a token).
    """

    option: Option
    instances: int
    speed: Speed | None
    problem: Problem | None
    hours: Band | None = None
    cost: Band | None = None
    per_million: float | None = None
    per_million_input: float | None = None
    per_million_output: float | None = None
    machines: Band | None = None
    utilisation: float | None = None
    available: tuple[float, float, float] = (1.0, 1.0, 1.0)
    energy_kwh: float | None = None
    owed: float | None = None
    on_front: bool = False
    in_time: bool = True
    in_budget: bool = True

    @property
    def gpus(self) -> int:
        """GPUs of all instances together; a price is of an instance, never of a GPU."""
        return self.instances * self.option.devices

    @property
    def complete(self) -> bool:
        """The price is that of everything: not one to which processors and memory are added."""
        return self.option.host_included is not False

    @property
    def chosen(self) -> bool:
        """It has figures, keeps the deadline and the budget, and its price is complete."""
        return self.cost is not None and self.in_time and self.in_budget and self.complete


@dataclass(frozen=True, slots=True)
class Comparison:
    """All cases, cheapest first and those without figures last; and the APIs that were named."""

    workload: CostWorkload
    cases: tuple[Case, ...]
    apis: tuple[ApiCost, ...]
    problems: tuple[Problem, ...]

    @property
    def front(self) -> tuple[Case, ...]:
        """The cases that no other beats, cheapest first."""
        return tuple(case for case in self.cases if case.on_front)

    @property
    def cheapest(self) -> Case | None:
        """The cheapest way to finish by the deadline and within the budget; None when nothing does."""
        return next((case for case in self.cases if case.chosen), None)
