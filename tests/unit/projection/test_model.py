"""The model: order, cycles, unknown names."""

from __future__ import annotations

import pytest

from tests.unit.projection.interpreter import Lines
from toolkit.errors import InputError


def problems(lines: Lines) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as refused:
        lines.model()
    return [(problem.id, problem.field) for problem in refused.value.problems]


def test_a_line_comes_after_what_it_reads_in_the_same_month() -> None:
    model = Lines(formulas={"a": "b + c", "b": "c + a[-1]", "c": "1", "d": "2"}).model()
    order = list(model.lines)
    assert order.index("c") < order.index("b") < order.index("a")
    assert set(order) == {"a", "b", "c", "d"}


def test_a_long_chain_needs_no_recursion() -> None:
    chain = {f"l{number}": f"l{number + 1}" for number in range(3000)}
    model = Lines(formulas={**chain, "l3000": "1"}).model()
    assert next(iter(model.lines)) == "l3000"


def test_a_cycle_is_named() -> None:
    lines = Lines(formulas={"a": "b + 1", "b": "c * 2", "c": "a - 3"})
    with pytest.raises(InputError) as refused:
        lines.model()
    (problem,) = refused.value.problems
    assert problem.id == "lines.cycle"
    assert problem.values["cycle"] == "a → b → c → a"


def test_a_cycle_of_opening_values_is_refused() -> None:
    """Before month 1 a lag is no way out."""
    lines = Lines(formulas={"a": "a[-1]", "b": "b[-1]"}, openings={"a": "b[-1]", "b": "a"})
    assert problems(lines) == [("lines.cycle", "a")]


def test_unknown_names_and_tables_are_all_found() -> None:
    lines = Lines(
        formulas={"a": "customer + brackets(rate, 3)", "customers": "costs[-1]"}, openings={"a": "cash"}
    )
    found = problems(lines)
    assert sorted(found) == [
        ("lines.unknown_name", "a"), ("lines.unknown_name", "a"), ("lines.unknown_name", "customers"),
        ("lines.unknown_table", "a"),
    ]  # fmt: skip


def test_what_a_line_rests_on_and_what_rests_on_it() -> None:
    model = Lines(
        inputs={"x": 1.0, "y": 2.0},
        formulas={"a": "x + b[-3]", "b": "sum(c, 2)", "c": "y", "d": "a"},
        openings={"c": "x"},
    ).model()
    assert model.ground(("a",)) == {"a", "x", "b", "c", "y"}
    assert model.reached(("y",)) == {"y", "c", "b", "a", "d"}
    assert model.reached(("x",)) == {"x", "a", "d", "c", "b"}


@pytest.mark.parametrize(
    ("fiscal_start", "expected"), [(1, (11, 12, 1, 2)), (4, (8, 9, 10, 11)), (12, (12, 1, 2, 3))]
)
def test_fiscal_months(fiscal_start: int, expected: tuple[int, ...]) -> None:
    assert (
        Lines(formulas={"a": "1"}, months=4, start=11, fiscal_start=fiscal_start).model().fiscal_months()
        == expected
    )
