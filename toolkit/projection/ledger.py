"""The ledger as lines: every account a line, every total of the three statements a line.

A balance is `a[-1] + debits - credits` (or the other way for liabilities and equity); income and expense
are the month's flow. Retained earnings roll on with net income. Nothing is plugged: since each posting
touches two accounts by the same amount, assets equal liabilities plus equity in every month of every draw
whenever the opening balances do.

The cash flow statement is indirect: net income, plus the change of every other balance, put where the account
says (`operating`, `investing`, `financing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from toolkit.lines.book import Book
from toolkit.lines.posting import Account
from toolkit.text import Text, bilingual

RETAINED = "retained_earnings"
StatementName = Literal["income", "cash_flow", "balance"]


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One row of a statement: `level` 0 is a total, 1 a subtotal, 2 an account. `sign` turns the line into
    what the statement prints (expenses are printed as positive numbers under their heading)."""

    statement: StatementName
    line: str
    label: Text
    level: int
    sign: int = 1


def write_ledger(book: Book, opening: Mapping[str, str], currency: str) -> tuple[StatementRow, ...]:
    """Write the account lines and the totals; returns the rows of the three statements in order.

    `opening` maps an account to the name of the input line that holds its opening balance.
    """
    used = _used_accounts(book, opening)
    for account in used:
        _write_account(book, account, opening.get(account.name), currency)
    return (
        *_income(book, used, currency),
        *_balance(book, used, opening, currency),
        *_cash_flow(book, used, currency),
    )


def _used_accounts(book: Book, opening: Mapping[str, str]) -> list[Account]:
    posted = {name for posting in book.postings for name in (posting.debit, posting.credit)}
    if RETAINED in posted:
        raise ValueError("retained earnings change by the result of the month, not by postings")
    names = (posted | {"cash", *opening}) - {RETAINED}
    return sorted((book.accounts[name] for name in names), key=lambda account: account.code)


def _write_account(book: Book, account: Account, opening: str | None, currency: str) -> None:
    debited = [posting.line for posting in book.postings if posting.debit == account.name]
    credited = [posting.line for posting in book.postings if posting.credit == account.name]
    up, down = (debited, credited) if account.increases_with_debit else (credited, debited)
    if account.is_balance:
        book.formula(
            account.line, _sum([f"{account.line}[-1]", *up], down), currency, account.label,
            statement="account", opening=opening,
        )  # fmt: skip
    else:
        book.formula(account.line, _sum(up, down), currency, account.label, statement="flow")


def _sum(plus: Iterable[str], minus: Iterable[str]) -> str:
    return (" + ".join(plus) or "0") + "".join(f" - {line}" for line in minus)


def _total(book: Book, name: str, plus: Iterable[str], minus: Iterable[str], currency: str) -> str:
    label = bilingual(f"statements.{name}")
    return book.formula(f"total.{name}", _sum(plus, minus), currency, label, statement="total")


def _total_of_balances(book: Book, name: str, lines: Iterable[str], currency: str) -> str:
    """A total that also has a value before month 1, like the balances that it adds up."""
    formula, label = _sum(lines, []), bilingual(f"statements.{name}")
    return book.formula(f"total.{name}", formula, currency, label, statement="total", opening=formula)


# Sections of the income statement in order; after a section, the subtotal that it closes.
_INCOME: tuple[tuple[str, str | None], ...] = (
    ("revenue", "revenue"),
    ("cost_of_revenue", "gross_profit"),
    ("research", None),
    ("sales", None),
    ("general", None),
    ("other_income", "operating_income"),
    ("finance", "income_before_tax"),
    ("tax", "net_income"),
)


def _income(book: Book, used: list[Account], currency: str) -> list[StatementRow]:
    rows: list[StatementRow] = []
    plus: list[str] = []
    minus: list[str] = []
    for section, subtotal in _INCOME:
        for account in used:
            if account.section == section:
                rows.append(StatementRow("income", account.line, account.label, 2))
                (plus if account.kind == "income" else minus).append(account.line)
        if subtotal:
            line = _total(book, subtotal, plus, minus, currency)
            level = 0 if subtotal == "net_income" else 1
            rows.append(StatementRow("income", line, book.lines[line].label, level))
            plus, minus = [line], []
    return rows


def _balance(
    book: Book, used: list[Account], opening: Mapping[str, str], currency: str
) -> list[StatementRow]:
    retained = book.accounts[RETAINED]
    book.formula(
        retained.line, f"{retained.line}[-1] + total.net_income", currency, retained.label,
        statement="account", opening=opening.get(RETAINED),
    )  # fmt: skip
    accounts = [*used, retained]
    rows: list[StatementRow] = []
    for kind, total in (("asset", "assets"), ("liability", "liabilities"), ("equity", "equity")):
        members = [account for account in accounts if account.kind == kind]
        rows += [StatementRow("balance", account.line, account.label, 2) for account in members]
        line = _total_of_balances(book, total, [account.line for account in members], currency)
        rows.append(StatementRow("balance", line, book.lines[line].label, 1 if kind != "asset" else 0))
    both = ["total.liabilities", "total.equity"]
    line = _total_of_balances(book, "liabilities_and_equity", both, currency)
    rows.append(StatementRow("balance", line, book.lines[line].label, 0))
    return rows


def _cash_flow(book: Book, used: list[Account], currency: str) -> list[StatementRow]:
    rows: list[StatementRow] = []
    totals: list[str] = []
    for part in ("operating", "investing", "financing"):
        lines = ["total.net_income"] if part == "operating" else []
        lines += [
            _change(book, account, currency)
            for account in used
            if account.cash_flow == part and account.is_balance
        ]
        rows += [StatementRow("cash_flow", line, book.lines[line].label, 2) for line in lines]
        total = _total(book, f"cash_{part}", lines, [], currency)
        rows.append(StatementRow("cash_flow", total, book.lines[total].label, 1))
        totals.append(total)
    line = _total(book, "cash_change", totals, [], currency)
    rows.append(StatementRow("cash_flow", line, book.lines[line].label, 0))
    rows.append(StatementRow("cash_flow", "account.cash", book.accounts["cash"].label, 0))
    return rows


def _change(book: Book, account: Account, currency: str) -> str:
    now, before = account.line, f"{account.line}[-1]"
    formula = f"{before} - {now}" if account.increases_with_debit else f"{now} - {before}"
    label = bilingual("statements.change", account=account.label)
    return book.formula(f"change.{account.name}", formula, currency, label, statement="total")
