"""Funding in words and figures: the sources of money of a plan, and the one that is open."""

from __future__ import annotations

from toolkit.app.building import Built
from toolkit.report.context import Ask, FundingRow
from toolkit.resources.funding.records import (
    Crowdfunding,
    Grant,
    Instrument,
    Loan,
    Note,
    PricedRound,
    RevenueBased,
    Safe,
)
from toolkit.resources.values import Value
from toolkit.text import Text, bilingual
from toolkit.text.formats import compact_money, percent


def funding_rows(built: Built) -> tuple[FundingRow, ...]:
    """Every instrument of the plan with its terms in words; what began before the plan is closed."""
    currency, start = built.plan.company.currency, built.plan.company.start
    return tuple(
        FundingRow(
            label=instrument.words,
            kind=bilingual(f"funding_plan.kind.{instrument.kind}"),
            month=instrument.month,
            amount=amount_of(instrument),
            terms=_with_trigger(instrument, currency),
            probability=_chance(instrument),
            is_closed=instrument.month < start,
            use=instrument.use or Text("", ""),
            field=f"funding.instruments[{index}]",
        )
        for index, instrument in enumerate(built.plan.funding.instruments)
    )


def open_ask(built: Built) -> Ask | None:
    """The first instrument that is still to come: what a reader of today is asked for; None without one."""
    start = built.plan.company.start
    listed = built.plan.funding.instruments
    coming = [(one.month, index) for index, one in enumerate(listed) if one.month >= start]
    if not coming:
        return None
    index = min(coming)[1]
    one = listed[index]
    amount = amount_of(one)
    stake = pre_money = None
    match one:
        case Safe() if one.valuation_cap is not None and one.form == "post_money":
            stake = amount / one.valuation_cap.quantity.median
        case PricedRound():
            pre_money = one.pre_money_valuation.quantity.median
            stake = amount / (pre_money + amount)
    return Ask(amount, one.words, one.month, stake, pre_money, f"funding.instruments[{index}]")


def amount_of(instrument: Instrument) -> float:
    """The median of the money that an instrument brings, before fees."""
    match instrument:
        case PricedRound():
            value = instrument.new_money
        case Grant():
            value = instrument.award
        case Crowdfunding():
            value = instrument.pledged
        case Safe() | Note() | Loan() | RevenueBased():
            value = instrument.amount
        case _:
            raise TypeError(instrument)
    return value.quantity.median


def _chance(instrument: Instrument) -> float:
    """The chance of closing: the mean of the quantity that says whether it closes; 1 when nothing is said."""
    if instrument.closes is None:
        return 1.0
    quantity = instrument.closes.quantity
    if quantity.distribution == "discrete":
        pairs = zip(quantity.parameters[::2], quantity.parameters[1::2], strict=True)
        return float(sum(value * probability for value, probability in pairs))
    return float(quantity.median)


def _with_trigger(instrument: Instrument, currency: str) -> Text:
    """The terms, and what the instrument waits for."""
    terms, when = _terms(instrument, currency), instrument.when
    if when is None:
        return terms
    if when.cash_below is not None:
        return bilingual("funding_plan.when_cash", terms=terms, amount=_money(when.cash_below, currency))
    if when.revenue_above is not None:
        return bilingual(
            "funding_plan.when_revenue", terms=terms, amount=_money(when.revenue_above, currency)
        )
    raise TypeError(when)


def _terms(instrument: Instrument, currency: str) -> Text:
    """The terms of an instrument in one phrase."""
    match instrument:
        case Safe():
            form = bilingual(f"app.safe.{instrument.form}")
            if instrument.valuation_cap is None:
                return form
            return bilingual("app.terms_safe", form=form, cap=_money(instrument.valuation_cap, currency))
        case PricedRound():
            pre = _money(instrument.pre_money_valuation, currency)
            if instrument.pool_target is None:
                return bilingual("app.terms_round", pre=pre)
            return bilingual("app.terms_round_pool", pre=pre, pool=_share(instrument.pool_target))
        case Note() | Loan():
            months = instrument.maturity_months if isinstance(instrument, Note) else instrument.term_months
            rate = _share(instrument.annual_rate, 1)
            return bilingual("funding_plan.terms_debt", rate=rate, months=str(months))
        case RevenueBased():
            share = _share(instrument.revenue_share, 1)
            multiple = f"{instrument.multiple.quantity.median:.2f}"
            return bilingual("funding_plan.terms_revenue", share=share, multiple=multiple)
        case Grant():
            return bilingual("funding_plan.terms_grant", share=_share(instrument.matching_rate))
        case Crowdfunding():
            return bilingual(f"funding_plan.terms_{instrument.campaign}", fee=_share(instrument.platform_fee))
    raise TypeError(instrument)


def _money(value: Value, currency: str) -> Text:
    amount = value.quantity.median
    return Text(compact_money(amount, currency, "en"), compact_money(amount, currency, "zh"))


def _share(value: Value, decimals: int = 0) -> Text:
    share = value.quantity.median
    return Text(percent(share, "en", decimals), percent(share, "zh", decimals))
