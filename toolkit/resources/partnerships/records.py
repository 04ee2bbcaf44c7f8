"""What a plan says about partnerships: what each partner gives or takes, how likely, and how long."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from toolkit.lines.spelling import nearest
from toolkit.resources.record import KIND, EventMonth, Item, Month, Sourced, Span, Words
from toolkit.resources.surroundings import ProductId, Provider, complaint, surroundings
from toolkit.resources.values import (
    Chance,
    Change,
    Count,
    Money,
    MoneyPerMonth,
    PaymentMonths,
    PositiveShare,
    Share,
    Value,
)

RESEARCH = {"research_pay": "talent.research_pay", "research_compute": "compute.research_cost"}


def _cost(name: str, info: ValidationInfo) -> str:
    known = (*RESEARCH, *surroundings(info).costs)
    if name not in known:
        raise complaint("partnerships.unknown_cost", name=name, known=nearest(name, known))
    return name


def _credit_programme(id: str, info: ValidationInfo) -> str:
    programmes = surroundings(info).reference.programmes
    known = [each.id for each in programmes.values() if each.kind == "credit"]
    if id not in known:
        raise complaint("partnerships.unknown_credits", name=id, known=nearest(id, known))
    return id


SharedCost = Annotated[str, AfterValidator(_cost)]
CreditProgramme = Annotated[str, AfterValidator(_credit_programme)]


class Milestone(Item):
    """From `month` on the partnership goes on only if this is `met`."""

    month: EventMonth
    met: Chance | None = None


RESERVED = ("discount", "credit_used", "referred")  # lines of all partners begin with these


class Partner(Item, Span):
    """`arrives` is the chance that it comes about at all; `status` is how far the talks are; `milestones` on
    which it depends later."""

    @field_validator("id")
    @classmethod
    def _not_a_total(cls, id: str) -> str:
        if id in RESERVED:
            raise complaint("policy.reserved_id", name=id)
        return id

    status: Literal["planned", "in_talks", "agreed", "signed"] = "planned"
    arrives: Chance | None = None
    milestones: list[Milestone] = Field(default_factory=list)


class Release(Item):
    """A further `amount` of credits in `month`, if it is `met`."""

    month: EventMonth
    amount: Money
    met: Chance | None = None


class ComputeCredits(Partner):
    """`amount` of credits with `provider`, from `start` to `end` (the last month in which they can be used),
    and further `releases`. They pay at most the share `covers` of an invoice. `programme` names the offer in
    the catalogue; of one that nobody verified nothing is counted unless `arrives` is given."""

    kind: Literal["compute_credits"]
    start: EventMonth
    end: Month
    provider: Provider
    programme: CreditProgramme | None = None
    amount: Money
    releases: list[Release] = Field(default_factory=list)
    covers: Share | None = None

    @field_validator("amount")
    @classmethod
    def _within_the_programme(cls, amount: Value, info: ValidationInfo) -> Value:
        around = surroundings(info)
        programme = around.reference.programmes.get(info.data.get("programme") or "")
        if programme and programme.cap_amount and programme.currency == amount.currency:
            most = float(programme.cap_amount)
            if amount.quantity.median > most:
                raise complaint("partnerships.above_cap", name=programme.id, most=f"{most:,.0f}")
        return amount

    @field_validator("releases")
    @classmethod
    def _while_they_run(cls, releases: list[Release], info: ValidationInfo) -> list[Release]:
        start, end = info.data.get("start", ""), info.data.get("end", "9999")
        for release in releases:
            if not start <= release.month <= end:
                raise complaint("partnerships.release_outside", month=release.month, start=start, end=end)
        return releases


class Discount(Partner):
    """A share off the list prices of `provider`."""

    kind: Literal["discount"]
    provider: Provider
    discount: Share


class CostShare(Partner):
    """A partner (a university, a customer who funds development) pays `share` of some costs, `payment_months`
    later, at most `most` in all. What it pays for research pay or compute no longer counts for public
    support."""

    kind: Literal["cost_share"]
    of: Annotated[list[SharedCost], Field(min_length=1)]
    share: PositiveShare
    most: Money | None = None
    payment_months: PaymentMonths = 1


class RevenueShare(Partner):
    """A partner (a reseller, an owner of data) gets `share` of the revenue of `products` (all by default), at
    least `minimum` a month, `payment_months` later."""

    kind: Literal["revenue_share"]
    products: list[ProductId] = Field(default_factory=list)
    share: Share
    minimum: MoneyPerMonth | None = None
    payment_months: PaymentMonths = 1


class Referral(Partner):
    """A partner sends `customers` a month to `product`, growing by `growth` a month, and gets `fee` for each
    that is won, or `fee_share` of what it pays in its first year."""

    kind: Literal["referral"]
    product: ProductId
    customers: Count
    growth: Change | None = None
    fee: Money | None = None
    fee_share: Share | None = Field(None, validate_default=True)
    payment_months: PaymentMonths = 1

    @field_validator("fee_share")
    @classmethod
    def _one_fee(cls, share: Value | None, info: ValidationInfo) -> Value | None:
        if share is not None and info.data.get("fee") is not None:
            raise complaint("partnerships.one_fee")
        return share


class DataLicence(Partner):
    """Data that we license `in` from a partner or `out` to it: `upfront` at the start (earned or used up
    evenly until the `end`), `monthly`, and `royalty` on the revenue of `products` (all by default)."""

    kind: Literal["data_licence"]
    direction: Literal["in", "out"]
    purpose: Literal["research", "cost_of_revenue"] = "research"
    upfront: Money | None = None
    monthly: MoneyPerMonth | None = None
    royalty: Share | None = Field(None, validate_default=True)
    products: list[ProductId] = Field(default_factory=list)
    payment_months: PaymentMonths = 1
    use: Words | None = None

    @field_validator("upfront")
    @classmethod
    def _over_a_term(cls, upfront: Value | None, info: ValidationInfo) -> Value | None:
        if upfront is not None and "end" in info.data and info.data["end"] is None:
            raise complaint("partnerships.licence_end")
        start, first = info.data.get("start"), surroundings(info).start
        if upfront is not None and start and start < first:
            raise complaint("plan.before_start", month=start, start=first)
        return upfront

    @field_validator("royalty")
    @classmethod
    def _something(cls, royalty: Value | None, info: ValidationInfo) -> Value | None:
        fields = ("upfront", "monthly")
        if royalty is None and all(info.data.get(name, ...) is None for name in fields):
            raise complaint("partnerships.licence_amount")
        if royalty is not None and info.data.get("direction") == "out":
            raise complaint("partnerships.royalty_out")
        return royalty


AnyPartner = ComputeCredits | Discount | CostShare | RevenueShare | Referral | DataLicence


class Partnerships(Sourced):
    partners: list[Annotated[AnyPartner, KIND]] = Field(default_factory=list)
