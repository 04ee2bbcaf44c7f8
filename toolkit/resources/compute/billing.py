"""Compute bills: what a provider is paid after credits.

Gross use, credit used and net invoice are three lines, so that the month in which the credits end shows.
"""

from __future__ import annotations

from toolkit.resources.compilation import Compilation
from toolkit.resources.compute.lines import billing_currency, providers
from toolkit.resources.compute.pricing import provider_slug
from toolkit.resources.exchange import settle_abroad
from toolkit.text import Text


def compile_billing(compilation: Compilation) -> None:
    """The net invoice of every provider, and its payment."""
    compute = compilation.plan.compute
    months = compute.payment_months
    for provider, gross in providers(compilation).items():
        slug = provider_slug(provider)
        scope = compilation.scope("compute", f"compute.invoice.{slug}", compute, Text.of(provider))
        used = f"partnerships.credit_used.{slug}"
        owed = f"{gross} - {used}" if used in scope.book.lines else gross
        net = scope.formula("net", owed, scope.currency, "net_invoice")
        compilation.purchases[net] = months
        currency = billing_currency(compilation, provider)
        if currency != scope.currency and months:
            settle_abroad(scope, "", net, currency, months, "to pay")
            continue
        scope.amount("paid", f"{net}[-{months}]" if months else net, "payables", "cash", "invoice_paid")
