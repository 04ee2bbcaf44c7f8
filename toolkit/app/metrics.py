"""The figures that investors ask for, of a stored run: one function for pages, reports and the command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from toolkit.app.study import Study
from toolkit.projection.business import YEAR, MetricFan, business_lines, business_metrics
from toolkit.projection.draws import draw
from toolkit.projection.engine import Engine
from toolkit.projection.run import Figure
from toolkit.text import Language, t

MOST_DRAWS = 4096  # percentiles of ratios need no more


@dataclass(frozen=True, slots=True)
class MetricsOfRun:
    """`runway_months` are whole months whose closing cash is not negative, by percentile; `fans` every other
    figure by month."""

    run: str
    currency: str
    months: tuple[str, ...]
    runway_months: dict[str, Figure]
    fans: tuple[MetricFan, ...]

    def as_dict(self, language: Language = "en") -> dict[str, Any]:
        """The JSON form; a figure that is not known is null."""
        return {
            "run_id": self.run,
            "currency": self.currency,
            "months": list(self.months),
            "runway_months": {level: figure.value for level, figure in self.runway_months.items()},
            "metrics": {
                fan.id: {
                    "label": t(f"metrics.{fan.id}", language),
                    "unit": self.currency if fan.unit == "money" else fan.unit,
                    "base": list(fan.base),
                    **{
                        f"p{round(level * 100)}": list(row)
                        for level, row in zip(fan.levels, fan.values, strict=True)
                    },
                    "known": list(fan.known),
                }
                for fan in self.fans
            },
        }


def year_ends(months: int) -> list[int]:
    """Where a table by year looks, from 0: the end of every twelve months, or of a plan that is shorter."""
    return [*range(YEAR - 1, months, YEAR)] or [months - 1]


def metrics_of(study: Study, draws: int | None = None) -> MetricsOfRun:
    """Every figure of a run, over the run's draws or its first `draws`."""
    run, model = study.built.run, study.model
    sampler = study.sampler(draws or min(run.draws, MOST_DRAWS))
    lines = business_lines(model.lines)
    values = Engine(model, model.uncertain, lines).run(
        draw(model, study.registry(model), sampler), sampler.draws
    )
    fans = business_metrics(run.base, values)
    return MetricsOfRun(run.id, run.currency, run.months, dict(run.metrics.runway_months), fans)
