"""Double entry: accounts, and postings of lines to them.

A posting moves the amount of one line from the credited account to the debited one, in every month of
every draw. Since each posting touches two accounts by the same amount, the books balance by construction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from toolkit.text import Text

AccountKind = Literal["asset", "liability", "equity", "income", "expense"]
CashFlow = Literal["cash", "operating", "investing", "financing"]

DEBIT_KINDS: tuple[AccountKind, ...] = ("asset", "expense")
BALANCE_KINDS: tuple[AccountKind, ...] = ("asset", "liability", "equity")


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the chart. `code` orders it in the statements; `cash_flow` is the part of the cash flow
    statement in which a change of this account appears (`cash` for cash itself); `section` groups the
    accounts of a statement under one heading. An asset that reduces another (accumulated depreciation) has
    a credit balance."""

    name: str
    kind: AccountKind
    label: Text
    code: int
    section: str
    cash_flow: CashFlow = "operating"

    @property
    def line(self) -> str:
        """The name of the line that holds it."""
        return f"account.{self.name}"

    @property
    def is_balance(self) -> bool:
        """Whether it rolls on from month to month; income and expense are of one month."""
        return self.kind in BALANCE_KINDS

    @property
    def increases_with_debit(self) -> bool:
        return self.kind in DEBIT_KINDS


@dataclass(frozen=True, slots=True)
class Posting:
    """Debit one account, credit another, by the amount of `line` (positive or negative) each month."""

    debit: str
    credit: str
    line: str
