"""Market: from all there is down to paying customers, what a customer is worth, and how cohorts last.

Of a product, in a year of the plan (base case):

    revenue per customer   recurring revenue a month ÷ customers
    acquisition cost       cost of winning customers ÷ new customers, those who came by themselves included
    lifetime               1 ÷ monthly churn, in months
    lifetime value         revenue per customer × gross margin × lifetime
    payback                acquisition cost ÷ (revenue per customer × gross margin), in months

The gross margin is that of the whole company, since costs are not shared out among products. The figures of
the whole company, with the pay of who sells, are those of `toolkit.app.metrics`. A cohort is who
came in one quarter; what is left of it is the sum of its months, each with the churn of its age.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from toolkit.app.building import Built
from toolkit.app.metrics import year_ends
from toolkit.projection.business import METRICS, Unit, base_metrics
from toolkit.resources.market.cohorts import CohortTable, cohort_table
from toolkit.resources.market.records import Product
from toolkit.text import Text

YEAR, QUARTER = 12, 3
MOST_COHORTS = 12
COMPANY = (
    "arr", "arpa", "gross_margin", "gross_margin_after_credits", "churn", "nrr", "ltv", "cac", "ltv_to_cac",
    "cac_payback", "burn_multiple", "magic_number", "rule_of_40", "arr_per_head",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """One segment: all of it, what can be reached, what can be won, in money a year; and in accounts."""

    label: Text
    total: float
    serviceable: float
    obtainable: float
    accounts: float
    basis: str


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One level of the funnel, in money a year; `share` is of the level before, None for the first."""

    id: str
    value: float
    share: float | None


@dataclass(frozen=True, slots=True)
class UnitRow:
    """Unit economics of a product in one year of the plan (1, 2, …); None where it cannot be told."""

    product: Text
    year: int
    customers: float
    new_customers: float
    lost_customers: float
    revenue_per_customer: float | None
    acquisition_cost: float | None
    churn: float | None
    margin: float | None
    lifetime_months: float | None
    lifetime_value: float | None
    value_over_cost: float | None
    payback_months: float | None


@dataclass(frozen=True, slots=True)
class CompanyFigure:
    """A figure of the whole company in the base case, at each of the page's `year_ends`; None: unknown."""

    id: str
    unit: Unit
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Cohort:
    """Who came in one quarter: `first` is its first month (1, 2, …); `kept` is what is left of it at the end
    of each quarter since, as a share."""

    first: int
    size: float
    kept: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ProductCourse:
    """A product by month: customers, new ones, and the parts by which recurring revenue moves (losses are
    negative); and its cohorts."""

    id: str
    label: Text
    customers: tuple[float, ...]
    new_customers: tuple[float, ...]
    movements: Mapping[str, tuple[float, ...]]
    cohorts: tuple[Cohort, ...]


@dataclass(frozen=True, slots=True)
class MarketPage:
    """Everything that the page shows of a run; `year_ends` are places in `months`."""

    currency: str
    months: tuple[str, ...]
    segments: tuple[SegmentRow, ...]
    funnel: tuple[FunnelStep, ...]
    units: tuple[UnitRow, ...]
    year_ends: tuple[int, ...]
    company: tuple[CompanyFigure, ...]
    products: tuple[ProductCourse, ...]


def market_page(built: Built) -> MarketPage:
    """The market of a run, in its base case."""
    base, plan = built.run.base, built.plan
    segments = tuple(
        SegmentRow(
            one.words,
            base[f"market.segment.{one.id}.tam"][1],
            base[f"market.segment.{one.id}.sam"][1],
            base[f"market.segment.{one.id}.som"][1],
            base[f"market.segment.{one.id}.accounts"][1],
            one.assumption or one.source or "",
        )
        for one in plan.market.segments
    )
    products = tuple(_course(one, base, built.run.months) for one in plan.market.products)
    margin = _margins(base, len(built.run.months))
    units = tuple(row for one in plan.market.products for row in _units(one.id, one.words, base, margin))
    ends = tuple(year_ends(len(built.run.months)))
    return MarketPage(
        built.run.currency, built.run.months, segments, _funnel(segments, base), units, ends,
        _company(base, ends), products,
    )  # fmt: skip


def _company(base: Mapping[str, tuple[float, ...]], ends: Sequence[int]) -> tuple[CompanyFigure, ...]:
    known = base_metrics(base)
    found = (
        CompanyFigure(name, METRICS[name][0], tuple(known[name][place] for place in ends)) for name in COMPANY
    )
    return tuple(one for one in found if any(value is not None for value in one.values))


def _funnel(segments: Sequence[SegmentRow], base: Mapping[str, tuple[float, ...]]) -> tuple[FunnelStep, ...]:
    """All segments together, then what the plan's last twelve months sell."""
    if not segments:
        return ()
    levels = [
        ("total", sum(one.total for one in segments)),
        ("serviceable", sum(one.serviceable for one in segments)),
        ("obtainable", sum(one.obtainable for one in segments)),
        ("planned", sum(base.get("market.revenue", (0.0,))[-YEAR:])),
    ]
    shares = [None, *(after / before if before else None for (_, before), (_, after) in pairwise(levels))]
    return tuple(FunnelStep(name, value, share) for (name, value), share in zip(levels, shares, strict=True))


def _margins(base: Mapping[str, tuple[float, ...]], months: int) -> list[float | None]:
    """Gross margin by year."""
    return [
        _ratio(_sum(base["total.gross_profit"], start), _sum(base["total.revenue"], start))
        for start in range(1, months + 1, YEAR)
    ]


def _units(
    id: str, label: Text, base: Mapping[str, tuple[float, ...]], margins: Sequence[float | None]
) -> list[UnitRow]:
    name = f"market.{id}"
    customers = base[f"{name}.customers"]
    rows = []
    for year, margin in enumerate(margins, 1):
        start = (year - 1) * YEAR + 1
        end = min(start + YEAR, len(customers))
        new = _sum(base[f"{name}.new_customers"], start)
        lost = customers[start - 1] + new - customers[end - 1]
        held = sum(customers[start - 1 : end - 1])  # customers at the start of each month
        mrr = _sum(base.get(f"{name}.mrr", base[f"{name}.revenue"]), start)
        each = _ratio(mrr, _sum(customers, start))
        spent = _sum(base[f"{name}.winning_cost"], start)
        cost = _ratio(spent, new) if spent else None
        churn = _ratio(lost, held)
        gain = each * margin if each is not None and margin is not None and margin > 0 else None
        lifetime = 1 / churn if churn and churn > 0 else None
        value = gain * lifetime if gain is not None and lifetime is not None else None
        rows.append(
            UnitRow(
                label, year, customers[end - 1], new, max(lost, 0.0), each, cost, churn, margin, lifetime,
                value, _ratio(value, cost), _ratio(cost, gain),
            )
        )  # fmt: skip
    return rows


def _course(product: Product, base: Mapping[str, tuple[float, ...]], months: Sequence[str]) -> ProductCourse:
    name = f"market.{product.id}"
    customers, new = base[f"{name}.customers"], base[f"{name}.new_customers"][1:]
    parts = {"new": 1, "expansion": 1, "contraction": -1, "churned": -1}
    movements = {
        part: tuple(sign * value for value in base[f"{name}.{part}_mrr"][1:])
        for part, sign in parts.items()
        if f"{name}.{part}_mrr" in base
    }
    cohorts = _cohorts(cohort_table(product, base, months), new)
    return ProductCourse(product.id, product.words, customers[1:], new, movements, cohorts)


def _cohorts(table: CohortTable, new: Sequence[float]) -> tuple[Cohort, ...]:
    """Quarters of new customers, and the share of them that is left at the end of each quarter since."""
    found = []
    for start in range(0, len(new), QUARTER):
        size = sum(new[start : start + QUARTER])
        ends = range(start + QUARTER - 1, len(new), QUARTER)
        if size <= 0 or not ends:
            continue
        rows = range(start, start + QUARTER)  # row k + 1 of the table joined in month k, from 0
        shares = [sum(float(table.customers[row + 1, end - row]) for row in rows) / size for end in ends]
        found.append(Cohort(start + 1, size, tuple(shares)))
    return tuple(found[:MOST_COHORTS])


def _sum(values: Sequence[float], start: int) -> float:
    return sum(values[start : start + YEAR])


def _ratio(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None
