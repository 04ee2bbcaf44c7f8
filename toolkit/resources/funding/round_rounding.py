"""The rounding of a closing as law firms print it (`yc_4dp`).

Solve exactly; then the round price goes half up to four decimals. A SAFE at the round price, at a discount,
or a pre-money SAFE at its cap price, converts at a price of four decimals (half up), its shares rounded
down. With those known, the company capitalization is floor((existing + those shares) / (1 - sum of amount /
cap of the post-money SAFEs at their cap)), and each of these gets floor(amount / cap × capitalization) with
no rounding of the price. New shares are new money / p to the nearest whole share; totals are sums of the
rounded numbers. The pool increase stays as solved. Source: Y Combinator, Post-Money Safe User Guide,
appendix II, whose printed figures it reproduces.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from toolkit.errors import Problem, refuse
from toolkit.resources.finance.exact import floor, half_up
from toolkit.resources.funding.convertible import Convertible, Terms, effective_terms
from toolkit.resources.funding.priced_round import NEW_INVESTORS, RoundResult, RoundTerms

PRICE_DECIMALS = 4


def round_yc_4dp(exact: RoundResult, terms: RoundTerms, convertibles: Sequence[Convertible]) -> RoundResult:
    """The same closing with prices of four decimals and whole shares.

    InputError where a price is so low that it rounds to 0.
    """
    by_name = effective_terms(convertibles)
    fractions = {
        each.name: each.amount * by_name[each.name].ownership_at_cap
        for each in convertibles
        if exact.binding_term[each.name] == "cap" and by_name[each.name].instrument == "safe_post_money"
    }
    price = half_up(exact.round_price, PRICE_DECIMALS)
    prices = _rounded_prices(exact, price, by_name, fractions)
    refuse(_zero_prices(exact, price, prices))
    converted = {
        each.name: floor(each.amount / prices[each.name]) for each in convertibles if each.name in prices
    }
    known = exact.existing_shares + sum(converted.values(), Fraction(0))
    capitalization = floor(known / (1 - sum(fractions.values(), Fraction(0))))
    for name, fraction in fractions.items():
        converted[name] = floor(fraction * capitalization)
        prices[name] = (by_name[name].valuation_cap or Fraction(0)) / capitalization
    new_shares = half_up(terms.new_money / price)
    shares = {**exact.shares, **converted, NEW_INVESTORS: new_shares}
    return replace(
        exact,
        round_price=price,
        new_money_shares=new_shares,
        total_post_shares=sum(shares.values(), Fraction(0)),
        company_capitalization_shares=capitalization,
        shares=shares,
        conversion_price=prices,
    )


def _rounded_prices(
    exact: RoundResult, price: Fraction, terms: Mapping[str, Terms], at_cap: Container[str]
) -> dict[str, Fraction]:
    """The prices of all who do not convert at a post-money cap; a discount is taken from the rounded
    price."""
    prices: dict[str, Fraction] = {}
    for name, term in exact.binding_term.items():
        if name not in at_cap:
            discounted = price * (1 - terms[name].discount_rate)
            prices[name] = half_up(
                exact.conversion_price[name] if term == "cap" else discounted, PRICE_DECIMALS
            )
    return prices


def _zero_prices(exact: RoundResult, price: Fraction, prices: dict[str, Fraction]) -> Iterable[Problem]:
    rounded = {"": price, **prices}
    for name, value in rounded.items():
        if value == 0:
            unrounded = exact.conversion_price[name] if name else exact.round_price
            values = {"price": float(unrounded), "decimals": PRICE_DECIMALS}
            yield Problem("funding.price_rounds_to_zero", "rounding", values=values)
