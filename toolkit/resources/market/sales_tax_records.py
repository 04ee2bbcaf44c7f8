"""Sales tax and value-added tax: what a plan says about them."""

from __future__ import annotations

from typing import Literal

from toolkit.resources.record import Sourced
from toolkit.resources.values import PaymentMonths, Share


class SalesTax(Sourced):
    """`rate` on the `taxed_share` of invoices to customers (all by default; exports bear none); prices are
    without it. `purchase_rate` on the `purchase_share` of what is bought by invoice, where it can be deducted
    (none by default: a sales tax that is not a VAT). The difference of each `period` (of the fiscal year) is
    paid `due_months` after its end; an `excess` of tax on purchases is refunded then, or carried forward."""

    rate: Share
    taxed_share: Share | None = None
    purchase_rate: Share | None = None
    purchase_share: Share | None = None
    period: Literal["month", "quarter", "year"] = "quarter"
    due_months: PaymentMonths = 1
    excess: Literal["refunded", "carried_forward"] = "refunded"
