"""What is bought to last: servers, laptops, furniture; and how its cost is spread over the years."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from toolkit.resources.finance.depreciation import MacrsConvention
from toolkit.resources.record import EventMonth, Item, Record
from toolkit.resources.surroundings import complaint
from toolkit.resources.values import Count, Money, PaymentMonths, Share, Value

Method = Literal["straight_line", "declining_balance", "sum_of_years", "macrs"]
PurchaseCategory = Literal["research", "general", "cost_of_revenue"]
DEPRECIATION: dict[PurchaseCategory, str] = {
    "research": "research_depreciation",
    "general": "depreciation",
    "cost_of_revenue": "cost_depreciation",
}
RecoveryYears = Literal[3, 5, 7, 10]


class TaxMethod(Record):
    """How the tax law spreads the cost where it differs from the books: over `life_months`, or by MACRS over
    `recovery_years`; at once with a life of 1 month. Nothing is left at the end."""

    method: Method = "straight_line"
    life_months: Annotated[int, Field(ge=1, le=600)] | None = None
    recovery_years: RecoveryYears = 5
    convention: MacrsConvention = "half_year"

    @field_validator("life_months")
    @classmethod
    def _with_a_life(cls, months: int | None, info: ValidationInfo) -> int | None:
        check_life(info.data.get("method"), months)
        return months


def check_life(method: str | None, months: int | None) -> None:
    """A life for every method but MACRS; whole years where the method counts years."""
    if method in ("declining_balance", "sum_of_years") and months is not None and months % 12:
        raise complaint("operations.whole_years", months=str(months))


class Purchase(Item):
    """`count` pieces at `amount` each, bought in `month` or one for everybody who joins (`per_joiner`), with
    a life of `life_months` in the books and a `salvage` share of the cost for which they are sold then.
    `replaced` ones are bought again. Depreciation begins in the month of the purchase or in the `next` (in
    China by law). `declining_factor` 2 is the double declining balance."""

    category: PurchaseCategory = "general"
    month: EventMonth | None = None
    per_joiner: bool = Field(False, validate_default=True)
    amount: Money
    count: Count | None = None
    payment_months: PaymentMonths = 0
    method: Method = "straight_line"
    life_months: Annotated[int, Field(ge=1, le=600)] = 36
    salvage: Share | None = None
    declining_factor: Annotated[float, Field(gt=0, le=4)] = 2.0
    recovery_years: RecoveryYears = 5
    convention: MacrsConvention = "half_year"
    first_month: Literal["same", "next"] | None = None
    replaced: bool = False
    tax: TaxMethod | None = None

    @field_validator("per_joiner")
    @classmethod
    def _when(cls, per_joiner: bool, info: ValidationInfo) -> bool:
        if "month" in info.data and (info.data["month"] is None) != per_joiner:
            raise complaint("operations.purchase_month")
        return per_joiner

    @field_validator("method")
    @classmethod
    def _of_a_stream(cls, method: Method, info: ValidationInfo) -> Method:
        if info.data.get("per_joiner") and method != "straight_line":
            raise complaint("operations.stream_method")
        return method

    @field_validator("life_months")
    @classmethod
    def _life(cls, months: int, info: ValidationInfo) -> int:
        check_life(info.data.get("method"), months)
        return months

    @field_validator("salvage")
    @classmethod
    def _not_by_macrs(cls, salvage: Value | None, info: ValidationInfo) -> Value | None:
        if salvage is not None and info.data.get("method") == "macrs":
            raise complaint("operations.macrs_salvage")
        if (
            salvage is not None
            and info.data.get("method") == "declining_balance"
            and salvage.quantity.is_uncertain
        ):
            raise complaint("operations.declining_salvage", text=salvage.quantity.text)
        return salvage

    @field_validator("tax")
    @classmethod
    def _tax_of_a_stream(cls, tax: TaxMethod | None, info: ValidationInfo) -> TaxMethod | None:
        if tax is not None and info.data.get("per_joiner"):
            raise complaint("operations.stream_method")
        return tax
