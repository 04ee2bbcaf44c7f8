"""What every source of money says: when it closes, or what it waits for, and how likely it is.

A round closes on a date (`month`, then `delay`) or waits for a trigger (`when`), watched from `month` on: the
first month that begins with the condition met opens the round, and `delay` is how long the raise then takes.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from toolkit.resources.record import EventMonth, Id, Item, Month, Sourced, Words
from toolkit.resources.surroundings import complaint
from toolkit.resources.values import Chance, Counted, Months, OwnMoney, OwnMoneyPerMonth, Shares, Value

CertainShare = Annotated[Value, Counted("1", 0, 1, certain=True)]  # a term of a contract: known, or none
Term = Annotated[int, Field(ge=1, le=480)]  # months


class Holder(Item):
    """A shareholder before the plan starts."""

    group: Literal["founder", "employee", "investor", "adviser"] = "founder"
    shares: Shares


class Trigger(Sourced):
    """What a round waits for, by the figures of the month before: closing cash below an amount, or revenue
    above one. Exactly one of the two."""

    cash_below: OwnMoney | None = None
    revenue_above: OwnMoneyPerMonth | None = Field(None, validate_default=True)

    @field_validator("revenue_above")
    @classmethod
    def _one_condition(cls, above: Value | None, info: ValidationInfo) -> Value | None:
        if "cash_below" in info.data and (info.data["cash_below"] is None) == (above is None):
            raise complaint("funding_plan.one_trigger")
        return above


class Instrument(Item):
    """`closes` is the chance that it closes at all; `delay` is how many months after `month`, or after its
    trigger."""

    month: EventMonth
    closes: Chance | None = None
    delay: Months | None = None
    when: Trigger | None = None
    use: Words | None = None


class Running(Instrument):
    """An instrument that may have begun before the plan: with a `month` before the first, its money is part
    of the opening balances, and what is left of it runs on."""

    month: Month


class Invested(Running):
    """Something that becomes shares; `investor` names who will hold them (by default the instrument)."""

    investor: Id | None = None

    @property
    def holder(self) -> str:
        return self.investor or self.id
