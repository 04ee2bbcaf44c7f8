"""Closed books: figures that a draw itself had give that draw back; books balance; nothing is hidden."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.projection.books import assert_balanced, assert_rolls_forward, every_line
from toolkit.app.building import Built, reopen
from toolkit.projection.closed_books import RETAINED, UNRECONCILED, Actual, ClosedBooks, takes_part
from toolkit.projection.draws import Sampler, draw, extend_registry
from toolkit.projection.engine import Engine
from toolkit.projection.model import Model
from toolkit.projection.project import model_of
from toolkit.reference import load_reference
from toolkit.resources.compile import compile_plan
from toolkit.store.workspace import Workspace

SAMPLER = Sampler(3, 1, 64)
CLOSED = 17


def closed(built: Built, books: ClosedBooks) -> Model:
    """The model of the example plan with closed books."""
    compilation = built.compilation
    fresh = compile_plan(built.plan, load_reference(), compilation.rates, compilation.positions)
    return model_of(fresh, books)


def figures_of(
    model: Model, paths: dict[str, np.ndarray], lines: list[str], which: int
) -> tuple[Actual, ...]:
    return tuple(
        Actual(line, model.months[month - 1], float(paths[line][month][which]), "books.csv:2")
        for line in lines
        for month in range(1, CLOSED + 1)
    )


@pytest.fixture(scope="module")
def paths(built: Built) -> dict[str, np.ndarray]:
    return every_line(built.model, SAMPLER)


def test_the_figures_of_a_draw_give_that_draw_back(built: Built, paths: dict[str, np.ndarray]) -> None:
    """With every line of draw 5 as its books, the months after the closed one of draw 5 are as they were, and
    the books leave nothing unexplained."""
    model = built.model
    lines = [name for name, line in model.lines.items() if line.formula and takes_part(name, line.statement)]
    lines = [name for name in lines if not name.startswith("change.")]
    books = ClosedBooks.until(model.months[CLOSED - 1], figures_of(model, paths, lines, 5))
    again = every_line(closed(built, books), SAMPLER)
    for name in ("account.cash", "total.net_income", "market.customers", "total.assets", "account.payables"):
        np.testing.assert_allclose(again[name][:, 5], paths[name][:, 5], rtol=1e-9, atol=1e-5)
    assert np.max(np.abs(again[f"account.{UNRECONCILED}"][:, 5])) < 1e-5
    # Every other draw has the same past, and a future of its own.
    cash = again["account.cash"]
    np.testing.assert_allclose(cash[1 : CLOSED + 1], np.repeat(cash[1 : CLOSED + 1, 5:6], 64, axis=1))
    assert np.ptp(cash[-1]) > 1e5


def test_all_accounts_alone_leave_nothing_unexplained(built: Built, paths: dict[str, np.ndarray]) -> None:
    """The accounts of one draw are complete books, whatever the drivers of the other draws were."""
    model = built.model
    lines = [name for name in model.lines if name.startswith("account.") and name != RETAINED]
    books = ClosedBooks.until(model.months[CLOSED - 1], figures_of(model, paths, lines, 11))
    again = every_line(closed(built, books), SAMPLER)
    assert np.max(np.abs(again[f"account.{UNRECONCILED}"][CLOSED])) < 1e-4
    expected = paths[RETAINED][CLOSED, 11]
    np.testing.assert_allclose(again[RETAINED][CLOSED], expected, rtol=1e-9)


def test_books_balance_with_any_figures(built: Built) -> None:
    months = built.model.months
    accounts = built.model.accounts.values()
    unused = next(one.line for one in accounts if one.kind == "asset" and one.line not in built.model.lines)
    books = ClosedBooks.until(
        months[5],
        [
            *(Actual("account.cash", month, 1e6 - 9e3 * i, "a") for i, month in enumerate(months[:6])),
            Actual("account.sales", months[1], 700.0, "a"),
            Actual("account.sales", months[4], 900.0, "a"),  # a gap of two months
            Actual(unused, months[2], 5e3, "a"),  # an account that the plan does not use
            Actual("market.pro.customers", months[5], 40.0, "a"),
            Actual("total.net_income", months[5], -1.0, "a"),  # compared only
            Actual("account.cash", months[9], 1.0, "a"),  # later than the closed month
        ],
    )
    model = closed(built, books)
    again = every_line(model, SAMPLER)
    assert_balanced(model, again)
    assert_rolls_forward(model, again)
    assert again["account.cash"][6].tolist() == pytest.approx([1e6 - 9e3 * 5] * 64)
    assert again["account.sales"][2].tolist() == pytest.approx([700.0] * 64)
    assert again["market.pro.customers"][6].tolist() == pytest.approx([40.0] * 64)
    assert again[unused][-1].tolist() == pytest.approx([5e3] * 64)
    assert again["total.net_income"][6].tolist() != pytest.approx([-1.0] * 64)
    # What the books leave open stands in the balance sheet by name.
    assert any(row.line == f"account.{UNRECONCILED}" for row in model.statements)


def test_later_months_keep_their_draws(built: Built) -> None:
    """Closed books move no random number."""
    books = ClosedBooks.until(
        built.model.months[0], [Actual("account.cash", built.model.months[0], 1e5, "a")]
    )
    model = closed(built, books)
    assert model.uncertain == built.model.uncertain
    registry = extend_registry({}, model.dimensions)
    inputs = draw(model, registry, SAMPLER)
    one, two = (
        Engine(each, each.uncertain, ("total.net_income",)).run(inputs, 64)["total.net_income"]
        for each in (built.model, model)
    )
    # Only the interest on the cash differs.
    np.testing.assert_allclose(one[3:], two[3:], atol=1000)


def test_a_stored_reforecast_is_reopened_as_it_was(workspace: Workspace, built: Built) -> None:
    from toolkit.app.building import rebuild

    books = ClosedBooks.until(
        built.model.months[1], [Actual("account.cash", built.model.months[1], 1e6, "a:2")]
    )
    again = rebuild(workspace, built.run, books)
    assert again.run.id != built.run.id
    opened = reopen(workspace)
    assert opened.run == again.run
    assert opened.run.books == books
    assert opened.model.lines == again.model.lines
    assert opened.run.metrics.cash == 1e6
    assert rebuild(workspace, built.run, books).run == again.run
