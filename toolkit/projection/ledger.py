"""The ledger as lines: every account a line, every total of the three statements a line.

A balance is `a[-1] + debits - credits` (or the other way for liabilities and equity); income and expense
are the month's flow. Retained earnings roll on with net income. Nothing is plugged: since each posting
touches two accounts by the same amount, assets equal liabilities plus equity in every month of every draw
whenever the opening balances do.

What stands where is said by a layout (`toolkit.projection.layout`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from toolkit.lines.book import Book
from toolkit.lines.posting import Account
from toolkit.projection.cash_flow import write_cash_flow
from toolkit.projection.layout import WESTERN, Layout, StatementName, StatementRow

__all__ = ["RETAINED", "StatementName", "StatementRow", "write_ledger"]

RETAINED = "retained_earnings"


def write_ledger(
    book: Book, opening: Mapping[str, str], currency: str, layout: Layout = WESTERN
) -> tuple[StatementRow, ...]:
    """Write the account lines and the totals; returns the rows of the three statements in order.

    `opening` maps an account to the name of the input line that holds its opening balance.
    """
    used = _used_accounts(book, opening)
    for account in used:
        _write_account(book, account, opening.get(account.name), currency)
    statements = {
        "income": tuple(_income(book, used, currency, layout)),
        "balance": tuple(_balance(book, used, opening, currency, layout)),
    }
    statements["cash_flow"] = write_cash_flow(book, used, currency, layout)
    return tuple(row for name in layout.order for row in statements[name])


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


def _income(book: Book, used: list[Account], currency: str, layout: Layout) -> list[StatementRow]:
    rows: list[StatementRow] = []
    plus: list[str] = []
    minus: list[str] = []
    for section, subtotal in layout.income:
        members = [account for account in used if account.section == section and not account.is_balance]
        # A section that closes a total of its own name (revenue) has that total and no other.
        if layout.sections_have_totals and members and section not in (subtotal, "tax"):
            rows.append(_section_total(book, section, members, currency, layout))
        for account in members:
            rows.append(StatementRow("income", account.line, account.label, 2))
            (plus if account.kind == "income" else minus).append(account.line)
        if subtotal:
            label = layout.label(subtotal)
            line = book.formula(f"total.{subtotal}", _sum(plus, minus), currency, label, statement="total")
            if subtotal not in layout.hidden:
                rows.append(StatementRow("income", line, label, 0 if subtotal == "net_income" else 1))
            plus, minus = [line], []
    return rows


def _section_total(
    book: Book, section: str, members: list[Account], currency: str, layout: Layout
) -> StatementRow:
    """The total of a section, printed as a positive number where it is an expense."""
    is_income = section == "other_income"
    own = [account.line for account in members if (account.kind == "income") == is_income]
    other = [account.line for account in members if (account.kind == "income") != is_income]
    label = layout.label(f"sections.{section}")
    line = book.formula(f"total.section_{section}", _sum(own, other), currency, label, statement="total")
    return StatementRow("income", line, label, 1)


_GROUPS = (
    ("asset", (("current_assets", ("current",)), ("noncurrent_assets", ("fixed",))), "assets"),
    ("liability", (("current_liabilities", ("current",)), ("noncurrent_liabilities", ("long_term",))),
     "liabilities"),
    ("equity", (), "equity"),
)  # fmt: skip


def _balance(
    book: Book, used: list[Account], opening: Mapping[str, str], currency: str, layout: Layout
) -> list[StatementRow]:
    retained = book.accounts[RETAINED]
    book.formula(
        retained.line, f"{retained.line}[-1] + total.net_income", currency, retained.label,
        statement="account", opening=opening.get(RETAINED),
    )  # fmt: skip
    accounts = [*used, retained]
    rows: list[StatementRow] = []
    for kind, groups, total in _GROUPS:
        members = [account for account in accounts if account.kind == kind]
        if layout.sections_have_totals:
            for name, sections in groups:
                part = [account for account in members if account.section in sections]
                rows += [StatementRow("balance", account.line, account.label, 2) for account in part]
                rows.append(_total_of_balances(book, name, [one.line for one in part], currency, layout, 1))
        if not layout.sections_have_totals or not groups:
            rows += [StatementRow("balance", account.line, account.label, 2) for account in members]
        level = 0 if kind == "asset" else 1
        lines = [account.line for account in members]
        rows.append(_total_of_balances(book, total, lines, currency, layout, level))
    both = ["total.liabilities", "total.equity"]
    return [*rows, _total_of_balances(book, "liabilities_and_equity", both, currency, layout, 0)]


def _total_of_balances(
    book: Book, name: str, lines: Iterable[str], currency: str, layout: Layout, level: int
) -> StatementRow:
    """A total that also has a value before month 1, like the balances that it adds up."""
    formula, label = _sum(lines, []), layout.label(name)
    line = book.formula(f"total.{name}", formula, currency, label, statement="total", opening=formula)
    return StatementRow("balance", line, label, level)
