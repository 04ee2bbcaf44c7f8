"""What changed between two plan texts, by field path: worked examples and invariants."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from toolkit.errors import InputError
from toolkit.store.changes import Change, changes_between

BEFORE = """\
company: {name: Acme, founded: 2026-01-15}
talent:
  roles:
    - {id: founder, salary: 60000}
    - {id: ml_engineer, salary: 2 to 4, months: [1, 2]}
market: {trial: yes, steps: [{at: 1}, {at: 2}]}
"""
AFTER = """\
# The same company, later.
market:
  steps: [{at: 1}, {at: 3}]
  trial: yes
talent:
  roles:
    - {id: designer, salary: 50000}
    - {id: founder, salary: 60000.0}
    - {id: ml_engineer, salary: 3 to 5, months: [1, 2, 3]}
company: {name: Acme, founded: 2026-02-15}
policy: {credit: true}
"""


def test_a_worked_example() -> None:
    assert changes_between(BEFORE, AFTER) == (
        Change("company.founded", "changed", "2026-01-15", "2026-02-15"),
        Change("talent.roles[ml_engineer].salary", "changed", "2 to 4", "3 to 5"),
        Change("talent.roles[ml_engineer].months", "changed", [1, 2], [1, 2, 3]),
        Change("talent.roles[designer]", "added", None, {"id": "designer", "salary": 50000}),
        Change("market.steps[1].at", "changed", 2, 3),
        Change("policy", "added", None, {"credit": True}),
    )


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("a: 1", "a: 1.0  # the same number", ()),
        ("a: 1", "a: true", (Change("a", "changed", 1, True),)),
        ("a: [1]", "a: [true]", (Change("a", "changed", [1], [True]),)),
        ("a: 1", "a: '1'", (Change("a", "changed", 1, "1"),)),
        ("a: null", "b: null", (Change("a", "removed"), Change("b", "added"))),
        ("a: {b: 1}", "a: 2", (Change("a", "changed", {"b": 1}, 2),)),
        (
            "a: [{id: x}, {id: y}]",
            "a: [{id: y}, {id: x}]",
            (Change("a", "reordered", ["x", "y"], ["y", "x"]),),
        ),
        ("a: [{id: x}, {id: y}]", "a: [{id: y}]", (Change("a[x]", "removed", {"id": "x"}),)),
        ("a: [{b: 1}]", "a: [{b: 1}, {b: 2}]", (Change("a", "changed", [{"b": 1}], [{"b": 1}, {"b": 2}]),)),
    ],
)
def test_small_cases(before: str, after: str, changes: tuple[Change, ...]) -> None:
    assert changes_between(before, after) == changes


@pytest.mark.parametrize(("text", "line"), [("a: [1\nb: 2", 2), ("- a\n- b", 1), ("", 1), ("a: 1\na: 2", 2)])
def test_a_text_that_is_no_plan_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(InputError) as caught:
        changes_between("a: 1", text)
    (problem,) = caught.value.problems
    assert (problem.id, problem.line) == ("store.not_yaml", line)


scalars = st.none() | st.booleans() | st.integers(-99, 99) | st.sampled_from(["x", "2 to 4"])
trees = st.dictionaries(
    st.sampled_from("abcd"),
    st.recursive(
        scalars,
        lambda part: st.dictionaries(st.sampled_from("abcd"), part, max_size=3) | st.lists(part, max_size=3),
    ),
    max_size=4,
)


def leaf(tree: Any, path: str) -> Any:
    for step in path.replace("[", ".").replace("]", "").split("."):
        tree = tree[int(step)] if isinstance(tree, list) else tree[step]
    return tree


@given(trees, trees)
def test_every_change_names_a_place_that_really_differs(before: Any, after: Any) -> None:
    # JSON is YAML.
    changes = changes_between(json.dumps(before), json.dumps(after))
    assert changes_between(json.dumps(before), json.dumps(before)) == ()
    assert bool(changes) == (json.dumps(before, sort_keys=True) != json.dumps(after, sort_keys=True))
    for change in changes:
        if change.kind != "added":
            assert leaf(before, change.path) == change.before
        if change.kind != "removed":
            assert leaf(after, change.path) == change.after


def test_the_yaml_of_the_example_is_read_as_it_looks() -> None:
    assert YAML(typ="safe").load(BEFORE)["market"]["trial"] == "yes"
