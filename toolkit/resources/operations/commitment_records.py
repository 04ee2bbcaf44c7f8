"""What is signed: offers to people, minimum spending at a cloud, leases, supplies. Owed whatever the plan
says, so the plan is checked against it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from toolkit.lines.spelling import nearest
from toolkit.resources.record import Item, Month, Words
from toolkit.resources.surroundings import Provider, complaint, surroundings
from toolkit.resources.values import Count, Money, MoneyPerMonth, Value

CommitmentKind = Literal["offer", "cloud", "lease", "supply", "other"]


def _role(id: str, info: ValidationInfo) -> str:
    known = surroundings(info).roles
    if id not in known:
        raise complaint("operations.unknown_entry", name=id, list="talent.roles", nearest=nearest(id, known))
    return id


def _cost(id: str, info: ValidationInfo) -> str:
    known = surroundings(info).costs
    if id not in known:
        values = {"name": id, "list": "operations.costs", "nearest": nearest(id, known)}
        raise complaint("operations.unknown_entry", **values)
    return id


def _purchase(id: str, info: ValidationInfo) -> str:
    known = surroundings(info).purchases
    if id not in known:
        values = {"name": id, "list": "operations.purchases", "nearest": nearest(id, known)}
        raise complaint("operations.unknown_entry", **values)
    return id


class Commitment(Item):
    """`monthly` money from `start` to `end`, or an `amount` in all by `end`. What of the plan pays for it is
    a `role` (without an amount: `count` people at its salary), a `cost`, a `purchase`, or everything that is
    rented from a `provider`; nothing means that the plan does not count on it. It binds from `signed` on
    (from `start` where that is not said). What falls short of a minimum spending at a provider is invoiced
    at its end."""

    kind: CommitmentKind
    counterparty: Words | None = None
    signed: Month | None = None
    start: Month
    end: Month
    role: Annotated[str, AfterValidator(_role)] | None = None
    cost: Annotated[str, AfterValidator(_cost)] | None = None
    purchase: Annotated[str, AfterValidator(_purchase)] | None = None
    provider: Provider | None = Field(None, validate_default=True)
    count: Count | None = None
    monthly: MoneyPerMonth | None = None
    amount: Money | None = Field(None, validate_default=True)

    @field_validator("end")
    @classmethod
    def _in_order(cls, end: str, info: ValidationInfo) -> str:
        start = info.data.get("start")
        if start and end < start:
            raise complaint("plan.end_before_start", start=start, end=end)
        if end < surroundings(info).start:
            raise complaint("operations.commitment_over", end=end, start=surroundings(info).start)
        return end

    @field_validator("provider")
    @classmethod
    def _one_payer(cls, provider: str | None, info: ValidationInfo) -> str | None:
        names = ("role", "cost", "purchase")
        if all(name in info.data for name in names):
            payers = [info.data[name] for name in names if info.data[name] is not None]
            if len(payers) + (provider is not None) > 1:
                raise complaint("operations.one_payer")
        if info.data.get("kind") == "cloud" and provider is None:
            raise complaint("operations.cloud_provider")
        return provider

    @field_validator("count")
    @classmethod
    def _of_a_role(cls, count: Value | None, info: ValidationInfo) -> Value | None:
        if count is not None and "role" in info.data and info.data["role"] is None:
            raise complaint("operations.count_of_role")
        return count

    @field_validator("amount")
    @classmethod
    def _one_measure(cls, amount: Value | None, info: ValidationInfo) -> Value | None:
        if "monthly" not in info.data or "role" not in info.data:
            return amount
        given = (info.data["monthly"] is not None) + (amount is not None)
        if given > 1 or (given == 0 and info.data["role"] is None):
            raise complaint("operations.commitment_amount")
        return amount
