"""Scenarios side by side: figures of their own runs, differences on the same draws, parts that add up."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from typer.testing import CliRunner

from toolkit.app.analysis import find_attribution, try_change
from toolkit.app.scenario_comparison import compare_scenarios
from toolkit.app.study import Study
from toolkit.cli.main import app
from toolkit.errors import InputError
from toolkit.store.runs import load_run
from toolkit.store.workspace import Workspace


def test_sides_are_the_runs_of_the_scenarios(study: Study, workspace: Path) -> None:
    found = compare_scenarios(study, metrics=["survive(24)"], draws=study.built.run.draws, attribute=False)
    assert [side.scenario for side in found.sides] == [
        "base",
        *(one.id for one in study.built.plan.scenarios),
    ]
    sides = {side.scenario: side for side in found.sides}
    for name in ("base", "push"):
        run = load_run(Workspace(workspace), scenario=name)
        assert sides[name].figures[0].value == run.metrics.survive[24].value
        assert sides[name].cash == run.fans["account.cash"]
    assert sides["base"].differences[0].value == 0


def test_parts_add_up_to_the_difference_and_errors_are_small(study: Study) -> None:
    found = compare_scenarios(study, ["base", "lean"], ["p50(account.cash)"], draws=512)
    lean = found.sides[1]
    assert lean.parts is not None
    total = math.fsum(part.change.value for part in lean.parts.attribution.parts)
    assert abs(total - lean.differences[0].value) <= 1e-9 * abs(lean.figures[0].value)
    assert lean.differences[0].error < 0.5 * lean.figures[0].error
    alone = find_attribution(study, "lean", metric="p50(account.cash)", draws=512)
    assert alone.attribution.parts == lean.parts.attribution.parts


def test_an_overlay_equals_the_full_copy(study: Study) -> None:
    """The same changes written into the plan by hand."""
    scenario = next(one for one in study.built.plan.scenarios if one.id == "push")
    by_hand = try_change(study, dict(scenario.changes), "p50(account.cash)", draws=512)
    found = compare_scenarios(study, ["base", "push"], ["p50(account.cash)"], draws=512, attribute=False)
    assert by_hand.changed.value == found.sides[1].figures[0].value
    assert by_hand.fan == found.sides[1].cash


@pytest.mark.parametrize("names", [["base"], ["lean", "lean"], ["base", "nonsense"]])
def test_nothing_to_compare(study: Study, names: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        compare_scenarios(study, names, draws=64)
    (problem,) = caught.value.problems
    if "nonsense" not in names:
        assert problem.id == "analysis.one_scenario"
        assert names[0] in problem.problem("en")
        assert names[0] in problem.problem("zh")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_command(workspace: Path, language: str) -> None:
    command = ["analyse", "scenarios", "--scenario", "base", "--scenario", "lean", "--draws", "64"]
    options = ["-w", str(workspace), "--lang", language]
    result = CliRunner().invoke(app, [*command, *options, "--json"])
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout.splitlines()[-1])
    assert [side["scenario"] for side in document["sides"]] == ["base", "lean"]
    assert len(document["metrics"]) == len(document["sides"][0]["figures"]) == 5
    shown = CliRunner().invoke(app, [*command, *options])
    assert shown.exit_code == 0, shown.output
