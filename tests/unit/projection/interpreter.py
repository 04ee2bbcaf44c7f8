"""Models line by line: a builder for tests, random models, and an interpreter in plain Python.

The interpreter computes one number at a time, by the meaning of the language and nothing else: it shares no
code with the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hypothesis import strategies as st

from tests.unit.lines.expressions import evaluate, expressions
from toolkit.lines.book import Book
from toolkit.lines.language import (
    Binary,
    Call,
    Expression,
    Name,
    Number,
    TableLookup,
    Unary,
    Window,
    parse,
    render,
)
from toolkit.lines.quantity import Quantity
from toolkit.lines.table import Table
from toolkit.projection.model import Model, assemble
from toolkit.provenance import Source
from toolkit.text import Text

WORDS, SOURCE = Text("words", "文字"), Source("assumption", "test", "plan.yaml:1")
RATES = Table("rates", "1", (0.0, 3.0, 10.0), (1.0, 2.0, 0.5), SOURCE)


@dataclass
class Lines:
    """A list of lines for tests: `inputs` by value or distribution, `series` by month, `formulas` with an
    opening where there is one."""

    inputs: dict[str, float | Quantity] = field(default_factory=dict)
    series: dict[str, tuple[float, ...]] = field(default_factory=dict)
    formulas: dict[str, str] = field(default_factory=dict)
    openings: dict[str, str] = field(default_factory=dict)
    months: int = 6
    fiscal_start: int = 1
    start: int = 1  # calendar month of the first month

    def model(self) -> Model:
        book = Book(())
        book.table(RATES)
        for name, value in self.inputs.items():
            quantity = value if isinstance(value, Quantity) else Quantity.constant(value)
            book.input(name, quantity, "1", WORDS, SOURCE)
        for name, values in self.series.items():
            book.series(name, values, "1", WORDS, SOURCE)
        for name, formula in self.formulas.items():
            book.formula(name, formula, "1", WORDS, opening=self.openings.get(name))
        index = range(self.start - 1, self.start - 1 + self.months)
        months = [f"{2027 + number // 12}-{number % 12 + 1:02d}" for number in index]
        return assemble(book, (), months, "USD", self.fiscal_start)


def interpret(lines: Lines, given: Mapping[str, float]) -> dict[str, list[float]]:
    """Every line in one case: the value before month 1, then one a month. `given` are the values of uncertain
    inputs."""
    found: dict[tuple[str, int], float] = {}

    def value(name: str, month: int) -> float:
        month = max(month, 0)
        if name == "t":
            return month
        if name == "fiscal_month":
            return (lines.start - lines.fiscal_start + month - 1) % 12 + 1 if month else 0
        if name in lines.inputs:
            fixed = lines.inputs[name]
            return given[name] if isinstance(fixed, Quantity) else fixed
        if name in lines.series:
            return lines.series[name][month - 1] if month else 0.0
        if (name, month) not in found:
            text = lines.formulas[name] if month else lines.openings.get(name, "0")
            tree = parse(text)
            read = {"rates": RATES}
            found[name, month] = evaluate(tree, lambda other, lag: value(other, month - lag), read)
        return found[name, month]

    names = [*lines.inputs, *lines.series, *lines.formulas]
    return {name: [value(name, month) for month in range(lines.months + 1)] for name in names}


UNCERTAIN = Quantity("uniform", (-3.0, 5.0))
LIMIT = Number(1e6)
INPUTS, SERIES = ("i.certain", "i.zero", "i.u0", "i.u1"), ("s.a",)
FORMULAS = tuple(f"f.l{number}" for number in range(6))
TREES = expressions((*INPUTS, *SERIES, *FORMULAS), tables=("rates",))


def random_lines() -> st.SearchStrategy[Lines]:
    """Lists of lines that read each other in the same month (earlier ones only), at lags and in windows, with
    opening values, series, tables, certain and uncertain inputs. Values stay below a million, so that no
    order of computing can overflow."""
    return st.builds(
        _lines,
        st.lists(st.tuples(TREES, st.none() | TREES), min_size=1, max_size=len(FORMULAS)),
        st.lists(st.sampled_from((0.0, 1.0, 2.5)), min_size=1, max_size=7),
        st.integers(1, 12),
        st.integers(1, 12),
    )


def _lines(
    trees: list[tuple[Expression, Expression | None]], series: list[float], fiscal_start: int, start: int
) -> Lines:
    inputs: dict[str, float | Quantity] = {
        "i.certain": 2.0,
        "i.zero": 0.0,
        "i.u0": UNCERTAIN,
        "i.u1": UNCERTAIN,
    }
    formulas, openings = {}, {}
    every, earlier = {*INPUTS, *SERIES, *FORMULAS[: len(trees)]}, {*INPUTS, *SERIES}
    for name, (tree, opening) in zip(FORMULAS, trees, strict=False):
        formulas[name] = render(_limited(_tamed(tree, earlier, every)))
        if opening is not None:  # before month 1 every lag is the opening, so only earlier lines can be read
            openings[name] = render(_limited(_tamed(opening, earlier, earlier)))
        earlier.add(name)
    return Lines(inputs, {"s.a": tuple(series)}, formulas, openings, len(series), fiscal_start, start)


def _limited(tree: Expression) -> Expression:
    return Call("min", (Call("max", (tree, Unary("-", LIMIT))), LIMIT))


def _tamed(tree: Expression, now: set[str], before: set[str]) -> Expression:
    """The same expression, in which only lines of `now` are read in the same month, and only those of
    `before` at a lag; other names become numbers."""
    match tree:
        case Name(name="t" | "fiscal_month"):
            return tree
        case Name(name=name, lag=lag):
            known = before if lag else now
            return tree if name in known else Name(name, 1) if name in before else Number(3.0)
        case Window(name=name):
            return tree if name in now else Name(name, 1) if name in before else Number(3.0)
        case Unary(op=op, operand=operand):
            return Unary(op, _tamed(operand, now, before))
        case Binary(op=op, left=left, right=right):
            return Binary(op, _tamed(left, now, before), _tamed(right, now, before))
        case Call(function=function, arguments=arguments):
            return Call(function, tuple(_tamed(argument, now, before) for argument in arguments))
        case TableLookup(kind=kind, table=table, argument=argument):
            return TableLookup(kind, table, _tamed(argument, now, before))
    return tree
