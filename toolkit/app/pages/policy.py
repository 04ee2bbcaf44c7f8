"""Policy: which programmes the company claims, month by month why or why not, and when their cash comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from toolkit.app.building import Built
from toolkit.app.policy.support import ClaimFacts, policy_support
from toolkit.lines.quantity import Quantity
from toolkit.reference import Programme as Surveyed
from toolkit.reference import load_reference
from toolkit.resources.policy.programme import programme_files
from toolkit.text import Text, bilingual

Mark = Literal["passed", "failed", "idle"]
IDLE = ("ended", "not_running", "nothing")  # states in which there is nothing to pass or to fail
EVERYWHERE = ("GLOBAL", "EU")


@dataclass(frozen=True, slots=True)
class Lane:
    """One condition of a claim, or whether it is eligible at all, month by month: a mark and the reason in
    words for each month."""

    label: Text
    marks: tuple[Mark, ...]
    reasons: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A programme that the plan claims. `facts` are those of the job; `accrued` and `cash` the base case by
    month; `cash_line` is the line that holds the cash, None where there is none."""

    facts: ClaimFacts
    chance: float
    lanes: tuple[Lane, ...]
    accrued: tuple[float, ...]
    cash: tuple[float, ...]
    first_cash: str | None
    last_cash: str | None
    cash_line: str | None

    @property
    def id(self) -> str:
        return self.facts.programme


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """A programme of the survey. `is_claimed`: the plan claims it; `is_computable`: its rules stand in
    `data/policies/`, so that a plan can."""

    id: str
    label: Text
    country: str
    authority: str
    kind: str
    rate: float | None
    rate_words: str
    conditions: str
    refundable: str
    lag_months: int | None
    until: str
    confidence: str
    source: str
    url: str
    is_claimed: bool
    is_computable: bool


def claims(built: Built) -> tuple[ClaimRow, ...]:
    """Every claim of the plan, in its order."""
    return tuple(_claim(built, facts) for facts in policy_support(built))


def _claim(built: Built, facts: ClaimFacts) -> ClaimRow:
    name = f"policy.{facts.programme}"
    paid = [one.month for one in facts.months if one.received > 0]
    line = built.model.lines.get(f"{name}.granted")
    quantity = line.quantity if line is not None else None
    return ClaimRow(
        facts=facts,
        chance=chance_of(quantity) if quantity is not None else 1.0,
        lanes=_lanes(facts),
        accrued=tuple(one.accrued for one in facts.months),
        cash=tuple(one.received for one in facts.months),
        first_cash=paid[0] if paid else None,
        last_cash=paid[-1] if paid else None,
        cash_line=f"{name}.received" if f"{name}.received" in built.run.base else None,
    )


def _lanes(facts: ClaimFacts) -> tuple[Lane, ...]:
    """First whether it is eligible, then each condition that is checked in some month."""
    if not facts.months:
        return ()
    marks: tuple[Mark, ...] = tuple(
        "passed" if one.eligible else "idle" if one.state in IDLE else "failed" for one in facts.months
    )
    found = [Lane(bilingual("page_policy.eligible"), marks, tuple(one.reason for one in facts.months))]
    labels = dict.fromkeys(check.label for one in facts.months for check in one.checks)
    for label in labels:
        checks = [next((one for one in each.checks if one.label == label), None) for each in facts.months]
        found.append(
            Lane(
                label,
                tuple("idle" if one is None else "passed" if one.holds else "failed" for one in checks),
                tuple(Text("", "") if one is None else one.words for one in checks),
            )
        )
    return tuple(found)


def chance_of(quantity: Quantity) -> float:
    """The chance that a yes/no quantity is 1."""
    if not quantity.is_chance:
        return quantity.median
    pairs = zip(quantity.parameters[::2], quantity.parameters[1::2], strict=True)
    return sum(value * probability for value, probability in pairs)


def programmes(built: Built) -> tuple[ProgrammeRow, ...]:
    """The surveyed programmes of the company's country, then those that hold everywhere."""
    country = built.plan.company.country
    claimed = {one.programme for one in built.plan.policy.programmes}
    rows = load_reference().programmes.values()
    own = [one for one in rows if one.country == country]
    shared = [one for one in rows if one.country in EVERYWHERE]
    return tuple(_programme(one, claimed) for one in (*own, *shared))


def _programme(one: Surveyed, claimed: set[str]) -> ProgrammeRow:
    return ProgrammeRow(
        id=one.id,
        label=one.name,
        country=one.country,
        authority=one.authority,
        kind=one.kind,
        rate=one.rate,
        rate_words=one.rate_words or "",
        conditions=one.eligibility_words or "",
        refundable=one.refundable,
        lag_months=one.payment_lag_months,
        until=one.valid_to or "",
        confidence=one.confidence,
        source=one.source_title or "",
        url=one.source_url or "",
        is_claimed=one.id in claimed,
        is_computable=one.id in programme_files(),
    )
