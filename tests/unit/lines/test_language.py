"""The language: what it reads, what it writes back, and what it refuses."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given

from tests.unit.lines.expressions import expressions
from toolkit.errors import InputError
from toolkit.lines.language import (
    Binary,
    Call,
    Expression,
    Name,
    Number,
    TableLookup,
    Unary,
    Window,
    is_name,
    leaf_text,
    parse,
    references,
    render,
    tables,
)

A, B, C = Name("a"), Name("b"), Name("c")


@given(expressions(("a", "b.c"), tables=("rates",)))
def test_what_is_written_is_read_back(tree: Expression) -> None:
    assert parse(render(tree)) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1.5e3", Number(1500.0)),
        ("talent.ml_engineer.salary", Name("talent.ml_engineer.salary")),
        ("a.b[-3]", Name("a.b", 3)),
        ("sum(a.b, 12)", Window("a.b", 12)),
        ("a - b - c", Binary("-", Binary("-", A, B), C)),
        ("a - (b - c)", Binary("-", A, Binary("-", B, C))),
        ("a / b * c", Binary("*", Binary("/", A, B), C)),
        ("a ** b ** c", Binary("**", A, Binary("**", B, C))),
        ("-a ** b", Unary("-", Binary("**", A, B))),
        ("(-a) ** b", Binary("**", Unary("-", A), B)),
        ("a ** -b", Binary("**", A, Unary("-", B))),
        ("a + b * c", Binary("+", A, Binary("*", B, C))),
        ("a < b", Binary("<", A, B)),
        ("(a < b) < c", Binary("<", Binary("<", A, B), C)),
        ("a and b or c", Binary("or", Binary("and", A, B), C)),
        ("a and b and c", Binary("and", Binary("and", A, B), C)),
        ("not a == b", Unary("not", Binary("==", A, B))),
        ("where(a, b, c)", Call("where", (A, B, C))),
        ("min(a, b, c)", Call("min", (A, B, C))),
        ("round(a)", Call("round", (A,))),
        ("brackets(tax.us, a)", TableLookup("brackets", "tax.us", A)),
        ("lookup(steps, a + b)", TableLookup("lookup", "steps", Binary("+", A, B))),
    ],
)
def test_reads(text: str, tree: Expression) -> None:
    assert parse(text) == tree
    assert parse(render(tree)) == tree


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("((a))", "a"),
        ("(a + b) + c", "a + b + c"),
        ("a + (b + c)", "a + (b + c)"),  # another order of rounding: the brackets stay
        ("(a * b) ** 2", "(a * b) ** 2"),
        ("(-a) ** 2", "(-a) ** 2"),
        ("-(a + b)", "-(a + b)"),
        ("not (a and b)", "not (a and b)"),
        ("(a and b) or c", "a and b or c"),
        ("a and (b or c)", "a and (b or c)"),
        ("a[-1] + sum(b, 3)", "a[-1] + sum(b, 3)"),
    ],
)
def test_writes_the_fewest_brackets(text: str, written: str) -> None:
    assert render(parse(text)) == written


@pytest.mark.parametrize(
    "text",
    [
        "a if b else c",
        "[a]",
        "{a}",
        "a[b]",
        "a[1]",
        "a[-1.5]",
        "a[-1][-1]",
        "f(a)",
        "a.b()",
        "__import__('os')",
        "lambda: a",
        "'text'",
        "True",
        "1j",
        "a < b < c",
        "a % b",
        "a // b",
        "a | b",
        "~a",
        "+a",
        "sum(a)",
        "sum(a, b)",
        "sum(a, 0)",
        "sum(a + b, 3)",
        "where(a, b)",
        "min()",
        "abs(a, b)",
        "exp(x=a)",
        "max(*a)",
        "lookup('t', a)",
        "lookup(t)",
        "a := 1",
        "f'{a}'",
        "None",
        "...",
        "(a, b)",
        "a[-1:]",
    ],
)
def test_refuses_what_it_does_not_have(text: str) -> None:
    with pytest.raises(InputError) as refused:
        parse(text)
    (problem,) = refused.value.problems
    assert problem.id in ("lines.not_in_language", "lines.syntax")
    assert problem.values["text"] == text


@pytest.mark.parametrize(("text", "column"), [("a +", 4), ("(a", 1), ("", 1), ("a b", 3), ("1 +* 2", 4)])
def test_a_syntax_error_names_its_column(text: str, column: int) -> None:
    with pytest.raises(InputError) as refused:
        parse(text)
    (problem,) = refused.value.problems
    assert (problem.id, problem.values["column"]) == ("lines.syntax", column)


def test_a_formula_too_deep_is_refused() -> None:
    with pytest.raises(InputError):
        parse("(" * 500 + "a" + ")" * 500)
    with pytest.raises(InputError):
        parse("-" * 20_000 + "a")


def test_references_hold_every_name_with_its_lag() -> None:
    found = set(references(parse("a[-2] + sum(b, 3) * where(t > 1, c, fiscal_month)")))
    assert found == {Name("a", 2), Name("b", 0), Name("b", 1), Name("b", 2), Name("c")}
    assert list(tables(parse("lookup(x, brackets(y, a))"))) == ["x", "y"]


def test_leaves_may_be_written_another_way() -> None:
    written = render(parse("a[-1] * sum(b, 3)"), lambda leaf: leaf_text(leaf, f"room.{leaf.name}"))
    assert written == "room.a[-1] * sum(room.b, 3)"


def test_names_are_small_and_no_words_of_the_language() -> None:
    assert all(map(is_name, ("a", "ml_engineer", "gpt2", "min")))
    assert not any(map(is_name, ("", "A", "2b", "a-b", "a.b", "für", "and", "not", "lambda", "is", "工程师")))
    for word in ("a", "min", "is_", "where"):
        assert isinstance(ast.parse(f"x.{word}", mode="eval").body, ast.Attribute)
