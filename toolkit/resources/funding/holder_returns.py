"""What each holder gets at an exit, over a range of exit values.

    payout of a holder = sum over classes of (class payout × holder's part of the class)
    multiple on invested capital = payout / invested
    rate of return = xirr of what was paid in and the payout

Classes are paid by the liquidation waterfall of `toolkit.resources.funding.waterfall`. Warrants are
exercised, the lowest strike first, while a common share is worth more than the strike: they pay it in and
take part, which is worth the same as a net exercise. Those out of the money get nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from toolkit.errors import InputError
from toolkit.resources.finance.returns import xirr
from toolkit.resources.funding.cap_table import WARRANTS, CapTable
from toolkit.resources.funding.waterfall import distribute

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class HolderReturn:
    """One holder at one exit value, in money. `multiple` and `annual_rate` are None for a holder who paid
    nothing, `annual_rate` also where nothing comes back or the dates leave no rate."""

    holder: str
    exit_value: Fraction
    payout: Fraction
    invested: Fraction
    multiple: Fraction | None
    annual_rate: float | None


def holder_payouts(
    table: CapTable, exit_proceeds: Fraction, strikes: Mapping[str, Fraction] | None = None
) -> dict[str, Fraction]:
    """Money by holder at one exit value (after debt and costs); never more than the proceeds together.

    `strikes` are the strike prices of warrants by holder; without one a warrant costs nothing to exercise.
    """
    priced = sorted((strikes or {}).items(), key=lambda pair: pair[1])
    warrants = {name: table.positions.get((name, WARRANTS), ZERO) for name, _ in priced}
    left = {
        key: count for key, count in table.positions.items() if key[1] != WARRANTS or key[0] not in warrants
    }
    taken, paid_in = replace(table, positions=left), ZERO
    price = distribute(exit_proceeds, taken.share_classes()).common_price_per_share
    exercised: dict[str, Fraction] = {}
    for name, strike in priced:
        count = warrants[name]
        more = replace(taken, positions={**taken.positions, (name, WARRANTS): count})
        paid = paid_in + count * strike
        then = distribute(exit_proceeds + paid, more.share_classes()).common_price_per_share
        if min(price, then) <= strike:
            break
        taken, paid_in, price, exercised[name] = more, paid, then, count * strike
    payouts = dict.fromkeys(warrants, ZERO) | _by_holder(taken, exit_proceeds + paid_in)
    return {name: payout - exercised.get(name, ZERO) for name, payout in payouts.items()}


def _by_holder(table: CapTable, exit_proceeds: Fraction) -> dict[str, Fraction]:
    result = distribute(exit_proceeds, table.share_classes())
    class_shares = {each.name: each.shares for each in table.share_classes()}
    payouts: dict[str, Fraction] = {}
    for (holder, share_class), shares in table.positions.items():
        part = result.payout[share_class] * shares / class_shares[share_class]
        payouts[holder] = payouts.get(holder, ZERO) + part
    return payouts


def holder_returns(
    table: CapTable,
    exit_values: Sequence[Fraction],
    exit_date: date,
    paid_in: Mapping[str, Sequence[tuple[date, Fraction]]],
    strikes: Mapping[str, Fraction] | None = None,
) -> list[HolderReturn]:
    """Every holder at every exit value; `paid_in` are dated payments by holder, positive, `strikes` the
    strike prices of warrants."""
    rows = []
    for value in exit_values:
        for holder, payout in holder_payouts(table, value, strikes).items():
            payments = paid_in.get(holder, ())
            invested = sum((amount for _, amount in payments), ZERO)
            multiple = payout / invested if invested else None
            rate = _annual_rate(payments, exit_date, payout) if payout and invested else None
            rows.append(HolderReturn(holder, value, payout, invested, multiple, rate))
    return rows


def _annual_rate(
    payments: Sequence[tuple[date, Fraction]], exit_date: date, payout: Fraction
) -> float | None:
    flows = [(day, -float(amount)) for day, amount in payments]
    try:
        return xirr([*flows, (exit_date, float(payout))])
    except InputError:
        return None
