"""Who gets what when the company is sold.

Preferences are paid by seniority (0 first; equal seniority shares in proportion to preferences). What is
left goes by shares to common, to converted classes and to participating classes. A non-participating class
gives up its preference when common pays it strictly more, given what all others choose.

That equilibrium is found by going through the classes in order of preference per share. With x the price a
common share would get before a class converts, conversion makes it the mediant (x S + preference) / (S +
shares), which lies between x and the preference per share; so a class converts exactly if x exceeds its
preference per share, and whoever converts never regrets that the next one does too. While preferences are
not covered, x is 0 and no one converts: conversion would swap a claim for a part of what that claim leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from toolkit.errors import Problem, refuse

Participation = Literal["common", "non_participating", "participating"]
ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class ShareClass:
    """A class of shares: `shares` as converted, `liquidation_preference` in money for the whole class."""

    name: str
    shares: Fraction
    liquidation_preference: Fraction
    seniority: int
    participation: Participation


@dataclass(frozen=True, slots=True)
class Payout:
    """Money by class; `converts` by non-participating class; the price of a common share."""

    payout: Mapping[str, Fraction]
    converts: Mapping[str, bool]
    common_price_per_share: Fraction


def distribute(exit_proceeds: Fraction, classes: Sequence[ShareClass]) -> Payout:
    """Share out proceeds (after debt and costs) in equilibrium.

    InputError for two classes of one name and for common stock with a preference.
    """
    refuse(_problems(classes))
    choosing = [c for c in classes if c.participation == "non_participating" and c.shares > 0]
    choosing.sort(key=lambda c: c.liquidation_preference / c.shares)
    left = exit_proceeds - sum((c.liquidation_preference for c in classes), ZERO)
    shares = sum((c.shares for c in classes if c.participation != "non_participating"), ZERO)
    converting: set[str] = set()
    for candidate in choosing:
        # Without any share beside it, what is left over preferences is the candidate's alone.
        gains = left > 0 and left * candidate.shares > candidate.liquidation_preference * shares
        if not gains:
            break
        converting.add(candidate.name)
        left += candidate.liquidation_preference
        shares += candidate.shares
    price = max(left, ZERO) / shares if shares else ZERO
    preferred = [c for c in classes if c.name not in converting and c.participation != "common"]
    payout = _preferences(exit_proceeds, preferred)
    for each in classes:
        takes_part = each.participation != "non_participating" or each.name in converting
        payout[each.name] = payout.get(each.name, ZERO) + (price * each.shares if takes_part else ZERO)
    converts = {c.name: c.name in converting for c in classes if c.participation == "non_participating"}
    return Payout({c.name: payout[c.name] for c in classes}, converts, price)


def _preferences(proceeds: Fraction, preferred: Sequence[ShareClass]) -> dict[str, Fraction]:
    paid: dict[str, Fraction] = {}
    for seniority in sorted({c.seniority for c in preferred}):
        rank = [c for c in preferred if c.seniority == seniority]
        due = sum((c.liquidation_preference for c in rank), ZERO)
        available = min(proceeds, due)
        for each in rank:
            paid[each.name] = available * each.liquidation_preference / due if due else ZERO
        proceeds -= available
    return paid


def _problems(classes: Sequence[ShareClass]) -> Iterable[Problem]:
    seen: set[str] = set()
    for index, each in enumerate(classes):
        if each.name in seen:
            yield Problem("funding.duplicate_name", f"classes[{index}].name", values={"name": each.name})
        seen.add(each.name)
        if each.participation == "common" and each.liquidation_preference:
            values = {"name": each.name}
            yield Problem(
                "funding.common_with_preference", f"classes[{index}].liquidation_preference", values=values
            )
