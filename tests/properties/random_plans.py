"""Random plans: all rooms, certain and uncertain numbers, within what the schema allows."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.unit.resources.plans import PROCESSOR, SERVER, TRAINER, plan_data

MONTHS = [f"{year}-{month:02d}" for year in (2027, 2028) for month in range(1, 13)]


def number(low: float, high: float) -> st.SearchStrategy[Any]:
    """A number between two, or a range or triangle of such."""
    value = st.floats(low, high).map(lambda x: float(f"{x:.4g}"))
    large = value.filter(lambda x: abs(x) >= 1e-3)
    ends = large.map(lambda x: sorted((x, 0.4 * x)))
    wide = ends.map(lambda pair: f"{pair[0]!r} to {pair[1]!r}")
    three = ends.map(lambda pair: f"triangular({pair[0]!r}, {pair[0]!r}, {pair[1]!r})")
    return st.one_of(value, wide, three)


share = number(0.01, 0.9)
month = st.sampled_from(MONTHS)
span = st.one_of(
    st.just({}),
    month.map(lambda start: {"start": start}),
    st.tuples(month, month).map(sorted).map(lambda ends: {"start": ends[0], "end": ends[1]}),
)
paid_after = st.integers(0, 4)


def entry(
    required: dict[str, Any], optional: dict[str, Any], base: st.SearchStrategy[Any] = span
) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda a, b: {**a, **b}, base, st.fixed_dictionaries(required, optional=optional))


def named(
    prefix: str, entries: st.SearchStrategy[dict[str, Any]], most: int
) -> st.SearchStrategy[list[dict[str, Any]]]:
    """A list in which each entry has an id of its own."""
    return st.lists(entries, max_size=most).map(
        lambda found: [{"id": f"{prefix}{index}", **one} for index, one in enumerate(found)]
    )


def without_late_openings(product: dict[str, Any]) -> dict[str, Any]:
    """Customers of before the plan need a product that is sold from its first month on."""
    late = product.get("start", MONTHS[0]) != MONTHS[0]
    return {name: value for name, value in product.items() if name != "opening_customers" or not late}


annual = st.fixed_dictionaries({"share": share}, optional={"discount": share, "renewal": share})
usage = st.fixed_dictionaries(
    {"unit": st.sampled_from(("request", "token", "unit")), "per_customer": number(0, 900)},
    optional={"growth": number(-0.1, 0.1), "included": number(0, 500), "unit_price": number(0, 0.1)},
)
channels = named(
    "c",
    entry(
        {"spend": number(0, 5000), "acquisition_cost": number(50, 900)},
        {"lead_months": st.integers(0, 3), "cost_growth": share, "most": number(0, 20)},
    ),
    2,
)
adoption = st.one_of(
    st.fixed_dictionaries(
        {
            "kind": st.just("bass"),
            "innovation": number(0.01, 0.1),
            "imitation": number(0.1, 0.6),
            "customers": number(10, 900),
        }
    ),
    st.fixed_dictionaries(
        {"kind": st.just("given"), "new_customers": st.lists(st.integers(0, 30), min_size=1)}
    ),
)


products = entry(
    {"price": number(0, 500), "organic_customers": number(0, 30), "monthly_churn": share},
    {
        "opening_customers": number(0, 50), "organic_growth": share, "price_change": share,
        "payment_fee": share, "payment_months": paid_after, "bad_debt": share, "expansion": number(0, 0.2),
        "contraction": number(0, 0.2), "annual": annual, "usage": usage, "channels": channels,
        "seats": number(1, 9), "segments": st.just(["s"]),
    },
).map(without_late_openings)  # fmt: skip
marketed = st.tuples(products, number(0, 5000), number(50, 900)).map(
    lambda parts: {**parts[0], "marketing": parts[1], "acquisition_cost": parts[2]}
)
adopted = st.tuples(products, adoption).map(
    lambda parts: {
        **{name: value for name, value in parts[0].items() if not name.startswith("organic")},
        "adoption": parts[1],
    }
)
segment = {"id": "s", "accounts": 500, "yearly_value": 900, "reachable": 0.5, "obtainable": 0.6}
sales_taxes = st.none() | st.fixed_dictionaries(
    {"rate": share},
    optional={
        "taxed_share": share, "purchase_rate": share, "period": st.sampled_from(("month", "quarter", "year")),
        "due_months": paid_after, "excess": st.sampled_from(("refunded", "carried_forward")),
    },
)  # fmt: skip
roles = entry(
    {
        "function": st.sampled_from(("research", "sales", "general", "support")), "count": number(0, 5),
        "salary": number(0, 200_000),
    },
    {"employer_rate": share, "benefits": number(0, 900), "recruiting_share": share, "research_share": share},
)  # fmt: skip
category = st.sampled_from(("research", "general", "sales", "cost_of_revenue"))
costs = st.one_of(
    entry(
        {"category": category, "monthly": number(0, 9000)},
        {"monthly_per_head": number(0, 500), "yearly_change": share, "payment_months": paid_after},
    ),
    entry({"category": category, "once": number(0, 90_000)}, {"payment_months": paid_after}),
)
work = {"model": "gpt2", "dtype": "bf16", "batch": 8}
trainings = entry(
    {
        "kind": st.just("training"), "tokens_per_run": number(1e6, 1e9), "experiments": number(1, 4),
        "goodput": share, "every_months": st.integers(1, 6), "start": month,
    },
    {},
    st.just({**work, "offer": TRAINER, "sequence": 1024}),
)  # fmt: skip
services = entry(
    {
        "kind": st.just("service"), "requests_per_customer": number(0, 90_000),
        "prompt_tokens": number(1, 500), "output_tokens": number(1, 200), "utilisation": share,
        "minimum_instances": st.integers(0, 3),
    },
    {},
    span.map(lambda when: {**work, **when, "offer": SERVER, "product": "p0"}),
)  # fmt: skip
batches = entry(
    {
        "kind": st.just("batch"), "tokens_per_customer": number(0, 1e7), "relative_speed": number(0.5, 2),
        "goodput": share,
    },
    {},
    span.map(lambda when: {**work, **when, "offer": PROCESSOR, "product": "p0", "sequence": 128}),
)  # fmt: skip
grants = st.tuples(month, month, number(0, 50_000), st.floats(0, 1)).map(
    lambda parts: {
        "kind": "compute_credits", "provider": "aws", "start": min(parts[:2]), "end": max(parts[:2]),
        "amount": parts[2], "arrives": round(parts[3], 3),
    }
)  # fmt: skip
sharing = st.one_of(
    entry(
        {"kind": st.just("cost_share"), "of": st.just(["research_pay"]), "share": share},
        {"most": number(0, 1e5), "payment_months": paid_after, "arrives": st.just("chance(0.5)")},
    ),
    entry({"kind": st.just("revenue_share"), "share": share}, {"minimum": number(0, 500)}),
    entry(
        {"kind": st.just("referral"), "product": st.just("p0"), "customers": number(0, 9)},
        {"fee": number(0, 300), "payment_months": paid_after},
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("data_licence"), "direction": st.sampled_from(("in", "out")),
            "upfront": number(0, 9000), "monthly": number(0, 500), "start": st.just("2027-02"),
            "end": st.sampled_from(MONTHS[4:]),
        }
    ),
)  # fmt: skip
discounts = entry({"kind": st.just("discount"), "provider": st.just("aws"), "discount": share}, {})
timing = {
    "closes": st.floats(0, 1).map(lambda p: round(p, 3)),
    "delay": st.sampled_from((0, 1, "triangular(0, 2, 5)")),
}
safes = entry({"kind": st.just("safe"), "month": month, "amount": number(0, 1e6)}, timing, st.just({}))
rounds = entry(
    {
        "kind": st.just("priced_round"), "month": month, "new_money": number(0, 5e6),
        "pre_money_valuation": number(1e6, 2e7),
    },
    {**timing, "costs": share},
    st.just({}),
)  # fmt: skip
OTHER = ("receivables", "support_receivable", "payables", "tax_payable", "loans", "convertibles")
balances = st.fixed_dictionaries(
    {"cash": st.integers(0, 10**6)}, optional=dict.fromkeys(OTHER, st.integers(0, 10**5))
)


def balanced(given: dict[str, int]) -> dict[str, int]:
    owned = {"cash", "receivables", "support_receivable"}
    difference = sum(amount if name in owned else -amount for name, amount in given.items())
    return {**given, "common_stock": 1000, "retained_earnings": difference - 1000}


companies = st.fixed_dictionaries(
    {"months": st.integers(3, 30), "fiscal_year_start": st.integers(1, 12)},
    optional={"interest_on_cash": share},
)
taxes = st.none() | st.fixed_dictionaries(
    {"rate": share, "payment_months": paid_after},
    optional={"loss_limit": share, "opening_losses": number(0, 1e6)},
)


claims_of_the_us = st.one_of(
    st.fixed_dictionaries(
        {"programme": st.just("us_qsb_payroll"), "granted": st.just(0.7)},
        optional={
            "delay_months": st.sampled_from((2, "triangular(0, 2, 6)")),
            "costs": st.fixed_dictionaries({"research_pay": share}),
        },
    ),
    st.fixed_dictionaries(
        {
            "programme": st.just("us_sbir1"), "granted": st.just("chance(0.4)"), "start": month,
            "amount": number(0, 90_000), "every": st.sampled_from(("once", "year", "month")),
        },
        optional={"relieves": st.sampled_from(("research_pay", "research_compute"))},
    ),
)  # fmt: skip


@st.composite
def plans(draw: st.DrawFn) -> dict[str, Any]:
    """The data of a plan that the schema accepts."""
    first = draw(products | marketed | adopted)
    claims = draw(st.lists(claims_of_the_us, max_size=2, unique_by=lambda one: one["programme"]))
    return plan_data(
        company=draw(companies),
        opening={"balances": balanced(draw(balances))},
        funding={"instruments": draw(named("i", safes | rounds, 4))},
        talent={"roles": draw(named("r", roles, 3)), "yearly_raise": draw(share)},
        compute={
            "workloads": draw(named("w", trainings | services | batches, 3)),
            "payment_months": draw(paid_after), "price_change": draw(number(-0.4, 0.4)),
        },
        policy={"programmes": claims},
        market={
            "segments": [segment],
            "products": [{"id": "p0", **first}, *draw(named("q", products | marketed, 1))],
            "sales_tax": draw(sales_taxes),
        },
        partnerships={"partners": draw(named("c", grants | discounts | sharing, 4))},
        operations={"costs": draw(named("o", costs, 3))},
        tax=draw(taxes),
    )  # fmt: skip
