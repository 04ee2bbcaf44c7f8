"""The ground of a number: one line in one month, and what it was made from, one level at a time.

A page walks down by asking again for an operand, so any depth is reached and no tree is built in advance.
Where the formula is a plain sum, each operand has a sign and the largest comes first: in the cash of a month
that is last month's cash, then what moved it most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.app.building import Built
from toolkit.lines.language import Binary, Expression, Name, Unary
from toolkit.lines.table import Table
from toolkit.projection.explain import Explanation, explain
from toolkit.provenance import Source
from toolkit.text import Text


@dataclass(frozen=True, slots=True)
class Operand:
    """A line that a formula reads, in the month in which it is read. `sign` is 1 or -1 in a plain sum, None
    in any other formula. `leads` is false for an input: nothing lies below it. `unit` is `%` for a share that
    the plan gives in percent; the value is the share."""

    line: str
    label: Text
    unit: str
    month: int
    value: float
    sign: int | None
    leads: bool
    source: Source


@dataclass(frozen=True, slots=True)
class Ground:
    """One line in one month (0 = opening). `substituted` is the formula with the month's numbers; both are
    None for an input, which has `quantity`, the text of the plan, and whose `source` says where it is from.
    `zeros` counts the operands that are 0 and left out; `series` is the line by month."""

    line: str
    label: Text
    unit: str
    month: int
    value: float
    formula: str | None
    substituted: str | None
    quantity: str | None
    source: Source
    operands: tuple[Operand, ...]
    zeros: int
    series: tuple[float, ...]


def ground(built: Built, line: str, month: int) -> Ground:
    """What `line` in `month` (0 = opening) was made from; a table of the model is a leaf too.

    Raises InputError for an unknown line.
    """
    if table := built.model.tables.get(line):
        return _table(table, month)
    node = explain(built.model, built.run.base, line, month, depth=1)
    tree = (built.model.openings if month == 0 else built.model.expressions).get(line)
    signs = _signs(tree, month) if tree is not None else {}
    operands = [_operand(one, signs.get((one.line, one.month))) for one in node.operands]
    shown = [one for one in operands if one.value != 0] if signs else operands
    return Ground(
        line=node.line,
        label=node.label,
        unit=_unit(node),
        month=month,
        value=node.value,
        formula=node.formula,
        substituted=node.substituted,
        quantity=node.quantity,
        source=node.source,
        operands=tuple(sorted(shown, key=lambda one: -abs(one.value)) if signs else shown),
        zeros=len(operands) - len(shown),
        series=node.series,
    )


def _table(table: Table, month: int) -> Ground:
    steps = ", ".join(
        f"{value:g} ({start:,.0f} +)" for start, value in zip(table.thresholds, table.values, strict=True)
    )
    label = Text.of(table.name)
    return Ground(
        table.name, label, table.unit, month, table.values[0], None, None, steps, table.source, (), 0, ()
    )


def _operand(node: Explanation, sign: int | None) -> Operand:
    leads = node.formula is not None
    return Operand(node.line, node.label, _unit(node), node.month, node.value, sign, leads, node.source)


def _unit(node: Explanation) -> str:
    return "%" if node.unit == "1" and "%" in (node.quantity or "") else node.unit


def _signs(tree: Expression, month: int) -> dict[tuple[str, int], int]:
    """The sign of each (line, month) that a plain sum reads; none for any other formula."""
    if not _is_sum(tree):
        return {}
    signs: Counter[tuple[str, int]] = Counter()
    for name, lag, sign in _terms(tree):
        signs[name, max(month - lag, 0)] += sign
    return dict(signs) if all(abs(sign) == 1 for sign in signs.values()) else {}


def _is_sum(tree: Expression) -> bool:
    """Whether a formula only adds and subtracts lines."""
    match tree:
        case Name():
            return True
        case Unary("-", operand):
            return _is_sum(operand)
        case Binary("+" | "-", left, right):
            return _is_sum(left) and _is_sum(right)
    return False


def _terms(tree: Expression, sign: int = 1) -> Iterator[tuple[str, int, int]]:
    """Each term of a plain sum as line, lag, sign."""
    match tree:
        case Name(name, lag):
            yield name, lag, sign
        case Unary("-", operand):
            yield from _terms(operand, -sign)
        case Binary(op, left, right):
            yield from _terms(left, sign)
            yield from _terms(right, -sign if op == "-" else sign)
