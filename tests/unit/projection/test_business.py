"""Figures that investors ask for, against calculations by hand and the exact functions of the calculators."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.projection.books import every_line
from tests.unit.resources.plans import base, model, plan_data
from toolkit.projection.business import METRICS, business_lines, business_metrics, window
from toolkit.projection.draws import Sampler
from toolkit.resources.finance import metrics

PRODUCT = {
    "id": "app", "price": 100, "opening_customers": 100, "organic_customers": 0, "monthly_churn": 0.02,
    "marketing": 1000, "acquisition_cost": 200, "payment_fee": 0.1,
}  # fmt: skip
SELLER = {"id": "s", "function": "sales", "count": 1, "salary": 12_000, "employer_rate": 0}
PLAN = plan_data(
    company={"months": 36}, market={"products": [PRODUCT]}, talent={"roles": [SELLER]},
    operations={"costs": [{"id": "rent", "category": "general", "monthly": 9_500}]},
)  # fmt: skip


def by_hand(month: int, name: str, data: dict = PLAN) -> float | None:
    found = {one.id: one for one in business_metrics(base(data), every_line(model(data), Sampler(1, 2, 2)))}
    fan = found[name]
    assert fan.values[2][month - 1] == pytest.approx(fan.base[month - 1])  # no draw differs
    return fan.base[month - 1]


def test_unit_economics_are_those_of_the_calculators() -> None:
    lines = base(PLAN)
    year = slice(13, 25)
    margin = 0.9
    assert by_hand(24, "gross_margin") == pytest.approx(margin)
    cac = 24_000 / 60  # 1,000 of marketing and 1,000 of pay a month win five customers
    assert by_hand(24, "cac") == pytest.approx(cac)
    assert by_hand(24, "cac_payback") == pytest.approx(float(metrics.cac_payback_months(cac, 100, margin)))
    value = metrics.ltv_to_cac(metrics.ltv(100, margin, 0.02), cac)
    assert by_hand(24, "ltv_to_cac") == pytest.approx(float(value))
    burn, new = sum(lines["metric.net_burn"][year]), lines["market.arr"][24] - lines["market.arr"][12]
    assert by_hand(24, "burn_multiple") == pytest.approx(float(metrics.burn_multiple(burn, new)))
    now, before = sum(lines["total.revenue"][year]), sum(lines["total.revenue"][1:13])
    score = metrics.rule_of_40_score(now / before - 1, -burn / now)
    assert by_hand(24, "rule_of_40") == pytest.approx(float(score))
    assert by_hand(24, "arr_per_head") == pytest.approx(lines["market.arr"][24])


def test_retention_of_a_year_is_that_of_a_cohort() -> None:
    assert by_hand(24, "nrr") == pytest.approx(0.98**12)
    assert by_hand(11, "nrr") is None


def test_naive_runway_and_magic_number() -> None:
    lines = base(PLAN)
    quarter = [sum(lines["total.revenue"][first : first + 3]) for first in (19, 22)]
    assert by_hand(24, "magic_number") == pytest.approx((quarter[1] - quarter[0]) * 4 / 6_000)
    data = plan_data(
        opening={"balances": {"cash": 90_000, "common_stock": 90_000}},
        operations={"costs": [{"id": "rent", "category": "general", "monthly": 10_000}]},
    )
    assert by_hand(4, "naive_runway", data) == pytest.approx(5)


def test_what_is_divided_by_nothing_is_unknown() -> None:
    nothing = plan_data(operations={"costs": [{"id": "rent", "category": "general", "monthly": 10}]})
    found = {
        one.id: one for one in business_metrics(base(nothing), every_line(model(nothing), Sampler(1, 2, 2)))
    }
    for name in ("gross_margin", "cac", "nrr", "rule_of_40", "magic_number", "arr_per_head", "burn_multiple"):
        assert set(found[name].base) == {None}, name
        assert set(found[name].known) == {0.0}
        assert all(value is None for row in found[name].values for value in row)
    assert found["net_burn"].base[0] == 10


def test_percentiles_over_the_draws_that_know_the_figure() -> None:
    data = plan_data(
        market={"products": [{**PRODUCT, "monthly_churn": "0.01 to 0.05", "price": "50 to 200"}]}
    )
    found = model(data)
    paths = every_line(found, Sampler(1, 2, 64))
    assert set(business_lines(found.lines)) <= set(paths)
    fans = {one.id: one for one in business_metrics(base(data), paths)}
    assert set(fans) == set(METRICS)
    nrr = fans["nrr"]
    rate = paths["market.app.monthly_churn"][0]
    assert nrr.values[2][23] == pytest.approx(float(np.quantile((1 - rate) ** 12, 0.5)), rel=1e-6)
    rows = np.array([[x for x in row if x is not None] for row in fans["arr"].values])
    assert np.all(np.diff(rows, axis=0) >= -1e-9)


def test_support_is_left_out_of_burn() -> None:
    claim = {"programme": "us_qsb_payroll", "granted": 1}
    role = {"id": "lab", "function": "research", "count": 4, "salary": 120_000, "research_share": 0.8}
    data = plan_data(company={"months": 36}, talent={"roles": [role]}, policy={"programmes": [claim]})
    lines = base(data)
    received = np.array(lines["policy.us_qsb_payroll.received"])
    assert received.sum() > 0
    difference = np.array(lines["metric.net_burn_before_support"]) - lines["metric.net_burn"]
    np.testing.assert_allclose(difference, received, atol=1e-6)


def test_a_window_is_shorter_at_the_beginning() -> None:
    assert window(np.arange(1.0, 6.0)[:, None], 3)[:, 0].tolist() == [1, 3, 6, 9, 12]
