"""Figures that investors ask for, by month and over all draws: burn, growth, margins, unit economics.

Windows are the last twelve months, or as many as the plan has had. A quotient whose divisor is not above 0 is
unknown in that draw, never 0: percentiles are over the draws in which it is known, and the share of these is
said.

    net burn         operating and investing cash out minus in; also without compute credits, and without
                     credits, grants and tax credits
    burn multiple    net burn / net new ARR                               (D. Sacks, 2020)
    gross margin     (revenue − cost of revenue) / revenue, with compute at its price before credits; after
                     credits: with what credits paid of the compute that serves customers
    ARPA             monthly recurring revenue / customers                money a month
    churn            recurring revenue lost / that at the start of the month, over the window     a month
    CAC              sales and marketing in all (people included) / new customers
    payback          CAC / (ARPA × gross margin)                          months
    LTV              ARPA × gross margin / churn
    LTV:CAC          LTV / CAC
    NRR              product over twelve months of 1 + (expansion − contraction − churn) / MRR at their start:
                     the revenue that a year leaves of today's customers
    rule of 40       revenue growth on the year before + free cash flow margin; or + operating margin
    magic number     (revenue of the quarter − of the one before) × 4 / sales and marketing of the one before
    naive runway     cash / net burn of the last three months             months
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from toolkit.projection.program import Array
from toolkit.projection.run import LEVELS

Unit = Literal["money", "share", "factor", "months"]
Paths: TypeAlias = Mapping[str, Array]  # line → (months + 1, draws), row 0 before the first month
YEAR, QUARTER = 12, 3
SELLING = ("account.sales_payroll", "account.sales_marketing", "account.referral_fees")
LINES: tuple[str, ...] = (
    "account.cash", "metric.net_burn", "metric.net_burn_before_credits", "metric.net_burn_before_support",
    "total.revenue", "total.gross_profit", "total.operating_income", "account.compute_credits_used",
    "account.cost_compute", "account.research_compute", *SELLING, "market.arr", "market.mrr",
    "market.expansion_mrr", "market.contraction_mrr", "market.churned_mrr", "market.customers",
    "market.new_customers", "talent.headcount",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MetricFan:
    """One figure. `base[m]` is its value at the end of month m + 1 in the base case; `values[i][m]` the
    quantile `levels[i]` over the draws where it is known; None where fewer than half know it. `known[m]` is
    their share."""

    id: str
    unit: Unit
    base: tuple[float | None, ...]
    levels: tuple[float, ...]
    values: tuple[tuple[float | None, ...], ...]
    known: tuple[float, ...]


def business_lines(lines: Mapping[str, object]) -> tuple[str, ...]:
    """The lines of a model that the figures rest on."""
    return tuple(name for name in LINES if name in lines)


def business_metrics(
    base: Mapping[str, Sequence[float]], draws: Paths, only: Sequence[str] = ()
) -> tuple[MetricFan, ...]:
    """Every figure (or those named in `only`): `base` has each of `business_lines` with the opening value
    first, `draws` the same over all draws."""
    alone = {name: np.asarray(base[name], dtype=float)[:, None] for name in LINES if name in base}
    wanted = only or tuple(METRICS)
    return tuple(
        _fan(name, *METRICS[name], _Lines(alone), _Lines(draws)) for name in METRICS if name in wanted
    )


def base_metrics(base: Mapping[str, Sequence[float]]) -> dict[str, tuple[float | None, ...]]:
    """Every figure in the base case by month, None where it is unknown; `base` as in `business_metrics`."""
    lines = _Lines({name: np.asarray(base[name], dtype=float)[:, None] for name in LINES if name in base})
    return {name: _known(compute(lines)[:, 0]) for name, (_, compute) in METRICS.items()}


class _Lines:
    """The lines of some draws; one that the plan does not have is 0 throughout."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self.shape = paths["account.cash"].shape

    def of(self, name: str) -> Array:
        """(months, draws)."""
        return self.before(name)[1:]

    def before(self, name: str) -> Array:
        """With the value before the first month: (months + 1, draws)."""
        return self.paths[name] if name in self.paths else np.zeros(self.shape)

    def over(self, name: str, months: int) -> Array:
        """Sum over the last `months` months, or as many as there were."""
        return window(self.of(name), months)

    def selling(self, months: int) -> Array:
        return sum((self.over(name, months) for name in SELLING), np.zeros(1))


def window(values: Array, months: int) -> Array:
    """Sums over the last `months` rows."""
    total = np.cumsum(values, axis=0)
    total[months:] = total[months:] - total[:-months].copy()
    return total


def ago(values: Array, months: int) -> Array:
    """The values `months` rows before; unknown in the first ones."""
    past = np.full(values.shape, np.nan)
    past[months:] = values[:-months]
    return past


def quotient(above: Array, below: Array) -> Array:
    """Unknown where the divisor is not above 0."""
    with np.errstate(all="ignore"):
        return np.asarray(np.where(below > 1e-9, above / below, np.nan))


def _margin(lines: _Lines) -> Array:
    return quotient(lines.over("total.gross_profit", YEAR), lines.over("total.revenue", YEAR))


def _margin_after_credits(lines: _Lines) -> Array:
    serving, research = (lines.of(f"account.{name}") for name in ("cost_compute", "research_compute"))
    part = np.nan_to_num(quotient(serving, serving + research))
    paid = window(lines.of("account.compute_credits_used") * part, YEAR)
    return quotient(lines.over("total.gross_profit", YEAR) + paid, lines.over("total.revenue", YEAR))


def _burn_multiple(lines: _Lines) -> Array:
    arr = lines.before("market.arr")
    start = np.vstack([np.repeat(arr[:1], min(YEAR, len(arr) - 1), axis=0), arr[1:-YEAR]])
    return quotient(lines.over("metric.net_burn", YEAR), arr[1:] - start)


def _cac(lines: _Lines) -> Array:
    return quotient(lines.selling(YEAR), lines.over("market.new_customers", YEAR))


def _arpa(lines: _Lines) -> Array:
    return quotient(lines.of("market.mrr"), lines.of("market.customers"))


def _earned_a_month(lines: _Lines) -> Array:
    """Gross profit of a customer a month."""
    return _arpa(lines) * _margin(lines)


def _churn(lines: _Lines) -> Array:
    return quotient(lines.over("market.churned_mrr", YEAR), window(lines.before("market.mrr")[:-1], YEAR))


def _ltv(lines: _Lines) -> Array:
    return quotient(_earned_a_month(lines), _churn(lines))


def _nrr(lines: _Lines) -> Array:
    moved = (
        lines.of("market.expansion_mrr") - lines.of("market.contraction_mrr") - lines.of("market.churned_mrr")
    )
    kept = 1 + quotient(moved, lines.before("market.mrr")[:-1])
    result = np.full(kept.shape, np.nan)
    for month in range(YEAR - 1, len(kept)):
        result[month] = np.prod(kept[month - YEAR + 1 : month + 1], axis=0)
    return result


def _growth(lines: _Lines) -> Array:
    year = lines.over("total.revenue", YEAR)
    before = ago(year, YEAR)
    before[: 2 * YEAR - 1] = np.nan  # a year before that is not whole
    return quotient(year, before) - 1


def _with_growth(lines: _Lines, name: str, sign: int) -> Array:
    return _growth(lines) + quotient(sign * lines.over(name, YEAR), lines.over("total.revenue", YEAR))


def _magic_number(lines: _Lines) -> Array:
    quarter = lines.over("total.revenue", QUARTER)
    spent = ago(lines.selling(QUARTER), QUARTER)
    spent[: 2 * QUARTER - 1] = np.nan
    return quotient((quarter - ago(quarter, QUARTER)) * 4, spent)


def _naive_runway(lines: _Lines) -> Array:
    burn = lines.over("metric.net_burn", QUARTER)
    months = np.minimum(np.arange(1, len(burn) + 1), QUARTER)[:, None]
    return quotient(np.maximum(lines.of("account.cash"), 0), burn / months)


METRICS: Mapping[str, tuple[Unit, Callable[[_Lines], Array]]] = {
    "net_burn": ("money", lambda lines: lines.of("metric.net_burn")),
    "net_burn_before_credits": ("money", lambda lines: lines.of("metric.net_burn_before_credits")),
    "net_burn_before_support": ("money", lambda lines: lines.of("metric.net_burn_before_support")),
    "naive_runway": ("months", _naive_runway),
    "arr": ("money", lambda lines: lines.of("market.arr")),
    "burn_multiple": ("factor", _burn_multiple),
    "gross_margin": ("share", _margin),
    "gross_margin_after_credits": ("share", _margin_after_credits),
    "arpa": ("money", _arpa),
    "churn": ("share", _churn),
    "ltv": ("money", _ltv),
    "cac": ("money", _cac),
    "cac_payback": ("months", lambda lines: quotient(_cac(lines), _earned_a_month(lines))),
    "ltv_to_cac": ("factor", lambda lines: quotient(_ltv(lines), _cac(lines))),
    "nrr": ("share", _nrr),
    "rule_of_40": ("share", lambda lines: _with_growth(lines, "metric.net_burn", -1)),
    "rule_of_40_operating": ("share", lambda lines: _with_growth(lines, "total.operating_income", 1)),
    "magic_number": ("factor", _magic_number),
    "arr_per_head": ("money", lambda lines: quotient(lines.of("market.arr"), lines.of("talent.headcount"))),
}  # fmt: skip


def _fan(id: str, unit: Unit, compute: Callable[[_Lines], Array], base: _Lines, draws: _Lines) -> MetricFan:
    alone, values = compute(base)[:, 0], np.sort(compute(draws), axis=1)  # unknown ones last
    count = np.sum(~np.isnan(values), axis=1)
    found = []
    for level in LEVELS:
        place = level * np.maximum(count - 1, 0)
        low = np.floor(place).astype(int)
        high = np.minimum(low + 1, np.maximum(count - 1, 0))
        rows = np.arange(len(values))
        mixed = values[rows, low] * (1 - (place - low)) + values[rows, high] * (place - low)
        found.append(_known(np.where(count * 2 >= values.shape[1], mixed, np.nan)))
    known = tuple(float(share) for share in count / values.shape[1])
    return MetricFan(id, unit, _known(alone), LEVELS, tuple(found), known)


def _known(values: Array) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(value) else float(value) for value in values)
