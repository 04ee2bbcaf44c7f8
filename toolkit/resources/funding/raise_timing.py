"""When must we start raising? The last month to open a round so that cash stays above a floor.

In each draw, b is the first month whose closing cash, without the round, is below the floor, and d the
months that a raise takes from opening to money. A round that opens in month s is in time if s + d ≤ b: the
money is there in the month that would have failed. So the last month s that is in time with probability p
is the largest with P(b - d ≥ s) ≥ p, an order statistic of b - d over the draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class RaiseTiming:
    """`latest_month` counts from 1; None when cash lasts to the horizon with the probability asked for. 0
    or less means it is already late: it should have been opened so many months ago. `in_time_now` is the
    chance that a round opened in month 1 is in time."""

    latest_month: int | None
    in_time_now: float


def latest_start(
    closing_cash: NDArray[np.float64],
    floor: float,
    months_to_close: NDArray[np.float64],
    probability: float,
) -> RaiseTiming:
    """The last month to open a round.

    `closing_cash`: money, shape (draws, months), without the round. `months_to_close`: shape (draws,),
    whole months after rounding up. `probability`: that cash stays at or above `floor`.
    """
    below = closing_cash < floor
    months = closing_cash.shape[1]
    first_below = np.where(below.any(axis=1), below.argmax(axis=1) + 1.0, np.inf)
    slack = first_below - np.ceil(months_to_close)
    in_time_now = float(np.mean(slack >= 1))
    # The largest s that at least `probability` of the draws reach: so many of them may fall short of it.
    may_fail = min(int(np.floor((1 - probability) * slack.size + 1e-9)), slack.size - 1)
    latest = float(np.partition(slack, may_fail)[may_fail])
    if not np.isfinite(latest) or latest > months:
        return RaiseTiming(None, in_time_now)
    return RaiseTiming(int(latest), in_time_now)
