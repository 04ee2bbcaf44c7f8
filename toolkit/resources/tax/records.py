"""What a plan says about income tax: a rate, or the law of a country; reduced rates; losses; payment."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator, model_validator

from toolkit.lines.spelling import nearest
from toolkit.reference import Reference, TaxTerms
from toolkit.reference.income_tax import InstalmentBasis
from toolkit.resources.record import Country, EventMonth, Sourced, Span
from toolkit.resources.surroundings import complain, complaint, surroundings
from toolkit.resources.values import Chance, OwnMoney, PaymentMonths, Share, Value

FiscalMonth = Annotated[int, Field(ge=1, le=12)]


class ReducedRate(Sourced, Span):
    """A `regime` of the law (`hnte`, `small_low_profit`) for which the company qualifies from `start` to
    `end`; `granted` is a chance. What the law tests by numbers (people, assets, revenue, income) is tested
    every year."""

    regime: str
    granted: Chance | None = None


class Tax(Sourced):
    """Either `rate`, the income tax rate in all, or `law`, a country whose rates, loss rules and due dates
    are in `data/income_tax.csv` and `data/tax_terms.csv`; what is given here comes before them.

    `local_rate` is the tax of state, province or municipality on the same base. Losses cover `loss_limit` of
    a year's profit above `loss_free_amount`, for `loss_years`; `opening_losses` can be used until the month
    `opening_losses_until`. The balance is paid `payment_months` after the fiscal year; an instalment is paid
    in each of the fiscal months `instalments`: a part of the tax of the year before (`prior_year`), or what
    the year so far makes (`year_to_date`).
    """

    law: Country | None = None
    rate: Share | None = Field(None, validate_default=True)
    local_rate: Share | None = None
    reduced: list[ReducedRate] = Field(default_factory=list)
    loss_limit: Share | None = None
    loss_free_amount: OwnMoney | None = None
    loss_years: Annotated[int, Field(ge=1, le=50)] | None = None
    opening_losses: OwnMoney | None = None
    opening_losses_until: EventMonth | None = None
    payment_months: PaymentMonths = 4
    instalments: list[FiscalMonth] | None = None
    instalment_basis: InstalmentBasis = "prior_year"
    stock_compensation_deductible: bool = False

    @model_validator(mode="before")
    @classmethod
    def _terms_of_the_law(cls, raw: Any, info: ValidationInfo) -> Any:
        """Due dates by law, where none are given."""
        if not isinstance(raw, dict) or not isinstance(raw.get("law"), str):
            return raw
        start = surroundings(info).start
        terms = terms_of(surroundings(info).reference, raw["law"], "standard", f"{start}-01")
        if terms is None:
            return raw
        by_law: dict[str, Any] = {"payment_months": terms.payment_months}
        if terms.instalment_basis is not None and "instalments" not in raw:
            by_law |= {"instalments": list(terms.instalments), "instalment_basis": terms.instalment_basis}
        return by_law | raw

    @field_validator("law")
    @classmethod
    def _known_law(cls, law: str | None, info: ValidationInfo) -> str | None:
        around = surroundings(info)
        known = sorted({row.country for row in around.reference.tax_rates})
        if law is not None and law not in known:
            raise complaint("tax.unknown_law", law=law, known=", ".join(known))
        currency = next((row.currency for row in around.reference.tax_rates if row.country == law), None)
        if currency is not None and not around.converts(currency):
            raise complaint("money.no_exchange_rate", currency=currency, plan=around.currency)
        return law

    @field_validator("rate")
    @classmethod
    def _rate_or_law(cls, rate: Value | None, info: ValidationInfo) -> Value | None:
        if "law" in info.data and (info.data["law"] is None) == (rate is None):
            raise complaint("tax.rate_or_law")
        return rate

    @field_validator("local_rate")
    @classmethod
    def _on_top_of_a_law(cls, rate: Value | None, info: ValidationInfo) -> Value | None:
        if rate is not None and "law" in info.data and info.data["law"] is None:
            raise complaint("tax.local_rate_alone")
        return rate

    @field_validator("reduced")
    @classmethod
    def _known_regimes(cls, reduced: list[ReducedRate], info: ValidationInfo) -> list[ReducedRate]:
        around, law = surroundings(info), info.data.get("law")
        if "law" not in info.data:
            return reduced
        rows = [row for row in around.reference.tax_rates if row.country == law and row.regime != "standard"]
        known = {row.regime: row.programme for row in rows}
        wrong = {}
        for index, one in enumerate(reduced):
            if one.regime not in known:
                values = {"name": one.regime, "known": nearest(one.regime, known)}
                wrong[index, "regime"] = complaint("tax.unknown_regime", **values)
            elif known[one.regime] in around.claims:
                values = {"name": one.regime, "programme": str(known[one.regime])}
                wrong[index, "regime"] = complaint("tax.claimed_too", **values)
            elif one.regime in [other.regime for other in reduced[:index]]:
                wrong[index, "regime"] = complaint("plan.duplicate_id", name=one.regime)
        complain(wrong, reduced)
        return reduced

    @field_validator("opening_losses_until")
    @classmethod
    def _of_losses(cls, month: str | None, info: ValidationInfo) -> str | None:
        if month is not None and "opening_losses" in info.data and info.data["opening_losses"] is None:
            raise complaint("tax.no_opening_losses")
        return month

    @field_validator("instalments")
    @classmethod
    def _in_order(cls, months: list[int] | None) -> list[int] | None:
        if months is not None and (sorted(set(months)) != months):
            raise complaint("tax.instalments")
        return months


def terms_of(reference: Reference, law: str, regime: str, day: str) -> TaxTerms | None:
    """The newest terms of a law and regime that hold on a day, else the oldest; None where none are known."""
    rows = [row for row in reference.tax_terms if (row.country, row.regime) == (law, regime)]
    held = [row for row in rows if row.valid_from <= day]
    return max(held, key=lambda row: row.valid_from, default=rows[0] if rows else None)
