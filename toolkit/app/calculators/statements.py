"""The calculator of the three statements: one month of events through the ledger of the projection.

The events are posted to the chart of accounts, and the ledger and the engine that every plan uses make the
three statements from them. The cash flow statement is therefore the indirect one; it must agree with the
direct figures that a case expects.
"""

from __future__ import annotations

from typing import Any, Literal

from toolkit.app.calculators.fields import AnyNumber, Inputs, NonNegative
from toolkit.lines.book import Book
from toolkit.lines.quantity import Quantity
from toolkit.projection import ledger
from toolkit.projection.engine import base_case
from toolkit.projection.model import assemble
from toolkit.provenance import Source
from toolkit.resources.chart import chart_of_accounts
from toolkit.resources.finance import period_journal
from toolkit.text import Text

_CASE = Source("plan", "the inputs of the case")
_CURRENCY = "money"  # a case has one currency unit, and does not say which
_OUTPUTS = {
    "net_income": ("total.net_income",),
    "cash": ("account.cash",),
    "receivables": ("account.receivables",),
    "rd_credit_receivable": ("account.support_receivable",),
    "ppe_net": ("account.equipment", "account.accumulated_depreciation"),
    "total_assets": ("total.assets",),
    "payables": (f"account.{period_journal.EQUIPMENT_PAYABLES}",),
    "equity": ("total.equity",),
    "total_liabilities_and_equity": ("total.liabilities_and_equity",),
    "operating_cash_flow": ("total.cash_operating",),
    "investing_cash_flow": ("total.cash_investing",),
    "financing_cash_flow": ("total.cash_financing",),
    "change_in_cash": ("total.cash_change",),
}


class ThreeStatementInputs(Inputs):
    opening_cash: AnyNumber
    opening_equity: AnyNumber
    safe_proceeds: NonNegative
    safe_classification: period_journal.SafeClassification
    capex: NonNegative
    capex_paid_in_cash: NonNegative
    depreciation: NonNegative
    salaries_paid: NonNegative
    revenue: NonNegative
    revenue_uncollected: NonNegative
    rd_credit_accrued: NonNegative
    rd_credit_received: NonNegative
    rd_credit_presentation: Literal["income"]


def three_statement_micro(inputs: ThreeStatementInputs) -> dict[str, Any]:
    """One month in double entry, read as income, balance sheet and cash flow."""
    given = {name: value for name, value in inputs if name != "rd_credit_presentation"}
    entries = period_journal.journal(period_journal.PeriodEvents(**given))
    book = Book(chart_of_accounts())
    for number, entry in enumerate(entries):
        book.post(entry.debit, entry.credit, _amount(book, f"case.entry_{number}", entry.amount))
    opening = {
        "cash": _amount(book, "case.opening_cash", float(inputs.opening_cash)),
        ledger.RETAINED: _amount(book, "case.opening_equity", float(inputs.opening_equity)),
    }
    rows = ledger.write_ledger(book, opening, _CURRENCY)
    lines = base_case(assemble(book, rows, ["2000-01"], _CURRENCY))
    outputs = {name: sum(lines[line][1] for line in parts) for name, parts in _OUTPUTS.items()}
    outputs["safe_balance"] = lines["account.convertibles"][1] if "account.convertibles" in lines else 0.0
    return outputs


def _amount(book: Book, name: str, value: float) -> str:
    return book.input(name, Quantity.constant(value), _CURRENCY, Text(name, name), _CASE)
