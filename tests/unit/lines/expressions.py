"""Random expressions of the language, and a second, slow way to evaluate them: for tests only."""

from __future__ import annotations

import math
from collections.abc import Callable

from hypothesis import strategies as st

from toolkit.lines.language import Binary, Call, Expression, Name, Number, TableLookup, Unary, Window
from toolkit.lines.table import Table

Read = Callable[[str, int], float]  # a line's value so many months ago


def expressions(
    names: tuple[str, ...], lags: int = 3, tables: tuple[str, ...] = ()
) -> st.SearchStrategy[Expression]:
    """Expressions over these names, without powers, exponentials and logarithms (they overflow)."""
    leaves = st.one_of(
        st.integers(0, 9).map(lambda value: Number(float(value))),
        st.builds(Name, st.sampled_from(names), st.integers(0, lags)),
        st.builds(Window, st.sampled_from(names), st.integers(1, lags + 1)),
        st.just(Name("t")),
        st.just(Name("fiscal_month")),
    )

    def wider(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        few = st.lists(inner, min_size=1, max_size=3).map(tuple)
        kinds = [
            st.builds(Unary, st.sampled_from(("-", "not")), inner),
            st.builds(
                Binary,
                st.sampled_from(("+", "-", "*", "<", "<=", ">", ">=", "==", "!=", "and", "or")),
                inner,
                inner,
            ),
            st.builds(Call, st.sampled_from(("min", "max")), few),
            st.builds(Call, st.just("where"), st.tuples(inner, inner, inner)),
            st.builds(Call, st.sampled_from(("abs", "floor", "ceil", "round")), st.tuples(inner)),
        ]
        if tables:
            kinds.append(
                st.builds(
                    TableLookup, st.sampled_from(("lookup", "brackets")), st.sampled_from(tables), inner
                )
            )
        return st.one_of(kinds)

    return st.recursive(leaves, wider, max_leaves=8)


def evaluate(tree: Expression, read: Read, tables: dict[str, Table] | None = None) -> float:
    """The value of an expression by plain Python, one number at a time."""

    def value(part: Expression) -> float:
        match part:
            case Number(value=number):
                return number
            case Name(name=name, lag=lag):
                return read(name, lag)
            case Window(name=name, months=months):
                return sum((read(name, lag) for lag in range(1, months)), read(name, 0))
            case Unary(op="-", operand=operand):
                return -value(operand)
            case Unary(op="not", operand=operand):
                return float(value(operand) == 0)
            case Binary(op=op, left=left, right=right):
                return _binary(op, value(left), value(right))
            case Call(function=function, arguments=arguments):
                return _call(function, [value(argument) for argument in arguments])
            case TableLookup(kind=kind, table=table, argument=argument):
                return _look_up(kind, (tables or {})[table], value(argument))
        raise TypeError(part)

    return value(tree)


def _binary(op: str, a: float, b: float) -> float:
    match op:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/":
            return a / b
        case "**":
            return a**b
        case "and":
            return float(a != 0 and b != 0)
        case "or":
            return float(a != 0 or b != 0)
    return float({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a == b, "!=": a != b}[op])


def _call(function: str, values: list[float]) -> float:
    match function:
        case "where":
            return values[1] if values[0] != 0 else values[2]
        case "min":
            return min(values)
        case "max":
            return max(values)
        case "round":
            return math.floor(values[0] + 0.5)
    simple = {"abs": abs, "floor": math.floor, "ceil": math.ceil, "exp": math.exp, "log": math.log}
    return float(simple[function](values[0]))


def _look_up(kind: str, table: Table, x: float) -> float:
    steps = list(zip(table.thresholds, table.values, strict=True))
    if kind == "lookup":
        return ([0.0] + [value for threshold, value in steps if threshold <= x])[-1]
    ends = [threshold for threshold, _ in steps[1:]] + [math.inf]
    return sum(rate * max(0.0, min(x, end) - start) for (start, rate), end in zip(steps, ends, strict=True))
