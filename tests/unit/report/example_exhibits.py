"""Exhibits of the example plan, made by hand: what analyses and exact functions would find for it."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.projection.run import ComputeUse, Figure
from toolkit.report.context import Moment
from toolkit.report.exhibits import (
    ChangeRow,
    CommitmentRow,
    ExitRow,
    ExitTable,
    Findings,
    MilestoneRow,
    OutlookRow,
    PartRow,
    SwingRow,
    TechnologyRow,
)
from toolkit.text import Text

FOUNDERS = Text("Founders", "创始人")
POOL = Text("Option pool", "期权池")
SEED = Text("Seed investors", "种子轮投资人")
CAP_TABLE = (
    Moment(Text("Before the plan", "计划开始之前"), None, {FOUNDERS: 0.9, POOL: 0.1}),
    Moment(Text("Seed round", "种子轮"), "2027-11", {FOUNDERS: 0.72, POOL: 0.1, SEED: 0.18}),
)
EXIT_TABLE = ExitTable(
    values=(8_333_333.0, 41_666_667.0),
    rows=(
        ExitRow(FOUNDERS, 0.0, (6_000_000.0, 30_000_000.0)),
        ExitRow(SEED, 1_500_000.0, (1_500_000.0, 7_500_000.0)),
    ),
    month="2029-12",
)
MILESTONES = (
    MilestoneRow(
        "2027-01", Text("Contract review is sold", "合同审阅上线销售"), "market", "market.products[0]"
    ),
    MilestoneRow("2027-11", Text("Seed round closes", "种子轮到账"), "funding", "funding.instruments[1]"),
    MilestoneRow("2027-11", Text("100 customers", "客户达到100家"), "market"),
)
SALARY = SwingRow(
    Text("Salary, ML engineer", "算法工程师年薪"),
    "USD/year",
    False,
    154_000.0,
    183_000.0,
    Figure(0.93, 0.004),
    Figure(0.89, 0.005),
)
CLOSES = SwingRow(
    Text("Seed round: chance of closing", "种子轮：到账概率"),
    "1",
    True,
    0.0,
    1.0,
    Figure(0.41, 0.01),
    Figure(0.97, 0.004),
)


def _outlook(id: str, words: Text, survive: float, level: float) -> OutlookRow:
    return OutlookRow(
        id=id,
        label=words,
        runway=(Figure(20, 0.4), Figure(36, 0, True), Figure(36, 0, True)),
        survive=Figure(survive, 0.005),
        burn=41_000.0,
        cash=tuple(level * (1 + 0.02 * month) for month in range(36)),
        revenue=1_900_000.0,
        headcount=9.0,
        changes=()
        if id == "base"
        else (
            ChangeRow(
                Text("Sales: start", "销售：开始时间"),
                Text("Sep 2027", "2027年9月"),
                Text("Mar 2028", "2028年3月"),
            ),
        ),
        parts=() if id == "base" else (PartRow(Text("Sales: start", "销售：开始时间"), Figure(0.04, 0.002)),),
        bridge=None if id == "base" else (Figure(0.91), Figure(0.95)),
    )


FINDINGS = Findings(
    months=24,
    is_money=False,
    present=Figure(0.91, 0.006),
    swings=(CLOSES, SALARY),
    unrelated=3,
    outlooks=(
        _outlook("base", Text("Base", "基准情形"), 0.91, 600_000.0),
        _outlook("lean", Text("Lean", "精简"), 0.95, 700_000.0),
    ),
    draws=2048,
)


def technology_rows(uses: Sequence[ComputeUse]) -> tuple[TechnologyRow, ...]:
    """One row a workload of the example, of a GPT-2 shape."""
    kinds = {"chat-service": "service", "fine-tune": "training", "nightly-index": "batch"}
    return tuple(
        TechnologyRow(
            line=f"compute.{use.workload}",
            kind=kinds[use.workload],  # type: ignore[arg-type]
            label=use.label,
            model="GPT-2 medium" if use.rate and "medium" in use.rate.workload.model else "GPT-2",
            unit="token",
            parameters=354_823_168,
            layers=24,
            hidden=1024,
            context=1024,
            dtype=use.rate.workload.dtype if use.rate else "fp32",
            batch=8,
            sequence=1024,
            run_flops=6.4e18 if kinds[use.workload] == "training" else None,
            rates=(("rate", use.rate),) if use.rate else (),
        )
        for use in uses
    )


COMMITMENTS = (
    CommitmentRow(
        label=Text("Minimum spending at Cloud A", "云 A 最低消费"),
        kind=Text("Minimum spending at a cloud", "云最低消费"),
        counterparty=Text("Cloud A", "云 A"),
        start="2027-07",
        end="2028-06",
        due=60_000.0,
        uncovered=8_400.0,
        first_gap="2028-06",
        field="operations.commitments[0]",
    ),
    CommitmentRow(
        label=Text("Lease of the office", "办公室租约"),
        kind=Text("Lease", "租约"),
        counterparty=None,
        start="2027-01",
        end="2027-12",
        due=38_400.0,
        uncovered=0.0,
        first_gap=None,
        field="operations.commitments[1]",
    ),
)
