"""What a plan says about everything else that is paid for: data, software, premises, insurance, legal,
security and compliance; what is bought to last; how data is protected; and what is already signed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from toolkit.lines.spelling import nearest
from toolkit.reference import Assumption
from toolkit.resources.operations.commitment_records import Commitment
from toolkit.resources.operations.purchase_records import Purchase
from toolkit.resources.record import Item, Sourced, Span
from toolkit.resources.surroundings import complaint, surroundings
from toolkit.resources.values import Change, Count, Money, MoneyPerMonth, MoneyPerYear, PaymentMonths, Value

Category = Literal["research", "general", "sales", "cost_of_revenue"]
ACCOUNT: dict[Category, str] = {
    "research": "research_other",
    "general": "general_other",
    "sales": "sales_marketing",
    "cost_of_revenue": "cost_other",
}
Purpose = Literal[
    "dataset", "labelling", "software", "premises", "insurance", "legal", "accounting", "security",
    "privacy", "certification", "compliance", "travel", "other",
]  # fmt: skip
Technique = Literal[
    "differential_privacy", "federated_learning", "confidential_computing", "encrypted_storage", "other"
]
AMOUNTS = ("monthly", "monthly_per_head", "unit_price", "paid_yearly", "once", "deposit")


def _usual_cost(id: str, info: ValidationInfo) -> str:
    known = surroundings(info).reference.assumptions
    fitting = [one.id for one in known.values() if one.area == "operations" and one.form != "extra_compute"]
    if id not in fitting:
        raise complaint("operations.unknown_usual", name=id, nearest=nearest(id, fitting))
    currency = known[id].currency
    if currency is not None and not surroundings(info).converts(currency):
        plan = surroundings(info).currency
        raise complaint("money.no_exchange_rate", currency=currency, plan=plan)
    return id


def _workload(id: str, info: ValidationInfo) -> str:
    known = surroundings(info).workloads
    if id not in known:
        raise complaint("operations.unknown_workload", name=id, nearest=nearest(id, known))
    return id


class Cost(Item, Span):
    """One cost: by the month (`monthly`, `monthly_per_head`, `units` a month at `unit_price`, or several of
    them), `paid_yearly` (paid ahead for twelve months, an expense month by month), or `once`, in its `start`
    month; or a `usual` one of `data/assumptions.csv`, until there is a quote. A `deposit` is paid at the
    start and comes back after the end."""

    purpose: Purpose = "other"
    usual: Annotated[str, AfterValidator(_usual_cost)] | None = None
    category: Category | None = Field(None, validate_default=True)
    monthly: MoneyPerMonth | None = None
    monthly_per_head: MoneyPerMonth | None = None
    units: Count | None = None
    unit_price: Money | None = Field(None, validate_default=True)
    paid_yearly: MoneyPerYear | None = None
    once: Money | None = Field(None, validate_default=True)
    yearly_change: Change | None = None
    deposit: Money | None = None
    payment_months: Annotated[PaymentMonths, Field(validate_default=True)] = 0

    @field_validator("category")
    @classmethod
    def _given_or_usual(cls, category: Category | None, info: ValidationInfo) -> Category | None:
        usual = _assumption(info)
        if category is None and (usual is None or usual.category is None) and "usual" in info.data:
            raise complaint("plan.missing", key="category")
        return category or (usual.category if usual else None)

    @field_validator("unit_price")
    @classmethod
    def _with_units(cls, price: Value | None, info: ValidationInfo) -> Value | None:
        usual = _assumption(info)
        priced = price is not None or (usual is not None and usual.form == "per_unit")
        if "units" in info.data and priced == (info.data["units"] is None):
            raise complaint("operations.units_and_price")
        return price

    @field_validator("once")
    @classmethod
    def _monthly_or_once(cls, once: Value | None, info: ValidationInfo) -> Value | None:
        names = ("usual", "monthly", "monthly_per_head", "unit_price", "paid_yearly")
        if all(name in info.data for name in names):  # all were read without a problem
            by_month = any(info.data[name] is not None for name in names[1:4])
            forms = (
                by_month,
                info.data["usual"] is not None,
                info.data["paid_yearly"] is not None,
                once is not None,
            )
            if sum(forms) != 1:
                raise complaint("plan.cost_amount")
        usual, start = _assumption(info), surroundings(info).start
        falls_once = once is not None or (usual is not None and usual.form == "once")
        month = info.data.get("start")
        if falls_once and month and month < start:
            raise complaint("plan.before_start", month=month, start=start)
        return once

    @field_validator("deposit")
    @classmethod
    def _paid_in_the_plan(cls, deposit: Value | None, info: ValidationInfo) -> Value | None:
        month, start = info.data.get("start"), surroundings(info).start
        if deposit is not None and month and month < start:
            raise complaint("plan.before_start", month=month, start=start)
        return deposit

    @field_validator("payment_months")
    @classmethod
    def _one_currency(cls, months: int, info: ValidationInfo) -> int:
        """One invoice is in one currency; what is paid at once may be in several."""
        used = currencies(info.data.get(name) for name in AMOUNTS[:-1])
        if months and len(used) > 1:
            raise complaint("money.mixed_currencies", first=used[0], second=used[1])
        return months

    @property
    def account(self) -> str:
        """The expense account."""
        return ACCOUNT[self.category or "general"]


def _assumption(info: ValidationInfo) -> Assumption | None:
    """The assumption that a cost takes as usual, if any."""
    return surroundings(info).reference.assumptions.get(info.data.get("usual") or "")


def currencies(values: Iterable[Value | None]) -> list[str]:
    """The currencies of some amounts, each once."""
    return list(dict.fromkeys(value.currency for value in values if value is not None and value.currency))


class Safeguard(Item, Span):
    """A technique that protects data and costs compute: the named workloads need `extra_compute` more (0.5:
    half as much again), or what is usual for the technique. What else it costs is an entry of `costs`."""

    technique: Technique
    workloads: list[Annotated[str, AfterValidator(_workload)]] = Field(min_length=1)
    extra_compute: Count | None = Field(None, validate_default=True)

    @field_validator("extra_compute")
    @classmethod
    def _known(cls, extra: Value | None, info: ValidationInfo) -> Value | None:
        if extra is None and info.data.get("technique") == "other":
            raise complaint("operations.extra_compute_needed")
        return extra


class Operations(Sourced):
    costs: list[Cost] = Field(default_factory=list)
    safeguards: list[Safeguard] = Field(default_factory=list)
    purchases: list[Purchase] = Field(default_factory=list)
    commitments: list[Commitment] = Field(default_factory=list)
