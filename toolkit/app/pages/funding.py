"""Funding: where the money comes from, who owns what after each event, and what each gets at an exit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.app.building import Built
from toolkit.app.funding_facts import funding_rows
from toolkit.app.ownership import Ownership, exit_returns, ownership_of
from toolkit.errors import InputError
from toolkit.projection.ownership import closings
from toolkit.resources.funding.priced_round import UNALLOCATED_POOL
from toolkit.resources.record import month_after
from toolkit.text import Text

EXIT_STEPS = 24  # exit values of the chart
LEAST_EXIT = 0.02  # of the largest, where the chart begins


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One source of money: planned for `month`; `closes` is the month in which it does in the base case, None
    where it does not within the plan."""

    label: Text
    kind: Text
    month: str | None
    closes: str | None
    amount: float
    terms: Text
    chance: float | None


@dataclass(frozen=True, slots=True)
class Moment:
    """The cap table after an event: shares of ownership in the order of the holders. `price` is that of a
    share in a round, `post_money` its valuation."""

    label: Text
    month: str
    shares: tuple[float, ...]
    price: float | None
    post_money: float | None
    total_shares: float
    outstanding: float


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who ever holds shares. `first` and `last` are ownership at the first and the last moment at
    which they hold any; `diluted` is the part of the first that is gone."""

    id: str
    label: Text
    group: str
    first: float
    last: float
    diluted: float


@dataclass(frozen=True, slots=True)
class CapTable:
    """The cap table through time."""

    holders: tuple[Holder, ...]
    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Payout:
    """What a holder gets at an exit value; None of a multiple or a rate for whoever paid nothing."""

    holder: Text
    exit_value: float
    payout: float
    share: float
    invested: float
    multiple: float | None
    annual_rate: float | None


def rounds(built: Built) -> tuple[RoundRow, ...]:
    """Every instrument of the plan, in its order."""
    closed = closings(built.plan.funding, built.run.base)
    start = built.plan.company.start
    ids = [one.id for one in built.plan.funding.instruments]
    found = []
    for place, row in enumerate(funding_rows(built)):
        one = closed.get(ids[place]) if place < len(ids) else None
        closes = month_after(start, one.month) if one is not None else None
        found.append(RoundRow(row.label, row.kind, row.month, closes, row.amount, row.terms, row.probability))
    return tuple(found)


def cap_table(built: Built) -> CapTable | None:
    """Who owns what through time; None where the plan names no holder."""
    try:
        found = ownership_of(built)
    except InputError as error:
        if any(one.id == "funding_plan.no_holders" for one in error.problems):
            return None
        raise
    names = found.holders()
    moments = tuple(
        Moment(
            one.label,
            found.month(one),
            tuple(one.table.ownership().get(name, 0.0) for name in names),
            None if one.result is None else float(one.result.round_price),
            None if one.result is None else float(one.result.implied_post_money_valuation),
            float(one.table.total_shares),
            float(sum(convertible.amount for _, convertible in one.table.convertibles)),
        )
        for one in found.standings
    )
    groups = {one.id: one.group for one in built.plan.funding.holders}
    holders = tuple(
        _holder(
            name, place, moments, found, groups.get(name, "pool" if name == UNALLOCATED_POOL else "investor")
        )
        for place, name in enumerate(names)
    )
    return CapTable(holders, moments)


def _holder(name: str, place: int, moments: Sequence[Moment], found: Ownership, group: str) -> Holder:
    held = [moment.shares[place] for moment in moments if moment.shares[place] > 0] or [0.0]
    label = _label(found, name)
    return Holder(name, label, group, held[0], held[-1], 1 - held[-1] / held[0] if held[0] else 0.0)


def _label(found: Ownership, name: str) -> Text:
    words = found.labels.get(name)
    return words if words is not None else Text.of(name.replace("_", " "))


def payouts(built: Built, exits: Sequence[str]) -> tuple[Payout, ...]:
    """What each holder gets at exit values (texts such as `20M`; multiples of the last valuation by default).

    Raises InputError for what cannot be read.
    """
    found = ownership_of(built)
    return tuple(
        Payout(
            _label(found, one.holder),
            float(one.exit_value),
            float(one.payout),
            float(one.payout / one.exit_value) if one.exit_value else 0.0,
            float(one.invested),
            None if one.multiple is None else float(one.multiple),
            one.annual_rate,
        )
        for one in exit_returns(found, exits)
    )


def exit_course(built: Built) -> tuple[Payout, ...]:
    """Payouts over a range of exit values up to the largest of `payouts`, evenly spaced."""
    values = sorted({one.exit_value for one in payouts(built, ())})
    largest = values[-1]
    steps = [largest * (LEAST_EXIT + (1 - LEAST_EXIT) * step / EXIT_STEPS) for step in range(EXIT_STEPS + 1)]
    return payouts(built, [f"{value:.0f}" for value in steps])
