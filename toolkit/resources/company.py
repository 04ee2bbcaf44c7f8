"""The company: who plans, in which currency, from when, for how long; and what it owns and owes on that
day."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from toolkit.resources.chart import chart_of_accounts
from toolkit.resources.compilation import Compilation
from toolkit.resources.exchange import ExchangeRate
from toolkit.resources.record import Country, Id, Month, Sourced, Words
from toolkit.resources.surroundings import complaint
from toolkit.resources.values import Balance, OwnMoney, Share, Value
from toolkit.text import bilingual
from toolkit.units import CURRENCIES


class Company(Sourced):
    """`country` is ISO 3166 (`US`), `region` the city or state where rules depend on it (`Beijing`),
    `currency` ISO 4217; `cash_floor` is the balance below which you do not want to fall; `interest_on_cash`
    is a yearly rate; `exchange_rates` are those of other currencies, where the newest known are not meant."""

    id: Id
    name: Words
    tagline: Words | None = None
    country: Country
    region: str | None = None
    currency: str
    start: Month
    months: Annotated[int, Field(ge=3, le=120)] = 36
    fiscal_year_start: Annotated[int, Field(ge=1, le=12)] = 1
    cash_floor: OwnMoney | None = None
    interest_on_cash: Share | None = None
    exchange_rates: list[ExchangeRate] = Field(default_factory=list)

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, code: str) -> str:
        if code not in CURRENCIES:
            raise complaint("plan.currency", text=code, known=", ".join(CURRENCIES))
        return code

    @field_validator("exchange_rates")
    @classmethod
    def _one_at_a_time(cls, rates: list[ExchangeRate]) -> list[ExchangeRate]:
        seen: set[tuple[str, str | None]] = set()
        for rate in rates:
            key = rate.currency, rate.start
            if key in seen:
                start = rate.start or "—"
                raise complaint("money.rate_twice", currency=rate.currency, start=start)
            seen.add(key)
        return rates


OpeningAccount = Literal[
    "cash", "receivables", "compute_credits", "support_receivable", "deposits",
    "equipment", "accumulated_depreciation", "payables", "deferred_revenue", "deferred_credits",
    "sales_tax_payable", "tax_payable",
    "accrued_interest", "shareholder_obligations", "loans", "convertibles", "common_stock", "preferred_stock",
    "retained_earnings", "accrued_pay", "stock_options",
]  # fmt: skip

DUE: dict[OpeningAccount, Literal["to pay", "to collect"]] = {
    "receivables": "to collect",
    "support_receivable": "to collect",
    "payables": "to pay",
    "sales_tax_payable": "to pay",
    "tax_payable": "to pay",
    "accrued_pay": "to pay",
}


class Opening(Sourced):
    """Balances on the evening before the first month, by account. Assets must equal liabilities plus equity:
    nothing is filled in for you."""

    balances: dict[OpeningAccount, Balance] = Field(default_factory=dict)

    @field_validator("balances")
    @classmethod
    def _balanced(cls, balances: dict[OpeningAccount, Value]) -> dict[OpeningAccount, Value]:
        assets = {account.name for account in chart_of_accounts() if account.kind == "asset"}
        amounts = {name: value.quantity.median for name, value in balances.items()}
        difference = sum(amount if name in assets else -amount for name, amount in amounts.items())
        if abs(difference) > 1e-9 * sum(map(abs, amounts.values())):
            raise complaint("plan.opening_unbalanced", difference=f"{difference:,.2f}")
        return balances


def compile_opening(compilation: Compilation) -> None:
    """Opening balances as input lines. What was due on that day is settled in the first month."""
    opening, book = compilation.plan.opening, compilation.book
    for account, value in opening.balances.items():
        label = book.accounts[account].label
        source = compilation.source_of(f"opening.balances.{account}", value, opening)
        line = book.input(f"opening.{account}", value.quantity, value.unit, label, source)
        compilation.opening[account] = line
        if account in DUE:
            debit, credit = (account, "cash") if DUE[account] == "to pay" else ("cash", account)
            words = bilingual("resources.settled", account=label)
            formula = f"where(t == 1, {line}, 0)"
            book.amount(f"{line}.settled", formula, value.unit, words, debit=debit, credit=credit)


def compile_interest(compilation: Compilation) -> None:
    """Interest on the cash at the start of the month."""
    company = compilation.plan.company
    if company.interest_on_cash is None:
        return
    scope = compilation.scope("company", "company", company, company.name)
    rate = scope.input("interest_on_cash")
    scope.amount("interest", f"max(account.cash[-1], 0) * {rate} / 12", "cash", "interest_income")
