"""Market: products, the customers who come and go, and what they pay.

new customers = marketing spend / cost of acquisition + those who come by themselves, growing each month
customers     = customers[-1] × (1 − churn) + new customers
revenue       = customers × price × (1 + yearly price change) ^ full years of the plan
collected     = revenue of `payment_months` ago
"""

from __future__ import annotations

from pydantic import Field, ValidationInfo, field_validator

from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.record import Item, Sourced, Span, Words
from toolkit.resources.surroundings import complaint
from toolkit.resources.values import (
    Change,
    Count,
    Money,
    MoneyPerMonth,
    PaymentMonths,
    PositiveMoney,
    Share,
    Value,
)


class Product(Item, Span):
    """A subscription. `price` is a customer's payment a month; `organic_customers` come in its first month
    without being paid for, growing by `organic_growth` a month; `acquisition_cost` turns marketing spend
    into customers. `payment_fee` is the share of the price that the payment provider keeps."""

    price: MoneyPerMonth
    price_change: Change | None = None
    opening_customers: Count | None = None
    organic_customers: Count
    organic_growth: Change | None = None
    marketing: MoneyPerMonth | None = None
    marketing_growth: Change | None = None
    acquisition_cost: PositiveMoney | None = Field(None, validate_default=True)
    monthly_churn: Share
    payment_fee: Share | None = None
    payment_months: PaymentMonths = 0

    @field_validator("acquisition_cost")
    @classmethod
    def _with_marketing(cls, cost: Value | None, info: ValidationInfo) -> Value | None:
        if "marketing" in info.data and (info.data["marketing"] is None) != (cost is None):
            raise complaint("plan.marketing_pair")
        return cost


class Segment(Item):
    """A group of customers: `accounts` exist, each worth `yearly_value`; `reachable` and `obtainable` are
    shares."""

    accounts: Count
    yearly_value: Money
    reachable: Share
    obtainable: Share


class Competitor(Item):
    """Who else serves the need, and why a customer would choose you."""

    offer: Words
    difference: Words


class Market(Sourced):
    segments: list[Segment] = Field(default_factory=list)
    competitors: list[Competitor] = Field(default_factory=list)
    products: list[Product] = Field(default_factory=list)


def compile_market(compilation: Compilation) -> None:
    """Lines and postings of every segment and product, and their totals."""
    market = compilation.plan.market
    for scope, _ in compilation.scopes("market.segments", "market.segment", market.segments):
        _segment(scope)
    customers, revenue = [], []
    for scope, product in compilation.scopes("market.products", "market", market.products):
        customers.append(_customers(scope, product))
        revenue.append(_revenue(scope, product))
    room = compilation.scope("market", "market", market)
    room.total("customers", customers, "customers", "customers_total")
    room.total("revenue", revenue, room.currency, "revenue_total")


def _segment(scope: Scope) -> None:
    unit = f"{scope.currency}/year"
    total = scope.formula("tam", f"{scope.input('accounts')} * {scope.input('yearly_value')}", unit)
    served = scope.formula("sam", f"{total} * {scope.input('reachable')}", unit)
    scope.formula("som", f"{served} * {scope.input('obtainable')}", unit)


def _customers(scope: Scope, product: Product) -> str:
    active = scope.active(product)
    first = scope.compilation.number_of(product.start) if product.start else 1
    growth = scope.optional("organic_growth", 0.0)
    age = f"max(t - {first}, 0)"
    new = f"{scope.input('organic_customers')} * (1 + {growth}) ** {age}"
    if product.marketing is not None:
        grow = scope.optional("marketing_growth", 0.0)
        budget = f"{active} * {scope.input('marketing')} * (1 + {grow}) ** {age}"
        spend = scope.amount("marketing_cost", budget, "sales_marketing", "cash")
        new += f" + {spend} / {scope.input('acquisition_cost')}"
    joined = scope.formula("new_customers", f"{active} * ({new})", "customers")
    churn = scope.input("monthly_churn")
    opening = scope.optional("opening_customers", 0.0, "customers")
    kept = f"{scope.line('customers')}[-1] * (1 - {churn})"
    return scope.formula("customers", f"{active} * ({kept} + {joined})", "customers", opening=opening)


def _revenue(scope: Scope, product: Product) -> str:
    change = scope.optional("price_change", 0.0)
    indexed = f"{scope.input('price')} * (1 + {change}) ** floor((t - 1) / 12)"
    price = scope.formula("price_now", indexed, scope.currency)
    formula = f"{scope.line('customers')} * {price}"
    if product.payment_months == 0:
        revenue = scope.amount("revenue", formula, "cash", "sales")
    else:
        revenue = scope.amount("revenue", formula, "receivables", "sales")
        scope.amount("collected", f"{revenue}[-{product.payment_months}]", "cash", "receivables")
    if product.payment_fee is not None:
        scope.amount("payment_cost", f"{revenue} * {scope.input('payment_fee')}", "cost_other", "cash")
    return revenue
