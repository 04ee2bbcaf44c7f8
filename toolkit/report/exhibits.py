"""Records of what is worked out for a report beside the run: the technology of the plan's workloads, what its
scenarios differ in, what swings its outcome, its events, and what holders get at an exit.

`toolkit.app` fills them; sections print them. Numbers are raw, words are in both languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from toolkit.projection.run import Figure
from toolkit.provenance import Source
from toolkit.shapes.models import Unit
from toolkit.shapes.records import Rate
from toolkit.text import Text

WorkKind = Literal["training", "service", "batch"]
MilestoneGroup = Literal[
    "market", "talent", "compute", "funding", "policy", "partnerships", "operations", "result"
]


@dataclass(frozen=True, slots=True)
class TechnologyRow:
    """How one workload is made: the shape of its model, the arithmetic, the step, and its rates.

    `line` is the prefix of its lines (`compute.finetune`); `unit` is what its model counts in (`token`,
    `image`, `second` of audio, `sample`). `run_flops` is the arithmetic of one training run
    (its median), None for other work. `rates` are the parts of the work (`rate`, `prefill`, `decode`) with
    what each runs at; `layers`, `hidden` and `context` are None where the model has no such size.
    """

    line: str
    kind: WorkKind
    label: Text
    model: str
    unit: Unit
    parameters: int
    layers: int | None
    hidden: int | None
    context: int | None
    dtype: str
    batch: int
    sequence: int | None
    run_flops: float | None
    rates: tuple[tuple[str, Rate], ...]
    field: str = ""


@dataclass(frozen=True, slots=True)
class SwingRow:
    """What one uncertain input does to the metric: its low and high value (of its line's unit; a percentage
    where it `is_share`), and the metric there."""

    label: Text
    unit: str
    is_share: bool
    low: float
    high: float
    at_low: Figure
    at_high: Figure


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One field that a scenario changes: what it is, its value in the base and in the scenario, as in the
    plan. `unit` is that of money and of durations; empty where the label says what is counted."""

    label: Text
    before: Text
    after: Text
    unit: str = ""


@dataclass(frozen=True, slots=True)
class PartRow:
    """What one change makes of the difference between two scenarios."""

    label: Text
    change: Figure


@dataclass(frozen=True, slots=True)
class OutlookRow:
    """One scenario on the same draws: its metrics, its yearly result, and why it differs from the base.

    `cash` is the median of closing cash by month. `parts` lead from the metric of the base to that of the
    scenario (`bridge`, on the draws of the attribution); the base itself has neither.
    """

    id: str
    label: Text
    runway: tuple[Figure, Figure, Figure]
    survive: Figure
    burn: float
    cash: tuple[float, ...]
    revenue: float
    headcount: float
    changes: tuple[ChangeRow, ...] = ()
    parts: tuple[PartRow, ...] = ()
    bridge: tuple[Figure, Figure] | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """The analyses of a run. The metric is the chance that cash lasts `months`, or (`is_money`, where hardly
    anything moves that chance) the median of cash at the end of that month. `draws` are those of the
    tornado and the attribution; `unrelated` inputs do not move it."""

    months: int
    is_money: bool
    present: Figure
    swings: tuple[SwingRow, ...]
    unrelated: int
    outlooks: tuple[OutlookRow, ...]
    draws: int


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """One event of the plan in the base case."""

    month: str
    label: Text
    group: MilestoneGroup
    field: str = ""


@dataclass(frozen=True, slots=True)
class ExitRow:
    """What one holder gets, by exit value; `invested` in money, 0 for who paid nothing."""

    label: Text
    invested: float
    payouts: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ExitTable:
    """Payouts by holder over exit values (after debt and costs), in the plan's last month."""

    values: tuple[float, ...]
    rows: tuple[ExitRow, ...]
    month: str


@dataclass(frozen=True, slots=True)
class CommitmentRow:
    """What is signed, in the base case: `due` is owed within the horizon from `start` to `end` (ISO months),
    `uncovered` is what of it the plan does not pay, for the first time in `first_gap` (None: it pays all)."""

    label: Text
    kind: Text
    counterparty: Text | None
    start: str
    end: str
    due: float
    uncovered: float
    first_gap: str | None
    field: str = ""


@dataclass(frozen=True, slots=True)
class SafeguardRow:
    """A technique that protects data: the workloads that it holds for, from when, and what it adds to their
    compute (0.1: a tenth)."""

    label: Text
    workloads: Text
    extra: float
    start: str | None
    source: Source
    field: str = ""
