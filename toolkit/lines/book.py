"""The book: where resources write their lines, postings and tables while a plan is compiled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from toolkit.lines.correlation import Pair
from toolkit.lines.line import Line, Statement
from toolkit.lines.posting import Account, Posting
from toolkit.lines.quantity import Quantity
from toolkit.lines.table import Table
from toolkit.provenance import Source
from toolkit.text import Text

FORMULA = Source("formula", "follows from other lines")


class Book:
    """Lines in the order in which they were written, each name once.

    A name that is taken is a fault of the code that writes (ValueError); problems of a plan are found
    before it is compiled.
    """

    def __init__(self, accounts: Iterable[Account]) -> None:
        self.accounts: dict[str, Account] = {account.name: account for account in accounts}
        self.lines: dict[str, Line] = {}
        self.postings: list[Posting] = []
        self.tables: dict[str, Table] = {}
        self.pairs: list[Pair] = []

    def add(self, line: Line) -> str:
        """Take a line in; returns its name."""
        if line.name in self.lines:
            raise ValueError(f"line {line.name} is written twice")
        self.lines[line.name] = line
        return line.name

    def input(self, name: str, quantity: Quantity, unit: str, label: Text, source: Source) -> str:
        """A number of the plan, a fact or a rate: the same in every month."""
        return self.add(Line(name, unit, label, "input", source, quantity=quantity))

    def series(self, name: str, values: Sequence[float], unit: str, label: Text, source: Source) -> str:
        """A fact with one value a month."""
        return self.add(Line(name, unit, label, "input", source, series=tuple(map(float, values))))

    def formula(
        self,
        name: str,
        formula: str,
        unit: str,
        label: Text,
        *,
        statement: Statement = "driver",
        opening: str | None = None,
        source: Source = FORMULA,
    ) -> str:
        """A line that follows from others."""
        return self.add(Line(name, unit, label, statement, source, formula=formula, opening=opening))

    def amount(self, name: str, formula: str, unit: str, label: Text, *, debit: str, credit: str) -> str:
        """A line of money that is posted: debit one account, credit another."""
        self.formula(name, formula, unit, label, statement="amount")
        self.post(debit, credit, name)
        return name

    def post(self, debit: str, credit: str, line: str) -> None:
        """Post the amount of a line, in every month."""
        for account in (debit, credit):
            if account not in self.accounts:
                raise ValueError(f"line {line} is posted to the unknown account {account}")
        self.postings.append(Posting(debit, credit, line))

    def table(self, table: Table) -> str:
        """Take a table in; returns its name. The same table may come twice."""
        if self.tables.setdefault(table.name, table) != table:
            raise ValueError(f"table {table.name} has two contents")
        return table.name
