"""Findings of the example plan: they agree with the run and are read from the workspace the second time."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.app import report_findings
from toolkit.app.building import Built, build, example, open_plan
from toolkit.app.report_changes import change_of, label_of_path, label_of_row, written
from toolkit.app.report_exit import exit_table
from toolkit.app.report_findings import Found, findings_of
from toolkit.app.report_milestones import milestone_rows
from toolkit.app.report_technology import technology_rows
from toolkit.store.workspace import Workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("findings") / "ws.duckdb")


@pytest.fixture(scope="module")
def built(workspace: Workspace) -> Built:
    return build(example(), workspace)


@pytest.fixture(scope="module")
def found(workspace: Workspace, built: Built) -> Found:
    return findings_of(workspace, built)


def test_the_base_is_the_run_itself(built: Built, found: Found) -> None:
    base, *others = found.findings.outlooks
    metrics = built.run.metrics
    assert base.survive == metrics.survive[24]
    assert base.runway == tuple(metrics.runway_months[level] for level in ("p5", "p50", "p95"))
    fan = built.run.fans["account.cash"]
    assert base.cash == pytest.approx(fan.values[fan.levels.index(0.5)])
    assert [one.id for one in others] == [scenario.id for scenario in built.plan.scenarios]


def test_parts_lead_from_the_base_to_the_scenario(found: Found) -> None:
    for one in found.findings.outlooks[1:]:
        assert one.bridge is not None
        first, last = one.bridge
        assert first.value + sum(part.change.value for part in one.parts) == pytest.approx(last.value)
        assert len(one.changes) == len(one.parts)


def test_the_widest_swing_comes_first(found: Found) -> None:
    swings = [abs(row.at_high.value - row.at_low.value) for row in found.findings.swings]
    assert swings == sorted(swings, reverse=True)
    assert found.findings.swings[0].label.zh == "种子轮：到账概率" or swings[0] > 0


def test_the_second_report_reads_what_the_first_found(
    workspace: Workspace, built: Built, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_findings, "_work_out", lambda _study: pytest.fail("worked out again"))
    assert findings_of(workspace, built) == found


def test_changes_are_in_words_of_both_languages() -> None:
    plan = open_plan(example()).plan
    label = label_of_path(plan, "talent.roles.software_engineer.start")
    assert (label.en, label.zh) == ("Software engineer: start", "软件工程师：开始时间")
    assert label_of_path(plan, "market.products.pro.marketing").en == "Inkwell Pro: marketing a month"
    assert label_of_row(plan, "talent").zh == "人才"
    assert written("2027-12").zh == "2027年12月"
    assert written("2k to 4k").en.replace("\u2009", "") == "2,000–4,000"
    assert written("12 %").en == "12%"
    assert written(None).en == "—"
    assert written("chance(0.7)").zh == "70%"
    assert written("triangular(0, 2, 7) months").en.count("–") == 1
    assert written("aws").en == "aws"


def test_a_change_has_its_unit_and_shares_stay_shares() -> None:
    plan = open_plan(example()).plan
    cost = change_of(plan, "market.products.pro.acquisition_cost", "800", "1.2k")
    assert (cost.before.en, cost.after.en, cost.unit) == ("800", "1,200", "USD")
    churn = change_of(plan, "market.products.pro.monthly_churn", "2 %", 0)
    assert (churn.before.en, churn.after.en, churn.unit) == ("2.0%", "0%", "")
    late = change_of(plan, "funding.instruments.seed.delay", "1 to 3", 2)
    assert late.unit == "month"
    assert label_of_path(plan, "market.products.pro.adoption.imitation").zh == "墨池专业版：跟随购买率（年）"


def test_events_of_the_plan_are_in_order_and_within_it(built: Built) -> None:
    rows = milestone_rows(built)
    assert [row.month for row in rows] == sorted(row.month for row in rows)
    assert {row.month for row in rows} <= set(built.run.months)
    words = {row.label.en: row.month for row in rows}
    assert words["Inkwell Pro is sold"] == "2027-05"
    assert words["Pre-seed SAFE closes"] == "2027-02"
    assert words["Quarterly training run: first run"] == "2027-03"


def test_payouts_are_shared_out_in_full(built: Built) -> None:
    table = exit_table(built)
    assert table is not None
    for place, value in enumerate(table.values):
        assert sum(row.payouts[place] for row in table.rows) == pytest.approx(value)


def test_technology_is_that_of_the_workloads(built: Built) -> None:
    rows = {row.line: row for row in technology_rows(built)}
    training = rows["compute.finetune"]
    assert training.parameters == 1_557_611_200  # GPT-2 XL, Radford et al. 2019
    tokens = built.run.base["compute.finetune.tokens_per_run"][1]
    # Forward and backward are 6 FLOPs a parameter and token, and attention comes on top.
    assert training.run_flops == pytest.approx(6 * training.parameters * tokens, rel=0.15)
    assert [part for part, _ in rows["compute.drafting"].rates] == ["prefill", "decode"]
    assert Path(built.revision.message).suffix == ".yaml"
