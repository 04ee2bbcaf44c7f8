"""Reading YAML: plain data, the line of every field, and what is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.errors import InputError, Problem
from toolkit.resources.reading import Positions, read_yaml

TEXT = """\
# a comment
company:
  name: {en: Tiny,
         zh: 小}
  start: 2027-01
roles:
  - id: a

    salary: 120k
  - {id: b, salary: 0x10}
"""


def problems(text: str) -> list[Problem]:
    with pytest.raises(InputError) as refused:
        read_yaml(text, "plan.yaml")
    return list(refused.value.problems)


def test_every_field_has_its_line() -> None:
    data, positions = read_yaml(TEXT, "plan.yaml")
    assert data["roles"] == [{"id": "a", "salary": "120k"}, {"id": "b", "salary": 16}]
    lines = {
        "company": 2, "company.name": 3, "company.name.zh": 4, "company.start": 5, "roles[0]": 7,
        "roles[0].id": 7, "roles[0].salary": 9, "roles[1]": 10, "roles[1].salary": 10,
    }  # fmt: skip
    assert {path: positions.line(path) for path in lines} == lines
    assert positions.place("roles[0].salary") == "plan.yaml:9"


def test_what_is_not_there_stands_where_it_should_be() -> None:
    positions = Positions("plan.yaml", {"roles": 6, "roles[0]": 7, "roles[0].salary": 9})
    assert positions.line("roles[0].count") == 7
    assert positions.line("roles[0].salary.value") == 9
    assert positions.line("roles[3].count") == 6
    assert positions.line("market.products") is None
    assert Positions(None, {}).place("a") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("012", 12),
        ("1_000", 1000),
        ("0x1F", 31),
        ("0o17", 15),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("60e9", 60e9),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("yes", "yes"),
        ("no", "no"),
        ("2027-01", "2027-01"),
        ("2024-05-31", "2024-05-31"),
        ("12:30", "12:30"),
        ("120k", "120k"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("1,900", "1,900"),
        (".inf", float("inf")),
        ("!!str 12", "12"),
        ("!!python/object:os.system x", "x"),
    ],
)
def test_scalars(text: str, value: object) -> None:
    data, _ = read_yaml(f"a: {text}")
    assert data == {"a": value}
    assert type(data["a"]) is type(value)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", 3, 2),
        ("a: 1\n b: 2\n", 2, 3),
        ("a: 'x\nb: 1\nc: 2\n", 1, 4),  # where the quote opens, not where the text ends
        ("a: 1\nb: [1, 2\n\n", 2, 4),
        ("a: 1\n\tb: 2\n", 2, 1),
        ("a: b: c\n", 1, 5),
        ("a: 1\n---\nb: 2\n", 2, 1),
        ("a: \x07\n", 1, 4),
        ("a: @x\n", 1, 4),
        ("[" * 600, 1, 1),
    ],
)
def test_a_syntax_error_has_its_place(text: str, line: int, column: int) -> None:
    (problem,) = problems(text)
    assert (problem.id, problem.file, problem.line) == ("plan.syntax", "plan.yaml", line)
    assert problem.values["column"] == column
    for language in ("en", "zh"):
        assert str(column) in problem.problem(language)


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n- b\n", "words", "{}", "3"])
def test_a_plan_is_a_mapping(text: str) -> None:
    (problem,) = problems(text)
    assert (problem.id, problem.line) == ("plan.no_mapping", 1)


def test_keys_that_stand_twice_are_all_found() -> None:
    found = problems("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n")
    assert [(p.id, p.field, p.line) for p in found] == [
        ("plan.duplicate_key", "b.c", 4),
        ("plan.duplicate_key", "a", 5),
    ]


def test_aliases_are_refused_before_they_grow() -> None:
    bomb = "a: &a [1, 2]\n" + "".join(
        f"{name}: &{name} [*{other}, *{other}]\n" for other, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    found = problems(bomb)
    assert {problem.id for problem in found} == {"plan.alias"}
    assert found[0].field == "b[0]"
    assert problems("a: &a\n  b: *a\n")[0].id == "plan.alias"


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


def test_half_a_character_is_replaced() -> None:
    assert read_yaml('{"a": "\\ud83d\\ude00 \\ud800"}')[0] == {"a": "😀 �"}


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=5), JSON, min_size=1, max_size=3))
def test_json_is_read_as_it_is(data: dict[str, object]) -> None:
    found, positions = read_yaml(json.dumps(data))
    assert found == data
    assert set(positions.lines.values()) == {1}
