"""What the market writes, each rule against a calculation by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.unit.resources.plans import PROCESSOR, SERVER, base, plan_data

SEGMENT = {"id": "law", "accounts": 1000, "yearly_value": 300, "reachable": "25 %", "obtainable": "4 %"}
MOVES = ("new", "expansion", "contraction", "churned")
PRODUCT = {"id": "app", "price": 100, "monthly_churn": 0, "assumption": "a"}


def market(product: dict[str, Any], *others: dict[str, Any], **more: Any) -> dict[str, tuple[float, ...]]:
    products = [{**PRODUCT, **one} for one in (product, *others)]
    sections = {name: more.pop(name) for name in ("operations", "partnerships", "company") if name in more}
    return base(plan_data(market={"products": products, **more}, **sections))


# Who comes


def test_bass_in_its_closed_form() -> None:
    curve = {"kind": "bass", "innovation": 0.03, "imitation": 0.38, "customers": 1000}
    found = market({"adoption": curve, "start": "2027-03"})

    def reached(months: int) -> float:
        decay = math.exp(-0.41 * months / 12)
        return 1000 * (1 - decay) / (1 + 0.38 / 0.03 * decay)

    expected = [0, 0, *(reached(n) - reached(n - 1) for n in (1, 2, 3))]
    assert found["market.app.new_customers"][1:6] == pytest.approx(expected)
    assert found["market.app.customers"][24] == pytest.approx(reached(22))


def test_bass_without_customers_fills_its_segments() -> None:
    curve = {"kind": "bass", "innovation": 0.9, "imitation": 9}
    found = market({"adoption": curve, "segments": ["law"]}, segments=[SEGMENT])
    # 1,000 × 25 % × 4 % can be won, and all of it is after two years of such a curve
    assert found["market.segment.law.obtainable_accounts"][1] == 10
    assert found["market.app.customers"][24] == pytest.approx(10, rel=1e-4)
    assert found["market.segment.law.taken"][24] == pytest.approx(1, rel=1e-4)


def test_logistic() -> None:
    found = market({"adoption": {"kind": "logistic", "growth": 2.4, "midpoint": 6, "customers": 500}})

    def reached(months: float) -> float:
        return 500 / (1 + math.exp(-2.4 * (months - 6) / 12))

    assert found["market.app.new_customers"][6] == pytest.approx(reached(6) - reached(5))
    assert sum(found["market.app.new_customers"][1:7]) == pytest.approx(250 - reached(0))


def test_given_customers_stop_or_stay() -> None:
    listed = {"kind": "given", "new_customers": [3, 5], "factor": 2}
    found = market({"adoption": listed, "start": "2027-02"})
    assert found["market.app.new_customers"][1:6] == (0, 6, 10, 0, 0)
    found = market({"adoption": {**listed, "then": "last"}, "start": "2026-12"})
    assert found["market.app.new_customers"][1:4] == (10, 10, 10)  # the second month is the plan's first


def test_channels_win_later_and_dearer_up_to_a_limit() -> None:
    when = {"start": "2027-02", "end": "2027-02"}
    channels = [
        {"id": "ads", "spend": 1000, "acquisition_cost": 100, "lead_months": 2, "cost_growth": 0.44},
        {"id": "fair", "spend": 600, "acquisition_cost": 100, "most": 4} | when,
    ]
    found = market({"channels": channels})
    won = [0, 4, 10, 10 / 1.44 ** (1 / 12), 10 / 1.44 ** (2 / 12)]
    assert found["market.app.new_customers"][1:6] == pytest.approx(won)
    assert found["market.marketing_cost"][1:4] == (1000, 1600, 1000)
    assert found["account.sales_marketing"][2] == 1600


def test_no_more_come_than_can_be_won_and_products_share_the_room() -> None:
    one = {"segments": ["law"], "organic_customers": 6}
    two = {"id": "pro", "segments": ["law"], "organic_customers": 2}
    found = market(one, two, segments=[SEGMENT])
    # 8 of 10 in the first month; 2 are left for 8: in proportion
    assert found["market.app.customers"][1:4] == pytest.approx((6, 7.5, 7.5))
    assert found["market.pro.customers"][1:4] == pytest.approx((2, 2.5, 2.5))
    assert found["market.segment.law.taken"][1:3] == pytest.approx((0.8, 1))


def test_accounts_of_a_segment_grow() -> None:
    found = market({"organic_customers": 0}, segments=[{**SEGMENT, "growth": "21 %"}])
    assert found["market.segment.law.tam"][13] == pytest.approx(300_000 * 1.21)
    assert found["market.segment.law.obtainable_accounts"][7] == pytest.approx(10 * 1.1)


# Who stays, and what they pay


def test_early_churn_then_churn() -> None:
    listed = {"kind": "given", "new_customers": [100]}
    found = market({"adoption": listed, "early_churn": 0.2, "early_months": 2, "monthly_churn": 0.1})
    assert found["market.app.customers"][1:6] == pytest.approx((100, 80, 64, 57.6, 51.84))


def test_expansion_contraction_and_what_moves_recurring_revenue() -> None:
    listed = {"kind": "given", "new_customers": [10, 5]}
    product = {"adoption": listed, "expansion": 0.05, "contraction": 0.02, "monthly_churn": 0.1}
    found = market(product)
    # 10 × 100; then 9 of them at 103, and 5 new ones
    assert found["market.app.revenue"][1:3] == pytest.approx((1000, 9 * 103 + 500))
    rows = {name: found[f"market.{name}"][2] for name in ("new_mrr", "expansion_mrr", "contraction_mrr")}
    assert rows == pytest.approx({"new_mrr": 500, "expansion_mrr": 45, "contraction_mrr": 18})
    assert found["market.churned_mrr"][2] == pytest.approx(100)
    assert found["market.arr"][2] == pytest.approx(12 * 1427)


def test_a_rise_in_price_is_expansion() -> None:
    found = market({"opening_customers": 10, "price_change": 0.1})
    assert found["market.expansion_mrr"][12:15] == pytest.approx((0, 100, 0))
    assert found["market.mrr"][0] == 1000


@pytest.mark.parametrize("annual", [None, {"share": 0.4, "discount": 0.1, "renewal": 0.5}])
@pytest.mark.parametrize("early", [{}, {"early_churn": 0.3, "early_months": 3}])
def test_recurring_revenue_rolls_forward(annual: Any, early: dict[str, Any]) -> None:
    product = {
        "organic_customers": 7, "opening_customers": 24, "expansion": 0.03, "contraction": 0.04, **early,
        "monthly_churn": 0.05, "price_change": -0.1, "annual": annual, "end": "2028-06",
    }  # fmt: skip
    found = market(product)
    for month in range(1, 25):
        moved = [found[f"market.app.{part}_mrr"][month] for part in MOVES]
        assert min(moved) > -1e-9
        before, now = found["market.app.mrr"][month - 1 : month + 1]
        assert now == pytest.approx(before + moved[0] + moved[1] - moved[2] - moved[3], abs=1e-7)


def test_seats_tiers_and_use() -> None:
    found = market({"opening_customers": 10, "seats": 3})
    assert found["market.app.revenue"][1] == 3000
    assert found["market.app.seats_in_use"][1] == 30
    tiers = [{"id": "s", "share": 0.8, "price": 20}, {"id": "l", "share": 0.2, "price": 50, "seats": 4}]
    found = market({"opening_customers": 10, "price": None, "tiers": tiers})
    assert found["market.app.revenue"][1] == pytest.approx(10 * (16 + 40))


def test_use_beyond_what_is_included_by_slices() -> None:
    usage = {
        "unit": "request", "per_customer": 2500, "included": 500, "unit_price": 0.01,
        "steps": [{"above": 1000, "unit_price": 0.004}, {"above": 2000, "unit_price": 0.001}],
    }  # fmt: skip
    found = market({"opening_customers": 10, "usage": usage})
    # 500 units at 0.01, 1,000 at 0.004, 500 at 0.001
    assert found["market.app.usage_revenue"][1] == pytest.approx(10 * (5 + 4 + 0.5))
    assert found["market.app.usage.used"][1] == 25_000
    assert found["market.app.revenue"][1] == pytest.approx(1000 + 95)


def test_use_drives_services_and_batches() -> None:
    work = {"model": "gpt2", "dtype": "bf16", "batch": 8}
    service = {
        "id": "serve", "kind": "service", **work, "offer": SERVER, "product": "app", "prompt_tokens": 100,
        "output_tokens": 50, "utilisation": 0.5, "minimum_instances": 0,
    }  # fmt: skip
    night = {
        "id": "night", "kind": "batch", **work, "offer": PROCESSOR, "product": "log", "sequence": 128,
        "relative_speed": 1, "goodput": 1,
    }  # fmt: skip
    requests = {"unit": "request", "per_customer": 1000, "growth": 0.1}
    products = [
        {**PRODUCT, "opening_customers": 20, "usage": requests},
        {**PRODUCT, "id": "log", "opening_customers": 5, "usage": {"unit": "token", "per_customer": 1e6}},
    ]
    found = base(plan_data(market={"products": products}, compute={"workloads": [service, night]}))
    assert found["compute.serve.requests"][1:3] == pytest.approx((20_000, 22_000))
    assert found["compute.night.tokens"][1] == 5e6


# When they pay


def test_contracts_are_paid_ahead_and_earned_by_the_month() -> None:
    annual = {"share": 1, "discount": 0.2, "renewal": 0.5}
    listed = {"kind": "given", "new_customers": [10]}
    found = market({"adoption": listed, "annual": annual, "payment_months": 1, "monthly_churn": 0.5})
    assert found["market.app.customers"][1] == found["market.app.customers"][12] == 10
    assert found["market.app.customers"][13] == 5
    assert found["market.app.contracts_invoiced"][1] == pytest.approx(10 * 12 * 80)
    assert found["market.app.revenue"][1:14] == pytest.approx((800,) * 12 + (400,))
    assert found["market.app.collected"][2] == pytest.approx(9600)
    assert found["account.deferred_revenue"][1] == pytest.approx(9600 * 11 / 12)
    assert found["account.deferred_revenue"][12] == pytest.approx(0)


def test_contracts_of_before_the_plan_renew_evenly_and_their_deferred_revenue_runs_out() -> None:
    opening = {"cash": 0, "deferred_revenue": 6600, "retained_earnings": -6600}
    product = {**PRODUCT, "opening_customers": 24, "annual": {"share": 1, "renewal": 1}}
    found = base(plan_data(market={"products": [product]}, opening={"balances": opening}))
    assert found["market.app.contracts_begun"][1:13] == pytest.approx((2,) * 12)
    # 2 contracts began in each of the 12 months before: 6,600 × 11 / 66, then × 10 / 66, …
    assert found["market.opening_earned"][1:13] == pytest.approx([100 * (12 - t) for t in range(1, 13)])
    assert found["market.revenue"][1:13] == pytest.approx([200 * t + 100 * (12 - t) for t in range(1, 13)])
    assert found["market.mrr"][0:3] == pytest.approx((2400, 2400, 2400))


def test_bad_debt_is_expected_at_once_and_written_off_when_due() -> None:
    found = market({"opening_customers": 10, "payment_months": 2, "bad_debt": 0.05, "end": "2027-03"})
    assert found["market.app.bad_debt_cost"][1:5] == pytest.approx((50, 50, 50, 0))
    assert found["market.app.collected"][1:7] == pytest.approx((0, 0, 950, 950, 950, 0))
    assert found["account.receivables_allowance"][1:7] == pytest.approx((-50, -100, -100, -50, 0, 0))
    assert found["account.receivables"][5:7] == pytest.approx((0, 0))


def test_value_added_tax_by_quarter() -> None:
    tax = {"rate": 0.2, "taxed_share": 0.5, "purchase_rate": 0.1, "due_months": 1}
    costs = [{"id": "x", "category": "general", "monthly": 300, "payment_months": 1, "end": "2027-03"}]
    found = market(
        {"opening_customers": 10, "payment_months": 1, "end": "2027-03"},
        sales_tax=tax,
        operations={"costs": costs},
    )
    # 1,000 × 20 % × a half is charged, 300 × 10 % deducted; 3 × 70 is due in April
    assert found["market.sales_tax.charged"][1:5] == pytest.approx((100, 100, 100, 0))
    assert found["market.sales_tax.deducted"][1:5] == pytest.approx((30, 30, 30, 0))
    assert found["market.sales_tax.paid"][1:6] == pytest.approx((0, 0, 0, 210, 0))
    assert found["market.app.collected"][1:5] == pytest.approx((0, 1100, 1100, 1100))
    assert found["account.payables"][1:5] == pytest.approx((330, 330, 330, 0))
    assert found["account.sales_tax_payable"][1:6] == pytest.approx((70, 140, 210, 0, 0))
    assert found["account.cash"][5] == pytest.approx(3000 - 900)  # the tax only passed through


@pytest.mark.parametrize(("excess", "paid"), [("refunded", (-300, 300)), ("carried_forward", (0, 0))])
def test_an_excess_of_tax_on_purchases(excess: str, paid: tuple[float, float]) -> None:
    tax = {"rate": 0.1, "purchase_rate": 0.1, "due_months": 1, "excess": excess}
    costs = [{"id": "x", "category": "general", "monthly": 1000, "end": "2027-03"}]
    found = market(
        {"opening_customers": 10, "start": "2026-01", "price": 100, "end": "2027-06"},
        sales_tax=tax,
        operations={"costs": [{**costs[0], "monthly": 2000}]},
    )
    # 100 − 200 a month in the first quarter, 100 a month in the second
    assert found["market.sales_tax.paid"][4] == pytest.approx(paid[0])
    assert found["market.sales_tax.paid"][7] == pytest.approx(paid[1])
    assert found["account.sales_tax_payable"][7] == pytest.approx(0)


def test_tax_on_bad_debt_is_not_owed() -> None:
    tax = {"rate": 0.2, "period": "month", "due_months": 0}
    found = market(
        {"opening_customers": 10, "payment_months": 1, "bad_debt": 0.1, "end": "2027-01"}, sales_tax=tax
    )
    assert found["market.sales_tax.paid"][1:3] == pytest.approx((200, -20))
    assert found["account.cash"][2] == pytest.approx(1200 * 0.9 - 180)
    assert found["account.receivables"][2] == pytest.approx(0)


def test_invoices_in_another_currency_are_revalued_until_they_are_paid() -> None:
    rates = [
        {"currency": "EUR", "rate": 1.1, "start": "2027-01"},
        {"currency": "EUR", "rate": 1.2, "start": "2027-03"},
    ]
    found = market(
        {"opening_customers": 10, "price": "100 EUR/month", "payment_months": 2},
        company={"exchange_rates": rates},
    )
    # 1,000 EUR a month: two invoices of 1,100 USD are open when the rate rises by 0.10
    assert found["market.app.revenue"][1:4] == pytest.approx((1100, 1100, 1200))
    assert found["market.app.difference"][1:4] == pytest.approx((0, 0, 200))
    assert found["market.app.collected"][1:4] == pytest.approx((0, 0, 1200))
    assert found["account.receivables"][2:5] == pytest.approx((2200, 2400, 2400))
