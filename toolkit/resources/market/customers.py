"""Who stays: pools of customers, and of what they pay for.

    kept       = customers[-1] × (1 − churn)
    customers  = kept + new customers

With early churn the newcomers of the last `early_months` are a pool of their own (young), from which those
who stayed that long pass to the others (mature). Contracts of a year are counted when they begin:

    begun      = new customers × annual share + renewals,    renewals = begun[-12] × renewal
    contracts  = sum of begun over 12 months

Units are customers weighted by how their spending grew: (1 + expansion − contraction) a month, for contracts
at each renewal.
"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.resources.compilation import Scope
from toolkit.resources.market.records import Annual, Product


@dataclass(frozen=True, slots=True)
class Pool:
    """Lines of a pool: all at the end of the month, and those of last month who are still there."""

    all: str
    kept: str


@dataclass(frozen=True, slots=True)
class Contracts:
    """Lines of contracts of a year: those that begin, the units they pay for, and renewals."""

    begun: str
    units: str
    renewed: str


@dataclass(frozen=True, slots=True)
class Base:
    """The customers of a product: all of them, those who pay by the month and the units they pay for, and
    their contracts if there are any."""

    customers: Pool
    units: Pool
    contracts: Contracts | None = None


def write_customers(scope: Scope, product: Product) -> Base:
    """Lines of the customers of a product, given its line `new_customers`."""
    scope.optional("opening_customers", 0.0, "customers")
    scope.input("monthly_churn")
    if product.early_churn is not None:
        scope.input("early_churn")
    grows = product.expansion is not None or product.contraction is not None
    if grows:
        rise, fall = scope.optional("expansion", 0.0), scope.optional("contraction", 0.0)
        scope.formula("spending_growth", f"1 + {rise} - {fall}", "1")
    if product.annual is None:
        everybody = _pool(scope, product, "customers", "")
        units = _pool(scope, product, "units", "unit_", grows=True) if grows else everybody
        return Base(everybody, units)
    part = scope.within("annual")
    monthly_share = f" * (1 - {part.input('share', 'annual_share')})"
    monthly = _pool(scope, product, "monthly_customers", "monthly_", monthly_share)
    units = _pool(scope, product, "units", "unit_", monthly_share, grows=True) if grows else monthly
    contracts = _contracts(scope, part, product.annual, grows)
    return Base(_everybody(scope, monthly, contracts), units, contracts)


def _pool(
    scope: Scope, product: Product, part: str, prefix: str, share: str = "", grows: bool = False
) -> Pool:
    """The lines of a pool into which a share (formula text of a factor) of the new customers flows."""
    active, line, new = scope.line("active"), scope.line(part), scope.line("new_customers")
    opening = f"{scope.line('opening_customers')}{share}"
    growth = f" * {scope.line('spending_growth')}" if grows else ""
    stay = f"(1 - {scope.line('monthly_churn')}){growth}"
    if product.early_churn is None:
        kept = scope.formula(f"{prefix}kept", f"{active} * {line}[-1] * {stay}", "customers", "kept")
        everybody = f"{kept} + {new}{share}"
        return Pool(scope.formula(part, everybody, "customers", opening=opening), kept)
    months = product.early_months or 1
    young, mature = scope.line(f"{prefix}young"), scope.line(f"{prefix}mature")
    young_stay = f"(1 - {scope.line('early_churn')}){growth}"
    grown = f"{active} * {new}[-{months}]{share} * ({young_stay}) ** {months}"
    passed = scope.formula(f"{prefix}passed", grown, "customers", "passed")
    still_young = f"max({active} * {young}[-1] * {young_stay} - {passed}, 0)"
    scope.formula(f"{prefix}young", f"{still_young} + {new}{share}", "customers", "young")
    old = f"{active} * {mature}[-1] * {stay} + {passed}"
    scope.formula(f"{prefix}mature", old, "customers", "mature", opening=opening)
    stayed = f"{active} * ({young}[-1] * {young_stay} + {mature}[-1] * {stay})"
    kept = scope.formula(f"{prefix}kept", stayed, "customers", "kept")
    return Pool(scope.formula(part, f"{young} + {mature}", "customers", opening=opening), kept)


def _contracts(scope: Scope, part: Scope, annual: Annual, grows: bool) -> Contracts:
    """Contracts of a year: before the plan they began evenly over twelve months."""
    active, new, share = scope.line("active"), scope.line("new_customers"), part.line("share")
    opening = f"{scope.line('opening_customers')} * {share}"
    if annual.renewal is not None:
        renewal = part.input("renewal")
    else:
        renewal = part.formula("renewal", f"(1 - {scope.line('monthly_churn')}) ** 12", "1")
    begun = scope.line("contracts_begun")
    renewed = scope.formula("contracts_renewed", f"{active} * {begun}[-12] * {renewal}", "customers")
    each = f"{opening} / 12"
    scope.formula("contracts_begun", f"{new} * {share} + {renewed}", "customers", opening=each)
    scope.formula("contracts", f"sum({begun}, 12)", "customers", opening=opening)
    units = begun
    if grows:
        grown = f"{renewal} * {scope.line('spending_growth')} ** 12"
        again = f"{active} * {scope.line('contract_units')}[-12] * {grown}"
        units = scope.formula("contract_units", f"{new} * {share} + {again}", "customers", opening=each)
    return Contracts(begun, units, renewed)


def _everybody(scope: Scope, monthly: Pool, contracts: Contracts) -> Pool:
    running = scope.line("contracts")
    stay = f"{monthly.kept} + {running}[-1] - {contracts.begun}[-12] + {contracts.renewed}"
    kept = scope.formula("kept", stay, "customers")
    opening = scope.line("opening_customers")
    both = f"{monthly.all} + {running}"
    return Pool(scope.formula("customers", both, "customers", opening=opening), kept)
