"""Cohort tables: their sums are the lines of the product, whatever the product is like."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.resources.plans import base, plan_data, read
from toolkit.resources.market.cohorts import CohortTable, cohort_table
from toolkit.resources.record import month_after

MONTHS = 30
share = st.floats(0, 0.6).map(lambda x: round(x, 3))
products = st.fixed_dictionaries(
    {"monthly_churn": share, "organic_customers": st.integers(0, 20), "price": st.integers(1, 200)},
    optional={
        "opening_customers": st.integers(0, 200),
        "price_change": share,
        "expansion": share,
        "contraction": share,
        "annual": st.fixed_dictionaries({"share": share}, optional={"discount": share, "renewal": share}),
        "usage": st.just({"unit": "request", "per_customer": 50, "included": 10, "unit_price": 0.1}),
        "start": st.sampled_from(("2027-01", "2027-04")),
        "end": st.sampled_from(("2027-09", "2028-12", "2029-12")),
    },
)
early = st.fixed_dictionaries({"early_churn": share, "early_months": st.integers(1, 5)})


def possible(product: dict[str, Any]) -> bool:
    """Customers of before the plan need a product that is sold from its first month on."""
    return "opening_customers" not in product or product.get("start") != "2027-04"


def table_of(product: dict[str, Any]) -> tuple[CohortTable, dict[str, tuple[float, ...]]]:
    data = plan_data(company={"months": MONTHS}, market={"products": [{"id": "p", **product}]})
    values = base(data)
    months = [month_after("2027-01", number) for number in range(1, MONTHS + 1)]
    return cohort_table(read(data).market.products[0], values, months), values


@settings(max_examples=60, deadline=None)
@given(products.filter(possible), early | st.just({}))
def test_cohorts_add_up_to_the_lines(product: dict[str, Any], young: dict[str, Any]) -> None:
    table, values = table_of(product | young)
    for matrix, line in ((table.customers, "market.p.customers"), (table.revenue, "market.p.revenue")):
        np.testing.assert_allclose(table.by_month(matrix), values[line][1:], rtol=1e-9, atol=1e-9)
    assert np.all(np.isnan(table.customers[5, MONTHS - 4 :]))
    assert not np.any(np.isnan(table.customers[5, : MONTHS - 4]))


def test_a_cohort_by_hand() -> None:
    """Ten join in the first month at 100: three months of 20 % churn, then 5 %; spending grows by 2 %."""
    table, _ = table_of(
        {
            "monthly_churn": 0.05, "early_churn": 0.2, "early_months": 3, "price": 100,
            "organic_customers": 10, "expansion": 0.03, "contraction": 0.01,
        }
    )  # fmt: skip
    assert table.joined[:3] == ("opening", "2027-01", "2027-02")
    first = table.customers[1]
    assert first[:5] == pytest.approx((10, 8, 6.4, 5.12, 5.12 * 0.95))
    assert table.revenue[1][:3] == pytest.approx((1000, 800 * 1.02, 640 * 1.02**2))
    assert table.retention[1][2] == pytest.approx(0.64)
    assert np.all(np.isnan(table.retention[0]))  # nobody was there before the plan
