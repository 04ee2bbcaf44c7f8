"""`data/programmes.csv`: what is known of the programmes that support start-ups, and how it is known.

This is the survey: words, headline figures, dates and confidence of each programme. A programme that a plan
can claim is computed from its own rules in `data/policies/`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from toolkit.reference.cells import (
    Amount,
    AmountOrZero,
    CountOrZero,
    Currency,
    Date,
    Day,
    Place,
    Slug,
    Word,
    one_of,
)
from toolkit.reference.table import Fact, Fault
from toolkit.text import Text

KINDS = (
    "tax_credit",
    "super_deduction",
    "reduced_rate",
    "payroll_relief",
    "grant",
    "loan",
    "voucher",
    "credit",
)


@dataclass(frozen=True, slots=True)
class Programme(Fact):
    """One programme of one authority.

    `country` is an ISO code, `EU` or `GLOBAL`. `rate` is the headline rate (a share of the base, a tax rate
    for `reduced_rate`), its exceptions are in `rate_words`; None where no single figure tells the truth.
    `cap_amount` limits the benefit, or the base it is computed from (`cap_on`). `conditions` restates the
    eligibility as comparisons, for reading and not for computing.
    """

    FILE: ClassVar[str] = "programmes.csv"
    id: Slug
    name_en: Word
    name_zh: Word
    country: Place
    region: Word | None
    authority: Word
    kind: Annotated[str, one_of(*KINDS)]
    rate: AmountOrZero | None
    rate_words: Word | None
    base_words: Word
    cap_amount: Amount | None
    cap_on: Annotated[str, one_of("benefit", "base")] | None
    cap_words: Word | None
    currency: Currency
    refundable: Annotated[str, one_of("yes", "no", "partly")]
    refund_words: Word | None
    payment_lag_months: CountOrZero
    eligibility_words: Word
    conditions: Word | None
    stacking_words: Word | None
    valid_from: Day | None
    valid_to: Day | None
    as_of: Date

    @property
    def key(self) -> tuple[str, ...]:
        return (self.id,)

    @property
    def date(self) -> str | None:
        return self.as_of

    @property
    def name(self) -> Text:
        return Text(self.name_en, self.name_zh)

    @property
    def verified(self) -> bool:
        """False for a programme that was recalled and not looked up: its cash stays out of a base case."""
        return self.confidence != "own_knowledge"

    def runs_on(self, day: str) -> bool:
        """Whether the programme runs on an ISO day; an unknown start or end does not stop it."""
        return (self.valid_from or "") <= day <= (self.valid_to or "9999")

    def faults(self) -> Iterator[Fault]:
        # Not super(): dataclass(slots=True) makes a new class, which zero-argument super() does not know.
        yield from Fact.faults(self)
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            yield "valid_to", "ends_before_start", {"start": self.valid_from, "end": self.valid_to}
        if (self.cap_amount is None) != (self.cap_on is None):
            yield "cap_on", "needs_both", {"other": "cap_amount"}
