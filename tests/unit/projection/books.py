"""What must hold of any books, written without the ledger: from postings and amounts only."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from toolkit.projection.draws import Sampler, draw, extend_registry
from toolkit.projection.engine import Engine
from toolkit.projection.model import Model

Paths = Mapping[str, np.ndarray]  # line → (months + 1, draws)


def every_line(model: Model, sampler: Sampler) -> dict[str, np.ndarray]:
    """Every line in every draw."""
    inputs = draw(model, extend_registry({}, model.dimensions), sampler)
    return Engine(model, model.uncertain, tuple(model.lines)).run(inputs, sampler.draws)


def assert_balanced(model: Model, paths: Paths) -> None:
    """Assets = liabilities + equity in every month of every draw, from the accounts themselves."""
    sides = {"asset": 0.0, "liability": 0.0, "equity": 0.0}
    for account in model.accounts.values():
        if account.kind in sides and account.line in paths:
            sides[account.kind] = sides[account.kind] + paths[account.line]
    owned, owed = np.asarray(sides["asset"]), np.asarray(sides["liability"]) + np.asarray(sides["equity"])
    turnover = largest_posting(model, paths)
    size = np.maximum(np.abs(owned), np.max(np.abs(paths["account.cash"]), axis=0)) + 1
    assert np.max(np.abs(owned - owed) / (size + 1e-6 * turnover)) < 1e-6
    np.testing.assert_allclose(paths["total.assets"], owned, rtol=1e-9, atol=1e-6 + 1e-12 * turnover)
    np.testing.assert_allclose(
        paths["total.liabilities_and_equity"], owed, rtol=1e-9, atol=1e-4 + 1e-12 * turnover
    )


def largest_posting(model: Model, paths: Paths) -> float:
    """The largest amount that is posted in a month of any draw: what comes in and goes out again leaves the
    rounding of its own size behind, twelve digits below it."""
    return max((float(np.max(np.abs(paths[one.line]))) for one in model.postings), default=0.0)


def assert_rolls_forward(model: Model, paths: Paths) -> None:
    """Each balance is last month's plus what is posted to it, on its side; income and expense start anew."""
    rounding = 1e-4 + 1e-12 * largest_posting(model, paths)
    for account in model.accounts.values():
        if account.line not in paths or account.name == "retained_earnings":
            continue
        moved = np.zeros_like(paths["account.cash"][1:])
        for posting in model.postings:
            sign = (posting.debit == account.name) - (posting.credit == account.name)
            moved = moved + sign * paths[posting.line][1:]
        if account.kind not in ("asset", "expense"):
            moved = -moved
        before = paths[account.line][:-1] if account.kind in ("asset", "liability", "equity") else 0.0
        np.testing.assert_allclose(paths[account.line][1:], before + moved, rtol=1e-9, atol=rounding)


def direct_cash_flow(model: Model, paths: Paths) -> np.ndarray:
    """Receipts less payments of each month, by the direct method: the postings that touch cash."""
    flow = np.zeros_like(paths["account.cash"][1:])
    for posting in model.postings:
        if "cash" in (posting.debit, posting.credit):
            sign = 1 if posting.debit == "cash" else -1
            flow = flow + sign * paths[posting.line][1:]
    return flow


def assert_cash_flow_agrees(model: Model, paths: Paths) -> None:
    """The indirect statement, the change of the account and the direct method are one number."""
    direct = direct_cash_flow(model, paths)
    cash = paths["account.cash"]
    scale = np.max(np.abs(cash)) + 1
    assert np.max(np.abs(np.diff(cash, axis=0) - direct)) < 1e-9 * scale + 1e-12 * largest_posting(
        model, paths
    )
    assert np.max(np.abs(paths["total.cash_change"][1:] - direct)) < 1e-9 * scale + 1e-12 * largest_posting(
        model, paths
    )


def assert_result_agrees(model: Model, paths: Paths) -> None:
    """The result is income less expense, and goes to retained earnings."""
    result = np.zeros_like(paths["account.cash"][1:])
    for posting in model.postings:
        for name, sign in ((posting.debit, -1), (posting.credit, 1)):
            if model.accounts[name].kind in ("income", "expense"):
                result = result + sign * paths[posting.line][1:]
    rounding = 1e-4 + 1e-12 * largest_posting(model, paths)
    np.testing.assert_allclose(paths["total.net_income"][1:], result, rtol=1e-9, atol=rounding)
    earned = np.diff(paths["account.retained_earnings"], axis=0)
    np.testing.assert_allclose(earned, result, rtol=1e-9, atol=rounding)


def assert_books_hold(model: Model, paths: Paths) -> None:
    assert_balanced(model, paths)
    assert_rolls_forward(model, paths)
    assert_cash_flow_agrees(model, paths)
    assert_result_agrees(model, paths)
