"""How statements are laid out: which accounts stand where, in which order, under which words.

Two layouts: the usual western one, and the Chinese one (财会〔2019〕6号, 一般企业财务报表格式): balance
sheet first, expenses by function with finance costs before the operating result, and a cash flow statement
by the direct method in which interest paid is a financing flow (企业会计准则第31号).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from toolkit.lines.posting import Account, CashFlow
from toolkit.text import Text, bilingual

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


@dataclass(frozen=True, slots=True)
class CashClass:
    """A row of the direct cash flow statement: what is received from (or paid to) the accounts
    `with_accounts`; the last class of each part takes what no other does."""

    name: str
    part: CashFlow
    received: bool
    with_accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """`income`: sections in order, each with the subtotal that it closes (None: none). `sections_have_totals`
    shows a total of every expense section. `flows` moves accounts to another part of the cash flow statement.
    `direct` classes make the cash flow statement; empty: it is indirect. `words` is the part of the catalogue
    with names of totals."""

    order: tuple[StatementName, ...]
    income: tuple[tuple[str, str | None], ...]
    sections_have_totals: bool = False
    hidden: tuple[str, ...] = ()
    flows: Mapping[str, CashFlow] = field(default_factory=dict)
    direct: tuple[CashClass, ...] = ()
    words: str = "statements"

    def label(self, name: str) -> Text:
        """The name of a total."""
        return bilingual(f"{self.words}.{name}")

    def flow(self, account: Account) -> CashFlow:
        """The part of the cash flow statement in which an account stands."""
        return self.flows.get(account.name, account.cash_flow)


WESTERN = Layout(
    order=("income", "cash_flow", "balance"),
    income=(
        ("revenue", "revenue"),
        ("cost_of_revenue", "gross_profit"),
        ("research", None),
        ("sales", None),
        ("general", None),
        ("other_income", "operating_income"),
        ("finance", "income_before_tax"),
        ("tax", "net_income"),
    ),
)
_CUSTOMERS = (
    "sales",
    "licence_income",
    "receivables",
    "receivables_allowance",
    "deferred_revenue",
    "revenue_share",
)
_PEOPLE = ("research_payroll", "sales_payroll", "general_payroll", "cost_payroll", "accrued_pay")
_TAXES = ("tax_payable", "tax_prepaid", "income_tax", "sales_tax_payable")
_BOUGHT = ("payables", "prepaid", "cost_compute", "cost_other", "research_compute", "research_other")
_DEBT = ("loans", "convertibles")
CHINESE = Layout(
    order=("balance", "income", "cash_flow"),
    income=(
        ("revenue", "revenue"),
        ("cost_of_revenue", "gross_profit"),
        ("sales", None),
        ("general", None),
        ("research", None),
        ("finance", None),
        ("other_income", "operating_income"),
        ("non_operating", "income_before_tax"),
        ("tax", "net_income"),
    ),
    sections_have_totals=True,
    hidden=("gross_profit",),
    flows={"interest_expense": "financing", "accrued_interest": "financing", "financing_fees": "financing"},
    direct=(
        CashClass("from_customers", "operating", True, _CUSTOMERS),
        CashClass("tax_refunds", "operating", True, _TAXES),
        CashClass("other_received", "operating", True),
        CashClass("to_suppliers", "operating", False, _BOUGHT),
        CashClass("to_employees", "operating", False, _PEOPLE),
        CashClass("taxes_paid", "operating", False, _TAXES),
        CashClass("other_paid", "operating", False),
        CashClass("equipment_sold", "investing", True),
        CashClass("equipment_bought", "investing", False),
        CashClass("borrowed", "financing", True, ("loans",)),
        CashClass("from_investors", "financing", True),
        CashClass("debt_repaid", "financing", False, _DEBT),
        CashClass("interest_paid", "financing", False, ("interest_expense", "accrued_interest")),
        CashClass("other_financing_paid", "financing", False),
    ),
    words="statements.cn",
)


def layout_of(country: str) -> Layout:
    """The layout of a company's statements."""
    return CHINESE if country == "CN" else WESTERN
