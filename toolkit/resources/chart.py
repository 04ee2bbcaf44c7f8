"""The chart of accounts, the same for every plan.

`code` orders the statements, `section` says under which heading an income or expense account stands.
"""

from __future__ import annotations

from toolkit.lines.posting import Account, AccountKind, CashFlow
from toolkit.text import bilingual

_ROWS: tuple[tuple[int, str, AccountKind, str, CashFlow], ...] = (
    (100, "cash", "asset", "current", "cash"),
    (110, "receivables", "asset", "current", "operating"),
    (115, "receivables_allowance", "asset", "current", "operating"),
    (120, "compute_credits", "asset", "current", "operating"),
    (130, "support_receivable", "asset", "current", "operating"),
    (135, "prepaid", "asset", "current", "operating"),
    (137, "tax_prepaid", "asset", "current", "operating"),
    (140, "deposits", "asset", "current", "operating"),
    (160, "equipment", "asset", "fixed", "investing"),
    (165, "accumulated_depreciation", "asset", "fixed", "operating"),
    (200, "payables", "liability", "current", "operating"),
    (202, "equipment_payables", "liability", "current", "investing"),
    (205, "accrued_pay", "liability", "current", "operating"),
    (210, "deferred_revenue", "liability", "current", "operating"),
    (220, "deferred_credits", "liability", "current", "operating"),
    (225, "sales_tax_payable", "liability", "current", "operating"),
    (230, "tax_payable", "liability", "current", "operating"),
    (240, "accrued_interest", "liability", "current", "operating"),
    (250, "shareholder_obligations", "liability", "current", "financing"),
    (260, "loans", "liability", "long_term", "financing"),
    (280, "convertibles", "liability", "long_term", "financing"),
    (300, "common_stock", "equity", "paid_in", "financing"),
    (310, "preferred_stock", "equity", "paid_in", "financing"),
    (320, "stock_options", "equity", "paid_in", "operating"),  # granted for work, not for money
    (390, "retained_earnings", "equity", "retained", "operating"),
    (400, "sales", "income", "revenue", "operating"),
    (405, "licence_income", "income", "revenue", "operating"),
    (410, "revenue_share", "expense", "revenue", "operating"),
    (500, "cost_compute", "expense", "cost_of_revenue", "operating"),
    (510, "cost_payroll", "expense", "cost_of_revenue", "operating"),
    (520, "cost_other", "expense", "cost_of_revenue", "operating"),
    (530, "cost_depreciation", "expense", "cost_of_revenue", "operating"),
    (600, "research_payroll", "expense", "research", "operating"),
    (610, "research_compute", "expense", "research", "operating"),
    (620, "research_other", "expense", "research", "operating"),
    (625, "research_depreciation", "expense", "research", "operating"),
    (630, "sales_payroll", "expense", "sales", "operating"),
    (640, "sales_marketing", "expense", "sales", "operating"),
    (645, "referral_fees", "expense", "sales", "operating"),
    (650, "general_payroll", "expense", "general", "operating"),
    (660, "recruiting", "expense", "general", "operating"),
    (670, "general_other", "expense", "general", "operating"),
    (675, "bad_debt", "expense", "general", "operating"),
    (678, "stock_compensation", "expense", "general", "operating"),
    (680, "depreciation", "expense", "general", "operating"),
    (700, "compute_credits_used", "income", "other_income", "operating"),
    (710, "public_support", "income", "other_income", "operating"),
    (715, "partner_contributions", "income", "other_income", "operating"),
    (720, "interest_income", "income", "finance", "operating"),
    (730, "interest_expense", "expense", "finance", "operating"),
    (735, "financing_fees", "expense", "finance", "operating"),
    (738, "exchange_difference", "expense", "finance", "operating"),
    (740, "income_tax", "expense", "tax", "operating"),
)


def chart_of_accounts() -> tuple[Account, ...]:
    """Every account, in the order of the statements."""
    return tuple(
        Account(name, kind, bilingual(f"statements.accounts.{name}"), code, section, flow)
        for code, name, kind, section, flow in _ROWS
    )
