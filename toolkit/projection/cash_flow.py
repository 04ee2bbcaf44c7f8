"""The cash flow statement, indirect or direct.

Indirect: net income, plus the change of every other balance, put where its account stands. What moves
between two parts without cash (interest that adds to a note, equipment that a lender pays) is taken out of
both; where one of them is operations it is a row of its own there.

Direct: every posting that touches cash, by the account on its other side. The parts of both add up to the
same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from toolkit.lines.book import Book
from toolkit.lines.posting import Account, CashFlow, Posting
from toolkit.projection.layout import CashClass, Layout, StatementRow
from toolkit.text import bilingual

PARTS: tuple[CashFlow, ...] = ("operating", "investing", "financing")
Part: TypeAlias = tuple[list[StatementRow], list[tuple[str, int]]]  # its rows, and what adds up to its total


def write_cash_flow(
    book: Book, used: Sequence[Account], currency: str, layout: Layout
) -> tuple[StatementRow, ...]:
    """Write the lines of the statement; returns its rows in order."""
    rows: list[StatementRow] = []
    totals: list[str] = []
    write_part = _direct if layout.direct else _indirect
    for part, (found, terms) in write_part(book, used, currency, layout).items():
        name, label = f"cash_{part}", layout.label(f"cash_{part}")
        total = book.formula(f"total.{name}", signed_sum(terms), currency, label, statement="total")
        rows += [*found, StatementRow("cash_flow", total, label, 1)]
        totals.append(total)
    label = layout.label("cash_change")
    change = book.formula("total.cash_change", " + ".join(totals), currency, label, statement="total")
    cash = StatementRow("cash_flow", "account.cash", book.accounts["cash"].label, 0)
    return (*rows, StatementRow("cash_flow", change, label, 0), cash)


def signed_sum(terms: Iterable[tuple[str, int]]) -> str:
    """Formula text of a sum of lines, each with its sign."""
    text = ""
    for line, sign in terms:
        text += f" {'+' if sign > 0 else '-'} {line}" if text or sign < 0 else line
    return text.strip() or "0"


def _indirect(book: Book, used: Sequence[Account], currency: str, layout: Layout) -> Mapping[CashFlow, Part]:
    moved = _Moved.of(book, layout)
    rows: dict[CashFlow, list[StatementRow]] = {part: [] for part in PARTS}
    income = book.lines["total.net_income"]
    rows["operating"].append(StatementRow("cash_flow", income.name, income.label, 2))
    for account in used:
        part = layout.flow(account)
        if account.is_balance and part != "cash":
            line = _change(book, account, moved.out_of.get(account.name, []), currency)
            rows[part].append(StatementRow("cash_flow", line, book.lines[line].label, 2))
    if moved.operating:
        label = bilingual("statements.noncash")
        line = book.formula(
            "change.noncash", signed_sum(moved.operating), currency, label, statement="total"
        )  # fmt: skip
        rows["operating"].append(StatementRow("cash_flow", line, label, 2))
    return {part: (found, [(row.line, 1) for row in found]) for part, found in rows.items()}


@dataclass
class _Moved:
    """What moves between two parts without cash: terms that take it out of the change of an account, and
    those that make it good in operations."""

    out_of: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    operating: list[tuple[str, int]] = field(default_factory=list)

    @classmethod
    def of(cls, book: Book, layout: Layout) -> _Moved:
        moved = cls()
        for posting in book.postings:
            debit, credit = (book.accounts[name] for name in (posting.debit, posting.credit))
            parts = (_part(debit, layout), _part(credit, layout))
            if "cash" in parts or parts[0] == parts[1]:
                continue
            for account, part, sign in ((debit, parts[0], 1), (credit, parts[1], -1)):
                if part == "operating":
                    moved.operating.append((posting.line, sign))
                else:
                    moved.out_of.setdefault(account.name, []).append((posting.line, sign))
        return moved


def _part(account: Account, layout: Layout) -> CashFlow:
    """Income and expense are part of net income, and so of operations."""
    return layout.flow(account) if account.is_balance else "operating"


def _change(book: Book, account: Account, without: list[tuple[str, int]], currency: str) -> str:
    now, before = account.line, f"{account.line}[-1]"
    terms = [(before, 1), (now, -1)] if account.increases_with_debit else [(now, 1), (before, -1)]
    label = bilingual("statements.change", account=account.label)
    formula = signed_sum([*terms, *without])
    return book.formula(f"change.{account.name}", formula, currency, label, statement="total")


def _direct(book: Book, _used: Sequence[Account], currency: str, layout: Layout) -> Mapping[CashFlow, Part]:
    """Receipts and payments by class, each with its subtotal; payments are positive numbers."""
    found: dict[str, list[str]] = {one.name: [] for one in layout.direct}
    for posting in book.postings:
        if "cash" in (posting.debit, posting.credit) and posting.debit != posting.credit:
            found[_class_of(book, posting, layout).name].append(posting.line)
    parts: dict[CashFlow, Part] = {}
    for part in PARTS:
        rows: list[StatementRow] = []
        terms: list[tuple[str, int]] = []
        for received, name, sign in ((True, "inflow", 1), (False, "outflow", -1)):
            classes = [
                one for one in layout.direct
                if one.part == part and one.received == received and found[one.name]
            ]  # fmt: skip
            if not classes:
                continue
            of_classes = [
                (f"direct.{one.name}", layout.label(f"direct.{one.name}"), found[one.name]) for one in classes
            ]
            of_classes.append((
                f"total.{part}_{name}", layout.label(f"{part}_{name}"), [line for line, *_ in of_classes],
            ))  # fmt: skip
            for line, label, lines in of_classes:
                book.formula(line, " + ".join(lines), currency, label, statement="total")
                rows.append(StatementRow("cash_flow", line, label, 1 if line.startswith("total") else 2))
            terms.append((rows[-1].line, sign))
        parts[part] = rows, terms
    return parts


def _class_of(book: Book, posting: Posting, layout: Layout) -> CashClass:
    received = posting.debit == "cash"
    other = book.accounts[posting.credit if received else posting.debit]
    fitting = [one for one in layout.direct if one.received == received and one.part == layout.flow(other)]
    return next((one for one in fitting if other.name in one.with_accounts), fitting[-1])
