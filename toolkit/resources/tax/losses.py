"""Losses carried forward, the oldest used first.

    used      min(losses[-1], free amount + limit × what the year earned above it)
    expired   what was made `loss_years` fiscal years ago or earlier and neither used nor expired before:
              max(0, made up to then − used − expired before)
    losses    losses[-1] + loss of the year − used − expired

Sums since the beginning are enough to know the age of what is left, since the oldest goes first.
"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.reference import TaxTerms
from toolkit.resources.compilation import Scope
from toolkit.resources.exchange import exchange_line
from toolkit.resources.tax.records import Tax, terms_of


@dataclass(frozen=True, slots=True)
class LossRules:
    """Lines or texts of what losses may cover, and the years for which they can be used (None: for ever)."""

    limit: str
    free: str | None
    years: int | None

    @classmethod
    def of(cls, scope: Scope, tax: Tax) -> LossRules:
        """The rules that a plan gives, else those of its law: of the reduced regime where it has its own."""
        terms = _terms(scope, tax)
        if tax.loss_limit is not None or terms is None:
            limit = scope.optional("loss_limit", 1.0)
        else:
            limit = scope.fact("loss_limit", terms.loss_share, "1", terms.source)
        free = None
        if tax.loss_free_amount is not None:
            free = scope.input("loss_free_amount")
        elif terms is not None and terms.loss_free_amount:
            free = scope.fact("loss_free_amount", terms.loss_free_amount, terms.currency, terms.source)
            if terms.currency != scope.currency:
                free = f"({free} * {exchange_line(scope.compilation, terms.currency)})"
        return cls(limit, free, tax.loss_years or (terms.loss_years if terms else None))

    def cover(self, losses: str, income: str) -> str:
        """Formula text of what losses take off an income of 0 or more."""
        if self.free is None:
            return f"min({losses}, {self.limit} * {income})"
        above = f"{self.limit} * max({income} - {self.free}, 0)"
        return f"min({losses}, {income}, {self.free} + {above})"


def _terms(scope: Scope, tax: Tax) -> TaxTerms | None:
    if tax.law is None:
        return None
    reference, day = scope.compilation.reference, f"{scope.compilation.plan.company.start}-01"
    own = [terms_of(reference, tax.law, one.regime, day) for one in tax.reduced]
    return next((found for found in own if found), terms_of(reference, tax.law, "standard", day))


def write_losses(scope: Scope, tax: Tax, rules: LossRules, taxable: str) -> str:
    """The lines of losses; returns the line of what is used in a fiscal year."""
    currency, losses = scope.currency, scope.line("losses")
    opening = scope.optional("opening_losses", 0.0, currency)
    used = scope.formula("losses_used", rules.cover(f"{losses}[-1]", f"max({taxable}, 0)"), currency)
    made = f"max(-{taxable}, 0)"
    expired = _expired(scope, tax, rules, made, used, opening)
    minus = f" - {expired}" if expired else ""
    scope.formula("losses", f"{losses}[-1] + {made} - {used}{minus}", currency, opening=opening)
    return used


def _expired(scope: Scope, tax: Tax, rules: LossRules, made: str, used: str, opening: str) -> str | None:
    """The line of losses that can no longer be used at the end of a fiscal year; None where none can be."""
    compilation, gone = scope.compilation, []
    until = tax.opening_losses_until
    if tax.opening_losses is not None and (until or rules.years):
        last = compilation.number_of(until) if until else 12 * (rules.years or 0)
        if last < compilation.months + 12:
            gone.append(f"{opening} * (t + 12 > {last})")
    currency = scope.currency
    if rules.years is not None and 12 * rules.years < compilation.months:
        total = scope.line("losses_made")
        scope.formula("losses_made", f"{total}[-1] + {made}", currency)
        gone.append(f"{total}[-{12 * rules.years}]")
    if not gone:
        return None
    used_before = scope.line("losses_used_so_far")
    scope.formula("losses_used_so_far", f"{used_before}[-1] + {used}", currency)
    expired_before = f"{scope.line('losses_expired_so_far')}[-1]"
    over = f"max({' + '.join(gone)} - {used_before} - {expired_before}, 0)"
    expired = scope.formula("losses_expired", f"where(fiscal_month == 12, {over}, 0)", currency)
    scope.formula("losses_expired_so_far", f"{expired_before} + {expired}", currency)
    return expired
