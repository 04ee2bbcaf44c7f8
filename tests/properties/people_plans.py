"""Random plans of people, operations, purchases, commitments, tax and several currencies."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.properties.random_plans import category, entry, month, named, number, paid_after, share
from tests.unit.resources.plans import plan_data

SPAN = st.one_of(
    st.just({}),
    month.map(lambda start: {"start": start}),
    st.tuples(month, month).map(sorted).map(lambda ends: {"start": ends[0], "end": ends[1]}),
)
grants = st.fixed_dictionaries(
    {"shares": number(1, 5_000), "share_value": number(0.1, 9), "vesting_months": st.integers(12, 48)},
    optional={"cliff_months": st.integers(0, 12)},
)
staff = entry(
    {"function": st.sampled_from(("research", "sales", "general", "support")), "count": number(0, 5),
     "salary": number(10_000, 300_000)},
    {"benefits": number(0, 900), "bonus": number(0.01, 0.4), "bonus_month": st.integers(1, 12),
     "ramp_months": st.integers(0, 6), "attrition": number(0.01, 0.6), "replace": st.booleans(),
     "channel": st.sampled_from(("own", "agency", "university")), "equity": grants,
     "research_share": share},
    SPAN,
)  # fmt: skip
searched = st.tuples(staff, month).map(
    lambda parts: {
        **{name: value for name, value in parts[0].items() if name not in ("start", "end")},
        "search_start": parts[1], "channel": "own",
    }
)  # fmt: skip
costs = st.one_of(
    entry({"category": category, "monthly": number(0, 9_000)},
          {"monthly_per_head": number(0, 500), "payment_months": paid_after, "yearly_change": share}, SPAN),
    entry({"category": category, "paid_yearly": number(0, 20_000)}, {"payment_months": paid_after}, SPAN),
    entry({"category": category, "units": number(0, 500), "unit_price": number(0.1, 9)}, {}, SPAN),
    entry({"category": category, "once": number(0, 50_000)}, {"payment_months": paid_after}, SPAN),
    entry({"category": category, "monthly": number(0, 900), "deposit": number(0, 9_000)}, {}, SPAN),
    st.tuples(st.integers(1, 9_000), category, paid_after).map(
        lambda parts: {"monthly": f"{parts[0]} GBP/month", "category": parts[1], "payment_months": parts[2]}
    ),
)  # fmt: skip
method = st.sampled_from(("straight_line", "declining_balance", "sum_of_years", "macrs"))
purchases = st.one_of(
    st.fixed_dictionaries(
        {"month": month, "amount": number(10, 90_000), "method": method,
         "life_months": st.sampled_from((12, 24, 36))},
        optional={"payment_months": paid_after, "replaced": st.booleans(),
                  "first_month": st.sampled_from(("same", "next")),
                  "tax": st.just({"life_months": 1})},
    ),
    st.fixed_dictionaries(
        {"month": month, "amount": number(10, 90_000), "salvage": number(0.01, 0.3)},
        optional={"life_months": st.integers(1, 20)},
    ),
    st.fixed_dictionaries(
        {"per_joiner": st.just(True), "amount": number(10, 4_000)},
        optional={"life_months": st.integers(1, 30), "salvage": number(0.01, 0.3)},
    ),
)  # fmt: skip
terms = st.tuples(month, month).map(sorted).map(lambda ends: {"start": ends[0], "end": ends[1]})
commitments = st.one_of(
    entry({"kind": st.sampled_from(("lease", "supply", "other")), "monthly": number(0, 5_000)}, {}, terms),
    entry({"kind": st.just("cloud"), "provider": st.just("aws"), "amount": number(0, 9_000)}, {}, terms),
    entry({"kind": st.just("offer"), "role": st.just("r0")}, {"signed": month}, terms),
)
taxes = st.fixed_dictionaries(
    {"rate": number(0.05, 0.4), "payment_months": paid_after},
    optional={
        "loss_limit": share, "loss_free_amount": number(1, 50_000), "loss_years": st.integers(1, 2),
        "opening_losses": number(0, 1e5), "instalments": st.sampled_from(([], [3, 6, 9, 12], [4, 7, 10])),
        "instalment_basis": st.sampled_from(("prior_year", "year_to_date")),
        "stock_compensation_deductible": st.booleans(),
    },
)  # fmt: skip
RATES = [
    {"currency": "GBP", "rate": 1.25},
    {"currency": "GBP", "rate": 1.4, "start": "2027-06"},
    {"currency": "GBP", "rate": 1.1, "start": "2028-02"},
]


@st.composite
def plans(draw: st.DrawFn) -> dict[str, Any]:
    """The data of a plan that the schema accepts, in dollars."""
    first = draw(staff)
    product = {
        "id": "p0", "price": draw(number(1, 4_000)), "organic_customers": 9, "monthly_churn": 0.05,
    }  # fmt: skip
    return plan_data(
        company={
            "start": "2027-01", "months": draw(st.integers(6, 28)),
            "fiscal_year_start": draw(st.integers(1, 12)), "exchange_rates": RATES,
        },
        opening={"balances": {"cash": 300_000, "common_stock": 300_000}},
        talent={
            "roles": [{"id": "r0", **first}, *draw(named("q", staff | searched, 2))],
            "yearly_raise": draw(share), "raise_month": draw(st.integers(1, 12)),
        },
        market={"products": [product]},
        operations={
            "costs": draw(named("o", costs, 3)), "purchases": draw(named("b", purchases, 2)),
            "commitments": draw(named("c", commitments, 2)),
        },
        tax=draw(st.none() | taxes),
    )  # fmt: skip
