"""The summary of a run: the one screen that answers "will the cash last?"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.app.building import Built
from toolkit.projection.run import Figure, Run
from toolkit.shapes.records import Ground
from toolkit.text import Language, Text

SURVIVE_MONTH = 24


@dataclass(frozen=True, slots=True)
class Summary:
    """What a founder reads first. Money in the plan's currency; shares 0 to 1; `survive` is None where the
    horizon is shorter than `SURVIVE_MONTH` months."""

    run: Run
    company: Text
    revision_number: int
    scenario: Text

    @property
    def survive(self) -> Figure | None:
        return self.run.metrics.survive.get(SURVIVE_MONTH)

    @property
    def compute_cost(self) -> float:
        """Over the horizon, base case, before credits."""
        return sum(self.run.compute_cost_by_rung.values())

    @property
    def rung_shares(self) -> Mapping[Ground, float]:
        """Share of the compute cost that stands on each rung; empty when nothing is rented."""
        total = self.compute_cost
        return {rung: cost / total for rung, cost in self.run.compute_cost_by_rung.items()} if total else {}

    def as_dict(self, language: Language = "en") -> dict[str, Any]:
        """The JSON form of `build` and `demo`."""
        run, metrics = self.run, self.run.metrics
        runway = {name: found.value for name, found in metrics.runway_months.items()}
        return {
            "run_id": run.id,
            "plan": run.plan,
            "company": self.company[language],
            "revision": run.revision,
            "scenario": run.scenario,
            "seed": run.seed,
            "draws": run.draws,
            "currency": run.currency,
            "horizon_months": len(run.months),
            "cash": metrics.cash,
            "monthly_burn": metrics.monthly_burn.value,
            "runway_months": {
                **runway,
                "error": max(found.error for found in metrics.runway_months.values()),
                "errors": {name: found.error for name, found in metrics.runway_months.items()},
                "at_least": {name: found.at_least for name, found in metrics.runway_months.items()},
            },
            "survive_24": self.survive.value if self.survive else None,
            "survive_24_error": self.survive.error if self.survive else None,
            "compute_cost": self.compute_cost,
            "compute_cost_by_rung": dict(run.compute_cost_by_rung),
            "measurements": list(run.measurements),
            "warnings": [warning[language] for warning in run.warnings],
            "problems": [],
        }


def summarise(built: Built) -> Summary:
    """The summary of a run that was built or reopened."""
    labels = {scenario.id: scenario.label for scenario in built.plan.scenarios}
    scenario = labels.get(built.run.scenario, Text("Base", "基准情形"))
    return Summary(built.run, built.plan.company.name, built.revision.number, scenario)
