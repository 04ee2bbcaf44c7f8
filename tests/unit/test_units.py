"""Units: factors between units of one dimension."""

from __future__ import annotations

import pytest

from toolkit.units import UnknownUnitError, conversion


@pytest.mark.parametrize(
    ("given", "expected", "factor"),
    [
        ("USD", "USD", 1),
        ("USD/month", "USD/year", 12),
        ("USD/hour", "USD/month", 730),
        ("USD/day", "USD/year", 365),
        ("months", "year", 1 / 12),
        ("%", "1", 0.01),
        ("Mtoken", "token", 1e6),
        ("TB", "GB", 1000),
        ("token/second", "token/hour", 3600),
        ("s", "hour", 1 / 3600),
        ("customers", "customer", 1),
        ("USD/1", "USD", 1),
    ],
)
def test_factor(given: str, expected: str, factor: float) -> None:
    found = conversion(given, expected)
    assert found == pytest.approx(factor)
    back = conversion(expected, given)
    assert back is not None
    assert back * factor == pytest.approx(1)


@pytest.mark.parametrize(
    ("given", "expected"), [("USD", "EUR"), ("USD", "USD/month"), ("month", "USD"), ("%", "month")]
)
def test_units_that_do_not_fit(given: str, expected: str) -> None:
    assert conversion(given, expected) is None


@pytest.mark.parametrize("text", ["", "dollar", "USD/", "USD/month/head", "usd"])
def test_unknown_units(text: str) -> None:
    with pytest.raises(UnknownUnitError):
        conversion(text, "USD")
