"""The language of lines: a small closed set of formulas, parsed once, used in many ways.

    names              a.b                    this month's value of another line
    the past           a.b[-3]                its value three months ago (months before 1 hold the opening)
    a window           sum(a.b, 12)           the sum over the last 12 months, this one included
    arithmetic         + - * / **
    comparisons        < <= > >= == !=        1 where true, else 0
    logic              and or not             a number other than 0 is true
    functions          min max where abs floor ceil round exp log
    tables             lookup(rates, x)       value of the last step whose threshold is at most x
                       brackets(tax, x)       marginal sum: each slice of x at the rate of its bracket
    time               t                      the month of the plan: 1, 2, …
                       fiscal_month           1 to 12, from the first month of the fiscal year

`round` is half up (`floor(x + 0.5)`), in the engine as in the workbook. Text is parsed with `ast` against
this list and nothing else: no attribute access, no call, no name can reach Python.
"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from toolkit.errors import InputError, Problem

BinaryOp = Literal["+", "-", "*", "/", "**", "<", "<=", ">", ">=", "==", "!=", "and", "or"]
Function = Literal["min", "max", "where", "abs", "floor", "ceil", "round", "exp", "log"]
TIME_NAMES = ("t", "fiscal_month")


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Name:
    """A line `lag` months ago, or one of `TIME_NAMES`."""

    name: str
    lag: int = 0


@dataclass(frozen=True, slots=True)
class Unary:
    op: Literal["-", "not"]
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary:
    op: BinaryOp
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Call:
    function: Function
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """`sum(name, months)`."""

    name: str
    months: int


@dataclass(frozen=True, slots=True)
class TableLookup:
    """`lookup(table, x)` or `brackets(table, x)`."""

    kind: Literal["lookup", "brackets"]
    table: str
    argument: Expression


Expression: TypeAlias = Number | Name | Unary | Binary | Call | Window | TableLookup

_BINARY: dict[type[ast.AST], BinaryOp] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
_ARITY: dict[str, tuple[int, int]] = {
    "min": (1, 64), "max": (1, 64), "where": (3, 3), "abs": (1, 1), "floor": (1, 1),
    "ceil": (1, 1), "round": (1, 1), "exp": (1, 1), "log": (1, 1),
}  # fmt: skip


class _RefusedError(Exception):
    """A part of a formula that is not in the language."""


@lru_cache(maxsize=10_000)
def parse(text: str) -> Expression:
    """The expression that a formula text stands for.

    Raises InputError (`lines.syntax`, `lines.not_in_language`) that quotes the text.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval")
        return _convert(tree.body)
    except SyntaxError as error:
        problem = Problem("lines.syntax", values={"text": text, "column": error.offset or len(text) + 1})
    except (_RefusedError, RecursionError, MemoryError) as refused:  # the last two: nested too deep
        part = str(refused) if isinstance(refused, _RefusedError) else "…"
        problem = Problem("lines.not_in_language", values={"text": text, "part": part})
    raise InputError([problem])


def _convert(node: ast.expr) -> Expression:
    match node:
        case ast.Constant(value=bool()) | ast.Constant(value=complex()):
            raise _RefusedError(ast.unparse(node))
        case ast.Constant(value=int() | float() as value):
            return Number(float(value))
        case ast.Name() | ast.Attribute():
            return Name(_dotted(node))
        case ast.Subscript(
            value=value, slice=ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as k))
        ):
            return Name(_dotted(value), k)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Unary("-", _convert(operand))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Unary("not", _convert(operand))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return Binary(_BINARY[type(op)], _convert(left), _convert(right))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _BINARY:
            return Binary(_BINARY[type(op)], _convert(left), _convert(right))
        case ast.BoolOp(op=op, values=values):
            word: BinaryOp = "and" if isinstance(op, ast.And) else "or"
            result = _convert(values[0])
            for value in values[1:]:
                result = Binary(word, result, _convert(value))
            return result
        case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]):
            return _call(function, arguments, node)
    raise _RefusedError(ast.unparse(node))


def _call(function: str, arguments: list[ast.expr], node: ast.expr) -> Expression:
    match function, arguments:
        case "sum", [name, ast.Constant(value=int() as months)] if months >= 1:
            return Window(_dotted(name), months)
        case ("lookup" | "brackets") as kind, [table, argument]:
            return TableLookup(kind, _dotted(table), _convert(argument))
    low, high = _ARITY.get(function, (1, 0))
    if not low <= len(arguments) <= high:
        raise _RefusedError(ast.unparse(node))
    return Call(function, tuple(_convert(argument) for argument in arguments))  # type: ignore[arg-type]


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    raise _RefusedError(ast.unparse(node))


def is_name(text: str) -> bool:
    """Whether a text can be one part of a name: small letters, digits and underscores, no word of the
    language."""
    return text.isascii() and text.isidentifier() and text == text.lower() and not keyword.iskeyword(text)


def children(expression: Expression) -> tuple[Expression, ...]:
    """The direct parts of an expression."""
    match expression:
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case Call(arguments=arguments):
            return arguments
        case TableLookup(argument=argument):
            return (argument,)
    return ()


def references(expression: Expression) -> Iterator[Name]:
    """Every line that the expression reads, with its lag; a window of k months reads lags 0 to k - 1."""
    if isinstance(expression, Name):
        if expression.name not in TIME_NAMES:
            yield expression
    elif isinstance(expression, Window):
        yield from (Name(expression.name, lag) for lag in range(expression.months))
    else:
        for child in children(expression):
            yield from references(child)


def tables(expression: Expression) -> Iterator[str]:
    """Every table that the expression looks up."""
    if isinstance(expression, TableLookup):
        yield expression.table
    for child in children(expression):
        yield from tables(child)


_PRECEDENCE = {
    "or": 1, "and": 2, "not": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "==": 4, "!=": 4,
    "+": 5, "-": 5, "*": 6, "/": 6, "neg": 7, "**": 8,
}  # fmt: skip


def render(expression: Expression, leaf: Callable[[Name | Window], str] | None = None) -> str:
    """Formula text, with the fewest brackets; `leaf` may write names and windows another way."""
    return _render(expression, 0, leaf or leaf_text)


def leaf_text(leaf: Name | Window, name: str | None = None) -> str:
    """A name with its lag, or a window, as text; `name` takes the place of the line's own."""
    name = name or leaf.name
    if isinstance(leaf, Window):
        return f"sum({name}, {leaf.months})"
    return f"{name}[-{leaf.lag}]" if leaf.lag else name


def _render(expression: Expression, outer: int, leaf: Callable[[Name | Window], str]) -> str:
    match expression:
        case Number(value=value):
            return f"{value:.15g}"
        case Name() | Window():
            return leaf(expression)
        case Unary(op=op, operand=operand):
            level = _PRECEDENCE["neg" if op == "-" else "not"]
            text = ("-" if op == "-" else "not ") + _render(operand, level, leaf)
        case Binary(op=op, left=left, right=right):
            level = _PRECEDENCE[op]
            # `-`, `/` and comparisons do not associate on the right; `**` does not on the left.
            left_level, right_level = (level + 1, level) if op == "**" else (level, level + 1)
            if level == 4:
                left_level = level + 1
            text = f"{_render(left, left_level, leaf)} {op} {_render(right, right_level, leaf)}"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(_render(argument, 0, leaf) for argument in arguments)})"
        case TableLookup(kind=kind, table=table, argument=argument):
            return f"{kind}({table}, {_render(argument, 0, leaf)})"
    return f"({text})" if level < outer else text
