"""What each room writes, against a calculation by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.resources.plans import PROCESSOR, SERVER, TRAINER, base, plan_data
from toolkit.lines.language import is_name
from toolkit.reference import load_reference
from toolkit.resources.compute.pricing import provider_slug

PRODUCT = {"id": "app", "price": 50, "organic_customers": 10, "monthly_churn": 0.1, "assumption": "a"}


def market(**fields: Any) -> dict[str, Any]:
    return plan_data(market={"products": [{**PRODUCT, **fields}]})


def test_customers_come_and_leave() -> None:
    found = base(market(organic_growth="50 %", start="2027-02", end="2027-04"))
    # from the second month: 10, then 10 × 0.9 + 15, then 24 × 0.9 + 22.5; after the end nobody
    assert found["market.app.customers"][:6] == pytest.approx((0, 0, 10, 24, 44.1, 0))
    assert found["market.revenue"][:6] == pytest.approx((0, 0, 500, 1200, 2205, 0))


def test_marketing_buys_customers() -> None:
    found = base(market(marketing=1000, marketing_growth=0.1, acquisition_cost=200, monthly_churn=0))
    assert found["market.app.marketing_cost"][1:4] == pytest.approx((1000, 1100, 1210))
    assert found["market.app.new_customers"][1:4] == pytest.approx((15, 15.5, 16.05))
    assert found["account.sales_marketing"][2] == pytest.approx(1100)


def test_opening_customers_stay_or_leave() -> None:
    found = base(market(opening_customers=100, organic_customers=0))
    assert found["market.app.customers"][:3] == pytest.approx((100, 90, 81))


def test_prices_change_with_the_year_and_customers_pay_later() -> None:
    found = base(
        market(
            organic_customers=0,
            opening_customers=1,
            monthly_churn=0,
            price_change=0.2,
            payment_months=2,
            payment_fee=0.03,
        )
    )
    assert found["market.app.revenue"][12:14] == pytest.approx((50, 60))
    assert found["market.app.collected"][:5] == pytest.approx((0, 0, 0, 50, 50))
    assert found["account.receivables"][:5] == pytest.approx((0, 50, 100, 100, 100))
    assert found["account.cost_other"][1] == pytest.approx(1.5)


def test_market_size() -> None:
    segment = {"id": "law", "accounts": 1000, "yearly_value": 300, "reachable": "25 %", "obtainable": "4 %"}
    found = base(plan_data(market={"segments": [segment]}))
    assert [found[f"market.segment.law.{part}"][1] for part in ("tam", "sam", "som")] == pytest.approx(
        [300_000, 75_000, 3_000]
    )


def test_costs_by_month_by_head_and_once() -> None:
    costs = [
        {"id": "rent", "category": "general", "monthly": 100, "monthly_per_head": 10, "yearly_change": 0.1},
        {"id": "audit", "category": "research", "once": 500, "start": "2027-02", "payment_months": 1},
        {"id": "setup", "category": "cost_of_revenue", "once": 70},
    ]
    roles = [
        {"id": "a", "function": "sales", "count": 3, "salary": 0, "start": "2027-02", "employer_rate": 0}
    ]
    found = base(plan_data(operations={"costs": costs}, talent={"roles": roles}))
    assert found["operations.rent.cost"][1:3] == pytest.approx((100, 130))
    assert found["operations.rent.cost"][13] == pytest.approx(143)
    assert found["operations.audit.cost"][:4] == (0, 0, 500, 0)
    assert found["account.payables"][:5] == (0, 0, 500, 0, 0)
    assert found["operations.setup.cost"][:3] == (0, 70, 0)
    assert found["account.cash"][3] == pytest.approx(-100 - 70 - 130 - 130 - 500)


def test_pay_raise_recruiting_and_benefits() -> None:
    role = {
        "id": "dev", "function": "research", "count": 2, "salary": 120_000, "start": "2027-03",
        "employer_rate": "10 %", "benefits": 500, "recruiting_share": "20 %", "research_share": "60 %",
    }  # fmt: skip
    found = base(plan_data(talent={"yearly_raise": "5 %", "roles": [role]}))
    assert found["talent.headcount"][:5] == (0, 0, 0, 2, 2)
    assert found["talent.dev.pay"][3] == pytest.approx(20_000)
    assert found["talent.dev.pay"][13] == pytest.approx(21_000)
    assert found["talent.social_security"][3] == pytest.approx(2_000)
    assert found["account.recruiting"][2:5] == pytest.approx((0, 48_000, 0))
    assert found["account.research_payroll"][4] == pytest.approx(20_000 + 2_000 + 1_000)
    assert found["talent.research_pay"][4] == pytest.approx(12_000)


def test_income_tax_once_a_year_after_losses() -> None:
    """Fiscal year from July. Losses of 6 × 1,000 to June; profit of 12 × 9,000 to the next June."""
    costs = [{"id": "before", "category": "general", "monthly": 1000, "end": "2027-06"}]
    product = {**PRODUCT, "price": 9000, "organic_customers": 1, "monthly_churn": 1, "start": "2027-07"}
    data = plan_data(
        company={"fiscal_year_start": 7, "months": 24},
        operations={"costs": costs},
        market={"products": [product]},
        tax={"rate": "20 %", "loss_limit": "80 %", "payment_months": 3},
    )
    found = base(data)
    assert found["tax.taxable"][6] == pytest.approx(-6_000)
    assert found["tax.losses"][6] == pytest.approx(6_000)
    assert found["tax.taxable"][18] == pytest.approx(108_000)
    assert found["tax.losses_used"][18] == pytest.approx(6_000)
    assert found["tax.due"][18] == pytest.approx(0.2 * 102_000)
    assert found["tax.losses"][18] == 0
    assert found["tax.paid"][21] == pytest.approx(0.2 * 102_000)
    assert found["account.tax_payable"][18:22] == pytest.approx((20_400, 20_400, 20_400, 0))


def test_losses_cover_a_limited_share() -> None:
    product = {**PRODUCT, "price": 1000, "organic_customers": 1, "monthly_churn": 1}
    tax = {"rate": 0.25, "loss_limit": 0.8, "opening_losses": 100_000}
    found = base(plan_data(market={"products": [product]}, tax=tax))
    assert found["tax.losses_used"][12] == pytest.approx(9_600)
    assert found["tax.due"][12] == pytest.approx(0.25 * 2_400)
    assert found["tax.losses"][12] == pytest.approx(90_400)


def test_what_was_due_before_is_settled_in_the_first_month() -> None:
    balances = {
        "cash": 100, "receivables": 30, "support_receivable": 5, "payables": 20, "tax_payable": 7,
        "common_stock": 150, "retained_earnings": -42,
    }  # fmt: skip
    found = base(plan_data(opening={"balances": balances}))
    assert found["account.cash"][:3] == (100, 100 + 30 + 5 - 20 - 7, 108)
    for account in ("receivables", "support_receivable", "payables", "tax_payable"):
        assert found[f"account.{account}"][1] == 0
    assert found["account.retained_earnings"][24] == -42


def test_interest_on_cash_at_the_start_of_the_month() -> None:
    balances = {"cash": 120_000, "common_stock": 120_000}
    found = base(plan_data(company={"interest_on_cash": "6 %"}, opening={"balances": balances}))
    assert found["account.cash"][1:3] == pytest.approx((120_600, 121_203))


WORK = {"model": "gpt2", "dtype": "bf16", "batch": 8, "assumption": "a"}
TRAINING = {
    **WORK, "id": "train", "kind": "training", "offer": TRAINER, "sequence": 1024,
    "tokens_per_run": 3_600_000, "experiments": 2, "goodput": 0.5, "start": "2027-02",
    "end": "2027-08", "every_months": 3,
}  # fmt: skip
SERVICE = {
    **WORK, "id": "serve", "kind": "service", "offer": SERVER, "product": "app",
    "requests_per_customer": 7300, "prompt_tokens": 300, "output_tokens": 100, "utilisation": 0.5,
    "minimum_instances": 1,
}  # fmt: skip
BATCH = {
    **WORK, "id": "night", "kind": "batch", "offer": PROCESSOR, "product": "app", "sequence": 128,
    "tokens_per_customer": 1_800_000, "relative_speed": 0.5, "goodput": 0.5,
}  # fmt: skip
FIXED = {**PRODUCT, "opening_customers": 20, "organic_customers": 0, "monthly_churn": 0}


def compute(*workloads: dict[str, Any], **sections: Any) -> dict[str, Any]:
    room = {"workloads": list(workloads), **sections.pop("compute", {})}
    return plan_data(compute=room, market={"products": [FIXED]}, **sections)


def price(key: dict[str, str]) -> float:
    return load_reference().offer(**key).price_per_device_hour  # type: ignore[arg-type]


def test_training_runs_in_its_months() -> None:
    """3.6 million tokens × 2 at 1,000 a second for half of the time: 4 hours a run; one server of 8 GPUs is
    billed by the GPU."""
    found = base(compute(TRAINING))
    assert [month for month, hours in enumerate(found["compute.train.hours"]) if hours] == [2, 5, 8]
    assert found["compute.train.hours"][2] == pytest.approx(4)
    assert found["compute.train.cost"][2] == pytest.approx(4 * price(TRAINER))
    assert (
        found["account.research_compute"][5] == found["compute.research_cost"][5] == found["compute.cost"][5]
    )


def test_a_service_rents_whole_instances() -> None:
    """20 customers × 7,300 requests × 400 tokens at 1,000 a second are 16.2 hours; half of 730 hours is one
    instance; 60 times as much is 973 hours: three."""
    found = base(compute(SERVICE))
    assert found["compute.serve.hours_needed"][1] == pytest.approx(20 * 7300 * 0.4 / 3600)
    assert found["compute.serve.instances"][1] == 1
    more = base(compute({**SERVICE, "requests_per_customer": 438_000}))
    assert more["compute.serve.hours_needed"][1] == pytest.approx(973.33, abs=0.01)
    assert more["compute.serve.instances"][1] == 3
    assert more["compute.serve.cost"][1] == pytest.approx(3 * 730 * price(SERVER))
    assert more["account.cost_compute"][1] == more["compute.serve.cost"][1]


def test_batch_work_on_processors() -> None:
    """20 × 1.8 million tokens at 1,000 × 0.5 a second for half of the time: 40 hours of a processor."""
    found = base(compute(BATCH))
    assert found["compute.night.hours"][1] == pytest.approx(40)
    assert found["compute.night.cost"][1] == pytest.approx(40 * price(PROCESSOR))


def test_prices_fall_and_partners_give_discounts() -> None:
    partners = [
        {"id": "deal", "kind": "discount", "provider": "aws", "discount": "10 %", "start": "2027-03"},
        {"id": "extra", "kind": "discount", "provider": "aws", "discount": "50 %", "start": "2027-04"},
    ]
    data = compute(BATCH, compute={"price_change": "-36 %"}, partnerships={"partners": partners})
    found = base(data)
    list_price = price(PROCESSOR)
    assert found["compute.night.price"][1] == pytest.approx(list_price)
    assert found["compute.night.price"][13] == pytest.approx(list_price * 0.64 * 0.9 * 0.5)
    assert found["partnerships.discount.aws"][1:5] == pytest.approx((0, 0, 0.1, 0.55))


def grant(id: str, amount: float, start: str, end: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": id,
        "kind": "compute_credits",
        "provider": "aws",
        "amount": amount,
        "start": start,
        "end": end,
        **fields,
    }


def test_credits_are_used_then_expire_and_the_rest_is_invoiced() -> None:
    """The bill is 40 hours a month. Two grants: the one that expires first is used first, whatever comes
    first in the plan."""
    bill = 40 * price(PROCESSOR)
    partners = [
        grant("a", 1.5 * bill, "2027-02", "2027-12"),
        grant("b", 3.5 * bill, "2027-03", "2027-05"),
    ]
    found = base(compute(BATCH, partnerships={"partners": partners}))
    used = [amount / bill for amount in found["partnerships.credit_used.aws"][1:8]]
    assert used == pytest.approx([0, 1, 1, 1, 1, 0.5, 0])
    assert [amount / bill for amount in found["partnerships.a.used"][2:7]] == pytest.approx([1, 0, 0, 0, 0.5])
    assert found["partnerships.b.expired"][5] / bill == pytest.approx(0.5)
    assert found["partnerships.b.left"][6] == 0
    invoice = [amount / bill for amount in found["compute.invoice.aws.net"][1:8]]
    assert invoice == pytest.approx([1, 0, 0, 0, 0, 0.5, 1])
    paid = [amount / bill for amount in found["compute.invoice.aws.paid"][1:9]]
    assert paid == pytest.approx([0, 1, 0, 0, 0, 0, 0.5, 1])
    # Prepaid credits and the deferred income against them are equal, and income is what was used.
    assert found["account.compute_credits"] == pytest.approx(found["account.deferred_credits"])
    assert found["account.compute_credits_used"] == pytest.approx(found["partnerships.credit_used.aws"])
    assert found["account.payables"][24] == pytest.approx(bill)


def test_credits_of_a_provider_that_is_not_rented_from_expire() -> None:
    partner = {**grant("a", 1000, "2027-02", "2027-04"), "provider": "gcp"}
    found = base(compute(BATCH, partnerships={"partners": [partner]}))
    assert found["partnerships.a.expired"][4] == 1000
    assert found["account.deferred_credits"][4] == 0


def test_providers_have_names_of_their_own_in_lines() -> None:
    reference = load_reference()
    known = {offer.provider for offer in (*reference.offers, *reference.cpu_offers)}
    slugs = {provider_slug(provider) for provider in known}
    assert len(slugs) == len(known)
    assert all(map(is_name, slugs))
