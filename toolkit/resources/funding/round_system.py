"""The equations of a priced round, and their exact solution.

With H the shares of all holders, U the unallocated pool before and W after the round, S the shares of all
convertibles and p the round price:

    1 / p            pre_money           (H + W) / pre
                     percent_ownership   (H + W + S) / pre
                     dollars_invested    (H + W + S) / (pre + money of all convertibles)
    shares for 1     the largest of      (H + U + S) / cap         post-money SAFE: without the pool increase
                                         (H + W) / cap             pre-money SAFE: without the convertibles
                                         1 / (p (1 - discount))
    pool             W = U + increase,  or  W = max(U, target × (H + W + S + new money / p))

Each of them is the largest of linear terms in (S, W) with no negative coefficient, so the system is x =
F(x) with F convex and increasing. Such a system has a solution exactly if its steepest piece contracts, and
then only one. From a point below, one solves the pieces that are largest there and moves on to the solution
(Newton's method, monotone and finite here because there are finitely many pieces). Everything is done in
fractions, so the choice of a piece never hangs on a rounding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from toolkit.resources.funding.convertible import Convertible, Terms

PricingConvention = Literal["pre_money", "percent_ownership", "dollars_invested"]
ZERO, ONE = Fraction(0), Fraction(1)
_FAR = 10**9  # a pool so large that its share of the company is its limit, to nine digits


@dataclass(frozen=True, slots=True)
class RoundSystem:
    """The numbers of one round. Exactly one of `pool_after` (shares) and `pool_target` (fraction) is
    given."""

    pre_money: Fraction
    new_money: Fraction
    convention: PricingConvention
    held: Fraction
    pool: Fraction
    pool_increase: Fraction | None
    pool_target: Fraction | None
    convertibles: Sequence[Convertible]
    terms: Mapping[str, Terms]

    @property
    def least_pool(self) -> Fraction:
        """The pool after the round unless a target asks for more."""
        return self.pool + (self.pool_increase or ZERO)


@dataclass(frozen=True, slots=True)
class RoundSolution:
    """Shares of all convertibles, the pool after the round, and the round price."""

    converted: Fraction
    pool_after: Fraction
    price: Fraction


@dataclass(frozen=True, slots=True)
class _Plane:
    """constant + s × S + w × W."""

    constant: Fraction
    s: Fraction
    w: Fraction

    def at(self, converted: Fraction, pool_after: Fraction) -> Fraction:
        return self.constant + self.s * converted + self.w * pool_after


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Which term is the largest: money of convertibles per unit of each denominator, and the pool's term."""

    post_money_cap: Fraction
    pre_money_cap: Fraction
    round_price: Fraction
    pool_at_target: bool


def solve_round(system: RoundSystem) -> RoundSolution | None:
    """The one capitalization that meets all equations; None where there is none."""
    per_money = _shares_per_money(system)
    point = (ZERO, system.least_pool)
    pieces: _Pieces | None = None
    while True:
        largest = _largest_pieces(system, per_money, *point)
        if largest == pieces:
            return RoundSolution(*point, price=1 / per_money.at(*point))
        pieces = largest
        solution = _solve_pieces(system, per_money, pieces)
        if solution is None:
            return None
        point = solution


def largest_pool_fraction(system: RoundSystem) -> Fraction | None:
    """The bound below which a pool target can be met; None where no pool of any size has a solution."""
    increase = (system.held + system.pool) * _FAR
    far = replace(system, pool_increase=increase, pool_target=None)
    solution = solve_round(far)
    if solution is None:
        return None
    total = far.held + solution.pool_after + solution.converted + far.new_money / solution.price
    return solution.pool_after / total


def _shares_per_money(system: RoundSystem) -> _Plane:
    money = system.pre_money
    if system.convention == "pre_money":
        return _Plane(system.held / money, ZERO, 1 / money)
    if system.convention == "dollars_invested":
        money += sum((convertible.amount for convertible in system.convertibles), ZERO)
    return _Plane(system.held / money, 1 / money, 1 / money)


def _largest_pieces(
    system: RoundSystem, per_money: _Plane, converted: Fraction, pool_after: Fraction
) -> _Pieces:
    price = 1 / per_money.at(converted, pool_after)
    # A cap binds when cap / shares < price × (1 - discount), that is cap / (1 - discount) < shares × price.
    post_money_value = (system.held + system.pool + converted) * price
    pre_money_value = (system.held + pool_after) * price
    post_cap = pre_cap = at_price = ZERO
    for convertible in system.convertibles:
        terms = system.terms[convertible.name]
        undiscounted = convertible.amount / (1 - terms.discount_rate)
        threshold = terms.threshold_value
        if threshold is None:
            at_price += undiscounted
        elif terms.instrument == "safe_post_money" and threshold < post_money_value:
            post_cap += undiscounted / threshold
        elif terms.instrument == "safe_pre_money" and threshold < pre_money_value:
            pre_cap += undiscounted / threshold
        else:
            at_price += undiscounted
    at_target = False
    if system.pool_target is not None:
        total = system.held + pool_after + converted + system.new_money / price
        at_target = system.pool_target * total > system.pool
    return _Pieces(post_cap, pre_cap, at_price, at_target)


def _solve_pieces(system: RoundSystem, q: _Plane, pieces: _Pieces) -> tuple[Fraction, Fraction] | None:
    """(S, W) on the given pieces; None unless they contract."""
    post, pre, at_price = pieces.post_money_cap, pieces.pre_money_cap, pieces.round_price
    converted = _Plane(
        post * (system.held + system.pool) + pre * system.held + at_price * q.constant,
        post + at_price * q.s,
        pre + at_price * q.w,
    )
    pool = _Plane(system.least_pool, ZERO, ZERO)
    if pieces.pool_at_target and system.pool_target is not None:
        f, new = system.pool_target, system.new_money
        pool = _Plane(f * (system.held + new * q.constant), f * (1 + new * q.s), f * (1 + new * q.w))
    own_s, own_w = 1 - converted.s, 1 - pool.w
    determinant = own_s * own_w - converted.w * pool.s
    if own_s <= 0 or own_w <= 0 or determinant <= 0:
        return None
    return (
        (converted.constant * own_w + converted.w * pool.constant) / determinant,
        (pool.constant * own_s + pool.s * converted.constant) / determinant,
    )
