"""`data/employer_rates.csv`: what an employer owes on top of gross pay, as dated rules.

The rules are facts here; whoever plans a payroll applies them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, get_args

from toolkit.reference.cells import (
    Amount,
    AmountOrZero,
    Count,
    Currency,
    Day,
    Period,
    Place,
    Share,
    Slug,
    Word,
    one_of,
)
from toolkit.reference.table import Fact, Fault

RuleKind = Literal["statutory", "additional", "indicative"]


@dataclass(frozen=True, slots=True)
class EmployerRate(Fact):
    """One rule of what an employer owes on top of gross pay, for a span of time.

        bracket:    rate × max(0, min(pay, to_amount) − from_amount)
        clamped:    rate × min(max(pay, from_amount), to_amount)
        allowance:  − min(amount, what the other rules of the country make), once per employer

    `pay`, `from_amount`, `to_amount` and `amount` are per `period` and in `currency`; no `to_amount` means no
    ceiling. Rules with one `component` add up to it. Where `option` is named, the employer's own figure of
    that name is used: times `option_share` it is the rate (of an allowance: yes or no); `rate_low` and
    `rate_high` bound it. `kind` is `statutory` (the usual computation), `additional` (owed too, but outside
    it), or `indicative` (a rough total that stands for rules which are not in the file).
    """

    FILE: ClassVar[str] = "employer_rates.csv"
    country: Place
    region: Word | None
    component: Slug
    name: Slug
    kind: Annotated[RuleKind, one_of(*get_args(RuleKind))]
    rate: Share | None
    option: Slug | None
    option_share: Share | None
    base: Annotated[Literal["bracket", "clamped", "allowance"], one_of("bracket", "clamped", "allowance")]
    from_amount: AmountOrZero | None
    to_amount: Amount | None
    period: Period
    amount: Amount | None
    per: Annotated[Literal["employee", "employer"], one_of("employee", "employer")]
    min_headcount: Count | None
    max_headcount: Count | None
    rate_low: Share | None
    rate_high: Share | None
    currency: Currency
    valid_from: Day
    valid_to: Day

    @property
    def key(self) -> tuple[str, ...]:
        return (self.country, self.region or "", self.component, self.name, self.valid_from)

    @property
    def date(self) -> str | None:
        return self.valid_from

    @property
    def start_year(self) -> int:
        """The year in which the rule period begins; it is how a year of rules is asked for."""
        return int(self.valid_from[:4])

    def faults(self) -> Iterator[Fault]:
        yield from Fact.faults(self)
        if self.valid_to < self.valid_from:
            yield "valid_to", "ends_before_start", {"start": self.valid_from, "end": self.valid_to}
        if self.base == "allowance":
            if self.amount is None or self.rate is not None:
                yield "amount", "allowance_form", {}
        elif (self.rate is None) == (self.option is None):
            yield "rate", "rate_or_option", {}
        elif self.from_amount is None or (self.to_amount or float("inf")) <= self.from_amount:
            yield "to_amount", "empty_bracket", {}


def choose_rules(
    rates: Iterable[EmployerRate],
    country: str,
    year: int,
    region: str | None,
    kinds: Iterable[RuleKind],
) -> tuple[EmployerRate, ...]:
    """The newest rules that began in `year` or before, nationwide and of the region; empty when there are
    none. Later years carry the last known rules on: compare `valid_to` with the month at hand."""
    allowed = set(kinds)
    found = [
        rule
        for rule in rates
        if rule.country == country
        and rule.region in (None, region)
        and rule.kind in allowed
        and rule.start_year <= year
    ]
    newest = max((rule.start_year for rule in found), default=None)
    return tuple(rule for rule in found if rule.start_year == newest)
