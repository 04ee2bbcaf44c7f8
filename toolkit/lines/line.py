"""A line: the one thing that every resource compiles to.

A line is data: a name, a unit, a formula text (or a quantity, or one value a month), an opening value,
the statement that it belongs to, words for people, and its source. The engine, the workbook, the
explanation of a number and the dependency graph all come from the one list of lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from toolkit.lines.quantity import Quantity
from toolkit.provenance import Source
from toolkit.text import Text

Statement = Literal[
    "input",  # a number of the plan, a fact or a rate: a leaf of every explanation
    "driver",  # people, customers, GPU-hours: what money follows from
    "amount",  # money that is posted
    "account",  # a balance, generated from the postings
    "flow",  # income and expense of the month, generated from the postings
    "total",  # a total of the three statements
    "metric",  # a figure that people ask for
]


@dataclass(frozen=True, slots=True)
class Line:
    """One line. Exactly one of `formula`, `quantity` and `series` is given.

    `formula`: text in the language of `toolkit.lines.language`, valid in months 1, 2, …
    `quantity`: an input, one value a draw, the same in every month.
    `series`: one value a month, the same in every draw (a dated fact, a schedule).
    `opening`: formula text of the value before month 1; None means 0.
    """

    name: str
    unit: str
    label: Text
    statement: Statement
    source: Source
    formula: str | None = None
    quantity: Quantity | None = None
    series: tuple[float, ...] | None = None
    opening: str | None = None

    def __post_init__(self) -> None:
        given = [part for part in (self.formula, self.quantity, self.series) if part is not None]
        if len(given) != 1:
            raise ValueError(f"line {self.name}: exactly one of formula, quantity, series")
