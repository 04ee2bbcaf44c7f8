"""The ledger: books hold in every draw and month, and clearing accounts clear."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.projection.books import assert_books_hold, every_line
from tests.unit.resources.plans import example_text, model
from toolkit.lines.book import Book
from toolkit.projection.draws import Sampler
from toolkit.projection.ledger import write_ledger
from toolkit.projection.model import Model
from toolkit.resources.chart import chart_of_accounts
from toolkit.text import Text


@pytest.fixture(scope="module", params=["base", "lean", "push"])
def example(request: pytest.FixtureRequest) -> tuple[Model, dict[str, np.ndarray]]:
    found = model(example_text(), request.param, spread=1.5)
    return found, every_line(found, Sampler(replicates=2, per_replicate=256))


def test_the_books_of_the_example_hold_in_every_draw(example: tuple[Model, dict[str, np.ndarray]]) -> None:
    assert_books_hold(*example)


def test_convertibles_are_empty_after_the_round(example: tuple[Model, dict[str, np.ndarray]]) -> None:
    _, paths = example
    owed, came = paths["account.convertibles"], np.cumsum(paths["funding.seed.proceeds"], axis=0) > 0
    assert np.all(owed >= 0)
    assert np.all(owed[came] == 0)
    assert np.any(came)
    assert np.any(owed > 0)


def test_payables_are_the_invoices_not_yet_paid(example: tuple[Model, dict[str, np.ndarray]]) -> None:
    """Never negative beyond rounding, and each invoice is paid a month later: what is owed at the end of a
    month is at most what came in that month."""
    found, paths = example
    came = sum(paths[p.line] for p in found.postings if p.credit == "payables")
    owed = paths["account.payables"]
    scale = np.max(owed)
    assert np.min(owed) > -1e-9 * scale
    assert np.all(owed <= came + 1e-9 * scale)


def test_credits_stand_against_what_they_will_bring(example: tuple[Model, dict[str, np.ndarray]]) -> None:
    _, paths = example
    prepaid, deferred = paths["account.compute_credits"], paths["account.deferred_credits"]
    np.testing.assert_allclose(prepaid, deferred, atol=1e-6)
    np.testing.assert_allclose(prepaid, paths["partnerships.cloud_credits.left"], atol=1e-6)
    assert np.all(prepaid >= 0)
    assert np.all(prepaid[26:] == 0)  # they end after 26 months


def test_receivables_are_the_revenue_of_last_month(example: tuple[Model, dict[str, np.ndarray]]) -> None:
    _, paths = example
    np.testing.assert_allclose(paths["account.receivables"], paths["market.revenue"], rtol=1e-9, atol=1e-6)


def test_statements_list_every_account_once_and_totals_by_level(
    example: tuple[Model, dict[str, np.ndarray]],
) -> None:
    found, _ = example
    for statement in ("income", "balance"):
        rows = [row.line for row in found.statements if row.statement == statement]
        assert len(rows) == len(set(rows))
    listed = {row.line for row in found.statements}
    assert {line.name for line in found.lines.values() if line.statement in ("account", "flow")} <= listed
    assert [row.line for row in found.statements if row.statement == "cash_flow"][-2:] == [
        "total.cash_change",
        "account.cash",
    ]


def test_nobody_posts_to_retained_earnings() -> None:
    book = Book(chart_of_accounts())
    book.amount("dividend", "10", "USD", Text("a", "b"), debit="retained_earnings", credit="cash")
    with pytest.raises(ValueError, match="retained earnings"):
        write_ledger(book, {}, "USD")
