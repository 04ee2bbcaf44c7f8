"""Calculators that compute by lines: the formulas that a plan compiles to, with a case put in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from toolkit.lines.book import Book
from toolkit.lines.quantity import Quantity
from toolkit.projection.engine import base_case
from toolkit.projection.model import assemble
from toolkit.provenance import Source
from toolkit.text import Text

GIVEN = Source("plan", "given in the case")
_ANY_MONTH = "2000-01"  # the formulas of a case know no time


def evaluate(numbers: Mapping[str, float], formulas: Mapping[str, str]) -> dict[str, float]:
    """The value of every formula; it may read the numbers and the other formulas, in any order.

    Raises InputError for names that nobody knows and for formulas that need each other.
    """
    book = Book(())
    for name, number in numbers.items():
        book.input(name, Quantity.constant(number), "1", Text.of(name), GIVEN)
    for name, formula in formulas.items():
        book.formula(name, formula, "1", Text.of(name))
    return _first_month(book, formulas)


def _first_month(book: Book, names: Iterable[str]) -> dict[str, float]:
    values = base_case(assemble(book, (), (_ANY_MONTH,), ""))
    return {name: values[name][1] for name in names}
