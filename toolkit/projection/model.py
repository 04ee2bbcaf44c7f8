"""The model: the lines of a plan, checked and put in the order in which a month is computed.

A line comes after every line that it reads in the same month; lines that need each other in the same month
are refused (interest is charged on the opening balance, so that nothing is circular).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from toolkit.errors import Problem, refuse
from toolkit.lines.book import Book
from toolkit.lines.correlation import Copula, Pair, copulas
from toolkit.lines.language import Expression, parse, references, tables
from toolkit.lines.line import Line
from toolkit.lines.posting import Account, Posting
from toolkit.lines.spelling import nearest
from toolkit.lines.table import Table
from toolkit.projection.ledger import StatementRow


@dataclass(frozen=True)
class Model:
    """Lines in computing order, with what is needed to show and post them.

    `months` are ISO (`2027-01`), one for each month of the plan; `fiscal_start` is the calendar month (1–12)
    with which a fiscal year begins.
    """

    lines: Mapping[str, Line]
    accounts: Mapping[str, Account]
    postings: tuple[Posting, ...]
    tables: Mapping[str, Table]
    statements: tuple[StatementRow, ...]
    months: tuple[str, ...]
    currency: str
    fiscal_start: int = 1
    pairs: tuple[Pair, ...] = ()

    @cached_property
    def expressions(self) -> Mapping[str, Expression]:
        """The parsed formula of every line that has one."""
        return {name: parse(line.formula) for name, line in self.lines.items() if line.formula is not None}

    @cached_property
    def openings(self) -> Mapping[str, Expression]:
        """The parsed opening value of every line that has one; after those that it reads."""
        trees = {name: parse(line.opening) for name, line in self.lines.items() if line.opening is not None}
        return {name: trees[name] for name in _order(_reads_opening(trees)) if name in trees}

    @cached_property
    def reads(self) -> Mapping[str, tuple[str, ...]]:
        """What each line reads, at any lag, in its formula and its opening value."""
        found: dict[str, dict[str, None]] = {name: {} for name in self.lines}
        for trees in (self.expressions, self.openings):
            for name, tree in trees.items():
                found[name] |= dict.fromkeys(reference.name for reference in references(tree))
        return {name: tuple(reads) for name, reads in found.items()}

    def ground(self, names: Iterable[str]) -> set[str]:
        """These lines and everything that they rest on, at any lag."""
        return _closure(names, self.reads)

    def reached(self, names: Iterable[str]) -> set[str]:
        """These lines and everything that rests on them, at any lag."""
        readers: dict[str, list[str]] = {}
        for name, reads in self.reads.items():
            for read in reads:
                readers.setdefault(read, []).append(name)
        return _closure(names, readers)

    @cached_property
    def uncertain(self) -> tuple[str, ...]:
        """The names of the inputs that differ between draws, in the order of the plan."""
        return tuple(
            name for name, line in self.lines.items() if line.quantity and line.quantity.is_uncertain
        )

    @cached_property
    def copulas(self) -> tuple[Copula, ...]:
        """The inputs that are drawn together."""
        return copulas(self.pairs, self.uncertain)

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """The name of every random dimension: one an uncertain input, one a month of a path."""
        return tuple(key for name in self.uncertain for key in self.dimensions_of(name))

    def dimensions_of(self, name: str) -> tuple[str, ...]:
        """The random dimensions of one uncertain input: `price@2027-01`, … of a path."""
        quantity = self.lines[name].quantity
        is_path = quantity is not None and quantity.is_path
        return tuple(f"{name}@{month}" for month in self.months) if is_path else (name,)

    def fiscal_months(self) -> tuple[int, ...]:
        """1 to 12 for each month of the plan."""
        return tuple((int(month[5:7]) - self.fiscal_start) % 12 + 1 for month in self.months)


def assemble(
    book: Book,
    statements: tuple[StatementRow, ...],
    months: Iterable[str],
    currency: str,
    fiscal_start: int = 1,
) -> Model:
    """The model of a finished book.

    Raises InputError with every unknown name, unknown table and same-month cycle.
    """
    expressions = {name: parse(line.formula) for name, line in book.lines.items() if line.formula is not None}
    problems = [problem for name, tree in expressions.items() for problem in _unknown(name, tree, book)]
    for name, line in book.lines.items():
        problems += _unknown(name, parse(line.opening), book) if line.opening else []
    refuse(problems)
    reads = _same_month(expressions)
    order = _order({name: reads.get(name, ()) for name in book.lines})
    model = Model(
        lines={name: book.lines[name] for name in order},
        accounts=dict(book.accounts),
        postings=tuple(book.postings),
        tables=dict(book.tables),
        statements=statements,
        months=tuple(months),
        currency=currency,
        fiscal_start=fiscal_start,
        pairs=tuple(book.pairs),
    )
    _order(_reads_opening(model.openings))
    return model


def _unknown(line: str, tree: Expression, book: Book) -> list[Problem]:
    problems = []
    for name in sorted({reference.name for reference in references(tree)} - book.lines.keys()):
        values = {"line": line, "name": name, "nearest": nearest(name, book.lines)}
        problems.append(Problem("lines.unknown_name", line, values=values))
    for name in sorted(set(tables(tree)) - book.tables.keys()):
        values = {"line": line, "name": name, "known": nearest(name, book.tables)}
        problems.append(Problem("lines.unknown_table", line, values=values))
    return problems


def _same_month(trees: Mapping[str, Expression]) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(dict.fromkeys(reference.name for reference in references(tree) if not reference.lag))
        for name, tree in trees.items()
    }


def _reads_opening(trees: Mapping[str, Expression]) -> dict[str, tuple[str, ...]]:
    """What opening values read: before month 1 there is one value, whatever the lag."""
    return {
        name: tuple(dict.fromkeys(reference.name for reference in references(tree)))
        for name, tree in trees.items()
    }


def _closure(names: Iterable[str], following: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    stack = list(names)
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            stack += following.get(name, ())
    return found


def _order(reads: Mapping[str, Sequence[str]]) -> list[str]:
    """Every name after those that it reads, otherwise in the order in which they come. Raises InputError with
    a cycle.

    Depth first with a stack of its own: a chain of lines may be longer than Python's.
    """
    order: dict[str, None] = {}
    for start in reads:
        path: dict[str, Iterator[str]] = {} if start in order else {start: iter(reads[start])}
        while path:
            name, rest = next(reversed(path.items()))
            following = next((read for read in rest if read not in order), None)
            if following is None:
                order[name] = None
                del path[name]
            elif following in path:
                names = list(path)
                cycle = " → ".join([*names[names.index(following) :], following])
                refuse([Problem("lines.cycle", following, values={"cycle": cycle})])
            else:
                path[following] = iter(reads.get(following, ()))
    return list(order)
