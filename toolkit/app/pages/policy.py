"""Policy: which programmes the company claims, month by month why or why not, and when their cash comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from toolkit.app.building import Built
from toolkit.lines.quantity import Quantity
from toolkit.provenance import Source
from toolkit.reference import Programme as Surveyed
from toolkit.reference import load_reference
from toolkit.resources.policy.programme import Programme, load_programme, programme_files
from toolkit.resources.record import month_after
from toolkit.text import Text

Mark = Literal["passed", "failed", "idle"]
EVERYWHERE = ("GLOBAL", "EU")


@dataclass(frozen=True, slots=True)
class Test:
    """One condition of a claim. `marks` has one a month: what the claim of the last twelve months would say;
    `idle` before anything of the programme is in force."""

    label: Text
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A programme that the plan claims. `accrued` and `cash` are the base case by month; `chance` is that it
    is granted; `figures` are amounts of the claim by month, each with its words."""

    id: str
    label: Text
    authority: Text
    chance: float
    tests: tuple[Test, ...]
    accrued: tuple[float, ...]
    cash: tuple[float, ...]
    total: float
    first_cash: str | None
    last_cash: str | None
    is_kept_out: bool
    source: Source
    cash_line: str


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
    return tuple(_claim(built, one.programme) for one in built.plan.policy.programmes)


def _claim(built: Built, id: str) -> ClaimRow:
    programme, base = load_programme(id), built.run.base
    start = built.plan.company.start
    name = f"policy.{programme.id}"
    accrued = base.get(f"{name}.accrued", ())[1:]
    cash_line = f"{name}.received" if f"{name}.received" in base else f"{name}.accrued"
    cash = base.get(cash_line, ())[1:]
    paid = [month for month, amount in enumerate(cash, 1) if amount > 0]
    chance = base[f"{name}.granted"][1] if f"{name}.granted" in base else 1.0
    line = built.model.lines.get(f"{name}.granted")
    quantity = line.quantity if line is not None else None
    return ClaimRow(
        id=programme.id,
        label=programme.name,
        authority=Text.of(programme.country),
        chance=chance_of(quantity) if quantity is not None else chance,
        tests=_tests(built, programme, base),
        accrued=accrued,
        cash=cash,
        total=sum(cash),
        first_cash=month_after(start, paid[0]) if paid else None,
        last_cash=month_after(start, paid[-1]) if paid else None,
        is_kept_out=quantity is not None and chance_of(quantity) == 0,
        source=_source(built, programme),
        cash_line=cash_line,
    )


def _source(built: Built, programme: Programme) -> Source:
    """What the rules rest on: the source of the first parameter that the plan reads."""
    names = (f"policy.{programme.id}.{parameter}" for parameter in programme.parameters)
    found = next((built.model.lines[name].source for name in names if name in built.model.lines), None)
    return found or Source("rule", programme.file)


def chance_of(quantity: Quantity) -> float:
    """The chance that a yes/no quantity is 1."""
    if not quantity.is_chance:
        return quantity.median
    pairs = zip(quantity.parameters[::2], quantity.parameters[1::2], strict=True)
    return sum(value * probability for value, probability in pairs)


def _tests(built: Built, programme: Programme, base: Mapping[str, tuple[float, ...]]) -> tuple[Test, ...]:
    """The conditions that the plan computes, each month by month."""
    found = []
    for formula in programme.formulas:
        values = base.get(f"policy.{programme.id}.{formula.id}")
        if formula.role == "test" and values is not None:
            marks: tuple[Mark, ...] = tuple("passed" if value else "failed" for value in values[1:])
            found.append(Test(built.model.lines[f"policy.{programme.id}.{formula.id}"].label, marks))
    return tuple(found)


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
