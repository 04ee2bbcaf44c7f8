"""Where a number comes from: a place in the plan, a fact in `data/`, a measurement, a named assumption."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["plan", "fact", "measurement", "fit", "assumption", "rule", "formula"]
Confidence = Literal["high", "medium", "low", "own_knowledge", "unknown"]


@dataclass(frozen=True, slots=True)
class Source:
    """The origin of one value.

    `kind`: `plan` (the user wrote it and says where it is from), `fact` (a row of `data/`),
    `measurement` (a benchmark run), `fit` (from cited public measurements), `assumption` (named, not
    sourced), `rule` (a statute or an accounting rule), `formula` (follows from other lines).
    `place` is what to open: `plan.yaml:42`, `data/offers.csv aws/p5.48xlarge/us-east-1/on_demand`, or a
    measurement id. `date` is ISO (a year or month alone is allowed); unknown is None.
    """

    kind: Kind
    title: str
    place: str | None = None
    url: str | None = None
    date: str | None = None
    confidence: Confidence = "unknown"
