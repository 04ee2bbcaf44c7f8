"""The cap table through time: who holds how many shares of which class, after every event.

A table is a value; an event makes the next one from it. Shares are fractions, and only an event that issues
shares changes their total, so none is created or lost by accident. A priced round converts every
convertible that is outstanding (`toolkit.resources.funding.priced_round` decides at what price) into a
class of its own, whose preference is the money that was paid: a holder who paid less a share gets less back
a share.

Existing holders may have the right to buy their fraction of the new shares (pro rata). The fraction is that
of the company capitalization: existing shares, old pool and all conversions, without the pool increase and
the new shares.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from toolkit.errors import Problem, refuse
from toolkit.resources.funding.convertible import Convertible
from toolkit.resources.funding.priced_round import (
    NEW_INVESTORS,
    UNALLOCATED_POOL,
    Rounding,
    RoundResult,
    RoundTerms,
    price_round,
)
from toolkit.resources.funding.round_rounding import round_yc_4dp
from toolkit.resources.funding.waterfall import Participation, ShareClass

Position = tuple[str, str]  # holder, class
COMMON = "common"
OPTIONS = "options"
WARRANTS = "warrants"
_EXISTING = "existing shares"
ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class ClassTerms:
    """What a class gets before common: `preference_per_share` in money, `seniority` 0 is paid first."""

    participation: Participation
    preference_per_share: Fraction = ZERO
    seniority: int = 0


@dataclass(frozen=True, slots=True)
class CapTable:
    """Holdings at one moment. `total_shares` counts all positions and the unallocated pool; `convertibles`
    maps those outstanding to their holders."""

    positions: Mapping[Position, Fraction] = field(default_factory=dict)
    unallocated_pool: Fraction = ZERO
    convertibles: Sequence[tuple[str, Convertible]] = ()
    classes: Mapping[str, ClassTerms] = field(default_factory=lambda: {COMMON: ClassTerms("common")})
    total_shares: Fraction = ZERO

    def shares_of(self, holder: str) -> Fraction:
        """All shares of a holder."""
        return sum((count for (name, _), count in self.positions.items() if name == holder), ZERO)

    def ownership(self) -> dict[str, float]:
        """Fully diluted ownership by holder, the unallocated pool included; adds up to 1."""
        counts: dict[str, Fraction] = {}
        for (holder, _), count in self.positions.items():
            counts[holder] = counts[holder] + count if holder in counts else count
        counts[UNALLOCATED_POOL] = self.unallocated_pool
        total = self.total_shares
        return {
            name: (count.numerator * total.denominator) / (count.denominator * total.numerator)
            for name, count in counts.items()
        }

    def share_classes(self) -> list[ShareClass]:
        """The classes as the waterfall takes them; options count as common, the unallocated pool gets
        nothing."""
        counts: dict[str, Fraction] = {}
        for (_, name), count in self.positions.items():
            counts[name] = counts.get(name, ZERO) + count
        return [
            ShareClass(name, count, count * terms.preference_per_share, terms.seniority, terms.participation)
            for name, count in counts.items()
            for terms in (self.classes[name],)
        ]


@dataclass(frozen=True, slots=True)
class Issue:
    """New shares, or rights to shares, to a holder: founders' stock, options promised, warrants."""

    holder: str
    shares: Fraction
    share_class: str = COMMON


@dataclass(frozen=True, slots=True)
class Grant:
    """Options from the unallocated pool to an employee."""

    holder: str
    shares: Fraction


@dataclass(frozen=True, slots=True)
class EnlargePool:
    """More unallocated shares, outside a round."""

    shares: Fraction


@dataclass(frozen=True, slots=True)
class Transfer:
    """Shares that change hands between holders."""

    seller: str
    buyer: str
    shares: Fraction
    share_class: str = COMMON


@dataclass(frozen=True, slots=True)
class Cancel:
    """Shares that the company buys back; they cease to exist."""

    holder: str
    shares: Fraction
    share_class: str


@dataclass(frozen=True, slots=True)
class IssueConvertible:
    """A SAFE or a note is sold; it counts in the table when it converts."""

    holder: str
    convertible: Convertible


@dataclass(frozen=True, slots=True)
class CloseRound:
    """A priced round. `investors` is the holder of the new shares that no pro-rata right takes; `pro_rata`
    says how much of its right each holder uses (1: all of it). New preferred and converted shares rank
    `seniority`."""

    name: str
    terms: RoundTerms
    investors: str
    pro_rata: Mapping[str, Fraction] = field(default_factory=dict)
    rounding: Rounding = "none"
    preference_multiple: Fraction = Fraction(1)
    participation: Participation = "non_participating"
    seniority: int = 0


Event = Issue | Grant | EnlargePool | Transfer | Cancel | IssueConvertible | CloseRound


def apply_event(table: CapTable, event: Event) -> CapTable:
    """The table after an event. InputError for shares that are not there, names that are taken, impossible
    terms."""
    match event:
        case Issue(holder, shares, share_class):
            return _issue(table, holder, shares, share_class)
        case Grant(holder, shares):
            refuse(_too_many(table.unallocated_pool, shares, UNALLOCATED_POOL))
            classes = {OPTIONS: ClassTerms("common"), **table.classes}
            granted = _issue(replace(table, classes=classes), holder, shares, OPTIONS)
            return replace(
                granted, unallocated_pool=table.unallocated_pool - shares, total_shares=table.total_shares
            )
        case EnlargePool(shares):
            return replace(
                table,
                unallocated_pool=table.unallocated_pool + shares,
                total_shares=table.total_shares + shares,
            )
        case Transfer(seller, buyer, shares, share_class):
            positions = _less(table, seller, shares, share_class)
            positions[buyer, share_class] = positions.get((buyer, share_class), ZERO) + shares
            return replace(table, positions={key: count for key, count in positions.items() if count})
        case Cancel(holder, shares, share_class):
            positions = _less(table, holder, shares, share_class)
            left = {key: count for key, count in positions.items() if count}
            return replace(table, positions=left, total_shares=table.total_shares - shares)
        case IssueConvertible(holder, convertible):
            return replace(table, convertibles=(*table.convertibles, (holder, convertible)))
        case CloseRound():
            return close_round(table, event)[0]


def close_round(table: CapTable, event: CloseRound) -> tuple[CapTable, RoundResult]:
    """The table after a priced round, and the round itself."""
    convertibles = [convertible for _, convertible in table.convertibles]
    held = table.total_shares - table.unallocated_pool
    result = price_round(event.terms, {_EXISTING: held}, table.unallocated_pool, convertibles)
    if event.rounding == "yc_4dp":
        result = round_yc_4dp(result, event.terms, convertibles)
    refuse(_round_problems(table, event))

    positions = dict(table.positions)
    classes = dict(table.classes)
    for holder, convertible in table.convertibles:
        name, price = f"{event.name} {convertible.name}", result.conversion_price[convertible.name]
        classes[name] = ClassTerms(event.participation, price, event.seniority)
        positions[holder, name] = result.shares[convertible.name]
    preference = result.round_price * event.preference_multiple
    classes[event.name] = ClassTerms(event.participation, preference, event.seniority)
    for holder, shares in _new_shares(table, event, result).items():
        positions[holder, event.name] = positions.get((holder, event.name), ZERO) + shares
    closed = CapTable(
        positions={key: count for key, count in positions.items() if count},
        unallocated_pool=result.shares[UNALLOCATED_POOL],
        convertibles=(),
        classes=classes,
        total_shares=result.total_post_shares,
    )
    return closed, result


def history(opening: CapTable, events: Iterable[tuple[int, Event]]) -> list[tuple[int, Event, CapTable]]:
    """The table after each event (month, event), in order of months; events of one month keep their order."""
    table, tables = opening, []
    for month, event in sorted(events, key=lambda dated: dated[0]):
        table = apply_event(table, event)
        tables.append((month, event, table))
    return tables


def pro_rata_fraction(table: CapTable, holder: str, result: RoundResult) -> Fraction:
    """The part of the new shares that a holder may buy: its shares, conversions included, over the company
    capitalization."""
    converted = sum((result.shares[c.name] for owner, c in table.convertibles if owner == holder), ZERO)
    return (table.shares_of(holder) + converted) / result.company_capitalization_shares


def _new_shares(table: CapTable, event: CloseRound, result: RoundResult) -> dict[str, Fraction]:
    new = result.shares[NEW_INVESTORS]
    bought = {
        holder: used * new * pro_rata_fraction(table, holder, result)
        for holder, used in event.pro_rata.items()
    }
    bought[event.investors] = bought.get(event.investors, ZERO) + new - sum(bought.values(), ZERO)
    return bought


def _issue(table: CapTable, holder: str, shares: Fraction, share_class: str) -> CapTable:
    if share_class not in table.classes:
        refuse([Problem("funding.unknown_class", "share_class", values={"name": share_class})])
    positions = dict(table.positions)
    positions[holder, share_class] = positions.get((holder, share_class), ZERO) + shares
    return replace(table, positions=positions, total_shares=table.total_shares + shares)


def _less(table: CapTable, holder: str, shares: Fraction, share_class: str) -> dict[Position, Fraction]:
    """The positions after a holder gave shares away."""
    held = table.positions.get((holder, share_class), ZERO)
    refuse(_too_many(held, shares, holder))
    return {**table.positions, (holder, share_class): held - shares}


def _too_many(held: Fraction, shares: Fraction, name: str) -> Iterable[Problem]:
    if shares > held:
        values = {"name": name, "held": float(held), "shares": float(shares)}
        yield Problem("funding.not_enough_shares", "shares", values=values)


def _round_problems(table: CapTable, event: CloseRound) -> Iterable[Problem]:
    if event.name in table.classes:
        yield Problem("funding.duplicate_name", "name", values={"name": event.name})
    for holder, used in event.pro_rata.items():
        if not 0 <= used <= 1:
            yield Problem("funding.pro_rata_out_of_range", f"pro_rata.{holder}", values={"name": holder})
