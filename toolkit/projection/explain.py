"""Explanation: where a number comes from, down to the plan, a fact or a measurement.

An explanation is a tree. Each node is one line in one month: its formula, the formula with the numbers put
in, its value, and one node for each line that it reads. Leaves are inputs; a leaf has a source. A line and
month that was explained before is shown by name only, so that the whole ground of a number is walked once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from toolkit.errors import InputError, Problem
from toolkit.lines.language import Expression, Name, Window, references, render, tables
from toolkit.lines.spelling import nearest
from toolkit.projection.model import Model
from toolkit.provenance import Source
from toolkit.text import Language, Text


@dataclass(frozen=True, slots=True)
class Explanation:
    """One line in one month. `month` 0 is the opening. `substituted` is the formula with this month's
    numbers; None for an input. `repeated` is true where the same node stands elsewhere in the tree with its
    operands."""

    line: str
    label: Text
    unit: str
    month: int
    value: float
    formula: str | None
    substituted: str | None
    source: Source
    operands: tuple[Explanation, ...] = ()
    repeated: bool = False
    quantity: str | None = None
    series: tuple[float, ...] = field(default=(), repr=False)

    def leaves(self) -> tuple[Explanation, ...]:
        """Every input that the number rests on, as far as the tree was walked."""
        if not self.operands:
            return () if self.repeated else (self,)
        return tuple(leaf for operand in self.operands for leaf in operand.leaves())

    def as_dict(self, language: Language = "en") -> dict[str, Any]:
        """The JSON form."""
        return {
            "line": self.line,
            "label": self.label[language],
            "unit": self.unit,
            "month": self.month,
            "value": self.value,
            "formula": self.formula,
            "substituted": self.substituted,
            "quantity": self.quantity,
            "source": {
                "kind": self.source.kind, "title": self.source.title, "place": self.source.place,
                "url": self.source.url, "date": self.source.date, "confidence": self.source.confidence,
            },
            "repeated": self.repeated,
            "series": list(self.series),
            "operands": [operand.as_dict(language) for operand in self.operands],
        }  # fmt: skip


def explain(
    model: Model, values: Mapping[str, tuple[float, ...]], line: str, month: int, depth: int = 2
) -> Explanation:
    """Explain `line` in `month` (0 = opening) to `depth` levels of operands.

    `values` holds every line: the opening value, then one value a month. Raises InputError for an unknown
    line.
    """
    if line not in model.lines:
        near = nearest(line, model.lines, 5)
        raise InputError([Problem("app.unknown_line", line, values={"line": line, "nearest": near})])
    return _Walk(model, values).node(line, month, depth)


class _Walk:
    def __init__(self, model: Model, values: Mapping[str, tuple[float, ...]]) -> None:
        self.model, self.values = model, values
        self.seen: set[tuple[str, int]] = set()

    def node(self, name: str, month: int, depth: int) -> Explanation:
        line = self.model.lines[name]
        tree = self.model.openings.get(name) if month == 0 else self.model.expressions.get(name)
        repeated = (name, month) in self.seen
        operands = () if tree is None or repeated or depth == 0 else self._operands(name, month, tree, depth)
        is_ground = tree is not None and not repeated and depth > 0 and not operands
        return Explanation(
            line=name,
            label=line.label,
            unit=line.unit,
            month=month,
            value=self.values[name][month],
            formula=render(tree) if tree is not None else None,
            substituted=render(tree, lambda leaf: self._number(leaf, month)) if tree is not None else None,
            source=self._nothing(tree) if tree is not None and is_ground else line.source,
            operands=operands,
            repeated=repeated,
            quantity=line.quantity.text if line.quantity is not None else None,
            series=self.values[name][1:],
        )

    def _operands(self, name: str, month: int, tree: Expression, depth: int) -> tuple[Explanation, ...]:
        reads = dict.fromkeys((reference.name, month - reference.lag) for reference in references(tree))
        found = [(read, max(when, 0)) for read, when in reads if self._exists(read, when)]
        looked_up = tuple(dict.fromkeys(tables(tree)))
        if found or looked_up:
            self.seen.add((name, month))
        operands = tuple(self.node(read, when, depth - 1) for read, when in dict.fromkeys(found))
        return operands + tuple(self._table(table, month) for table in looked_up)

    def _nothing(self, tree: Expression) -> Source:
        """The ground of a formula that reads nothing: a sum without terms, or months before the plan."""
        is_early = any(references(tree))
        title = "nothing is there before the first month" if is_early else "no entry of the plan leads here"
        return Source("plan", title, f"company.start {self.model.months[0]}")

    def _table(self, name: str, month: int) -> Explanation:
        """A table that a formula looks up, as a leaf: its value is that of its first step."""
        table = self.model.tables[name]
        steps = ", ".join(
            f"{value:g} from {start:,.0f}"
            for start, value in zip(table.thresholds, table.values, strict=True)
        )
        label = Text.of(table.name)
        return Explanation(
            name, label, table.unit, month, table.values[0], None, None, table.source, quantity=steps
        )

    def _exists(self, name: str, month: int) -> bool:
        """Whether there is anything to explain: before month 1 a line without an opening value is nothing."""
        return month > 0 or name in self.model.openings or self.model.lines[name].quantity is not None

    def _number(self, leaf: Name | Window, month: int) -> str:
        if isinstance(leaf, Window):
            total = sum(self.values[leaf.name][max(month - lag, 0)] for lag in range(leaf.months))
            return f"{total:,.6g}"
        if leaf.name == "t":
            return str(month)
        if leaf.name == "fiscal_month":
            return str(self.model.fiscal_months()[month - 1] if month else 0)
        return f"{self.values[leaf.name][max(month - leaf.lag, 0)]:,.6g}"
