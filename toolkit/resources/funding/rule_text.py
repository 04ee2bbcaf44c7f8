"""Rules as text: one formula, which a plan projects and a calculator evaluates.

A rule of an instrument that hangs on other lines is written once, in the language of
`toolkit.lines.language`. `written` puts the names of a plan's lines in, for the engine; `evaluate` computes
it exactly, as fractions, for a calculator.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction

from toolkit.lines.language import Binary, Call, Expression, Name, Number, Unary, Window, parse, render

_BINARY: dict[str, Callable[[Fraction, Fraction], Fraction | bool]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "==": operator.eq, "!=": operator.ne,
    "and": lambda left, right: bool(left) and bool(right),
    "or": lambda left, right: bool(left) or bool(right),
}  # fmt: skip


def written(rule: str, **terms: str) -> str:
    """The rule with every name replaced by a term: the name of a line, or a formula."""
    return render(parse(rule), lambda leaf: _bracketed(terms[leaf.name]))


def evaluate(rule: str, **values: Fraction | int | float) -> Fraction:
    """The rule's value, exactly. A float counts as the binary fraction that it is."""
    exact = {name: Fraction(value) for name, value in values.items()}
    return _value(parse(rule), exact)


def _bracketed(term: str) -> str:
    plain = isinstance(parse(term), Name | Number | Call | Window)
    return term if plain else f"({term})"


def _value(node: Expression, values: Mapping[str, Fraction]) -> Fraction:
    match node:
        case Number(value=value):
            return Fraction(value)
        case Name(name=name):
            return values[name]
        case Unary(op=op, operand=operand):
            inner = _value(operand, values)
            return -inner if op == "-" else Fraction(not inner)
        case Binary(op=op, left=left, right=right):
            return Fraction(_BINARY[op](_value(left, values), _value(right, values)))
        case Call(function="where", arguments=(condition, yes, no)):
            return _value(yes if _value(condition, values) else no, values)
        case Call(function=("min" | "max") as function, arguments=arguments):
            found = [_value(argument, values) for argument in arguments]
            return min(found) if function == "min" else max(found)
    raise ValueError(f"a rule does not use {node}")  # a fault of the code that writes the rule
