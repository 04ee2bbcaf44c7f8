"""Whatever is sold, and to whom: what is deferred, owed as tax or to be collected clears to zero after the
last sale; nobody is won who is not there; and the order of entries changes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings

from tests.properties.random_plans import plans
from tests.unit.projection.books import every_line
from tests.unit.resources.plans import base, model
from toolkit.projection.draws import Sampler

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
FEW = Sampler(replicates=2, per_replicate=8)
CLEARING = ("receivables", "receivables_allowance", "deferred_revenue", "sales_tax_payable", "payables")
START = "2027-01"
END = "2027-06"  # the last sale, month 6
CLEARED = 6 + 12 + 12 + 4  # a contract of a year, a tax year, and the longest term


@settings(max_examples=20, deadline=None, suppress_health_check=SLOW)
@given(plans())
def test_accounts_of_sales_clear_to_zero(data: dict[str, Any]) -> None:
    market = data["market"]
    for product in market["products"]:
        product["start"], product["end"] = min(product.get("start", START), END), END
    if market["sales_tax"]:
        market["sales_tax"]["excess"] = "refunded"
    partners = [
        one for one in data["partnerships"]["partners"] if one["kind"] in ("revenue_share", "referral")
    ]
    for partner in partners:
        partner["start"], partner["end"] = min(partner.get("start", START), END), END
    data["partnerships"]["partners"] = partners
    data["compute"], data["operations"], data["talent"] = {}, {}, {}
    data["company"]["months"] = CLEARED
    paths = every_line(model(data), FEW)
    scale = max(float(np.max(np.abs(path))) for path in paths.values()) + 1
    for account in (
        "receivables",
        "receivables_allowance",
        "deferred_revenue",
        "sales_tax_payable",
        "payables",
    ):
        left = paths.get(f"account.{account}", np.zeros((1, 1)))[-1]
        assert np.all(np.abs(left) < 1e-9 * scale), account


@settings(max_examples=20, deadline=None, suppress_health_check=SLOW)
@given(plans())
def test_nobody_is_won_who_is_not_there(data: dict[str, Any]) -> None:
    for product in data["market"]["products"]:
        product["segments"] = ["s"]
        product.pop("opening_customers", None)
    paths = every_line(model(data), FEW)
    room = paths["market.segment.s.obtainable_accounts"][1:]
    assert np.all(paths["market.customers"][1:] <= room + 1e-6)
    assert np.all(paths["market.segment.s.taken"] <= 1 + 1e-9)


@settings(max_examples=15, deadline=None, suppress_health_check=SLOW)
@given(plans())
def test_the_order_of_entries_changes_nothing(data: dict[str, Any]) -> None:
    first = base(data)
    for holder, name in (("market", "products"), ("partnerships", "partners"), ("operations", "costs")):
        data[holder][name] = data[holder][name][::-1]
    data["policy"]["programmes"] = data["policy"]["programmes"][::-1]
    for product in data["market"]["products"]:
        product["channels"] = product.get("channels", [])[::-1]
    second = base(data)
    scale = max(map(abs, first["account.cash"])) + 1
    np.testing.assert_allclose(first["account.cash"], second["account.cash"], rtol=0, atol=1e-9 * scale)
