"""The book, lines, tables and near names."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.lines.book import Book
from toolkit.lines.line import Line
from toolkit.lines.posting import Account
from toolkit.lines.quantity import Quantity
from toolkit.lines.spelling import nearest
from toolkit.lines.table import Table
from toolkit.provenance import Source
from toolkit.text import Text

WORDS, SOURCE = Text("words", "文字"), Source("assumption", "test")


def book() -> Book:
    accounts = [("cash", "asset"), ("sales", "income")]
    return Book(Account(name, kind, WORDS, 1, "x") for name, kind in accounts)  # type: ignore[arg-type]


def test_an_amount_is_a_line_and_a_posting() -> None:
    found = book()
    assert found.amount("a", "1 + 1", "USD", WORDS, debit="cash", credit="sales") == "a"
    assert found.lines["a"].statement == "amount"
    assert [(p.debit, p.credit, p.line) for p in found.postings] == [("cash", "sales", "a")]


def test_a_name_is_written_once_and_an_account_is_known() -> None:
    found = book()
    found.formula("a", "1", "1", WORDS)
    with pytest.raises(ValueError, match="written twice"):
        found.input("a", Quantity.constant(1), "1", WORDS, SOURCE)
    with pytest.raises(ValueError, match="unknown account loans"):
        found.amount("b", "1", "USD", WORDS, debit="cash", credit="loans")


def test_a_table_may_come_twice_but_not_with_two_contents() -> None:
    found = book()
    table = Table("tax", "1", (0.0,), (0.2,), SOURCE)
    assert found.table(table) == found.table(table) == "tax"
    with pytest.raises(ValueError, match="two contents"):
        found.table(Table("tax", "1", (0.0,), (0.3,), SOURCE))


def test_a_line_has_one_definition() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        Line("a", "1", WORDS, "driver", SOURCE)
    with pytest.raises(ValueError, match="exactly one"):
        Line("a", "1", WORDS, "driver", SOURCE, formula="1", quantity=Quantity.constant(1))


def test_tables_by_hand() -> None:
    """10 % from 0, 20 % from 1,000, 40 % from 5,000."""
    table = Table("tax", "1", (0.0, 1000.0, 5000.0), (0.1, 0.2, 0.4), SOURCE)
    x = np.array([-5.0, 0.0, 500.0, 1000.0, 3000.0, 5000.0, 6000.0])
    np.testing.assert_allclose(table.brackets(x), [0, 0, 50, 100, 500, 900, 1300])
    np.testing.assert_allclose(table.lookup(x), [0, 0.1, 0.1, 0.2, 0.2, 0.4, 0.4])


def test_near_names() -> None:
    assert nearest("salery", ["salary", "country", "month"]) == "salary"
    assert nearest("zzz", ["b", "a"]) == "a, b"  # none is alike: all of a few
    assert nearest("zzz", []) == "—"
