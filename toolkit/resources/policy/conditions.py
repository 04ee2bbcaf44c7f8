"""The conditions and caps in the formulas of a programme: what is compared with which limit.

`fact.gross_receipts_current < receipts_limit` is a condition: its value and its limit are lines of the claim,
so that one sees how near a plan is to a cliff. `min(base, base_maximum)` is a cap: its value and its limit
are lines too.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from toolkit.lines.language import Binary, Call, Expression, Name, Number, children, parse, references, render

_COMPARISONS = ("<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a test: formula texts of both sides. `value` is the side that says something of the
    company, `limit` the side of the law. `at_least`: the value must be the limit or more; `strict`: not equal
    to it."""

    test: str
    number: int
    value: str
    limit: str
    at_least: bool
    strict: bool

    @property
    def name(self) -> str:
        """Part of the names of its lines: `test.eligible_1`."""
        return f"test.{self.test}_{self.number}"


@dataclass(frozen=True, slots=True)
class Cap:
    """A minimum that ends a benefit: formula texts of what it would be, and of the most."""

    figure: str
    number: int
    value: str
    limit: str

    @property
    def name(self) -> str:
        return f"cap.{self.figure}_{self.number}"


def conditions_in(test: str, text: str, fixed: Set[str]) -> Iterator[Condition]:
    """The comparisons of a test. `fixed` are the names of the law: parameters."""
    number = 0
    for node in _walk(parse(text)):
        if not isinstance(node, Binary) or node.op not in _COMPARISONS:
            continue
        number += 1
        left, right = render(node.left), render(node.right)
        greater = node.op in (">", ">=")
        strict = node.op in ("<", ">")
        if _names(node.left) <= fixed and not _names(node.right) <= fixed:
            yield Condition(test, number, right, left, not greater, strict)
        else:
            yield Condition(test, number, left, right, greater, strict)


def caps_in(figure: str, text: str, fixed: Set[str]) -> Iterator[Cap]:
    """The minima of a figure in which one side is the law's: parameters and limits."""
    number = 0
    for node in _walk(parse(text)):
        if not isinstance(node, Call) or node.function != "min":
            continue
        limits = [each for each in node.arguments if _is_fixed(each, fixed)]
        values = [each for each in node.arguments if not _is_fixed(each, fixed)]
        if limits and len(values) == 1:
            number += 1
            limit = limits[0] if len(limits) == 1 else Call("min", tuple(limits))
            yield Cap(figure, number, render(values[0]), render(limit))


def plain_name(text: str) -> str | None:
    """The name that a formula text is, None where it is more than a name."""
    tree = parse(text)
    return tree.name if isinstance(tree, Name) and not tree.lag else None


def _is_fixed(node: Expression, fixed: Set[str]) -> bool:
    return isinstance(node, Number) or (bool(names := _names(node)) and names <= fixed)


def _names(node: Expression) -> set[str]:
    return {reference.name for reference in references(node)}


def _walk(node: Expression) -> Iterator[Expression]:
    yield node
    for child in children(node):
        yield from _walk(child)
