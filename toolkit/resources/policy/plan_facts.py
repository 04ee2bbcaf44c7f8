"""What a plan knows: the lines that a programme's facts may follow from, as `plan.<name>`."""

from __future__ import annotations

from collections.abc import Mapping

# Costs that public money can pay for: a later claim counts them without what an earlier one has paid.
COSTS: Mapping[str, str] = {
    "research_pay": "talent.research_pay",
    "research_compute": "compute.research_cost",
}
ALWAYS: Mapping[str, str] = {
    **COSTS,
    "research_domestic_share": "compute.research_domestic_share",
    "gross_receipts": "policy.gross_receipts",
    "social_security": "talent.social_security",
    "headcount": "talent.headcount",
    "income_before_tax": "total.income_before_tax",
    "tax_year": "policy.tax_year",
}
# Only where the plan names its income tax.
WITH_TAX: Mapping[str, str] = {
    "tax_rate": "tax.rate",
    "taxable_profit": "tax.taxable",
    "losses_used": "tax.losses_used",
    "tax_due": "tax.due",
}
# Only where the plan charges sales tax or VAT.
WITH_SALES_TAX: Mapping[str, str] = {
    "output_vat": "market.sales_tax.charged",
    "input_vat": "market.sales_tax.deducted",
}
PLAN_NAMES: Mapping[str, str] = {**ALWAYS, **WITH_TAX, **WITH_SALES_TAX}
