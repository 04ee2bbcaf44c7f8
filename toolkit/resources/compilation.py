"""Compiling a plan: what every room writes its lines with.

A `Compilation` holds the plan, the facts and the rates while the book is written; a `Scope` is one record
of the plan. `scope.input("salary")` writes the input line of a field, named after the record, with the
source that the plan gives and the place (file and line) where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from toolkit.lines.book import Book
from toolkit.lines.quantity import Quantity
from toolkit.provenance import Source
from toolkit.reference import Reference
from toolkit.resources.exchange import exchange_line, settle_abroad
from toolkit.resources.reading import Positions
from toolkit.resources.record import Item, Record, Sourced, Span, month_number, with_basis
from toolkit.resources.values import Value
from toolkit.shapes.records import Rate
from toolkit.text import Text, bilingual, load_catalogue

if TYPE_CHECKING:
    from toolkit.resources.plan import Plan

_Item = TypeVar("_Item", bound=Item)


@dataclass
class Compilation:
    """The plan, the facts, the rates (by rate name) and the book that is being written. `opening` maps an
    account to the input line of its opening balance; `warnings` are what a reader of the run should know;
    `purchases` are the lines of what is bought by invoice, each with the months until it is paid: what
    value-added tax is on; `tax_charged` the lines of that tax on what is sold, `tax_relief` of tax that is
    not owed after all."""

    plan: Plan
    reference: Reference
    rates: Mapping[str, Rate]
    positions: Positions
    book: Book
    opening: dict[str, str] = field(default_factory=dict)
    warnings: list[Text] = field(default_factory=list)
    purchases: dict[str, int] = field(default_factory=dict)
    tax_charged: list[str] = field(default_factory=list)
    tax_relief: list[str] = field(default_factory=list)

    @property
    def currency(self) -> str:
        return self.plan.company.currency

    @property
    def months(self) -> int:
        return self.plan.company.months

    def number_of(self, month: str) -> int:
        """1 for the first month of the plan."""
        return month_number(self.plan.company.start, month)

    def active(self, span: Span) -> list[bool]:
        """Whether each month of the plan lies in the span."""
        first = self.number_of(span.start) if span.start else 1
        last = self.number_of(span.end) if span.end else self.months
        return [first <= month <= last for month in range(1, self.months + 1)]

    def scope(
        self, path: str, prefix: str, record: Record, name: Text | None = None, area: str = "resources"
    ) -> Scope:
        """The scope of a record that stands at `path` in the plan; its lines are called `<prefix>.…`, and
        labelled from the catalogue `area` first."""
        return Scope(self, path, prefix, record, name, area)

    def scopes(
        self, path: str, prefix: str, items: Sequence[_Item], area: str = "resources"
    ) -> Iterator[tuple[Scope, _Item]]:
        """The entries of the list at `path`, each with its scope; its lines are called `<prefix>.<id>.…`."""
        for index, item in enumerate(items):
            yield self.scope(f"{path}[{index}]", f"{prefix}.{item.id}", item, item.words, area), item

    def source_of(self, path: str, *holders: object) -> Source:
        """The source of a value: the first basis that its holders (itself, its record) name, or none."""
        place = self.positions.place(path)
        for holder in holders:
            key, assumption = getattr(holder, "source", None), getattr(holder, "assumption", None)
            if key is not None:
                entry = self.plan.sources[key]
                return Source("plan", entry.title, place, entry.url, entry.date, entry.confidence)
            if assumption is not None:
                return Source("assumption", assumption, place)
        return Source("plan", "", place)


@dataclass(frozen=True)
class Scope:
    """One record of the plan while its lines are written. `part` is the last part of a line's name, and the
    name of the field where the line is an input; `label` is a key of the catalogue `area` (or of
    `resources`), `part` by default."""

    compilation: Compilation
    path: str
    prefix: str
    record: Record
    name: Text | None
    area: str = "resources"

    @property
    def book(self) -> Book:
        return self.compilation.book

    @property
    def currency(self) -> str:
        return self.compilation.currency

    def line(self, part: str) -> str:
        """The full name of a line of this record."""
        return f"{self.prefix}.{part}"

    def within(self, field: str) -> Scope:
        """The scope of a record inside this one: its lines are called `<prefix>.<field>.…`, and rest on the
        same basis where it names none."""
        part: Sourced = with_basis(getattr(self.record, field), self._sourced)
        return replace(self, path=f"{self.path}.{field}", prefix=self.line(field), record=part)

    def entries(self, field: str, prefix: str, items: Sequence[_Item]) -> Iterator[tuple[Scope, _Item]]:
        """The entries of a list inside this record; their lines are called `<this>.<prefix>.<id>.…`."""
        rested = [with_basis(item, self._sourced) for item in items]
        return self.compilation.scopes(f"{self.path}.{field}", self.line(prefix), rested, self.area)

    @property
    def _sourced(self) -> Sourced:
        if not isinstance(self.record, Sourced):
            raise TypeError(self.record)
        return self.record

    def words(self, id: str) -> Text:
        """A label of the area (or of another catalogue, by its full id), after the name of this record if it
        has one."""
        area = self.area if id in load_catalogue(self.area, "en") else "resources"
        label = bilingual(id if "." in id else f"{area}.{id}")
        return label if self.name is None else bilingual("resources.label_of", name=self.name, label=label)

    def input(self, part: str, label: str | None = None) -> str:
        """The input line of a field of the record. Money in another currency is an input of its own, and the
        line of the field is what it is worth in the plan's currency each month."""
        value: Value = getattr(self.record, part)
        source = self.compilation.source_of(f"{self.path}.{part}", value, self.record)
        words, currency = self.words(label or part), value.currency
        if currency is None or currency == self.currency:
            return self.book.input(self.line(part), value.quantity, value.unit, words, source)
        return self.converted(part, value.quantity, value.unit, currency, words, source)

    def converted(
        self, part: str, quantity: Quantity, unit: str, currency: str, words: Text, source: Source
    ) -> str:
        """The line of an amount that is given in another currency."""
        abroad = bilingual("money.abroad", label=words, currency=currency)
        given = self.book.input(f"{self.line(part)}_{currency.lower()}", quantity, unit, abroad, source)
        formula = f"{given} * {exchange_line(self.compilation, currency)}"
        return self.book.formula(self.line(part), formula, unit.replace(currency, self.currency), words)

    def usual(self, part: str, assumption: str, label: str | None = None) -> str:
        """The input line of a field that is not given, by a named assumption of `data/assumptions.csv`."""
        known = self.compilation.reference.assumptions[assumption]
        quantity, words = Quantity.between(known.low, known.high), self.words(label or part)
        if known.currency is None or known.currency == self.currency:
            return self.book.input(self.line(part), quantity, known.unit, words, known.source)
        return self.converted(part, quantity, known.unit, known.currency, words, known.source)

    def optional(self, part: str, default: float, unit: str = "1") -> str:
        """The input line of a field that may be absent; absent means `default`, and says so."""
        if getattr(self.record, part) is not None:
            return self.input(part)
        source = Source("rule", "not given in the plan", self.compilation.positions.place(self.path))
        return self.fact(part, default, unit, source)

    def month(self, part: str, month: str, label: str | None = None) -> str:
        """The input line of a month of the plan, as its number (1 = first month)."""
        source = self.compilation.source_of(f"{self.path}.{part}", self.record)
        number = Quantity("constant", (float(self.compilation.number_of(month)),), month)
        return self.book.input(self.line(part), number, "month", self.words(label or part), source)

    def schedule(
        self, part: str, values: Iterable[float], field: str = "start", label: str | None = None
    ) -> str:
        """The input line of one value a month, which follows from `field`."""
        source = self.compilation.source_of(f"{self.path}.{field}", self.record)
        return self.book.series(self.line(part), tuple(values), "1", self.words(label or part), source)

    def active(self, span: Span) -> str:
        """The input line that is 1 in every month of a span, else 0."""
        return self.schedule("active", self.compilation.active(span))

    def fact(self, part: str, value: float, unit: str, source: Source, words: Text | None = None) -> str:
        """The input line of a fact of `data/`."""
        words = words or self.words(part)
        return self.book.input(self.line(part), Quantity.constant(value), unit, words, source)

    def formula(
        self, part: str, formula: str, unit: str, label: str | None = None, opening: str | None = None
    ) -> str:
        """A driver line."""
        return self.book.formula(self.line(part), formula, unit, self.words(label or part), opening=opening)

    def total(self, part: str, lines: Iterable[str], unit: str, label: str | None = None) -> str:
        """A driver line that is the sum of others; 0 of none."""
        return self.formula(part, " + ".join(lines) or "0", unit, label)

    def amount(self, part: str, formula: str, debit: str, credit: str, label: str | None = None) -> str:
        """A line of money that is posted."""
        words = self.words(label or part)
        return self.book.amount(self.line(part), formula, self.currency, words, debit=debit, credit=credit)

    def invoice(
        self,
        part: str,
        formula: str,
        debit: str,
        months: int,
        label: str | None = None,
        currency: str | None = None,
    ) -> str:
        """An expense by invoice, in another `currency` where one is named, paid `months` later (0: at once);
        returns the line of the expense."""
        self.compilation.purchases[self.line(part)] = months
        if months == 0:
            return self.amount(part, formula, debit, "cash", label)
        line = self.amount(part, formula, debit, "payables", label)
        if currency is not None and currency != self.currency:
            settle_abroad(self, part, line, currency, months, "to pay")
            return line
        self.amount(f"{part}_paid", f"{line}[-{months}]", "payables", "cash", "invoice_paid")
        return line
