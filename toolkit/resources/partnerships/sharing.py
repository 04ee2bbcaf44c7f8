"""Cost sharing, revenue shares, referrals and data licences.

cost share      min(share × the shared costs, most − paid before)               a receivable, contribution
revenue share   max(share × revenue, minimum)                                   a cost of revenue
referral        customers sent, as far as they are won, × fee                   a cost of sales
licence in      monthly + royalty × revenue; upfront is prepaid, used up evenly a cost
licence out     monthly; upfront is deferred, earned evenly                     revenue
"""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.market.sales_tax import charge_tax
from toolkit.resources.partnerships.partner import partners_of, room_of, write_holds
from toolkit.resources.partnerships.records import (
    RESEARCH,
    CostShare,
    DataLicence,
    Referral,
    RevenueShare,
)

_LICENCE_COST = {"research": "research_other", "cost_of_revenue": "cost_other"}


def compile_referrals(compilation: Compilation) -> None:
    """Whom partners send, by product. Written before the market, which reads it."""
    sent: dict[str, list[str]] = {}
    for scope, partner in partners_of(compilation, Referral):
        holds = write_holds(scope, partner)
        first = scope.compilation.number_of(partner.start) if partner.start else 1
        growth = scope.optional("growth", 0.0)
        first_sent = f"{holds} * {scope.input('customers', 'referred_customers')}"
        line = scope.formula("referred", f"{first_sent} * (1 + {growth}) ** max(t - {first}, 0)", "customers")
        sent.setdefault(partner.product, []).append(line)
    for product, lines in sent.items():
        room_of(compilation).total(f"referred.{product}", lines, "customers", "referred_total")


def compile_sharing(compilation: Compilation) -> None:
    """What partners pay and are paid; when the market and every cost are written."""
    for scope, share in partners_of(compilation, CostShare):
        _cost_share(scope, share)
    for scope, partner in partners_of(compilation, RevenueShare):
        holds, revenue = write_holds(scope, partner), _revenue(partner.products)
        due = f"{scope.input('share', 'revenue_share')} * {revenue}"
        if partner.minimum is not None:
            due = f"max({due}, {scope.input('minimum')})"
        scope.invoice("paid_share", f"{holds} * {due}", "revenue_share", partner.payment_months)
    for scope, referral in partners_of(compilation, Referral):
        _referral_fee(scope, referral)
    incomes = []
    for scope, licence in partners_of(compilation, DataLicence):
        if licence.direction == "in":
            _licence_in(scope, licence)
        else:
            incomes += _licence_out(scope, licence)
    room = room_of(compilation)
    room.total("licence_income", incomes, room.currency, "licence_income_total")


def _revenue(products: Sequence[str]) -> str:
    if not products:
        return "market.revenue"
    return f"({' + '.join(f'market.{product}.revenue' for product in sorted(set(products)))})"


def _cost_share(scope: Scope, partner: CostShare) -> None:
    holds = write_holds(scope, partner)
    costs = [RESEARCH.get(name, f"operations.{name}.cost") for name in sorted(set(partner.of))]
    shared = scope.total("shared", costs, scope.currency, "shared_costs")
    paid = f"{holds} * {scope.input('share', 'cost_share')} * {shared}"
    before = f"{scope.line('contributed_total')}[-1]"
    if partner.most is not None:
        paid = f"min({paid}, max({scope.input('most', 'most_in_all')} - {before}, 0))"
    earned = _invoiced(scope, "contributed", paid, "partner_contributions", partner.payment_months)
    scope.formula("contributed_total", f"{before} + {earned}", scope.currency)
    scope.formula("share_paid", f"{earned} / max({shared}, 1e-9)", "1")


def _invoiced(scope: Scope, part: str, formula: str, income: str, months: int) -> str:
    """An income by invoice, collected so many months later; returns its line."""
    if months == 0:
        return scope.amount(part, formula, "cash", income)
    line = scope.amount(part, formula, "receivables", income)
    scope.amount(f"{part}_collected", f"{line}[-{months}]", "cash", "receivables", "collected")
    return line


def _sold(scope: Scope, part: str, formula: str, income: str, months: int) -> str:
    """The same for what is sold: with sales tax on top."""
    line = _invoiced(scope, part, formula, income, months)
    tax = charge_tax(scope, f"{part}_tax", line, "receivables" if months else "cash")
    if tax is not None and months:
        collected = f"{tax}[-{months}]"
        scope.amount(f"{part}_tax_collected", collected, "cash", "receivables", "tax_collected")
    return line


def _referral_fee(scope: Scope, partner: Referral) -> None:
    won, wanted = scope.line("referred"), f"market.{partner.product}.wanted_customers"
    if wanted in scope.book.lines:  # the market has room for a part of them
        won += f" * market.{partner.product}.new_customers / max({wanted}, 1e-9)"
    won += f" * market.{partner.product}.active"
    if partner.fee is not None:
        fee = scope.input("fee", "referral_fee")
    elif partner.fee_share is not None:
        fee = f"{scope.input('fee_share')} * 12 * market.{partner.product}.price_now"
    else:
        return
    scope.invoice("fee_cost", f"{won} * {fee}", "referral_fees", partner.payment_months)


def _licence_in(scope: Scope, licence: DataLicence) -> None:
    holds, account = write_holds(scope, licence), _LICENCE_COST[licence.purpose]
    parts = [scope.input("monthly", "licence_monthly")] if licence.monthly is not None else []
    if licence.royalty is not None:
        parts.append(f"{scope.input('royalty')} * {_revenue(licence.products)}")
    if parts:
        scope.invoice("fee_cost", f"{holds} * ({' + '.join(parts)})", account, licence.payment_months)
    if licence.upfront is not None:
        once, monthly = _upfront(scope, licence)
        scope.invoice("upfront_cost", once, "prepaid", licence.payment_months, "licence_upfront")
        scope.amount("used_up", monthly, account, "prepaid")


def _licence_out(scope: Scope, licence: DataLicence) -> list[str]:
    holds, months = write_holds(scope, licence), licence.payment_months
    lines = []
    if licence.monthly is not None:
        monthly = f"{holds} * {scope.input('monthly', 'licence_monthly')}"
        lines.append(_sold(scope, "fee_income", monthly, "licence_income", months))
    if licence.upfront is not None:
        once, earned = _upfront(scope, licence)
        _sold(scope, "upfront_income", once, "deferred_revenue", months)
        lines.append(scope.amount("upfront_earned", earned, "deferred_revenue", "licence_income"))
    return lines


def _upfront(scope: Scope, licence: DataLicence) -> tuple[str, str]:
    """Formula texts of what is due in the first month, and of an even part of it in every month until the
    end. What was paid stays paid, whatever happens later."""
    compilation = scope.compilation
    first = compilation.number_of(licence.start) if licence.start else 1
    last = compilation.number_of(licence.end) if licence.end else compilation.months
    due = scope.input("upfront")
    if licence.arrives is not None:
        due += f" * {scope.line('arrives')}"
    return f"where(t == {first}, {due}, 0)", f"{scope.line('active')} * {due} / {last - first + 1}"
