"""Whatever people, purchases, commitments and taxes a plan has: the books hold, and what must not matter does
not."""

from __future__ import annotations

import copy
import re
from typing import Any

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.properties.people_plans import plans
from tests.unit.projection.books import assert_books_hold, every_line
from tests.unit.resources.plans import base, model
from toolkit.projection.draws import Sampler
from toolkit.projection.metrics import runway

FEW = Sampler(replicates=2, per_replicate=4)
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
some = settings(max_examples=12, deadline=None, suppress_health_check=SLOW)
MONEY = (
    "salary", "benefits", "share_value", "monthly", "monthly_per_head", "paid_yearly", "unit_price", "once",
    "deposit", "amount", "price", "loss_free_amount", "opening_losses", "cash", "common_stock",
)  # fmt: skip


@some
@given(plans())
def test_the_books_hold(data: dict[str, Any]) -> None:
    found = model(data)
    paths = every_line(found, FEW)
    assert all(np.all(np.isfinite(path)) for path in paths.values())
    assert_books_hold(found, paths)
    scale = max(float(np.max(np.abs(path))) for path in paths.values()) + 1
    for name in ("prepaid", "accrued_pay", "tax_prepaid", "equipment_payables", "payables", "deposits"):
        if f"account.{name}" in paths:
            assert np.min(paths[f"account.{name}"]) > -1e-9 * scale, name
    if "account.equipment" in paths:
        net = paths["account.equipment"] + paths["account.accumulated_depreciation"]
        assert np.min(net) > -1e-9 * scale
    for one in data["operations"]["commitments"]:
        line = f"commitments.{one['id']}"
        assert np.min(paths[f"{line}.left"]) > -1e-9 * scale
        assert np.min(paths[f"{line}.uncovered"]) > -1e-9 * scale


def scaled(node: Any, factor: float, key: str = "") -> Any:
    """The same data with every amount of money times a factor."""
    if isinstance(node, dict):
        return {name: scaled(value, factor, name) for name, value in node.items()}
    if isinstance(node, list):
        return [scaled(value, factor, key) for value in node]
    if key not in MONEY or (isinstance(node, str) and "GBP" in node):
        return node
    if isinstance(node, str):
        return re.sub(r"(?<![\w.])\d[\d.e+-]*", lambda number: repr(float(number[0]) * factor), node)
    return node * factor


@some
@given(plans(), st.sampled_from((0.5, 4.0)))
def test_another_currency_is_another_unit(data: dict[str, Any], rate: float) -> None:
    """The plan in euros, each amount times the rate: every line of money is that much, no other moves."""
    there = scaled(copy.deepcopy(data), rate)
    there["company"] |= {
        "currency": "EUR",
        "exchange_rates": [
            {"currency": "USD", "rate": rate},
            *({**one, "rate": one["rate"] * rate} for one in data["company"]["exchange_rates"]),
        ],
    }
    ours, theirs = base(data), base(there)
    lines = model(there).lines
    size = max(abs(value) for values in ours.values() for value in values) + 1
    for name, values in ours.items():
        if name.startswith(("exchange.", "employer.")) or lines[name].unit.startswith("GBP"):
            continue
        factor = rate if lines[name].unit.startswith("EUR") else 1.0
        np.testing.assert_allclose(
            theirs[name], np.array(values) * factor, rtol=1e-7, atol=1e-9 * size, err_msg=name
        )


@some
@given(plans(), st.integers(1, 12))
def test_the_fiscal_year_moves_tax_and_nothing_else(data: dict[str, Any], start: int) -> None:
    assume(all(one.get("method") != "macrs" for one in data["operations"]["purchases"]))
    other = copy.deepcopy(data)
    other["company"]["fiscal_year_start"] = start
    ours, theirs = base(data), base(other)
    size = max(abs(value) for values in ours.values() for value in values) + 1
    for name in ("total.income_before_tax", "total.revenue", "total.cash_investing", "total.cash_financing"):
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-9, atol=1e-9 * size, err_msg=name)


@some
@given(plans(), st.integers(1, 60_000), st.sampled_from(("monthly", "once", "paid_yearly")))
def test_another_cost_never_lengthens_the_runway(data: dict[str, Any], amount: int, form: str) -> None:
    more = copy.deepcopy(data)
    more["operations"]["costs"].append({"id": "extra", "category": "general", form: amount})
    before, after = (runway(every_line(model(one), FEW)["account.cash"][1:]) for one in (data, more))
    assert np.all(after <= before)


@some
@given(plans(), st.randoms(use_true_random=False))
def test_the_order_of_entries_changes_nothing(data: dict[str, Any], random: Any) -> None:
    other = copy.deepcopy(data)
    for section, name in (
        ("talent", "roles"), ("operations", "costs"), ("operations", "purchases"),
        ("operations", "commitments"), ("company", "exchange_rates"),
    ):  # fmt: skip
        random.shuffle(other[section][name])
    ours, theirs = base(data), base(other)
    assert ours.keys() == theirs.keys()
    size = max(abs(value) for values in ours.values() for value in values) + 1
    for name, values in ours.items():
        np.testing.assert_allclose(theirs[name], values, rtol=1e-9, atol=1e-9 * size, err_msg=name)
