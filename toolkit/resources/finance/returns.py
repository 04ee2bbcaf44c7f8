"""What a series of cash flows is worth and what it earns: NPV, IRR, MIRR, and their dated forms.

    npv   = sum c_k (1 + rate)^-(k + first)
    irr   : npv = 0; of several real rates above -1, the one nearest to 0
    mirr  = (FV of inflows at the reinvestment rate / PV of outflows at the finance rate)^(1/n) - 1
    xnpv  = sum c_k (1 + rate)^(-days_k / 365)        days from the earliest date (actual/365 fixed)

Spreadsheets and libraries differ on whether the first flow is discounted (`first_flow_period`) and on which
of several IRRs they return, so both are said here. Definitions: CFA Institute, quantitative methods; XIRR
and XNPV as in the OpenFormula standard (OASIS OpenDocument 1.3, part 4).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date

from toolkit.errors import InputError, Problem
from toolkit.resources.finance.discount_roots import discount_roots

DAYS_A_YEAR = 365.0


def npv(rate: float, cashflows: Sequence[float], first_flow_period: int) -> float:
    """Net present value; the first flow is discounted by `first_flow_period` periods (0 or 1)."""
    return _worth(rate, ((k + first_flow_period, flow) for k, flow in enumerate(cashflows)))


def irr(cashflows: Sequence[float]) -> float:
    """The rate a period at which flows are worth 0, nearest to 0; InputError without one."""
    return _nearest_to_zero([(float(k), flow) for k, flow in enumerate(cashflows)], field="cashflows")


def xirr(dated_cashflows: Iterable[tuple[date, float]]) -> float:
    """The effective annual rate at which dated flows are worth 0; InputError without one."""
    return _nearest_to_zero(_timed(dated_cashflows), field="dated_cashflows")


def xnpv(rate: float, dated_cashflows: Iterable[tuple[date, float]]) -> float:
    """The value of dated flows at the earliest date; `rate` is effective annual."""
    return _worth(rate, _timed(dated_cashflows))


def mirr(cashflows: Sequence[float], finance_rate: float, reinvest_rate: float) -> float:
    """The modified rate of return a period; InputError without an outflow, or with one flow only."""
    n = len(cashflows) - 1
    outflows = -npv(finance_rate, [min(flow, 0.0) for flow in cashflows], 0)
    if n < 1 or outflows <= 0:
        raise InputError([Problem("finance.no_mirr", field="cashflows")])
    inflows = npv(reinvest_rate, [max(flow, 0.0) for flow in cashflows], 0)
    return math.pow(inflows / outflows, 1 / n) * (1 + reinvest_rate) - 1


def all_rates(cashflows: Sequence[float]) -> list[float]:
    """Every real rate above -1 a period at which equal-spaced flows are worth 0, ascending."""
    return discount_roots([float(k) for k in range(len(cashflows))], cashflows)


def _worth(rate: float, flows: Iterable[tuple[float, float]]) -> float:
    return math.fsum(flow * math.pow(1 + rate, -time) for time, flow in flows)


def _timed(dated_cashflows: Iterable[tuple[date, float]]) -> list[tuple[float, float]]:
    """Flows by years from the earliest date, those of one day added up."""
    by_day: dict[date, list[float]] = {}
    for day, amount in dated_cashflows:
        by_day.setdefault(day, []).append(amount)
    first = min(by_day, default=date.min)
    return [((day - first).days / DAYS_A_YEAR, math.fsum(by_day[day])) for day in sorted(by_day)]


def _nearest_to_zero(flows: Sequence[tuple[float, float]], field: str) -> float:
    amounts = [amount for _, amount in flows]
    rates = discount_roots([time for time, _ in flows], amounts)
    if not rates:
        one_sided = min(amounts, default=0.0) >= 0 or max(amounts, default=0.0) <= 0
        name = "finance.irr_one_sided" if one_sided else "finance.irr_none"
        raise InputError([Problem(name, field=field)])
    # Of two that are equally far to all useful digits, the positive one.
    return min(rates, key=lambda rate: (round(abs(rate), 12), -rate))
