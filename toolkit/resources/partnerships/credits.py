"""Compute credits with a date of expiry, and discounts.

Credits are a prepaid asset against a deferred liability: nothing is earned when they are granted. As they
are used they settle the provider's invoice and are released to income; what is left at the end expires.

    used    = min(left[-1] + granted, the share of the provider's gross invoice that they cover, what other
              credits leave of it) until the last month
    expired = what is left in the last month, or when a milestone fails

Of several grants of one provider, that which expires first is used first.
"""

from __future__ import annotations

from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.compute.lines import providers
from toolkit.resources.compute.pricing import provider_slug
from toolkit.resources.partnerships.partner import partners_of, room_of, write_holds
from toolkit.resources.partnerships.records import ComputeCredits, Discount


def compile_discounts(compilation: Compilation) -> None:
    """Discounts by provider; several multiply. Written before the workloads, which read them."""
    kept: dict[str, list[str]] = {}
    for scope, partner in partners_of(compilation, Discount):
        share = f"(1 - {scope.input('discount')} * {write_holds(scope, partner)})"
        kept.setdefault(provider_slug(partner.provider), []).append(share)
    for slug, shares in kept.items():
        formula = f"1 - {' * '.join(sorted(shares))}"
        room_of(compilation).formula(f"discount.{slug}", formula, "1", "discount_total")


def compile_credits(compilation: Compilation) -> None:
    """Credits: granted, used, expired and left, and what is used by provider."""
    invoices = providers(compilation)
    used: dict[str, list[str]] = {}
    partners = partners_of(compilation, ComputeCredits)
    for scope, partner in sorted(partners, key=lambda one: (one[1].end, one[1].id)):
        before = used.setdefault(provider_slug(partner.provider), [])
        invoice = invoices.get(partner.provider, "0")
        before.append(_credits(scope, partner, invoice, before))
    room = room_of(compilation)
    for slug, lines in used.items():
        room.total(f"credit_used.{slug}", lines, room.currency, "credit_used_total")


def _credits(scope: Scope, credits: ComputeCredits, invoice: str, others: list[str]) -> str:
    """The line of what is used of the credits each month."""
    holds = write_holds(scope, credits, 1.0 if _verified(scope, credits) else 0.0)
    first = scope.month("start", credits.start, "first_month")
    last = scope.month("end", credits.end, "last_month")
    grant = f"where(t == {first}, {scope.input('amount')} * {holds}, 0)"
    for part, release in scope.entries("releases", "release", credits.releases):
        month, met = part.month("month", release.month, "milestone_month"), part.optional("met", 1.0)
        grant += f" + where(t == {month}, {part.input('amount')} * {met} * {holds}, 0)"
    granted = scope.amount("granted", grant, "compute_credits", "deferred_credits", "credit_granted")
    at_hand = f"{scope.line('left')}[-1] + {granted}"
    payable = " - ".join([invoice, *others])
    if credits.covers is not None:
        payable = f"min({payable}, {invoice} * {scope.input('covers')})"
    use = f"{holds} * min({at_hand}, max({payable}, 0))"
    used = scope.amount("used", use, "payables", "compute_credits", "credit_used")
    expiry = f"where(t >= {last} or {holds} == 0, {at_hand} - {used}, 0)"
    expired = scope.amount("expired", expiry, "deferred_credits", "compute_credits", "credit_expired")
    scope.amount("released", used, "deferred_credits", "compute_credits_used", "credit_released")
    scope.formula("left", f"{at_hand} - {used} - {expired}", scope.currency, "credit_left")
    return used


def _verified(scope: Scope, credits: ComputeCredits) -> bool:
    programmes = scope.compilation.reference.programmes
    return credits.programme is None or programmes[credits.programme].verified
