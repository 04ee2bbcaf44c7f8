"""What happens in one period of a small company, as journal entries on the chart of accounts.

Each event debits one account and credits another, so whatever reads the journal balances. A SAFE stands on
a line of its own between debt and equity (`non_equity`), or in equity, as the accounting policy says
(compare ASC 480 and 815-40, IAS 32). A refundable R&D credit counts in income when it accrues (IAS 20 by
analogy). Equipment on credit is owed on an account of its own, since paying it is an investment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from toolkit.errors import Problem, refuse
from toolkit.resources.finance.exact import Number, exact

SafeClassification = Literal["non_equity", "equity"]
EQUIPMENT_PAYABLES = "equipment_payables"


@dataclass(frozen=True, slots=True)
class Entry:
    """Debit one account of the chart, credit another, in money."""

    debit: str
    credit: str
    amount: float


@dataclass(frozen=True, slots=True)
class PeriodEvents:
    """The events, in money; the opening balance sheet is cash against equity."""

    opening_cash: Number
    opening_equity: Number
    safe_proceeds: Number
    safe_classification: SafeClassification
    capex: Number
    capex_paid_in_cash: Number
    depreciation: Number
    salaries_paid: Number
    revenue: Number
    revenue_uncollected: Number
    rd_credit_accrued: Number
    rd_credit_received: Number


def journal(events: PeriodEvents) -> tuple[Entry, ...]:
    """The entries of the period.

    InputError where the opening balance sheet does not balance, or where more is paid, left uncollected or
    received than was bought, earned or accrued.
    """
    refuse(_problems(events))
    safe = "preferred_stock" if events.safe_classification == "equity" else "convertibles"
    collected = exact(events.revenue) - exact(events.revenue_uncollected)
    rows: tuple[tuple[str, str, Number], ...] = (
        ("cash", safe, events.safe_proceeds),
        ("equipment", EQUIPMENT_PAYABLES, events.capex),
        (EQUIPMENT_PAYABLES, "cash", events.capex_paid_in_cash),
        ("depreciation", "accumulated_depreciation", events.depreciation),
        ("general_payroll", "cash", events.salaries_paid),
        ("receivables", "sales", events.revenue),
        ("cash", "receivables", collected),
        ("support_receivable", "public_support", events.rd_credit_accrued),
        ("cash", "support_receivable", events.rd_credit_received),
    )
    return tuple(Entry(debit, credit, float(amount)) for debit, credit, amount in rows)


def _problems(events: PeriodEvents) -> Iterable[Problem]:
    if exact(events.opening_cash) != exact(events.opening_equity):
        balances = {"cash": float(events.opening_cash), "equity": float(events.opening_equity)}
        yield Problem("finance.opening_does_not_balance", field="opening_equity", values=balances)
    for part, whole in (
        ("capex_paid_in_cash", "capex"),
        ("revenue_uncollected", "revenue"),
        ("rd_credit_received", "rd_credit_accrued"),
    ):
        given, limit = exact(getattr(events, part)), exact(getattr(events, whole))
        if given > limit:
            values = {"part": part, "whole": whole, "given": float(given), "limit": float(limit)}
            yield Problem("finance.part_exceeds_whole", field=part, values=values)
