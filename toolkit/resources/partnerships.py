"""Partnerships: compute credits with a date of expiry, and discounts.

Credits are a prepaid asset against a deferred liability: nothing is earned when they are granted. As they
are used they settle the provider's invoice and are released to income; what is left at the end expires.

    used    = min(left[-1] + granted, the provider's gross invoice − credits used before) until the last month
    expired = what is left in the last month
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.compute.lines import provider_slug, providers
from toolkit.resources.record import KIND, EventMonth, Item, Month, Sourced, Span
from toolkit.resources.surroundings import Provider
from toolkit.resources.values import Chance, Money, Share


class ComputeCredits(Item, Span):
    """`amount` of credits with `provider`, from `start` to `end` (the last month in which they can be used);
    `arrives` is a chance."""

    kind: Literal["compute_credits"]
    start: EventMonth
    end: Month
    provider: Provider
    amount: Money
    arrives: Chance | None = None


class Discount(Item, Span):
    """A share off the list prices of `provider`."""

    kind: Literal["discount"]
    provider: Provider
    discount: Share


class Partnerships(Sourced):
    partners: list[Annotated[ComputeCredits | Discount, KIND]] = Field(default_factory=list)


def compile_discounts(compilation: Compilation) -> None:
    """Discounts by provider; several multiply. Written before the workloads, which read them."""
    kept: dict[str, list[str]] = {}
    for scope, partner in _partners(compilation):
        if isinstance(partner, Discount):
            share = f"(1 - {scope.input('discount')} * {scope.active(partner)})"
            kept.setdefault(provider_slug(partner.provider), []).append(share)
    for slug, shares in kept.items():
        _room(compilation).formula(f"discount.{slug}", f"1 - {' * '.join(shares)}", "1", "discount_total")


def compile_credits(compilation: Compilation) -> None:
    """Credits: granted, used, expired and left, and what is used by provider."""
    invoices = providers(compilation)
    used: dict[str, list[str]] = {}
    for scope, partner in _partners(compilation):
        if isinstance(partner, ComputeCredits):
            before = used.setdefault(provider_slug(partner.provider), [])
            open_invoice = " - ".join([invoices.get(partner.provider, "0"), *before])
            before.append(_credits(scope, partner, open_invoice))
    room = _room(compilation)
    for slug, lines in used.items():
        room.total(f"credit_used.{slug}", lines, room.currency, "credit_used_total")


def _partners(compilation: Compilation) -> list[tuple[Scope, ComputeCredits | Discount]]:
    partners = compilation.plan.partnerships.partners
    return list(compilation.scopes("partnerships.partners", "partnerships", partners))


def _room(compilation: Compilation) -> Scope:
    return compilation.scope("partnerships", "partnerships", compilation.plan.partnerships)


def _credits(scope: Scope, credits: ComputeCredits, open_invoice: str) -> str:
    """The line of what is used of the credits each month."""
    first = scope.month("start", credits.start, "first_month")
    last = scope.month("end", credits.end, "last_month")
    grant = f"where(t == {first}, {scope.input('amount')} * {scope.optional('arrives', 1.0)}, 0)"
    granted = scope.amount("granted", grant, "compute_credits", "deferred_credits", "credit_granted")
    at_hand = f"{scope.line('left')}[-1] + {granted}"
    use = f"where(t <= {last}, min({at_hand}, max({open_invoice}, 0)), 0)"
    used = scope.amount("used", use, "payables", "compute_credits", "credit_used")
    expiry = f"where(t == {last}, {at_hand} - {used}, 0)"
    expired = scope.amount("expired", expiry, "deferred_credits", "compute_credits", "credit_expired")
    scope.amount("released", used, "deferred_credits", "compute_credits_used", "credit_released")
    scope.formula("left", f"{at_hand} - {used} - {expired}", scope.currency, "credit_left")
    return used
