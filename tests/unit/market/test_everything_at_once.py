"""Everything together: the books hold in every draw, every number has a ground, words in both languages."""

from __future__ import annotations

import numpy as np

from tests.unit.market.everything import everything
from tests.unit.projection.books import assert_books_hold, every_line
from tests.unit.resources.plans import base, model
from toolkit.projection.draws import Sampler
from toolkit.projection.explain import explain


def test_the_books_hold() -> None:
    found = model(everything(), spread=1.4)
    paths = every_line(found, Sampler(replicates=2, per_replicate=64))
    assert all(np.all(np.isfinite(path)) for path in paths.values())
    assert_books_hold(found, paths)
    assert np.min(paths["account.deferred_revenue"]) > -1e-6
    assert np.max(paths["account.receivables_allowance"]) < 1e-6


def test_every_leaf_of_cash_has_a_place() -> None:
    found = model(everything())
    explanation = explain(found, base(everything()), "account.cash", 30, 10_000)
    assert all(leaf.source.place for leaf in explanation.leaves())


def test_every_line_is_called_something_in_both_languages() -> None:
    found = model(everything())
    for name, line in found.lines.items():
        if name.startswith(("market.", "partnerships.", "policy.")):
            assert line.label.en, name
            assert line.label.zh != line.label.en, name
