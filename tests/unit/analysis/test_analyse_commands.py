"""`analyse …`: tables in both languages, JSON, and problems instead of tracebacks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from toolkit.app.building import build
from toolkit.cli.analyse import app
from toolkit.store.workspace import Workspace

GOAL = ["goal", "survive(24) >= 90%", "--lever", "market.pro.price", "--draws", "64"]
COMMANDS = [
    ["tornado", "--input", "market.pro.price", "--draws", "64"],
    ["sobol", "--metric", "account.cash", "--draws", "16"],
    ["survival", "--floor", "100000", "--draws", "256"],
    [*GOAL, "--lever", "operations.data.monthly"],
    [*GOAL, "--set"],
    ["drivers", "--draws", "512"],
    ["attribution", "push", "--draws", "16"],
    ["information", "--draws", "64"],
    ["change", "talent.roles.sales.count=2", "--draws", "64"],
]
each_command = pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])


def analyse(workspace: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--workspace", str(workspace)])


@each_command
def test_a_table_and_a_document(workspace: Path, command: list[str]) -> None:
    table = analyse(workspace, *command, "--lang", "zh")
    assert table.exit_code == 0, table.output
    assert any("\u4e00" <= letter <= "\u9fff" for letter in table.stdout)
    assert "±" in table.stdout
    done = analyse(workspace, *command, "--json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout.strip().splitlines()[-1])
    assert document["currency"] == "USD"
    assert all(set(entry) == {"label", "unit"} for entry in document["lines"].values())


def test_without_an_uncertain_input_a_sentence_stands_in_place_of_the_table(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "company: {id: c, name: C, country: US, currency: USD, start: 2027-01, months: 6, assumption: a}\n"
        "opening: {assumption: a, balances: {cash: 9000, common_stock: 9000}}\n",
        encoding="utf-8",
    )
    workspace = tmp_path / "w.duckdb"
    build(plan, Workspace(workspace), draws=64)
    for command in ("tornado", "drivers"):
        shown = analyse(workspace, command, "--draws", "64")
        assert shown.exit_code == 0, shown.output
        assert "No uncertain input matters here" in " ".join(shown.stdout.split())
        assert "swing" not in shown.stdout
        assert "没有不确定的输入项" in analyse(workspace, command, "--draws", "64", "--lang", "zh").stdout


def test_an_english_table(workspace: Path) -> None:
    table = analyse(workspace, *GOAL)
    assert "What it takes" in table.stdout
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in table.stdout)


def test_json_of_a_tornado(workspace: Path) -> None:
    document = json.loads(analyse(workspace, *COMMANDS[0], "--json").stdout.splitlines()[-1])
    assert document["metric"] == "survive(24)"
    (bar,) = document["bars"]
    assert bar["input"] == "market.pro.price"
    assert set(bar["swing"]) == {"value", "error"}
    assert document["lines"]["market.pro.price"]["unit"] == "USD/month"


OUT_OF_REACH = ["goal", "survive(24) >= 99.9%", "--lever", "operations.data.monthly", "--draws", "64"]


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (["tornado", "--metric", "p50(acount.cash)"], "account.cash"),
        (OUT_OF_REACH, "survive(24)"),
        (["attribution", "nobody"], "lean"),
        (["tornado", "--run", "r-000000000000"], "r-000000000000"),
    ],
)
def test_problems_are_one_list(workspace: Path, command: list[str], field: str) -> None:
    done = analyse(workspace, *command, "--json")
    assert done.exit_code == 1
    (problem,) = json.loads(done.stdout.strip().splitlines()[-1])["problems"]
    assert field in problem["problem"] + problem["mend"]
    assert "Traceback" not in done.output


def test_no_workspace_is_a_sentence(tmp_path: Path) -> None:
    done = analyse(tmp_path / "none.duckdb", "drivers", "--json")
    assert done.exit_code == 1
    assert len(json.loads(done.stdout.splitlines()[-1])["problems"]) == 1
