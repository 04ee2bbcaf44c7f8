"""What a board update adds to a report of a run: actual figures against the plan, and the plan made anew."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.projection.run import Metrics
from toolkit.text import Text


@dataclass(frozen=True, slots=True)
class VarianceRow:
    """One line in the month and in the fiscal year to date: actual, planned, and whether the difference is
    good (None: neither). `is_money` says how to write it; `inside` whether the actual figure lies within the
    planned 90 % interval (None: none was kept)."""

    label: Text
    is_money: bool
    month: tuple[float, float]
    month_good: bool | None
    to_date: tuple[float, float]
    to_date_good: bool | None
    inside: bool | None
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class CloudRow:
    """What one cloud service cost in the month: as invoiced, and spread over its use."""

    label: str
    line: Text | None
    billed: float
    effective: float


@dataclass(frozen=True, slots=True)
class BoardFacts:
    """`month` has the newest figures, all months up to `closed` are facts in the reforecast. `budget` is the
    name of what is compared with, None for the newest run. `before` and `after` are the headline figures of
    the plan and of the reforecast; `planned_cash` is the plan's closing cash by month, `actual_cash` what it
    was. `unreconciled` is what the books do not explain at the end of the closed month."""

    month: str
    closed: str
    budget: str | None
    against: str
    rows: tuple[VarianceRow, ...]
    before: Metrics
    after: Metrics
    planned_cash: tuple[float, ...]
    actual_cash: tuple[float | None, ...]
    cloud: tuple[CloudRow, ...]
    unreconciled: float
