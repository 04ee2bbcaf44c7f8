"""How people write quantities."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import InputError
from toolkit.lines.quantity import Quantity
from toolkit.lines.quantity_text import parse_quantity


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        (3, "1", 3),
        (2.5, "1", 2.5),
        ("120000", "USD", 120_000),
        ("120,000", "USD", 120_000),
        ("1,234,567.5", "USD", 1_234_567.5),
        ("120_000", "USD", 120_000),
        ("120k", "USD", 120_000),
        ("1.5M", "USD", 1.5e6),
        ("2 B", "token", 2e9),
        ("3e9", "token", 3e9),
        (".5", "1", 0.5),
        ("-3", "USD", -3),
        ("15 %", "1", 0.15),
        ("15%", "1", 0.15),
        ("120k USD", "USD", 120_000),
        ("10k USD/month", "USD/year", 120_000),
        ("120k USD/year", "USD/month", 10_000),
        ("6 months", "month", 6),
        ("1 year", "month", 12),
        ("2 Mtoken", "token", 2e6),
        ("3M tokens", "token", 3e6),
        ("730 hours", "year", 730 / 8760),
        ("1 TB", "GB", 1000),
        ("7 GPU-hour", "device-hour", 7),
    ],
)
def test_numbers(text: str | float, unit: str, value: float) -> None:
    quantity = parse_quantity(text, unit)
    assert not quantity.is_uncertain
    assert quantity.median == pytest.approx(value)
    assert quantity.text == str(text)


@pytest.mark.parametrize(
    ("text", "unit", "low", "high"),
    [
        ("2 to 4", "1", 2, 4),
        ("90k to 110k", "USD", 90_000, 110_000),
        ("90k to 110k USD", "USD", 90_000, 110_000),
        ("90k USD to 110k USD", "USD", 90_000, 110_000),
        ("15 % to 25 %", "1", 0.15, 0.25),
        ("15 to 25 %", "1", 0.15, 0.25),
        ("-25 % to -5 %", "1", -0.25, -0.05),
        ("60e9 to 140e9", "token", 60e9, 140e9),
        ("-1 to 3", "1", -1, 3),
        ("1 to 2 USD/month", "USD/year", 12, 24),
    ],
)
def test_ranges(text: str, unit: str, low: float, high: float) -> None:
    assert parse_quantity(text, unit).interval_90 == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("normal(10, 2)", Quantity("normal", (10, 2))),
        ("lognormal(2, 8)", Quantity.between(2, 8)),
        ("uniform(2, 4)", Quantity("uniform", (2, 4))),
        ("triangular(0, 2, 7) months", Quantity("triangular", (0, 2, 7))),
        ("pert(1k, 2k, 4k)", Quantity("pert", (1000, 2000, 4000))),
        ("beta(2, 5)", Quantity("beta", (2, 5, 0, 1))),
        ("discrete(0, 0.3, 1, 0.7)", Quantity("discrete", (0, 0.3, 1, 0.7))),
        ("chance(0.7)", Quantity.chance(0.7)),
        ("chance(70 %)", Quantity.chance(0.7)),
        ("uniform(10 %, 20 %)", Quantity("uniform", (0.1, 0.2))),
    ],
)
def test_distributions(text: str, expected: Quantity) -> None:
    found = parse_quantity(text, "month" if "months" in text else "1")
    assert (found.distribution, found.parameters) == (
        expected.distribution,
        pytest.approx(expected.parameters),
    )
    assert found.text == text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a lot", "quantity_form"),
        ("", "quantity_form"),
        ("3,2", "quantity_form"),
        ("1,00", "quantity_form"),
        ("2-4", "quantity_form"),
        ("1.2.3", "quantity_form"),
        ("12,0000", "quantity_form"),
        (True, "quantity_form"),
        (None, "quantity_form"),
        ([1], "quantity_form"),
        (math.inf, "quantity_form"),
        (math.nan, "quantity_form"),
        ("1e999", "quantity_form"),
        ("k", "quantity_form"),
        ("gamma(1, 2)", "quantity_form"),
        ("5 to", "unit_unknown"),
        ("to 5", "quantity_form"),
        ("4 to 2", "quantity_order"),
        ("2 to 2", "quantity_order"),
        ("90k USD to 110k EUR", "quantity_units"),
        ("10 % to 0.2", "quantity_units"),
        ("5 furlongs", "unit_unknown"),
        ("5 USD", "unit_mismatch"),
        ("normal(10)", "quantity_normal"),
        ("normal(10, 0)", "quantity_normal"),
        ("lognormal(4, 2)", "quantity_lognormal"),
        ("lognormal(0, 2)", "quantity_lognormal"),
        ("uniform(4, 2)", "quantity_uniform"),
        ("triangular(1, 4, 2)", "quantity_triangular"),
        ("triangular(1, 1, 1)", "quantity_triangular"),
        ("pert(2, 1, 3)", "quantity_pert"),
        ("beta(0, 1)", "quantity_beta"),
        ("chance(1.2)", "quantity_chance"),
        ("discrete(1, 0.5, 2, 0.6)", "quantity_discrete"),
        ("discrete(1, 1)", "quantity_discrete"),
        ("discrete(1, -1, 2, 2)", "quantity_discrete"),
    ],
)
def test_refuses(text: object, problem: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_quantity(text, "1")
    (found,) = refused.value.problems
    assert found.id == f"lines.{problem}"
    for language in ("en", "zh"):
        assert found.problem(language)
        assert found.mend(language)


def test_a_range_the_wrong_way_round_is_suggested_the_right_one() -> None:
    with pytest.raises(InputError) as refused:
        parse_quantity("4k to 2k USD", "USD")
    assert refused.value.problems[0].values["suggestion"] == "2k USD to 4k"


@given(st.floats(-1e12, 1e12).filter(lambda x: x == 0 or abs(x) > 1e-6))
def test_every_number_is_read_as_it_is_written(value: float) -> None:
    assert parse_quantity(f"{value!r}").median == value
    assert parse_quantity(f"{value:,.2f} USD", "USD").median == pytest.approx(value, abs=0.0051)


@given(st.text(max_size=20))
def test_any_text_is_a_quantity_or_one_problem(text: str) -> None:
    try:
        found = parse_quantity(text, "USD/month")
    except InputError as error:
        problems = error.problems
        assert len(problems) == 1
    else:
        assert math.isfinite(found.median)
