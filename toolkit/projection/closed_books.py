"""Closed books: what has happened, put into the model of a plan.

Actual figures of the months up to the last closed one become part of the lines themselves, so that the
engine, the workbook and every explanation see them:

    a driver or an amount   `where(t <= 5, actual.<line>, <its formula>)`
    an account              one more posting a month, of what the books say less what the plan would have
                            booked, against the account `unreconciled`

So the actual balances are what the next month opens with, later months follow by the same formulas on the
same draws, and the balance sheet balances in every draw. `unreconciled` is never hidden: books that are
complete (every account that moved) leave it at zero; what it holds is what the actual figures do not explain.
Totals and metrics follow from the accounts; actual figures of them are compared, not put in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from toolkit.lines.book import Book
from toolkit.lines.posting import Account
from toolkit.provenance import Source
from toolkit.text import Text, bilingual

UNRECONCILED = "unreconciled"
RETAINED = "account.retained_earnings"
FOLLOW = ("total", "metric")  # statements whose lines follow from the accounts


@dataclass(frozen=True, slots=True)
class Actual:
    """What one line was in one month (ISO), in the unit of the line; an account's balance is that at the end
    of the month. `place` is where it was read: `actuals.csv:12`."""

    line: str
    month: str
    value: float
    place: str


@dataclass(frozen=True, slots=True)
class ClosedBooks:
    """Actual figures of months up to the last closed one (ISO)."""

    closed: str
    actuals: tuple[Actual, ...]

    @classmethod
    def until(cls, closed: str, actuals: Iterable[Actual]) -> ClosedBooks:
        """The books closed at the end of a month; later figures are left out."""
        kept = sorted((one for one in actuals if one.month <= closed), key=lambda one: (one.line, one.month))
        return cls(closed, tuple(kept))

    @property
    def digest(self) -> str:
        """A hash of what decides a number: lines, months and values."""
        rows = [[one.line, one.month, one.value] for one in self.actuals]
        return hashlib.sha256(json.dumps([self.closed, rows]).encode()).hexdigest()[:12]

    def by_line(self) -> dict[str, tuple[Actual, ...]]:
        """Line → its figures in the order of the months."""
        found: dict[str, list[Actual]] = {}
        for one in self.actuals:
            found.setdefault(one.line, []).append(one)
        return {line: tuple(rows) for line, rows in found.items()}


def close_books(book: Book, books: ClosedBooks, months: Sequence[str], currency: str) -> tuple[str, ...]:
    """Put actual figures into a book before its ledger is written; returns the lines that were left out since
    they follow from others. `months` are those of the plan.

    Raises ValueError for a line that the book and the chart do not have: names are checked when figures are
    imported.
    """
    left_out = []
    accounts = {account.line: account for account in book.accounts.values()}
    for line, rows in books.by_line().items():
        if line in accounts and line != RETAINED:
            _reconcile(book, accounts[line], rows, months, currency)
        elif line in book.lines and book.lines[line].formula is not None:
            _replace(book, line, rows, months)
        else:  # totals, metrics and retained earnings: the ledger writes them
            left_out.append(line)
    return tuple(left_out)


def takes_part(line: str, statement: str) -> bool:
    """Whether an actual figure of a line changes a reforecast, or is compared only."""
    return statement not in FOLLOW and line != RETAINED


def _replace(book: Book, name: str, rows: Sequence[Actual], months: Sequence[str]) -> None:
    line = book.lines[name]
    actual = _series(book, name, line.unit, line.label, rows, months)
    book.lines[name] = replace(line, formula=f"where({_when(rows, months)}, {actual}, {line.formula})")


def _reconcile(
    book: Book, account: Account, rows: Sequence[Actual], months: Sequence[str], currency: str
) -> None:
    if UNRECONCILED not in book.accounts:
        label = bilingual(f"actuals.{UNRECONCILED}")
        book.accounts[UNRECONCILED] = Account(UNRECONCILED, "equity", label, 395, "retained")
    actual = _series(book, account.line, currency, account.label, rows, months)
    planned = _planned(book, account)
    formula = f"where({_when(rows, months)}, {actual} - ({planned}), 0)"
    debit, credit = account.name, UNRECONCILED
    if not account.increases_with_debit:
        debit, credit = credit, debit
    label = bilingual("actuals.adjustment", account=account.label)
    book.amount(f"actual.adjustment.{account.name}", formula, currency, label, debit=debit, credit=credit)


def _planned(book: Book, account: Account) -> str:
    """What the plan books: the balance with the month's postings, or of income and expense these alone."""
    debited = [posting.line for posting in book.postings if posting.debit == account.name]
    credited = [posting.line for posting in book.postings if posting.credit == account.name]
    up, down = (debited, credited) if account.increases_with_debit else (credited, debited)
    start = [f"{account.line}[-1]"] if account.is_balance else []
    return (" + ".join([*start, *up]) or "0") + "".join(f" - {line}" for line in down)


def _series(
    book: Book, line: str, unit: str, label: Text, rows: Sequence[Actual], months: Sequence[str]
) -> str:
    known: Mapping[str, float] = {row.month: row.value for row in rows}
    source = Source("fact", "actual figures", rows[-1].place, date=rows[-1].month, confidence="high")
    values = [known.get(month, 0.0) for month in months]
    return book.series(f"actual.{line}", values, unit, bilingual("actuals.actual_of", line=label), source)


def _when(rows: Sequence[Actual], months: Sequence[str]) -> str:
    """The condition under which a month has an actual figure: ranges of months."""
    numbers = [months.index(row.month) + 1 for row in rows]
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    parts = [f"t <= {last}" if first == 1 else f"t >= {first} and t <= {last}" for first, last in ranges]
    return " or ".join(parts)
