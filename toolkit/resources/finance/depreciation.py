"""Depreciation: straight line, declining balance, sum of the years' digits, and the US MACRS tables.

Declining balance writes off factor / years of what is left each year, and changes to the straight line over
the rest of the life in the first year in which that is not less; the Chinese double declining balance
(企业会计准则第4号应用指南) changes in the last two years instead. Sum of the years' digits writes off
(years − k + 1) / (1 + 2 + … + years) in year k.

MACRS, general system, 3- to 10-year property: 200 % declining balance, switching to straight line over the
rest of the life in the first year in which that is not less. The first year counts from the middle of the
year, or of the quarter, in which the asset was placed in service; the life ends as long after the start of
a later year. The printed tables (IRS Publication 946, appendix A, tables A-1 to A-5) round each year's
percentage half up to two decimals and go on from the rounded remainder; the last year takes what is left.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from toolkit.resources.finance.exact import Number, exact, half_up

MacrsConvention = Literal["half_year", "mid_quarter"]

# Table A-3 prints 17.85 and 3.34 in the first and last year of 7-year property placed in service in the
# second quarter, where the rule gives 17.86 (17.857…) and 3.33. The printed table is the one that taxpayers
# use.
_PRINTED_OTHERWISE: dict[tuple[int, int], Fraction] = {(7, 2): Fraction(-1, 100)}


def straight_line(cost: Number, salvage_value: Number, useful_life_months: Number) -> Fraction:
    """The charge of one month, in money."""
    return (exact(cost) - exact(salvage_value)) / exact(useful_life_months)


def macrs_percentages(
    recovery_period_years: int, convention: MacrsConvention, quarter_placed_in_service: int | None = None
) -> tuple[Fraction, ...]:
    """The percentage of cost in each tax year, as printed (20.00 stands for 20 %); together 100."""
    years = recovery_period_years
    in_first_year = Fraction(1, 2)
    if convention == "mid_quarter" and quarter_placed_in_service is not None:
        in_first_year = 1 - (Fraction(quarter_placed_in_service) - Fraction(1, 2)) / 4
    remaining, life = Fraction(100), Fraction(years)
    percentages: list[Fraction] = []
    portion = in_first_year
    while life > portion:
        declining, straight = remaining * 2 / years * portion, remaining / life * portion
        percentages.append(half_up(max(declining, straight), 2))
        remaining -= percentages[-1]
        life -= portion
        portion = Fraction(1)
    percentages.append(remaining)
    if convention == "mid_quarter" and quarter_placed_in_service is not None:
        moved = _PRINTED_OTHERWISE.get((years, quarter_placed_in_service), Fraction(0))
        percentages[0] += moved
        percentages[-1] -= moved
    return tuple(percentages)


def macrs(
    cost: Number,
    recovery_period_years: int,
    convention: MacrsConvention,
    quarter_placed_in_service: int | None = None,
) -> tuple[Fraction, ...]:
    """The deduction of each tax year, in money; together the cost."""
    percentages = macrs_percentages(recovery_period_years, convention, quarter_placed_in_service)
    return tuple(exact(cost) * percentage / 100 for percentage in percentages)


def declining_balance(
    years: int, salvage_share: Number = 0, factor: Number = 2, straight_years: int | None = None
) -> tuple[Fraction, ...]:
    """The share of cost in each year; together 1 − salvage. `straight_years`: the last years that are written
    off evenly whatever the balance; None changes as soon as the straight line is not less."""
    salvage, rate = exact(salvage_share), exact(factor) / years
    left, shares = Fraction(1), list[Fraction]()
    for rest in range(years, 0, -1):
        even = (left - salvage) / rest
        if straight_years is None:
            charge = max(left * rate, even)
        else:
            charge = even if rest <= straight_years else left * rate
        shares.append(min(charge, left - salvage))
        left -= shares[-1]
    return tuple(shares)


def sum_of_years(years: int, salvage_share: Number = 0) -> tuple[Fraction, ...]:
    """The share of cost in each year; together 1 − salvage."""
    digits = Fraction(years * (years + 1), 2)
    return tuple((1 - exact(salvage_share)) * rest / digits for rest in range(years, 0, -1))
