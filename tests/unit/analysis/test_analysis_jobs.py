"""Analyses of the example plan: they agree with its runs, its scenarios and one another."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from toolkit.app.analysis import (
    find_attribution,
    find_drivers,
    find_fan,
    find_information,
    find_sensitivity,
    find_survival,
    find_tornado,
    read_changes,
    seek_goal,
    try_change,
)
from toolkit.app.study import Study
from toolkit.app.versions import Mixture, read_version
from toolkit.errors import InputError
from toolkit.projection.run import Figure
from toolkit.reference import load_reference
from toolkit.store.runs import load_run
from toolkit.store.workspace import Workspace

CASH = "account.cash"


def test_an_analysis_has_the_figures_of_the_run(study: Study) -> None:
    metrics = study.built.run.metrics
    curve = find_survival(study)
    assert curve.probabilities[23].value == metrics.survive[24].value
    assert curve.lost == metrics.ruin_by_month
    fan = find_fan(study, study.model, draws=None)
    assert fan == study.built.run.fans[CASH]


def test_a_scenario_is_the_run_that_was_built_of_it(study: Study, workspace: Path) -> None:
    push = load_run(Workspace(workspace), scenario="push")
    model = study.version_of("push").model(load_reference())
    assert find_fan(study, model, draws=None) == push.fans[CASH]
    by_run = find_attribution(study, push.id, study.built.run.id, "survive(24)", draws=64)
    by_name = find_attribution(study, "push", "base", "survive(24)", draws=64)
    assert by_run.attribution == by_name.attribution


def test_parts_are_the_changes_and_add_up(study: Study) -> None:
    found = find_attribution(study, "lean", metric=f"p50({CASH})", draws=512).attribution
    scenario = next(one for one in study.built.plan.scenarios if one.id == "lean")
    assert [part.group for part in found.parts] == list(scenario.changes)
    total = math.fsum(part.change.value for part in found.parts)
    assert abs(total - found.difference.value) <= 1e-9 * abs(found.second.value)
    assert found.exact


def test_overlay_equals_a_full_copy(study: Study) -> None:
    """A change by path, and the same plan with the number written into its text."""
    revision = study.built.revision
    assert "acquisition_cost: 700 to 1,500" in revision.text
    copied = revision.text.replace("acquisition_cost: 700 to 1,500", "acquisition_cost: 900 to 1,900")
    reference = load_reference()
    overlaid = study.version.changed({"market.products.pro.acquisition_cost": "900 to 1,900"})
    copy = read_version(copied, None, "base", study.version.measurements)
    assert find_fan(study, overlaid.model(reference)) == find_fan(study, copy.model(reference))


def test_two_revisions_differ_by_section(study: Study) -> None:
    text = study.built.revision.text.replace("yearly_raise: {value: 3 % to 5 %", "yearly_raise: {value: 9 %")
    text = text.replace("acquisition_cost: 700 to 1,500", "acquisition_cost: 900 to 1,900")
    second = read_version(text, None, "base", study.version.measurements)
    mixture = Mixture(study.version, second, load_reference(), 8)
    assert list(mixture.groups) == ["talent", "market"]
    names = ["talent.yearly_raise", "market.pro.acquisition_cost"]
    for chosen, changed in (((), ()), (("talent",), names[:1]), (("market",), names[1:])):
        model = mixture.model(chosen)
        differ = [n for n in names if model.lines[n].quantity != study.model.lines[n].quantity]
        assert differ == list(changed)


def test_sections_that_need_one_another_are_one_group(study: Study) -> None:
    """The second plan calls its product otherwise: what names the product fits only together."""
    text = study.built.revision.text.replace("product: pro", "product: basic").replace(
        "    - id: pro\n", "    - id: basic\n"
    )
    second = read_version(text, None, "base", study.version.measurements)
    mixture = Mixture(study.version, second, load_reference(), 8)
    (together,) = mixture.groups.values()
    assert {"market", "compute"} <= set(together)


def test_a_tornado_of_the_plan(study: Study) -> None:
    found = find_tornado(study, inputs=["funding.seed.closes", "market.pro.price"], draws=1024)
    assert str(found.metric) == "survive(24)"
    assert found.draws == 1024
    bars = {bar.input: bar for bar in found.bars}
    closes = bars["funding.seed.closes"]
    assert (closes.low, closes.high) == (0, 1)
    assert closes.swing.value > 0.5
    assert bars["market.pro.price"].swing.value > 0


def test_sobol_indices_of_the_plan(study: Study) -> None:
    found = find_sensitivity(study, CASH, draws=512)
    assert found.indices[0].inputs == ("funding.seed.closes",)
    total = math.fsum(index.first.value for index in found.indices) + found.interaction.value
    assert total == pytest.approx(1)
    for index in found.indices:  # no input can matter less with the others than alone
        assert index.total.value >= index.first.value - 3 * (index.first.error + index.total.error) - 0.02
    assert all(name.startswith("market.segment") for name in found.unrelated)


def test_worst_draws_of_the_plan(study: Study) -> None:
    found = find_drivers(study, draws=4096).drivers
    assert found.drivers[0].input == "funding.seed.closes"
    assert found.drivers[0].shift.value < -1.5
    assert sum(found.first_trouble) + found.spared == pytest.approx(1)
    assert found.threshold.value < 0


def test_a_goal_is_met_where_it_is_said(study: Study) -> None:
    (found,) = seek_goal(study, "survive(24) >= 95%", ["market.pro.price"], draws=1024)
    assert found.answer is not None
    assert found.at_answer is not None
    assert found.present.value < 0.95 <= found.at_answer.value + 1e-12
    text = study.built.revision.text
    assert "price: 240 to 320" in text
    low, high = 240 * found.answer.value, 320 * found.answer.value
    dearer = study.version.changed({"market.products.pro.price": f"{low:.9f} to {high:.9f}"})
    metric = study.metric("survive(24)")
    asked = study.experiment(metric.outcome, 1024, dearer.model(load_reference()))
    assert metric.of(asked.values()) == pytest.approx(found.at_answer.value, abs=2 / 1024)


def test_a_goal_out_of_reach_says_how_far_it_gets(study: Study) -> None:
    with pytest.raises(InputError) as refused:
        seek_goal(study, "survive(24) >= 99.9%", ["operations.data.monthly"], high=1.5, draws=256)
    problem = refused.value.problems[0]
    assert problem.id == "analysis.out_of_reach"
    assert float(problem.values["best"]) > float(problem.values["present"])
    assert problem.values["place"] == "0"
    assert problem.values["best"] in problem.problem("zh")


def test_a_choice_of_scenarios(study: Study) -> None:
    found = find_information(study, "survive(24)", draws=1024).information
    assert found.best == "lean"
    assert list(found.means) == ["base", *(one.id for one in study.built.plan.scenarios)]
    assert all(one.worth.value <= found.perfect.value + 1e-12 for one in found.inputs)


def test_a_change_is_projected_on_the_same_draws(study: Study) -> None:
    found = try_change(study, read_changes(["talent.roles.sales.count=2"]), f"p50({CASH})")
    assert found.difference.value == pytest.approx(found.changed.value - found.present.value)
    assert found.difference.value < 0
    assert found.difference.error < found.present.error + found.changed.error
    nothing = try_change(study, {"talent.roles.sales.count": 1}, f"p50({CASH})", draws=256)
    assert nothing.difference == Figure(0.0, 0.0)
    assert np.array(nothing.fan.values).shape == (5, 36)


def test_values_of_changes_are_read_as_in_a_plan() -> None:
    assert read_changes(["a.b=2", "c=240 to 320", "d = {value: 3, source: x}", "e=2028-01"]) == {
        "a.b": 2, "c": "240 to 320", "d": {"value": 3, "source": "x"}, "e": "2028-01",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["nothing", "=3", "a.b=", "a.b={", "a.b=[1"])
def test_what_is_no_change_is_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        read_changes([text, "fine=1"])
    assert [problem.id for problem in refused.value.problems] == ["analysis.change_form"]


def test_what_cannot_be_asked_is_refused(study: Study) -> None:
    cases = [
        ("analysis.draws", lambda: find_survival(study, draws=1000)),
        ("analysis.draws", lambda: find_survival(study, draws=8)),
        ("analysis.unknown_input", lambda: find_tornado(study, inputs=["market.pro.prize"])),
        ("analysis.needs_mean", lambda: find_sensitivity(study, "p5(runway)")),
        ("analysis.share", lambda: find_drivers(study, share=1.5)),
        ("analysis.options", lambda: find_information(study, options=["base"])),
        ("analysis.unknown_input", lambda: seek_goal(study, "runway >= 30", [CASH])),
        ("plan.unknown_scenario", lambda: find_attribution(study, "nobody")),
        ("plan.unknown_path", lambda: try_change(study, {"talent.roles.nobody.count": 1})),
    ]
    for name, ask in cases:
        with pytest.raises(InputError) as refused:
            ask()
        problem = refused.value.problems[0]
        assert problem.id == name
        assert problem.problem("en") != problem.problem("zh")
        assert problem.mend("zh")
