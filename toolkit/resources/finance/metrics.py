"""Metrics of a subscription business: burn multiple, lifetime value, payback, rule of 40.

burn multiple = net burn / net new ARR            (D. Sacks, 2020; below 1 amazing … from 3 bad)
LTV           = ARPA × gross margin / churn
payback       = CAC / (ARPA × gross margin)       months
rule of 40    = revenue growth + free cash flow margin, passes from 40 points on
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, get_args

from toolkit.errors import InputError, Problem
from toolkit.resources.finance.exact import Number, exact

BurnRating = Literal["amazing", "great", "good", "suspect", "bad"]
RULE_OF_40 = Fraction(40, 100)
_RATING_LIMITS = (Fraction(1), Fraction(3, 2), Fraction(2), Fraction(3))  # each rating ends below its limit


def burn_multiple(net_burn: Number, net_new_arr: Number) -> Fraction:
    """Money burned for each unit of new annual recurring revenue, both of the same period.

    InputError where ARR did not grow: a quotient by 0 or less would read as excellent.
    """
    if exact(net_new_arr) <= 0:
        raise InputError([Problem("finance.no_new_arr", field="net_new_arr")])
    return exact(net_burn) / exact(net_new_arr)


def burn_multiple_rating(multiple: Fraction) -> BurnRating:
    """The word for a burn multiple."""
    ratings: tuple[BurnRating, ...] = get_args(BurnRating)
    return ratings[sum(multiple >= limit for limit in _RATING_LIMITS)]


def ltv(arpa_monthly: Number, gross_margin: Number, monthly_churn_rate: Number) -> Fraction:
    """Gross profit of an account over its expected life, in money. InputError without churn."""
    if exact(monthly_churn_rate) <= 0:
        raise InputError([Problem("finance.no_churn", field="monthly_churn_rate")])
    return exact(arpa_monthly) * exact(gross_margin) / exact(monthly_churn_rate)


def cac_payback_months(cac: Number, arpa_monthly: Number, gross_margin: Number) -> Fraction:
    """Months of gross profit that pay back an account. InputError without gross profit."""
    monthly = exact(arpa_monthly) * exact(gross_margin)
    if monthly <= 0:
        raise InputError([Problem("finance.no_gross_profit", field="gross_margin")])
    return exact(cac) / monthly


def rule_of_40_score(revenue_growth_rate: Number, fcf_margin: Number) -> Fraction:
    """Growth plus margin; 0.4 is 40 points."""
    return exact(revenue_growth_rate) + exact(fcf_margin)


def ltv_to_cac(lifetime_value: Fraction, cac: Number) -> Fraction:
    """Lifetime value for each unit of acquisition cost. InputError without a cost: the quotient has no
    bound."""
    if exact(cac) <= 0:
        raise InputError([Problem("finance.no_acquisition_cost", field="cac")])
    return lifetime_value / exact(cac)
