"""Ownership: who holds what after each instrument of a plan, in the base case of a run.

Rounds and conversions are exact functions evaluated after the lines, in the months in which the lines let the
money come; only their cash feeds back. A round without a rule for its pool adds nothing to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from toolkit.resources.funding.records import Crowdfunding, Funding, Instrument, ValuationAdjustment
from toolkit.resources.funding.timeline import Bite, Closed, Standing, through_time

__all__ = ["Standing", "closings", "standings"]

BaseCase = Mapping[str, tuple[float, ...]]


def standings(funding: Funding, base: BaseCase) -> tuple[Standing, ...]:
    """The cap table before the plan and after everything that issues or moves shares in the base case.

    `base` maps a line to its opening value and one value a month. Empty when the plan names no holder. Raises
    InputError for a round that cannot be priced.
    """
    return through_time(funding, closings(funding, base), _bites(funding, base))


def closings(funding: Funding, base: BaseCase) -> dict[str, Closed]:
    """When each instrument closes in the base case, with how much money; what does not is left out."""
    found = {one.id: _closed(one, base) for one in funding.instruments}
    return {name: closed for name, closed in found.items() if closed is not None}


def _closed(instrument: Instrument, base: BaseCase) -> Closed | None:
    name = f"funding.{instrument.id}"
    started = int(base[f"{name}.month"][1])
    if started < 1:  # it runs on from before the plan
        return Closed(started, Fraction(base[f"{name}.closed_amount"][1]))
    if isinstance(instrument, Crowdfunding):
        money = base[f"{name}.proceeds"]
        month = _first(money)
        return None if month is None else Closed(month, Fraction(money[month]))
    month = _first(base[f"{name}.age"])
    amount = base.get(f"{name}.closed_amount")
    if month is None or amount is None or amount[month] <= 0:
        return None
    return Closed(month, Fraction(amount[month]))


def _bites(funding: Funding, base: BaseCase) -> dict[str, Bite]:
    found = {}
    for promise in funding.contingent:
        month = _first(base[f"funding.{promise.id}.due"])
        if month is not None:
            tested = isinstance(promise, ValuationAdjustment)
            actual = base[f"funding.{promise.id}.actual"][month - 1] if tested else 0.0
            found[promise.id] = Bite(month, Fraction(actual))
    return found


def _first(values: tuple[float, ...]) -> int | None:
    """The first month (1, 2, …) with a value above 0."""
    return next((month for month, value in enumerate(values) if month and value > 0), None)
