"""Whatever a plan says: the books hold in every draw, and accounts that clear do clear."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings

from tests.properties.random_plans import plans
from tests.unit.projection.books import Paths, assert_books_hold, every_line
from tests.unit.resources.plans import compiled, model
from toolkit.projection.draws import Sampler
from toolkit.projection.engine import base_case
from toolkit.projection.explain import explain
from toolkit.projection.model import Model

LONGEST = 4  # months until an invoice of these plans is paid
FEW = Sampler(replicates=2, per_replicate=16)
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=80, deadline=None, suppress_health_check=SLOW)
@given(plans())
def test_books_hold_and_accounts_clear(data: dict[str, Any]) -> None:
    found = model(data, spread=1.4)
    paths = every_line(found, FEW)
    assert all(np.all(np.isfinite(path)) for path in paths.values())
    assert_books_hold(found, paths)
    assert_clearing(found, paths)


def assert_clearing(found: Model, paths: Paths) -> None:
    """What is owed at the end of a month is what came within the longest term, and nothing is paid twice."""
    scale = max(float(np.max(np.abs(path))) for path in paths.values() if path.size) + 1
    for account, side in (("payables", "credit"), ("receivables", "debit"), ("tax_payable", "credit")):
        if f"account.{account}" not in paths:
            continue
        owed = paths[f"account.{account}"]
        came = np.zeros_like(owed)
        for posting in found.postings:
            if getattr(posting, side) == account:
                came = came + paths[posting.line]
        assert np.min(owed) > -1e-9 * scale
        for month in range(1, len(owed)):
            recent = np.sum(came[max(month - LONGEST, 0) : month + 1], axis=0)
            assert np.all(owed[month] <= recent + 1e-9 * scale)
    if "account.convertibles" in paths:
        assert np.min(paths["account.convertibles"]) > -1e-9 * scale
    if "account.compute_credits" in paths:
        prepaid, deferred = paths["account.compute_credits"], paths["account.deferred_credits"]
        np.testing.assert_allclose(prepaid, deferred, atol=1e-9 * scale)
        assert np.min(prepaid) > -1e-9 * scale


@settings(max_examples=15, deadline=None, suppress_health_check=SLOW)
@given(plans())
def test_every_number_is_explained(data: dict[str, Any]) -> None:
    """The ground of cash in the last month: each leaf has a place to open."""
    compilation = compiled(data)
    found = model(data)
    values = base_case(found)
    explanation = explain(found, values, "account.cash", data["company"]["months"], 10_000)
    assert all(leaf.source.place for leaf in explanation.leaves())
    assert compilation.book.lines.keys() <= found.lines.keys()
