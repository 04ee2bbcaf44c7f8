"""Costs, safeguards, purchases and commitments, against calculations by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.projection.books import assert_books_hold, every_line
from tests.unit.resources.plans import PROCESSOR, base, model, plan_data, read
from toolkit.errors import InputError
from toolkit.projection.draws import Sampler

FEW = Sampler(replicates=2, per_replicate=4)


def operations(**lists: Any) -> dict[str, Any]:
    sections = {name: lists.pop(name) for name in ("company", "talent", "compute", "market") if name in lists}
    return plan_data(operations=lists, **sections)


def test_labels_by_the_piece() -> None:
    cost = {"id": "labels", "category": "research", "purpose": "labelling", "units": 2000, "unit_price": 0.3}
    assert base(operations(costs=[cost]))["account.research_other"][1] == pytest.approx(600)


def test_what_is_paid_for_a_year_is_an_expense_of_twelve_months() -> None:
    cost = {
        "id": "cover",
        "category": "general",
        "paid_yearly": 1200,
        "start": "2027-02",
        "payment_months": 1,
    }
    found = base(operations(costs=[cost]))
    assert found["operations.cover.cost"][1:4] == pytest.approx((0, 100, 100))
    assert found["account.prepaid"][1:5] == pytest.approx((0, 1100, 1000, 900))
    assert found["account.payables"][1:4] == pytest.approx((0, 1200, 0))
    assert found["account.prepaid"][13:15] == pytest.approx((0, 1100))
    assert sum(found["operations.cover.cost"]) == pytest.approx(1200 + 1100)


def test_a_deposit_comes_back_after_the_end() -> None:
    cost = {"id": "rent", "category": "general", "monthly": 10, "start": "2027-02", "end": "2027-05",
            "deposit": 30}  # fmt: skip
    found = base(operations(costs=[cost]))
    assert found["account.deposits"][1:8] == (0, 30, 30, 30, 30, 0, 0)


def test_a_usual_cost_stands_in_for_a_quote() -> None:
    usual = {"id": "pentest", "usual": "penetration_test"}
    found = model(operations(costs=[usual]))
    line = found.lines["operations.pentest.paid_yearly"]
    assert (line.source.kind, line.unit) == ("assumption", "USD/year")
    low, high = line.quantity.interval_90
    assert (low, high) == pytest.approx((8_000, 25_000))
    abroad = operations(costs=[usual], company={"country": "DE", "currency": "EUR"})
    assert model(abroad).lines["operations.pentest.paid_yearly_usd"].unit == "USD/year"
    labels = {"id": "labels", "usual": "text_labels", "units": 1000}
    assert base(operations(costs=[labels]))["operations.labels.cost"][1] == pytest.approx(219.09, abs=0.01)


WORK = {
    "id": "night", "kind": "batch", "model": "gpt2", "dtype": "bf16", "batch": 8, "sequence": 128,
    "offer": PROCESSOR, "product": "app", "tokens_per_customer": 1_800_000, "relative_speed": 0.5,
    "goodput": 0.5,
}  # fmt: skip
PRODUCT = {
    "id": "app", "price": 50, "organic_customers": 0, "opening_customers": 20, "monthly_churn": 0,
}  # fmt: skip


def test_protection_costs_compute() -> None:
    """40 device-hours without it; half as much again from February, and a tenth on top in March."""
    guards = [
        {"id": "dp", "technique": "differential_privacy", "workloads": ["night"], "extra_compute": 0.5,
         "start": "2027-02"},
        {"id": "tee", "technique": "other", "workloads": ["night"], "extra_compute": 0.1, "start": "2027-03"},
    ]  # fmt: skip
    data = operations(safeguards=guards, compute={"workloads": [WORK]}, market={"products": [PRODUCT]})
    assert base(data)["compute.night.hours"][1:4] == pytest.approx((40, 60, 64))
    del guards[0]["extra_compute"]
    found = model(
        operations(safeguards=guards, compute={"workloads": [WORK]}, market={"products": [PRODUCT]})
    )
    assert found.lines["operations.safeguard.dp.extra_compute"].source.kind == "assumption"


def purchase(**fields: Any) -> dict[str, Any]:
    return {"id": "gpu", "month": "2027-03", "amount": 12_000, **fields}


def written_off(entry: dict[str, Any], **company: Any) -> tuple[float, ...]:
    found = model(operations(purchases=[entry], company=company))
    assert_books_hold(found, every_line(found, FEW))
    return base(operations(purchases=[entry], company=company))["operations.purchase.gpu.depreciation"]


def test_straight_line_from_the_month_of_the_purchase_or_the_next() -> None:
    even = written_off(purchase(life_months=12, salvage=0.1), months=36)
    assert even[2:5] == pytest.approx((0, 900, 900))
    assert even[14:16] == pytest.approx((900, 0))
    assert sum(even) == pytest.approx(10_800)
    china = {"country": "CN", "currency": "CNY", "months": 36}
    late = written_off(purchase(life_months=12, salvage=0.1), **china)
    assert late[3:5] == pytest.approx((0, 900))
    assert late[15:17] == pytest.approx((900, 0))


def test_equipment_is_bought_paid_and_sold() -> None:
    entry = purchase(count=2, life_months=12, salvage=0.1, payment_months=2, category="research")
    found = base(operations(purchases=[entry], company={"months": 36}))
    assert found["account.equipment"][3] == 24_000
    assert found["account.equipment_payables"][3:6] == (24_000, 24_000, 0)
    assert found["total.cash_investing"][3:6] == pytest.approx((0, 0, -24_000))
    assert found["account.cash"][15] == pytest.approx(-24_000 + 2_400)
    assert found["account.equipment"][36] + found["account.accumulated_depreciation"][36] == pytest.approx(0)
    assert found["account.research_depreciation"][3] == pytest.approx(1_800)


def test_accelerated_methods_by_year() -> None:
    """Five years: double declining 40 % of what is left, then even; in China even in the last two years."""
    five = {"months": 72, "start": "2027-03"}
    western = written_off(purchase(method="declining_balance", life_months=60), **five)
    by_year = [sum(western[12 * year + 1 : 12 * year + 13]) / 12_000 for year in range(5)]
    assert by_year == pytest.approx([0.4, 0.24, 0.144, 0.108, 0.108])
    entry = purchase(method="declining_balance", life_months=60, salvage=0.05, first_month="same")
    chinese = written_off(entry, **five, country="CN", currency="CNY")
    by_year = [sum(chinese[12 * year + 1 : 12 * year + 13]) / 12_000 for year in range(5)]
    assert by_year == pytest.approx([0.4, 0.24, 0.144, 0.083, 0.083])
    digits = written_off(purchase(method="sum_of_years", life_months=36), **five)
    assert [sum(digits[12 * year + 1 : 12 * year + 13]) for year in range(3)] == pytest.approx(
        [6_000, 4_000, 2_000]
    )


def test_macrs_by_fiscal_year() -> None:
    """IRS Publication 946, table A-1, 5-year property: 20 %, 32 %, 19.2 %, 11.52 %, 11.52 %, 5.76 %."""
    charge = written_off(purchase(method="macrs", month="2027-10"), months=84)
    by_year = [sum(charge[12 * year + 1 : 12 * year + 13]) / 12_000 for year in range(7)]
    assert by_year == pytest.approx([0.2, 0.32, 0.192, 0.1152, 0.1152, 0.0576, 0])
    assert charge[10] == pytest.approx(12_000 * 0.2 / 3)
    quarter = written_off(purchase(method="macrs", month="2027-10", convention="mid_quarter"), months=24)
    assert sum(quarter[:13]) == pytest.approx(600)


def test_equipment_is_replaced_and_bought_for_who_joins() -> None:
    again = base(operations(purchases=[purchase(life_months=6, replaced=True)], company={"months": 24}))
    assert [month for month, paid in enumerate(again["operations.purchase.gpu.bought"]) if paid] == [
        3, 9, 15, 21,
    ]  # fmt: skip
    assert again["operations.purchase.gpu.depreciation"][3:25] == pytest.approx((2_000,) * 22)
    role = {"id": "dev", "function": "research", "count": 3, "salary": 0, "employer_rate": 0,
            "start": "2027-02"}  # fmt: skip
    laptop = {"id": "laptop", "per_joiner": True, "amount": 2_400, "life_months": 24}
    found = base(operations(purchases=[laptop], talent={"roles": [role]}))
    assert found["operations.purchase.laptop.bought"][1:4] == (0, 7_200, 0)
    assert found["account.depreciation"][2] == pytest.approx(300)


def test_the_tax_law_may_write_off_faster() -> None:
    """At once for tax, over a year in the books: the result before tax is 0 apart from it."""
    entry = purchase(life_months=12, tax={"life_months": 1})
    found = base({**operations(purchases=[entry]), "tax": {"rate": 0.2}})
    assert found["operations.tax_depreciation"][3:6] == pytest.approx((11_000, -1_000, -1_000))
    assert found["tax.taxable"][12] == pytest.approx(-12_000)
    assert found["tax.taxable"][24] == pytest.approx(0)


CLOUD = {
    "id": "aws",
    "kind": "cloud",
    "provider": "aws",
    "amount": 5_000,
    "start": "2027-02",
    "end": "2027-04",
}


def test_a_minimum_spending_falls_short() -> None:
    data = operations(
        commitments=[{**CLOUD, "signed": "2027-01"}], compute={"workloads": [WORK]},
        market={"products": [PRODUCT]},
    )  # fmt: skip
    found = base(data)
    bill = found["compute.night.cost"][1]
    assert found["commitments.aws.left"][1:5] == pytest.approx((5_000, 5_000 - bill, 5_000 - 2 * bill, 0))
    assert found["commitments.uncovered"][4] == pytest.approx(5_000 - 3 * bill)
    assert sum(found["commitments.due"]) == pytest.approx(5_000)
    assert found["account.cost_compute"][4] == pytest.approx(5_000 - 2 * bill)
    assert_books_hold(model(data), every_line(model(data), FEW))


def test_a_lease_and_an_offer_are_checked_against_the_plan() -> None:
    costs = [{"id": "rent", "category": "general", "monthly": 300, "start": "2027-02"}]
    role = {"id": "dev", "function": "research", "count": 1, "salary": 12_000, "employer_rate": 0,
            "start": "2027-03"}  # fmt: skip
    commitments = [
        {"id": "lease", "kind": "lease", "cost": "rent", "monthly": 400, "start": "2027-02",
         "end": "2027-04"},
        {"id": "hire", "kind": "offer", "role": "dev", "signed": "2027-01", "start": "2027-02",
         "end": "2027-04", "counterparty": "A. Person"},
        {"id": "data", "kind": "supply", "amount": 900, "start": "2027-01", "end": "2027-02"},
    ]  # fmt: skip
    found = base(operations(costs=costs, commitments=commitments, talent={"roles": [role]}))
    assert found["commitments.lease.due"][1:6] == (0, 400, 400, 400, 0)
    assert found["commitments.lease.left"][1:6] == (0, 800, 400, 0, 0)
    assert found["commitments.lease.uncovered"][1:6] == (0, 100, 100, 100, 0)
    assert found["commitments.hire.left"][1:6] == pytest.approx((3_000, 2_000, 1_000, 0, 0))
    assert found["commitments.hire.uncovered"][1:6] == pytest.approx((0, 1_000, 0, 0, 0))
    assert found["commitments.data.uncovered"][1:3] == (0, 900)
    assert "account.payables" not in found


def problems(data: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as refused:
        read(data)
    assert all(one.problem("zh") != one.problem("en") for one in refused.value.problems)
    return [(one.id, one.field.removeprefix("operations.")) for one in refused.value.problems]


@pytest.mark.parametrize(
    ("lists", "problem", "field"),
    [
        ({"costs": [{"id": "a", "monthly": 1}]}, "plan.missing", "costs[0].category"),
        ({"costs": [{"id": "a", "usual": "pentest"}]}, "operations.unknown_usual", "costs[0].usual"),
        ({"costs": [{"id": "a", "usual": "text_labels"}]}, "operations.units_and_price",
         "costs[0].unit_price"),
        ({"costs": [{"id": "a", "category": "general", "units": 1, "once": 1}]},
         "operations.units_and_price", "costs[0].unit_price"),
        ({"costs": [{"id": "a", "usual": "soc2_type1", "monthly": 1}]}, "plan.cost_amount", "costs[0].once"),
        ({"costs": [{"id": "a", "category": "general", "paid_yearly": 1, "monthly": 1}]}, "plan.cost_amount",
         "costs[0].once"),
        ({"costs": [{"id": "a", "usual": "soc2_type1", "start": "2026-01"}]}, "plan.before_start",
         "costs[0].once"),
        ({"costs": [{"id": "a", "category": "general", "monthly": 1, "start": "2026-01", "deposit": 1}]},
         "plan.before_start", "costs[0].deposit"),
        ({"costs": [{"id": "a", "category": "general", "monthly": 1, "purpose": "fun"}]}, "plan.choice",
         "costs[0].purpose"),
        ({"safeguards": [{"id": "a", "technique": "encrypted_storage", "workloads": ["x"]}]},
         "operations.unknown_workload", "safeguards[0].workloads[0]"),
        ({"safeguards": [{"id": "a", "technique": "encrypted_storage", "workloads": []}]}, "plan.form",
         "safeguards[0].workloads"),
        ({"purchases": [{"id": "a", "amount": 1}]}, "operations.purchase_month", "purchases[0].per_joiner"),
        ({"purchases": [purchase(month="2026-01")]}, "plan.before_start", "purchases[0].month"),
        ({"purchases": [purchase(method="sum_of_years", life_months=30)]}, "operations.whole_years",
         "purchases[0].life_months"),
        ({"purchases": [purchase(method="macrs", salvage=0.1)]}, "operations.macrs_salvage",
         "purchases[0].salvage"),
        ({"purchases": [purchase(method="declining_balance", salvage="0.1 to 0.2")]},
         "operations.declining_salvage", "purchases[0].salvage"),
        ({"purchases": [purchase(life_months=0)]}, "plan.too_small", "purchases[0].life_months"),
        ({"purchases": [purchase(recovery_years=4)]}, "plan.choice", "purchases[0].recovery_years"),
        ({"purchases": [{"id": "a", "per_joiner": True, "amount": 1, "method": "macrs"}]},
         "operations.stream_method", "purchases[0].method"),
        ({"commitments": [{**CLOUD, "provider": None}]}, "operations.cloud_provider",
         "commitments[0].provider"),
        ({"commitments": [{**CLOUD, "kind": "offer", "role": "x"}]}, "operations.unknown_entry",
         "commitments[0].role"),
        ({"commitments": [{**CLOUD, "monthly": 3}]}, "operations.commitment_amount", "commitments[0].amount"),
        ({"commitments": [{**CLOUD, "count": 3}]}, "operations.count_of_role", "commitments[0].count"),
        ({"commitments": [{**CLOUD, "end": "2027-01"}]}, "plan.end_before_start", "commitments[0].end"),
        ({"commitments": [{**CLOUD, "start": "2025-01", "end": "2026-01"}]}, "operations.commitment_over",
         "commitments[0].end"),
    ],
)  # fmt: skip
def test_what_is_wrong(lists: dict[str, Any], problem: str, field: str) -> None:
    for entries in lists.values():
        for index, entry in enumerate(entries):
            entries[index] = {key: value for key, value in entry.items() if value is not None}
    assert problems(operations(**lists)) == [(problem, field)]


def test_two_payers_of_one_commitment() -> None:
    costs = [{"id": "rent", "category": "general", "monthly": 300}]
    data = operations(costs=costs, commitments=[{**CLOUD, "cost": "rent"}])
    assert problems(data) == [("operations.one_payer", "commitments[0].provider")]
