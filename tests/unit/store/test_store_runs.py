"""Runs: read back equal, saved once, found by what was built last."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.store.sample_run import sample_run
from toolkit.errors import StoreError
from toolkit.store import Workspace, list_runs, load_base, load_fans, load_run, save_run


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "plan.duckdb")


def test_a_run_is_read_back_equal_and_in_order(workspace: Workspace) -> None:
    run = sample_run(lines=40, fans=7, paths=20)
    assert save_run(workspace, run)
    loaded = load_run(workspace)
    assert loaded == run
    assert list(loaded.base) == list(run.base)
    assert list(loaded.fans) == list(run.fans)


def test_a_run_of_one_month_without_anything_optional(workspace: Workspace) -> None:
    run = replace(sample_run(months=1, fans=0, paths=0), compute=(), measurements=(), warnings=())
    run = replace(run, compute_cost_by_rung={}, metrics=replace(run.metrics, survive={}))
    save_run(workspace, run)
    assert load_run(workspace) == run


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
doubles = st.lists(st.floats(allow_nan=False), min_size=2, max_size=40).map(tuple)


@given(base=st.dictionaries(words, doubles, max_size=20))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_double_and_any_word_survive(workspace: Workspace, base: dict[str, tuple[float, ...]]) -> None:
    run = sample_run(f"{base!r}", lines=0, fans=0, paths=0, months=1)
    run = replace(run, base=base, paths=tuple(base.values()), months=tuple(base))
    save_run(workspace, run)
    assert load_run(workspace, run.id) == run


def test_saving_again_adds_nothing(workspace: Workspace) -> None:
    run = sample_run()
    assert save_run(workspace, run)
    before = workspace.path.read_bytes()
    assert not save_run(workspace, run)
    assert workspace.path.read_bytes() == before


def test_the_newest_run_is_the_one_built_last(workspace: Workspace) -> None:
    first, second = sample_run("run-1"), sample_run("run-2", scenario="slow")
    save_run(workspace, first, at=datetime(2027, 1, 1, tzinfo=UTC))
    save_run(workspace, second, at=datetime(2027, 1, 2, tzinfo=UTC))
    assert load_run(workspace) == second
    assert not save_run(workspace, first, at=datetime(2027, 1, 3, tzinfo=UTC))
    assert load_run(workspace) == first
    assert load_run(workspace, scenario="slow") == second
    found = list_runs(workspace)
    assert [(summary.id, summary.scenario, summary.built_at.day) for summary in found] == [
        ("run-1", "base", 3),
        ("run-2", "slow", 2),
    ]
    assert found[0].metrics == first.metrics
    assert found[0].months == ("2027-01", "2029-12")
    assert list_runs(workspace, scenario="slow") == (found[1],)


def test_plans_are_kept_apart(workspace: Workspace) -> None:
    acme, beta = sample_run("run-1", plan="acme"), sample_run("run-2", plan="beta")
    save_run(workspace, acme)
    save_run(workspace, beta)
    assert load_run(workspace, plan="acme") == acme
    assert [summary.id for summary in list_runs(workspace, plan="beta")] == ["run-2"]


def test_parts_of_a_run(workspace: Workspace) -> None:
    run, other = sample_run("run-1"), sample_run("run-2")
    save_run(workspace, run)
    save_run(workspace, other)
    assert load_base(workspace) == other.base
    assert load_fans(workspace, run.id) == run.fans
    one = "payroll.role_1"
    assert load_base(workspace, run.id, lines=[one, "no.such.line"]) == {one: run.base[one]}
    assert load_fans(workspace, run.id, lines=[one]) == {one: run.fans[one]}
    assert load_base(workspace, run.id, lines=[]) == {}


def test_no_such_run(workspace: Workspace) -> None:
    save_run(workspace, sample_run())
    for ask, reason in (
        ({"run_id": "run-0"}, "store.no_such_run"),
        ({"plan": "beta"}, "store.no_runs"),
        ({"scenario": "slow"}, "store.no_runs"),
    ):
        with pytest.raises(StoreError) as caught:
            load_run(workspace, **ask)
        assert [problem.id for problem in caught.value.problems] == [reason]


def test_a_run_can_be_asked_in_sql(workspace: Workspace) -> None:
    run = sample_run()
    save_run(workspace, run)
    with workspace.read() as connection:
        row = connection.execute(
            "select (metrics->>'$.runway_months.p5.value')::double, l.value, f.value, p.cash, c.hours "
            "from run join run_line l on l.run = id join run_fan f on f.run = id "
            "join run_path p on p.run = id join run_compute c on c.run = id "
            "where l.line = 'payroll.role_0' and l.month = 0 and f.line = l.line and f.month = 12 "
            "and f.level = 0.5 and p.path = 2 and p.month = 36 and c.workload = 'pre-train'"
        ).fetchone()
    base, fan = run.base["payroll.role_0"], run.fans["payroll.role_0"]
    assert row == (17.0, base[0], fan.values[2][11], run.paths[2][35], [1.5, 0.0])
