"""One draw made again: every line equals that of the run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.unit.resources.plans import example_text, model
from toolkit.app.building import build, example
from toolkit.cli.explanation import small_series
from toolkit.cli.main import app
from toolkit.projection.draws import Sampler, draw, extend_registry
from toolkit.projection.engine import Engine
from toolkit.projection.single_draw import draw_at, kept_draws, one_draw
from toolkit.store.workspace import Workspace

SAMPLER = Sampler(4, 8, 64)


@pytest.mark.parametrize("number", [0, 63, 64, 300, 511])
def test_every_line_of_a_draw_is_that_of_the_run(number: int) -> None:
    found = model(example_text(), spread=1.3)
    registry = extend_registry({}, found.dimensions)
    lines = tuple(found.lines)
    whole = Engine(found, found.uncertain, lines).run(draw(found, registry, SAMPLER), SAMPLER.draws)
    again = one_draw(found, registry, SAMPLER, number)
    for name in lines:
        np.testing.assert_array_equal(again[name], whole[name][:, number], err_msg=name)


def test_the_draw_at_a_percentile() -> None:
    found = model(example_text(), spread=1.3)
    registry = extend_registry({}, found.dimensions)
    number = draw_at(found, registry, SAMPLER, "account.cash", 24, 0.05)
    cash = Engine(found, found.uncertain, ("account.cash",)).run(
        draw(found, registry, SAMPLER), SAMPLER.draws
    )
    values = cash["account.cash"][24]
    assert np.mean(values < values[number]) == pytest.approx(0.05, abs=2 / SAMPLER.draws)


def test_there_is_a_last_draw() -> None:
    found = model(example_text())
    with pytest.raises(IndexError):
        one_draw(found, extend_registry({}, found.dimensions), SAMPLER, SAMPLER.draws)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("draw") / "w.duckdb"
    build(example(), Workspace(path))
    return path


def test_explain_of_a_kept_draw_is_its_kept_path(path: Path) -> None:
    from toolkit.store.runs import load_run

    run = load_run(Workspace(path))
    which = 7
    number = kept_draws(run.draws)[which]
    options = ["explain", "account.cash", "--draw", str(number), "--depth", "1", "--json", "-w", str(path)]
    result = CliRunner().invoke(app, options)
    document = json.loads(result.stdout.splitlines()[-1])
    assert document["draw"] == number
    assert document["series"] == pytest.approx(run.paths[which], rel=1e-12)
    assert {operand["line"] for operand in document["operands"]} > {"account.cash", "company.interest"}


def test_explain_of_a_percentile_and_of_no_draw(path: Path) -> None:
    options = ["explain", "account.cash", "--month", "2028-12", "-w", str(path), "--json", "--depth", "0"]
    document = json.loads(CliRunner().invoke(app, [*options, "--draw", "p5"]).stdout.splitlines()[-1])
    from toolkit.store.runs import load_run

    fan = load_run(Workspace(path)).fans["account.cash"]
    assert document["value"] == pytest.approx(fan.values[0][23], abs=fan.errors[0][23] + 1)
    for text in ("999999", "-1", "first"):
        result = CliRunner().invoke(app, [*options, f"--draw={text}"])
        assert result.exit_code == 1
        assert "draw" in json.loads(result.stdout.splitlines()[-1])["problems"][0]["problem"]


def test_small_series() -> None:
    assert small_series([0, 7, 14]) == "▁▅█" or small_series([0, 7, 14])[::2] == "▁█"
    assert small_series([3, 3, 3]) == ""
    assert small_series([]) == ""
