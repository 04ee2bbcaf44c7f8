"""Explanations: each number follows from its operands, down to a plan line, a fact or a measurement."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.unit.projection.interpreter import Lines, interpret
from tests.unit.resources.plans import example_text, model
from toolkit.errors import InputError
from toolkit.lines.language import parse
from toolkit.projection.engine import base_case
from toolkit.projection.explain import Explanation, explain
from toolkit.projection.model import Model

DEEP = 10_000
PLACES = (
    r"llm-startup\.yaml:\d+",  # a line of the plan
    r"data/[\w/]+\.(csv|yaml)( .*)?",  # a row of a fact
    r"m-[\w]+(, m-[\w]+)*",  # measurements
    r"company\.start \d{4}-\d{2}",  # the first month: nothing lies before it
)


@pytest.fixture(scope="module")
def example() -> tuple[Model, dict[str, tuple[float, ...]]]:
    found = model(example_text())
    return found, base_case(found)


def nodes(node: Explanation) -> Iterator[Explanation]:
    yield node
    for operand in node.operands:
        yield from nodes(operand)


@pytest.mark.parametrize("line", ["account.cash", "total.assets", "metric.net_burn", "compute.cost"])
def test_every_leaf_has_a_place(example: tuple[Model, dict[str, tuple[float, ...]]], line: str) -> None:
    found, values = example
    leaves = explain(found, values, line, 36, DEEP).leaves()
    assert len(leaves) > 20
    for leaf in leaves:
        place = leaf.source.place
        assert place is not None, leaf.line
        assert any(re.fullmatch(pattern, place) for pattern in PLACES), (leaf.line, place)


def test_leaves_stand_where_they_are_written(example: tuple[Model, dict[str, tuple[float, ...]]]) -> None:
    found, values = example
    rows = example_text().splitlines()
    leaves = {leaf.line: leaf for leaf in explain(found, values, "account.cash", 36, DEEP).leaves()}
    for line, words in {
        "talent.ml_engineer.salary": "salary: {value: 155k to 200k",
        "market.pro.price": "price: 240 to 320",
        "operations.legal.once": "once: 18k",
        "company.interest_on_cash": "interest_on_cash",
    }.items():
        number = int(str(leaves[line].source.place).rpartition(":")[2])
        assert words in rows[number - 1]
    assert leaves["talent.ml_engineer.salary"].source.title.startswith("Stack Overflow")
    assert leaves["compute.finetune.list_price"].source.kind == "fact"
    assert leaves["compute.finetune.rate"].source.kind == "measurement"


def test_the_whole_ground_is_walked_once(example: tuple[Model, dict[str, tuple[float, ...]]]) -> None:
    found, values = example
    whole = list(nodes(explain(found, values, "account.cash", 36, DEEP)))
    explained = [(node.line, node.month) for node in whole if node.operands]
    assert len(explained) == len(set(explained))
    again = {(node.line, node.month) for node in whole if node.repeated}
    assert again <= set(explained)


def test_numbers_put_in_give_the_value() -> None:
    """Lags, windows, time, openings: the substituted formula evaluates to the value of the node."""
    lines = Lines(
        inputs={"start": 10.0, "rate": 0.1},
        formulas={
            "cash": "cash[-1] * (1 + rate) - cost", "fee": "t * 2",
            "cost": "where(t > 2, sum(fee, 3), fee[-1]) + fiscal_month",
        },
        openings={"cash": "start + 5"},
    )  # fmt: skip
    found = lines.model()
    values = base_case(found)
    expected = interpret(lines, {})
    first = explain(found, values, "cash", 1, 1)
    assert [(read.line, read.month) for read in first.operands] == [("cash", 0), ("rate", 1), ("cost", 1)]
    for month in range(7):
        for node in nodes(explain(found, values, "cash", month, DEEP)):
            assert node.value == expected[node.line][node.month]
            if node.substituted is not None:
                numbers = Lines(formulas={"x": _plain(node.substituted)})
                assert interpret(numbers, {})["x"][1] == pytest.approx(node.value, rel=1e-5)


def _plain(text: str) -> str:
    """Numbers without thousands separators; the commas between arguments stay."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", text)


def test_depth_limits_the_tree_and_repeats_are_marked() -> None:
    lines = Lines(formulas={"a": "b + c", "b": "c * 2", "c": "1 + 1", "d": "a + a[-1] + b"})
    found = lines.model()
    shallow = explain(found, base_case(found), "a", 1, 1)
    assert [operand.operands for operand in shallow.operands] == [(), ()]
    deep = explain(found, base_case(found), "a", 1, DEEP)
    b, c = deep.operands
    assert b.operands[0].line == "c"
    assert parse(str(deep.substituted)) == parse("4 + 2")
    assert c.operands == b.operands[0].operands == ()
    assert c.source.title == "no entry of the plan leads here"
    a, before, again = explain(found, base_case(found), "d", 2, DEEP).operands
    assert (a.repeated, before.repeated, again.repeated) == (False, False, True)
    assert again.operands == ()
    assert deep.as_dict("zh")["operands"][0]["line"] == "b"


def test_an_unknown_line_is_offered_the_nearest(example: tuple[Model, dict[str, tuple[float, ...]]]) -> None:
    found, values = example
    with pytest.raises(InputError) as refused:
        explain(found, values, "account.csah", 1)
    assert "account.cash" in refused.value.problems[0].mend()
