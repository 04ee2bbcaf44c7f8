"""What partners give and take, each rule against a calculation by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.resources.plans import PROCESSOR, base, plan_data
from toolkit.reference import load_reference

PRODUCT = {"id": "app", "price": 100, "opening_customers": 10, "monthly_churn": 0, "assumption": "a"}
ROLE = {"id": "lab", "function": "research", "count": 2, "salary": 60_000, "employer_rate": 0}
BATCH = {
    "id": "night", "kind": "batch", "model": "gpt2", "dtype": "bf16", "batch": 8, "offer": PROCESSOR,
    "product": "app", "sequence": 128, "tokens_per_customer": 14.4e6, "relative_speed": 1, "goodput": 1,
}  # fmt: skip


def partners(*entries: dict[str, Any], **more: Any) -> dict[str, tuple[float, ...]]:
    data = {
        "market": {"products": [PRODUCT]},
        "talent": {"roles": [{**ROLE, "research_share": 0.5}]},
        "partnerships": {"partners": list(entries)},
    }
    return base(plan_data(**data | more))


def test_a_university_shares_the_cost_up_to_a_maximum() -> None:
    share = {
        "id": "uni", "kind": "cost_share", "of": ["research_pay", "data"], "share": 0.5, "most": 8000,
        "payment_months": 2,
    }  # fmt: skip
    costs = [{"id": "data", "category": "research", "monthly": 1000}]
    found = partners(share, operations={"costs": costs})
    # half of 5,000 of research pay and 1,000 of data; after 6,000 only 2,000 are left
    assert found["partnerships.uni.contributed"][1:5] == pytest.approx((3000, 3000, 2000, 0))
    assert found["partnerships.uni.contributed_collected"][1:6] == pytest.approx((0, 0, 3000, 3000, 2000))
    assert found["account.partner_contributions"][3] == pytest.approx(2000)
    assert found["account.receivables"][2] == pytest.approx(6000)


def test_what_a_partner_pays_is_not_claimed_from_the_state() -> None:
    share = {"id": "uni", "kind": "cost_share", "of": ["research_pay"], "share": 0.2}
    claims = {"programmes": [{"programme": "us_sec41_asc"}]}
    found = partners(share, policy=claims, tax={"rate": 0.21})
    # 60,000 of research pay a year, of which the partner pays a fifth; 6 % without a history
    assert found["policy.base.research_pay"][1] == pytest.approx(4000)
    assert found["policy.us_sec41_asc.claimed"][12] == pytest.approx(48_000 * 0.06)


def test_a_grant_is_not_claimed_from_the_state_either() -> None:
    grant = {
        "id": "lab", "kind": "grant", "month": "2027-01", "award": 12_000, "matching_rate": 0.5,
        "eligible": ["research_pay"], "milestones": [{"id": "m", "after_months": 6, "part": 1}],
    }  # fmt: skip
    claims = {"programmes": [{"programme": "us_sec41_asc"}]}
    found = partners(funding={"instruments": [grant]}, policy=claims, tax={"rate": 0.21})
    # The grant pays half of 5,000 a month until 12,000 are used: 4 months and a part of the fifth
    assert found["policy.base.research_pay"][1:7] == pytest.approx((2500, 2500, 2500, 2500, 3000, 5000))
    assert found["policy.us_sec41_asc.claimed"][12] == pytest.approx(48_000 * 0.06)


def test_a_revenue_share_with_a_minimum() -> None:
    share = {"id": "shop", "kind": "revenue_share", "share": 0.2, "minimum": 300, "start": "2027-02"}
    found = partners(share)
    assert found["partnerships.shop.paid_share"][1:4] == pytest.approx((0, 300, 300))
    found = partners({**share, "minimum": None, "products": ["app"], "payment_months": 0})
    assert found["account.revenue_share"][2] == pytest.approx(200)
    assert found["total.revenue"][2] == pytest.approx(800)


def test_referred_customers_and_their_fee() -> None:
    referral = {
        "id": "friend",
        "kind": "referral",
        "product": "app",
        "customers": 4,
        "growth": 0.5,
        "fee": 50,
    }
    found = partners(referral)
    assert found["market.app.new_customers"][1:4] == pytest.approx((4, 6, 9))
    assert found["partnerships.friend.fee_cost"][1:3] == pytest.approx((200, 300))
    found = partners({**referral, "fee": None, "fee_share": 0.1})
    assert found["account.referral_fees"][1] == pytest.approx(4 * 0.1 * 1200)


def test_no_fee_for_customers_who_find_no_room() -> None:
    segment = {"id": "s", "accounts": 13, "yearly_value": 1, "reachable": 1, "obtainable": 1}
    market = {"segments": [segment], "products": [{**PRODUCT, "segments": ["s"]}]}
    referral = {"id": "friend", "kind": "referral", "product": "app", "customers": 2, "fee": 50}
    found = partners(referral, market=market)
    assert found["partnerships.friend.fee_cost"][1:4] == pytest.approx((100, 50, 0))


def test_licences_in_and_out() -> None:
    term = {"start": "2027-02", "end": "2027-05", "upfront": 1200, "monthly": 50, "payment_months": 1}
    bought = {"id": "text", "kind": "data_licence", "direction": "in", "royalty": 0.01, **term}
    sold = {"id": "model", "kind": "data_licence", "direction": "out", **term}
    found = partners(bought, sold)
    assert found["partnerships.text.fee_cost"][1:7] == pytest.approx((0, 60, 60, 60, 60, 0))
    assert found["partnerships.text.used_up"][1:7] == pytest.approx((0, 300, 300, 300, 300, 0))
    assert found["account.prepaid"][1:7] == pytest.approx((0, 900, 600, 300, 0, 0))
    assert found["account.deferred_revenue"][1:7] == pytest.approx((0, 900, 600, 300, 0, 0))
    assert found["account.licence_income"][1:7] == pytest.approx((0, 350, 350, 350, 350, 0))
    assert found["partnerships.model.upfront_income_collected"][3] == 1200
    assert found["account.research_other"][2] == pytest.approx(360)


def test_what_is_licensed_out_bears_sales_tax() -> None:
    sold = {"id": "model", "kind": "data_licence", "direction": "out", "monthly": 50, "end": "2027-02"}
    tax = {"rate": 0.2, "period": "month", "due_months": 0}
    market = {"products": [{**PRODUCT, "opening_customers": 0}], "sales_tax": tax}
    found = partners(sold, market=market)
    assert found["market.sales_tax.paid"][1:4] == pytest.approx((10, 10, 0))
    assert found["partnerships.model.fee_income_tax_collected"][1:4] == pytest.approx((0, 10, 10))
    assert found["account.receivables"][1:4] == pytest.approx((60, 60, 0))


def test_a_milestone_that_fails_ends_it() -> None:
    milestones = [
        {"id": "pilot", "month": "2027-03", "met": 0.9},
        {"id": "audit", "month": "2027-05", "met": 0.1},
    ]
    share = {
        "id": "uni",
        "kind": "cost_share",
        "of": ["research_pay"],
        "share": 0.5,
        "milestones": milestones,
    }
    found = partners(share)
    assert found["partnerships.uni.contributed"][1:7] == pytest.approx((2500,) * 4 + (0, 0))


def with_credits(**fields: Any) -> dict[str, tuple[float, ...]]:
    """Bills of 4,000 seconds of a processor a customer: 40 hours a month."""
    entry = {
        "id": "cloud", "kind": "compute_credits", "provider": "aws", "amount": 10 * bill(),
        "start": "2027-01", "end": "2027-12", **fields,
    }  # fmt: skip
    return partners(entry, compute={"workloads": [BATCH]})


def bill() -> float:
    return 40 * load_reference().offer(**PROCESSOR).price_per_device_hour


def test_credits_pay_the_part_of_an_invoice_that_they_cover() -> None:
    found = with_credits(covers=0.25)
    assert found["partnerships.cloud.used"][1] == pytest.approx(0.25 * bill())
    assert found["compute.invoice.aws.net"][1] == pytest.approx(0.75 * bill())
    assert found["partnerships.cloud.expired"][12] == pytest.approx(7 * bill())


def test_credits_come_in_steps() -> None:
    releases = [{"id": "b", "month": "2027-03", "amount": 2 * bill()}]
    found = with_credits(amount=bill(), releases=releases)
    used = [amount / bill() for amount in found["partnerships.cloud.used"][1:7]]
    assert used == pytest.approx([1, 0, 1, 1, 0, 0])


def test_credits_lapse_when_a_milestone_fails() -> None:
    found = with_credits(milestones=[{"id": "round", "month": "2027-03", "met": 0.2}])
    assert found["partnerships.cloud.used"][1:4] == pytest.approx((bill(), bill(), 0))
    assert found["partnerships.cloud.expired"][3] == pytest.approx(8 * bill())
    assert found["account.compute_credits"][3] == pytest.approx(0)


def test_credits_that_nobody_verified_stay_out_unless_the_plan_says_so() -> None:
    assert set(with_credits(programme="nebius_lift", amount=100)["partnerships.cloud.granted"]) == {0.0}
    assert (
        with_credits(programme="nebius_lift", amount=100, arrives=0.6)["partnerships.cloud.granted"][1] == 100
    )
    assert with_credits(programme="aws_portfolio", amount=100)["partnerships.cloud.granted"][1] == 100
