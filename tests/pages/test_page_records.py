"""The records behind the pages: differences, verdicts, columns of statements, the ground of a number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.pages.conftest import CPU, GPU, NEWEST, Example
from tests.unit.resources.plans import model, plan_data
from toolkit.app.pages.benchmarks import results
from toolkit.app.pages.data import catalogue
from toolkit.app.pages.export import as_csv
from toolkit.app.pages.gpu_costs import described
from toolkit.app.pages.ground import ground
from toolkit.app.pages.overview import Outcome, baseline_of, outcome, overview, scenario_rows, verdict
from toolkit.app.pages.scenarios import sliders
from toolkit.app.pages.statements import PERIODS, STATEMENTS, month_to_explain, spans, statement
from toolkit.app.pages.survey import survey
from toolkit.errors import InputError
from toolkit.projection.analysis.outcome import parse_metric
from toolkit.projection.analysis.tornado import Bar, Tornado
from toolkit.projection.run import Figure
from toolkit.projection.variance import compare
from toolkit.text import load_catalogue


def test_the_survey_names_runs_and_what_they_are_compared_with(example_runs: Example) -> None:
    (plan,) = survey(example_runs.workspace)
    assert [entry.id for entry in plan.scenarios][:3] == ["base", "lean", "push"]
    assert [revision.number for revision in plan.revisions] == [2, 1]
    base, lean, push = plan.scenarios[:3]
    assert base.run is not None
    assert base.run.id == example_runs.base.run.id
    assert base.run.is_current
    assert base.earlier is not None
    assert (base.earlier.id, base.earlier.revision) == (example_runs.earlier.run.id, 1)
    assert push.run is None
    assert baseline_of(plan, base).revision == 1  # type: ignore[union-attr]
    assert baseline_of(plan, lean).run == base.run.id  # type: ignore[union-attr]
    assert (
        baseline_of(replace(plan, scenarios=(replace(base, earlier=None),)), replace(base, earlier=None))
        is None
    )


def test_differences_are_of_what_is_known(example_runs: Example) -> None:
    base, lean = example_runs.base, example_runs.lean
    found = {one.id: one for one in overview(lean.run, lean.plan, base.run).figures}
    survive = lean.run.metrics.survive[24].value - base.run.metrics.survive[24].value
    assert found["survive"].difference == pytest.approx(survive)
    runway = found["runway"]
    medians = (lean.run.metrics.runway_months["p50"], base.run.metrics.runway_months["p50"])
    if any(one.at_least for one in medians):
        worst = [built.run.metrics.runway_months["p5"].value for built in (lean, base)]
        assert (runway.compared, runway.difference) == ("p5", worst[0] - worst[1])
    alone = overview(base.run, base.plan, None).figures
    assert all(one.difference is None for one in alone)


def test_trends_have_a_value_a_month(example_runs: Example) -> None:
    built = example_runs.base
    found = overview(built.run, built.plan, None)
    assert {len(one.trend) for one in found.figures} == {len(built.run.months)}
    alive = found.figures[1].trend
    assert alive[23] == pytest.approx(built.run.metrics.survive[24].value)
    assert found.floor == 150_000
    assert [(one.month, one.label.en) for one in found.money_in] == [(2, "Pre-seed SAFE"), (15, "Seed round")]


@pytest.mark.parametrize(
    ("p5", "chance", "expected"),
    [(36, 1.0, "lasts"), (35, 0.97, "likely"), (20, 0.8, "likely"), (15, 0.79, "open"), (9, 0.4, "unlikely")],
)
def test_the_verdict_follows_the_figures(
    example_runs: Example, p5: float, chance: float, expected: str
) -> None:
    found: Outcome = outcome(example_runs.base.run)
    changed = replace(found, runway={**found.runway, "p5": Figure(p5)}, survive=Figure(chance))
    assert verdict(changed, 36) == expected


def test_scenario_rows_leave_unbuilt_ones_empty(example_runs: Example) -> None:
    (plan,) = survey(example_runs.workspace)
    rows = scenario_rows(plan, {built.run.id: built.run for built in (example_runs.base, example_runs.lean)})
    assert [row.outcome is None for row in rows[:3]] == [False, False, True]


def test_a_statement_adds_flows_and_takes_the_last_balance(example_runs: Example) -> None:
    model, base = example_runs.base.model, example_runs.base.run.base
    for name in STATEMENTS:
        tables = {period: statement(model, base, name, period) for period in PERIODS}
        for yearly, monthly in zip(tables["year"].rows, tables["month"].rows, strict=True):
            first = monthly.values[:12]
            expected = first[-1] if yearly.is_balance else sum(first)
            assert yearly.values[0] == pytest.approx(expected)
    cash = statement(model, base, "cash_flow", "year").rows[-1]
    assert cash.is_balance
    assert cash.values == tuple(base["account.cash"][month] for month in (12, 24, 36))


def test_spans_follow_the_fiscal_year(example_runs: Example) -> None:
    model = replace(example_runs.base.model, fiscal_start=4)
    years = [(span.first, span.last, span.year, span.is_whole) for span in spans(model, "year")]
    assert years == [(1, 3, 2027, False), (4, 15, 2028, True), (16, 27, 2029, True), (28, 36, 2030, False)]
    quarters = [(span.first, span.last, span.year, span.number) for span in spans(model, "quarter")][:2]
    assert quarters == [(1, 3, 2027, 4), (4, 6, 2028, 1)]


def test_a_cell_leads_to_its_largest_month_or_to_the_last(example_runs: Example) -> None:
    model, base = example_runs.base.model, example_runs.base.run.base
    table = statement(model, base, "cash_flow", "year")
    financing = next(row for row in table.rows if row.line == "total.cash_financing")
    assert month_to_explain(financing, base[financing.line], table.spans[0]) == 2, "the SAFE comes in month 2"
    assert month_to_explain(table.rows[-1], base["account.cash"], table.spans[0]) == 12


@pytest.mark.parametrize("month", [1, 2, 18, 36])
def test_the_operands_of_a_sum_add_up(example_runs: Example, month: int) -> None:
    found = ground(example_runs.base, "account.cash", month)
    total = sum((one.sign or 0) * one.value for one in found.operands)
    assert total == pytest.approx(found.value)
    sizes = [abs(one.value) for one in found.operands]
    assert sizes == sorted(sizes, reverse=True)
    assert found.zeros >= 0


def test_every_walk_ends_at_an_input(example_runs: Example) -> None:
    built = example_runs.base
    line, month = "account.cash", 20
    for _ in range(60):
        found = ground(built, line, month)
        onward = [one for one in found.operands if (one.line, one.month) != (line, month)]
        if found.formula is None:
            break
        line, month = onward[-1].line, onward[-1].month
    assert found.formula is None
    assert found.source.title
    assert found.quantity


def test_a_share_is_shown_in_percent(example_runs: Example) -> None:
    assert ground(example_runs.base, "talent.yearly_raise", 5).unit == "%"
    assert ground(example_runs.base, "talent.founders.salary", 5).unit != "%"


def test_the_newest_measurement_of_a_workload_is_shown() -> None:
    gpu, cpu = results(NEWEST)
    assert (gpu.device, cpu.device) == (GPU, CPU), "the device measured last comes first"
    assert [one.measurement.workload.model for one in gpu.ceilings] == ["matmul"]
    (train,) = cpu.workloads
    assert (train.measurement.value, train.earlier) == (250.0, 1)
    assert train.spread == pytest.approx(0.15)
    assert [(remark.flag, len(remark.results)) for remark in cpu.remarks] == [("unquiet", 1)]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-x", "@SUM(A1)", "\tx", "\rx"])
def test_no_text_cell_is_a_formula(cell: str) -> None:
    rows = as_csv(("", "2027"), [(cell, -1.5), ("Revenue", None)]).decode("utf-8-sig")
    assert f"'{cell}" in rows
    assert ",-1.5\r\n" in rows, "a negative number stays one"
    assert rows.endswith("Revenue,\r\n")


def test_a_slider_moves_also_where_another_value_is_rare() -> None:
    team = {"id": "team", "function": "research", "count": 1, "assumption": "for tests"}
    pay = {"salary": "discrete(100, 0.97, 300, 0.03)"}
    found = model(plan_data(talent={"roles": [team | pay]}))
    none = Figure(0.0)
    bar = Bar("talent.team.salary", 100.0, 300.0, none, none, none, none, none)
    ranked = Tornado(parse_metric("survive(12)", found), none, (bar,), (), 8)
    (slider,) = sliders(ranked, found, "survive", "en")
    assert (slider.low, slider.high) == (100, 300)
    assert slider.step > 0


def test_a_sign_that_looks_like_a_digit_is_refused_as_a_number() -> None:
    with pytest.raises(InputError):
        described("training", {"tokens": "²"}, "USD", {"en": "-", "zh": "-"})


@pytest.mark.parametrize(("actual", "favourable"), [(100.4, None), (99.6, None), (101, True), (99, False)])
def test_a_difference_that_prints_as_nothing_is_not_judged(actual: float, favourable: bool | None) -> None:
    assert compare(actual, 100.0, 1).favourable is favourable


def test_every_table_of_facts_has_a_name() -> None:
    names = load_catalogue("page_data", "en")
    assert [one.name for one in catalogue(date(2026, 11, 27)) if f"name.{one.name}" not in names] == []
