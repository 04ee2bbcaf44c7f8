"""A priced round: new money, convertibles and pool close together, at one price.

What is negotiated goes in, the whole capitalization after the round comes out: solved exactly in
`toolkit.resources.funding.round_system`, and rounded only by a named convention.

    new investors' shares   new money / p
    conversion              at the lowest of cap price, p (1 - discount) and p
    total                   existing + converted + pool increase + new

Sources: Cooley GO, "Calculating share price with outstanding convertible notes or SAFEs" (the three pricing
conventions); Y Combinator, Post-Money Safe User Guide (denominators of the caps, rounding).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from toolkit.errors import InputError, Problem, refuse
from toolkit.resources.funding.convertible import BindingTerm, Convertible, conversion_price, effective_terms
from toolkit.resources.funding.round_system import (
    PricingConvention,
    RoundSolution,
    RoundSystem,
    largest_pool_fraction,
    solve_round,
)

Rounding = Literal["none", "yc_4dp"]
NEW_INVESTORS = "new_investors"
UNALLOCATED_POOL = "unallocated_pool"
RESERVED_NAMES = (NEW_INVESTORS, UNALLOCATED_POOL)


@dataclass(frozen=True, slots=True)
class RoundTerms:
    """What is negotiated. Money in the currency of the plan; exactly one of the two pool fields is given."""

    pre_money_valuation: Fraction
    new_money: Fraction
    pricing_convention: PricingConvention
    pool_increase_shares: Fraction | None = None
    pool_target_unallocated_fraction: Fraction | None = None


@dataclass(frozen=True, slots=True)
class RoundResult:
    """The capitalization after a round; share counts and prices are fractions.

    `company_capitalization_shares` counts existing shares, the old pool and all convertibles, without the
    increase and the new money. `existing_shares` are all shares before it, the old pool included. `shares`
    holds every holder and convertible, `new_investors` and `unallocated_pool`.
    """

    round_price: Fraction
    new_money_shares: Fraction
    pool_increase_shares: Fraction
    total_post_shares: Fraction
    company_capitalization_shares: Fraction
    existing_shares: Fraction
    shares: Mapping[str, Fraction]
    conversion_price: Mapping[str, Fraction]
    binding_term: Mapping[str, BindingTerm]

    @property
    def ownership(self) -> dict[str, float]:
        """Fraction of the total after the round, by name. The division is of whole numbers: correctly
        rounded, and without the cost of reducing large fractions."""
        total = self.total_post_shares
        return {
            name: (count.numerator * total.denominator) / (count.denominator * total.numerator)
            for name, count in self.shares.items()
        }

    @property
    def unallocated_pool_fraction(self) -> float:
        """The unallocated pool as a fraction of the total after the round."""
        return self.ownership[UNALLOCATED_POOL]

    @property
    def effective_pre_money_valuation(self) -> Fraction:
        """Price times the shares that existed before the round, old pool included."""
        return self.round_price * self.existing_shares

    @property
    def implied_post_money_valuation(self) -> Fraction:
        """Price times all shares after the round."""
        return self.round_price * self.total_post_shares


def price_round(
    terms: RoundTerms,
    holders: Mapping[str, Fraction],
    unallocated_pool_shares: Fraction,
    convertibles: Sequence[Convertible],
) -> RoundResult:
    """Close a round over a cap table, exactly.

    `holders` are all shares and share rights but the unallocated pool, as converted. InputError for terms
    that no capitalization meets: a pool target that is too high, convertibles that would own the whole
    company, reserved or repeated names, circular MFN elections.
    """
    refuse(_problems(terms, holders, unallocated_pool_shares, convertibles))
    system = RoundSystem(
        pre_money=terms.pre_money_valuation,
        new_money=terms.new_money,
        convention=terms.pricing_convention,
        held=sum(holders.values(), Fraction(0)),
        pool=unallocated_pool_shares,
        pool_increase=terms.pool_increase_shares,
        pool_target=terms.pool_target_unallocated_fraction,
        convertibles=convertibles,
        terms=effective_terms(convertibles),
    )
    solution = solve_round(system)
    if solution is None:
        raise InputError([_why_unsolvable(system)])
    return _capitalization(system, solution, holders)


def _capitalization(
    system: RoundSystem, solution: RoundSolution, holders: Mapping[str, Fraction]
) -> RoundResult:
    capitalization = system.held + system.pool + solution.converted
    with_pool = system.held + solution.pool_after
    shares, prices, binding = dict(holders), {}, {}
    for convertible in system.convertibles:
        terms = system.terms[convertible.name]
        counted = capitalization if terms.instrument == "safe_post_money" else with_pool
        price, term = conversion_price(terms, counted, solution.price)
        shares[convertible.name] = convertible.amount / price
        prices[convertible.name], binding[convertible.name] = price, term
    new_shares = system.new_money / solution.price
    shares[NEW_INVESTORS], shares[UNALLOCATED_POOL] = new_shares, solution.pool_after
    return RoundResult(
        round_price=solution.price,
        new_money_shares=new_shares,
        pool_increase_shares=solution.pool_after - system.pool,
        total_post_shares=with_pool + solution.converted + new_shares,
        company_capitalization_shares=capitalization,
        existing_shares=system.held + system.pool,
        shares=shares,
        conversion_price=prices,
        binding_term=binding,
    )


def _why_unsolvable(system: RoundSystem) -> Problem:
    limit = largest_pool_fraction(system)
    if limit is not None and system.pool_target is not None:
        values = {"target": float(system.pool_target), "limit": float(limit)}
        return Problem("funding.pool_target_unreachable", "pool_target_unallocated_fraction", values=values)
    money = sum((convertible.amount for convertible in system.convertibles), Fraction(0))
    values = {"money": float(money), "pre_money": float(system.pre_money)}
    return Problem("funding.convertibles_take_the_whole", "pre_money_valuation", values=values)


def _problems(
    terms: RoundTerms, holders: Mapping[str, Fraction], pool: Fraction, convertibles: Sequence[Convertible]
) -> Iterable[Problem]:
    if (terms.pool_increase_shares is None) == (terms.pool_target_unallocated_fraction is None):
        yield Problem("funding.one_pool_rule", "pool_increase_shares")
    if sum(holders.values(), pool) <= 0:
        yield Problem("funding.no_existing_shares", "holders")
    if terms.pre_money_valuation <= 0:
        yield Problem("funding.pre_money_not_positive", "pre_money_valuation")
    fields = [f"holders[{index}].name" for index in range(len(holders))]
    fields += [f"convertibles[{index}].name" for index in range(len(convertibles))]
    names = [*holders, *(convertible.name for convertible in convertibles)]
    for field, name in zip(fields, names, strict=True):
        if name in RESERVED_NAMES:
            yield Problem("funding.reserved_name", field, values={"name": name})
        elif field.startswith("convertibles") and name in holders:
            yield Problem("funding.duplicate_name", field, values={"name": name})
