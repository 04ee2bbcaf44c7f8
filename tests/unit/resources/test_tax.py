"""Income tax by law: brackets, cliffs, losses that expire, instalments; against calculations by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.projection.books import assert_books_hold, every_line
from tests.unit.resources.plans import base, model, plan_data, read
from toolkit.errors import InputError
from toolkit.projection.draws import Sampler

FEW = Sampler(replicates=2, per_replicate=4)


def plan(
    results: dict[int, float], tax: dict[str, Any], country: str = "US", currency: str = "USD",
    start: str = "2024-01", months: int = 24, **company: Any,
) -> dict[str, Any]:  # fmt: skip
    """A plan whose result before tax is `results` by year of the plan (0, 1, …), in its first month."""
    year = int(start[:4])
    costs, products = [], []
    for place, amount in results.items():
        month = f"{year + place}{start[4:]}"
        if amount < 0:
            costs.append({"id": f"loss{place}", "category": "general", "once": -amount, "start": month})
        elif amount:
            product = {
                "id": f"sale{place}", "price": amount, "organic_customers": 1, "monthly_churn": 1,
                "start": month, "end": month,
            }  # fmt: skip
            products.append(product)
    return plan_data(
        company={"country": country, "currency": currency, "start": start, "months": months, **company},
        operations={"costs": costs}, market={"products": products}, tax=tax,
    )  # fmt: skip


def due(data: dict[str, Any]) -> list[float]:
    """Tax of each fiscal year of twelve months."""
    found = base(data)
    months = len(found["tax.due"]) - 1
    return [sum(found["tax.due"][first : first + 12]) for first in range(1, months, 12)]


@pytest.mark.parametrize(
    ("country", "currency", "profit", "expected"),
    [
        ("US", "USD", 1_000_000, 210_000),
        ("GB", "GBP", 50_000, 9_500),
        ("GB", "GBP", 150_000, 36_000),  # the worked example of Bonham & Brook: 37,500 less 1,500
        ("GB", "GBP", 300_000, 75_000),
        ("FR", "EUR", 100_000, 25_000),
        ("NL", "EUR", 300_000, 38_000 + 25_800),
        ("DE", "EUR", 100_000, 15_825 + 14_000),
        ("CA", "CAD", 100_000, 15_000),
        ("AU", "AUD", 100_000, 30_000),
        ("CN", "CNY", 1_000_000, 250_000),
        ("SG", "SGD", 300_000, 425 + 16_150 + 17_000),
    ],
)
def test_standard_rates(country: str, currency: str, profit: float, expected: float) -> None:
    data = plan({0: profit}, {"law": country, "payment_months": 4, "instalments": []}, country, currency)
    assert due(data) == pytest.approx([expected, 0])


def test_a_law_changes_with_the_year_and_local_tax_is_the_place_s() -> None:
    """Germany: 15 % until 2027, 14 % in 2028, 13 % in 2029, each with 5.5 % on it; and 16.45 % in Munich."""
    data = plan(
        {0: 100_000, 1: 100_000, 2: 100_000}, {"law": "DE", "local_rate": 0.1645}, "DE", "EUR",
        start="2027-01", months=36,
    )  # fmt: skip
    assert due(data) == pytest.approx([15_825 + 16_450, 14_770 + 16_450, 13_715 + 16_450])


SMALL = {"law": "CN", "reduced": [{"regime": "small_low_profit"}]}


@pytest.mark.parametrize(
    ("profit", "expected"), [(1_000_000, 50_000), (3_000_000, 150_000), (3_000_004, 750_001)]
)
def test_the_cliff_of_a_small_firm_in_china(profit: float, expected: float) -> None:
    data = plan({0: profit}, SMALL, "CN", "CNY")
    assert due(data)[0] == pytest.approx(expected)
    found = base(data)
    assert found["tax.reduced.small_low_profit.until_cliff"][12] == pytest.approx(3_000_000 - profit)
    assert found["tax.saved"][12] == pytest.approx(0.25 * profit - expected)
    assert found["tax.rate"][12] == pytest.approx(expected / profit)


def test_a_small_firm_has_few_people() -> None:
    crowd = {"id": "a", "function": "sales", "count": 301, "salary": 0, "employer_rate": 0}
    data = {**plan({0: 1_000_000}, SMALL, "CN", "CNY"), "talent": {"roles": [crowd]}}
    assert due(data)[0] == pytest.approx(250_000)


def test_high_tech_firms_pay_fifteen_percent_while_they_are_certified() -> None:
    reduced = [{"regime": "hnte", "start": "2025-01"}, {"regime": "small_low_profit"}]
    data = plan({0: 4_000_000, 1: 4_000_000}, {"law": "CN", "reduced": reduced}, "CN", "CNY")
    assert due(data) == pytest.approx([1_000_000, 600_000])
    refused = plan({0: 4e6}, {"law": "CN", "reduced": [{"regime": "hnte", "granted": 0}]}, "CN", "CNY")
    assert due(refused)[0] == pytest.approx(1_000_000)


def test_losses_expire_after_five_years_the_oldest_first() -> None:
    """China. 100 of 2024 are used up to 2029; of what 2025 lost, 30 are left when 2030 is over."""
    results = {0: -100, 1: -50, 5: 120, 6: 0, 7: 100}
    data = plan(results, {"law": "CN", "instalments": []}, "CN", "CNY", months=96)
    found = base(data)
    assert [found["tax.losses"][12 * year] for year in range(1, 9)] == pytest.approx(
        [100, 150, 150, 150, 150, 30, 0, 0]
    )
    assert found["tax.losses_expired"][84] == pytest.approx(30)
    assert due(data)[7] == pytest.approx(25)


def test_losses_that_nobody_used_are_gone() -> None:
    data = plan({0: -100, 6: 80}, {"rate": 0.25, "loss_years": 5, "payment_months": 0}, months=84)
    assert due(data)[6] == pytest.approx(20)
    kept = plan({0: -100, 5: 80}, {"rate": 0.25, "loss_years": 5, "payment_months": 0}, months=84)
    assert due(kept)[5] == 0


def test_opening_losses_end_in_a_month() -> None:
    tax = {"rate": 0.2, "opening_losses": 500, "opening_losses_until": "2024-12"}
    data = plan({0: 100, 1: 100}, tax)
    assert due(data) == pytest.approx([0, 20])
    assert base(data)["tax.losses_expired"][12] == pytest.approx(400)


def test_losses_cover_a_free_amount_and_a_share_of_the_rest() -> None:
    """Germany: 1 million, and 70 % of the half million above it."""
    tax = {"law": "DE", "local_rate": 0, "opening_losses": 9_000_000, "payment_months": 0, "instalments": []}
    data = plan({0: 1_500_000}, tax, "DE", "EUR")
    assert base(data)["tax.losses_used"][12] == pytest.approx(1_350_000)
    assert due(data)[0] == pytest.approx(150_000 * 0.15825)


def test_instalments_follow_the_year_before() -> None:
    tax = {"rate": 0.2, "instalments": [3, 6, 9, 12], "payment_months": 2}
    data = plan({0: 1_000, 1: 400, 2: 400}, tax, months=36)
    found = base(data)
    assert found["tax.instalment"][1:13] == (0,) * 12
    assert found["tax.paid"][14] == pytest.approx(200)
    assert found["tax.instalment"][15] == pytest.approx(50)
    assert found["account.tax_prepaid"][23] == pytest.approx(150)
    assert found["account.tax_prepaid"][24] == pytest.approx(120)  # 200 ahead, 80 due
    assert found["tax.refund"][26] == pytest.approx(120)
    assert found["tax.instalment"][27] == pytest.approx(20)
    assert found["account.tax_payable"][36] == pytest.approx(0)
    assert_books_hold(model(data), every_line(model(data), FEW))


def test_instalments_follow_the_year_so_far() -> None:
    """600 in January: a fifth is paid in April; the loss of half of it in May comes back with the balance."""
    tax = {"rate": 0.2, "instalments": [4, 7, 10], "instalment_basis": "year_to_date", "payment_months": 3}
    data = plan({0: 600}, tax)
    loss = {"id": "later", "category": "general", "once": 300, "start": "2024-05"}
    data["operations"]["costs"].append(loss)
    found = base(data)
    assert [found["tax.instalment"][month] for month in (4, 7, 10)] == pytest.approx([120, 0, 0])
    assert found["tax.set_off"][12] == pytest.approx(60)
    assert found["tax.refund"][15] == pytest.approx(60)
    assert sum(found["tax.paid"]) == 0
    assert_books_hold(model(data), every_line(model(data), FEW))


def test_due_dates_of_the_law_where_none_are_given() -> None:
    tax = read(plan({}, {"law": "GB"}, "GB", "GBP")).tax
    assert tax is not None
    assert (tax.payment_months, tax.instalments) == (9, None)
    assert tax.loss_limit is None
    own = read(plan({}, {"law": "US", "instalments": [], "payment_months": 1})).tax
    assert own is not None
    assert (own.payment_months, own.instalments) == (1, [])


def test_share_based_pay_is_not_deducted_unless_the_plan_says_so() -> None:
    role = {
        "id": "a", "function": "research", "count": 1, "salary": 0, "employer_rate": 0, "start": "2024-01",
        "equity": {"shares": 1200, "share_value": 1, "vesting_months": 12, "cliff_months": 0},
    }  # fmt: skip
    data = {**plan({0: 5_000}, {"rate": 0.2}), "talent": {"roles": [role]}}
    assert due(data)[0] == pytest.approx(1_000)
    data["tax"]["stock_compensation_deductible"] = True
    assert due(data)[0] == pytest.approx(760)


def test_a_law_in_another_currency() -> None:
    rates = [{"currency": "GBP", "rate": 2}]
    data = plan({0: 300_000}, {"law": "GB"}, "GB", "USD", exchange_rates=rates)
    assert due(data)[0] == pytest.approx(2 * 36_000)


@pytest.mark.parametrize(
    ("tax", "problem", "field"),
    [
        ({}, "tax.rate_or_law", "rate"),
        ({"rate": 0.2, "law": "US"}, "tax.rate_or_law", "rate"),
        ({"law": "ZZ"}, "tax.unknown_law", "law"),
        ({"law": "usa"}, "plan.country", "law"),
        ({"rate": 0.2, "local_rate": 0.1}, "tax.local_rate_alone", "local_rate"),
        ({"law": "US", "reduced": [{"regime": "hnte"}]}, "tax.unknown_regime", "reduced[0].regime"),
        ({"rate": 0.2, "reduced": [{"regime": "hnte"}]}, "tax.unknown_regime", "reduced[0].regime"),
        ({"rate": 0.2, "instalments": [6, 3]}, "tax.instalments", "instalments"),
        ({"rate": 0.2, "instalments": [0]}, "plan.too_small", "instalments[0]"),
        ({"rate": 0.2, "instalment_basis": "guess"}, "plan.choice", "instalment_basis"),
        ({"rate": 0.2, "loss_years": 0}, "plan.too_small", "loss_years"),
        ({"rate": 0.2, "opening_losses_until": "2025-01"}, "tax.no_opening_losses", "opening_losses_until"),
        ({"rate": 1.2}, "lines.quantity_large", "rate"),
        ({"rate": 0.2, "payment_months": 13}, "plan.too_large", "payment_months"),
    ],
)
def test_what_is_wrong(tax: dict[str, Any], problem: str, field: str) -> None:
    with pytest.raises(InputError) as refused:
        read(plan({}, tax))
    (found,) = refused.value.problems
    assert (found.id, found.field) == (problem, f"tax.{field}")
    assert found.problem("zh") != found.problem("en")


def test_a_reduced_rate_is_not_claimed_as_a_programme_too() -> None:
    data = plan({}, {"law": "CN", "reduced": [{"regime": "hnte"}, {"regime": "hnte"}]}, "CN", "CNY")
    data["policy"] = {"programmes": [{"programme": "cn_hnte"}]}
    with pytest.raises(InputError) as refused:
        read(data)
    assert {(one.id, one.field) for one in refused.value.problems} == {
        ("tax.claimed_too", "tax.reduced[0].regime"), ("tax.claimed_too", "tax.reduced[1].regime"),
    }  # fmt: skip
