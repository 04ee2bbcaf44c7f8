"""What a plan says about the market: who could buy, what is sold to them and how, and who else sells it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from toolkit.lines.spelling import nearest
from toolkit.resources.market.adoption_records import Adoption
from toolkit.resources.market.sales_tax_records import SalesTax
from toolkit.resources.record import Id, Item, Record, Sourced, Span, Words
from toolkit.resources.surroundings import complaint, surroundings
from toolkit.resources.values import (
    Change,
    Count,
    Counted,
    Money,
    MoneyPerMonth,
    PaymentMonths,
    PositiveMoney,
    PositiveShare,
    Share,
    Value,
)

CertainShare = Annotated[Value, Counted("1", 0, 1, certain=True)]
Threshold = Annotated[Value, Counted("1", 0, certain=True)]
Score = Annotated[float, Field(ge=0, le=10)]


def _segment(id: str, info: ValidationInfo) -> str:
    known = surroundings(info).segments
    if id not in known:
        raise complaint("market.unknown_segment", name=id, known=nearest(id, known))
    return id


SegmentId = Annotated[str, AfterValidator(_segment)]


class Channel(Item, Span):
    """A way to win customers that is paid for: `spend` a month buys spend / `acquisition_cost` customers
    `lead_months` later, at most `most` a month. `growth` is of the spend, by month; `cost_growth` of the cost
    of a customer, by year: a channel that is worked harder yields less."""

    spend: MoneyPerMonth
    acquisition_cost: PositiveMoney
    growth: Change | None = None
    cost_growth: Change | None = None
    lead_months: PaymentMonths = 0
    most: Count | None = None


class Tier(Item):
    """A plan of a price list: `share` of the customers take it, and pay `price` a month (for each of `seats`
    where they are given)."""

    share: PositiveShare
    price: MoneyPerMonth
    seats: Count | None = None


class Step(Sourced):
    """Each unit `above` so many a month and customer costs `unit_price`."""

    above: Threshold
    unit_price: Money


class Usage(Sourced):
    """What a customer uses: `per_customer` units a month, growing by `growth` a month of the plan. Units
    beyond `included` are paid at `unit_price`; with `steps` each slice has a price of its own. Without a
    price, use is part of the subscription. An inference service or a batch that names no amount of work for a
    customer serves this."""

    unit: Literal["request", "token", "unit"]
    per_customer: Count
    growth: Change | None = None
    included: Count | None = None
    unit_price: Money | None = None
    steps: list[Step] = Field(default_factory=list)

    @field_validator("steps")
    @classmethod
    def _rising(cls, steps: list[Step], info: ValidationInfo) -> list[Step]:
        edges = [step.above.quantity.median for step in steps]
        if edges != sorted(set(edges)):
            raise complaint("market.steps_rise")
        if steps and info.data.get("unit_price") is None:
            raise complaint("market.steps_need_price")
        return steps


class Annual(Sourced):
    """Contracts of a year that are paid ahead: `share` of the new customers take one, at a price that is
    lower by `discount`; `renewal` of them take another one (by default whom a year of monthly churn leaves).
    Opening customers signed theirs evenly over the year before the plan."""

    share: Share
    discount: Share | None = None
    renewal: Share | None = None


class Product(Item, Span):
    """A subscription.

    Who comes: by themselves (`organic_customers` in its first month, growing by `organic_growth` a month; or
    `adoption` by a curve), through `channels` (or one nameless channel: `marketing` and `acquisition_cost`),
    and through partners who refer. With `segments` no more come than can be obtained there.
    Who stays: `monthly_churn` leave, `early_churn` in each of the first `early_months`; those who stay pay
    more by `expansion` and less by `contraction` a month.
    What they pay: `price` a month (for each of `seats`), or the price of their one of `tiers`; and `usage`.
    When: `payment_months` after the invoice, without `bad_debt`; `annual` a year ahead. `payment_fee` is the
    share of invoices that the payment provider keeps.
    """

    segments: list[SegmentId] = Field(default_factory=list)
    price: MoneyPerMonth | None = None
    price_change: Change | None = None
    seats: Count | None = None
    tiers: list[Tier] = Field(default_factory=list, validate_default=True)
    usage: Usage | None = None
    opening_customers: Count | None = None
    adoption: Adoption | None = None
    organic_customers: Count | None = Field(None, validate_default=True)
    organic_growth: Change | None = None
    channels: list[Channel] = Field(default_factory=list)
    marketing: MoneyPerMonth | None = None
    marketing_growth: Change | None = None
    acquisition_cost: PositiveMoney | None = Field(None, validate_default=True)
    monthly_churn: Share
    early_churn: Share | None = None
    early_months: Annotated[int, Field(ge=1, le=24)] | None = Field(None, validate_default=True)
    expansion: Share | None = None
    contraction: Share | None = None
    annual: Annual | None = None
    payment_fee: Share | None = None
    payment_months: PaymentMonths = 0
    bad_debt: Share | None = None

    @field_validator("tiers")
    @classmethod
    def _one_price(cls, tiers: list[Tier], info: ValidationInfo) -> list[Tier]:
        if "price" in info.data and (info.data["price"] is None) == (not tiers):
            raise complaint("market.price_or_tiers")
        if tiers and info.data.get("seats") is not None:
            raise complaint("market.seats_of_tiers")
        total = sum(tier.share.quantity.median for tier in tiers)
        certain = not any(tier.share.quantity.is_uncertain for tier in tiers)
        if tiers and certain and abs(total - 1) > 1e-6:
            raise complaint("market.tier_shares", total=f"{100 * total:.4g}")
        return tiers

    @field_validator("opening_customers")
    @classmethod
    def _sold_already(cls, customers: Value | None, info: ValidationInfo) -> Value | None:
        start, first = info.data.get("start"), surroundings(info).start
        if customers is not None and start and start > first:
            raise complaint("market.opening_before_start", start=start)
        return customers

    @field_validator("adoption")
    @classmethod
    def _of_something(cls, adoption: Adoption | None, info: ValidationInfo) -> Adoption | None:
        if adoption is not None and adoption.needs_market and not info.data.get("segments"):
            raise complaint("market.adoption_market")
        return adoption

    @field_validator("organic_customers")
    @classmethod
    def _one_source(cls, organic: Value | None, info: ValidationInfo) -> Value | None:
        if organic is not None and info.data.get("adoption") is not None:
            raise complaint("market.organic_or_adoption")
        return organic

    @field_validator("organic_growth")
    @classmethod
    def _with_organic(cls, growth: Value | None, info: ValidationInfo) -> Value | None:
        if growth is not None and info.data.get("organic_customers", growth) is None:
            raise complaint("market.growth_of_nothing")
        return growth

    @field_validator("acquisition_cost")
    @classmethod
    def _with_marketing(cls, cost: Value | None, info: ValidationInfo) -> Value | None:
        if "marketing" in info.data and (info.data["marketing"] is None) != (cost is None):
            raise complaint("plan.marketing_pair")
        return cost

    @field_validator("early_months")
    @classmethod
    def _with_early_churn(cls, months: int | None, info: ValidationInfo) -> int | None:
        if "early_churn" in info.data and (info.data["early_churn"] is None) != (months is None):
            raise complaint("market.early_pair")
        return months


class Segment(Item):
    """A group of customers: `accounts` exist (`growth` is their yearly change), each worth `yearly_value`;
    `reachable` and `obtainable` are shares: what you can serve at all, and what of that you can win."""

    accounts: Count
    growth: Change | None = None
    yearly_value: Money
    reachable: Share
    obtainable: Share


class Axis(Record):
    """A dimension on which offers differ, and what its ends mean: 0 is `low`, 10 is `high`."""

    id: Id
    label: Words
    low: Words | None = None
    high: Words | None = None


def _on_axes(scores: dict[str, float], info: ValidationInfo) -> dict[str, float]:
    known = surroundings(info).axes
    for axis in scores:
        if axis not in known:
            raise complaint("market.unknown_axis", name=axis, known=nearest(axis, known))
    return scores


Position = Annotated[dict[str, Score], AfterValidator(_on_axes)]


class Positioning(Sourced):
    """Where you stand: a `statement` for whom, against what and why, and your scores on `axes`, 0 to 10."""

    statement: Words | None = None
    axes: list[Axis] = Field(default_factory=list)
    own: Position = Field(default_factory=dict)


class Competitor(Item):
    """Who else serves the need, and why a customer would choose you. `price` is what a customer pays them a
    month; `position` are their scores on the axes of `positioning`."""

    offer: Words
    difference: Words
    price: MoneyPerMonth | None = None
    strengths: Words | None = None
    weaknesses: Words | None = None
    url: str | None = None
    position: Position = Field(default_factory=dict)


class Market(Sourced):
    segments: list[Segment] = Field(default_factory=list)
    positioning: Positioning | None = None
    competitors: list[Competitor] = Field(default_factory=list)
    products: list[Product] = Field(default_factory=list)
    sales_tax: SalesTax | None = None
