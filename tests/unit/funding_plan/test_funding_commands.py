"""`cap-table` and `raise-by` from a stored run, and the facts that reports take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from toolkit.app.building import Built, build, example
from toolkit.app.funding_facts import funding_rows, open_ask
from toolkit.app.ownership import exit_returns, ownership_of
from toolkit.app.raising import cash_without, raise_by
from toolkit.cli import ownership as ownership_command
from toolkit.cli import raising as raising_command
from toolkit.projection.draws import Sampler
from toolkit.store.dimensions import load_dimensions
from toolkit.store.workspace import Workspace

commands = typer.Typer()
commands.command("raise-by")(raising_command.raise_by)
commands.add_typer(ownership_command.app, name="cap-table")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("funding") / "w.duckdb"


@pytest.fixture(scope="module")
def built(workspace: Path) -> Built:
    return build(example("funding-instruments"), Workspace(workspace))


def call(workspace: Path, *words: str, code: int = 0) -> Any:
    result = CliRunner().invoke(commands, [*words, "--workspace", str(workspace), "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout.splitlines()[-1])


def test_ownership_and_returns(workspace: Path, built: Built) -> None:
    found = call(workspace, "cap-table", "--exit", "20M", "--exit", "100M")
    assert found["events"][0]["month"] == "2026-12"
    for event in found["events"]:
        assert sum(event["ownership"].values()) == pytest.approx(1)
    for value in (20e6, 100e6):
        paid = [row["payout"] for row in found["returns"] if row["exit_value"] == value]
        assert sum(paid) == pytest.approx(value)
    harbour = next(row for row in found["returns"] if row["holder"] == "harbour")
    assert harbour["invested"] == pytest.approx(sum(built.run.base["funding.seed.proceeds"]))
    assert harbour["multiple"] == pytest.approx(harbour["payout"] / harbour["invested"])


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_people_read(workspace: Path, language: str) -> None:
    for words in (["cap-table"], ["raise-by"], ["raise-by", "--floor", "0", "--without", "advance"]):
        options = ["--workspace", str(workspace), "--lang", language]
        result = CliRunner().invoke(commands, [*words, *options])
        assert result.exit_code == 0, result.output
        assert result.stdout.strip()


def test_raise_by_is_the_last_month_in_time(workspace: Path, built: Built) -> None:
    registry = load_dimensions(Workspace(workspace), built.run.plan)
    answer = raise_by(built, registry, floor="200k", probability=0.9, takes="6")
    sampler = Sampler(built.run.seed, built.run.replicates, built.run.draws // built.run.replicates)
    cash = cash_without(built, registry, sampler, answer.without)
    # By counting: opened in month s, the money is there in month s + 6, which no draw may need earlier.
    latest = answer.timing.latest_month
    assert latest is not None
    for month, enough in ((latest, True), (latest + 1, False)):
        in_time = (cash[:, : month + 5] >= 200_000).all(axis=1).mean()
        assert bool(in_time >= 0.9) is enough
    assert answer.without == ("seed", "series_a")
    longer = raise_by(built, registry, floor="200k", probability=0.9, takes="9 to 12 months")
    assert longer.timing.latest_month is not None
    assert longer.timing.latest_month < latest


@pytest.mark.usefixtures("built")
def test_wrong_questions_are_problems(workspace: Path) -> None:
    found = call(workspace, "raise-by", "--probability", "1.2", "--without", "seeed", code=1)["problems"]
    assert [one["field"] for one in found] == ["without", "probability"]
    assert call(workspace, "raise-by", "--takes", "a while", code=1)["problems"][0]["field"] == "takes"
    assert call(workspace, "cap-table", "--exit", "much", code=1)["problems"][0]["field"] == "exit"
    assert call(workspace, "cap-table", "--month", "2040-01", code=1)["problems"][0]["field"] == "month"


@pytest.mark.usefixtures("built")
def test_open_cap_format_out_and_in(workspace: Path, tmp_path: Path) -> None:
    today = tmp_path / "today"
    assert len(call(workspace, "cap-table", "export", str(today))["files"]) == 5
    found = call(workspace, "cap-table", "import", str(today))
    assert {one["id"]: one["shares"] for one in found["holders"]} == {
        "mia": 5_000_000, "tom": 3_000_000, "lab": 500_000,
    }  # fmt: skip
    assert found["pool"] == 1_000_000
    assert found["convertibles"][0]["valuation_cap"] == 5_000_000
    forecast = ["cap-table", "export", str(tmp_path / "forecast"), "--month", "2029-01"]
    assert call(workspace, *forecast, code=1)["problems"][0]["field"] == "scenario"
    call(workspace, *forecast, "--scenario", "base")
    refused = call(workspace, "cap-table", "import", str(tmp_path / "forecast"), code=1)
    assert refused["problems"][0]["field"] == "comments"


def test_facts_for_reports(built: Built) -> None:
    rows = funding_rows(built)
    assert len(rows) == len(built.plan.funding.instruments)
    assert [row.is_closed for row in rows][:3] == [True, True, False]
    assert all(row.terms["en"] and row.terms["zh"] and row.amount > 0 for row in rows)
    ask = open_ask(built)
    assert ask is not None
    assert ask.field == "funding.instruments[2]"


def test_exits_by_default_start_at_the_last_valuation(built: Built) -> None:
    ownership = ownership_of(built)
    last = [one.result for one in ownership.standings if one.result][-1]
    values = sorted({one.exit_value for one in exit_returns(ownership)})
    assert values[0] == pytest.approx(float(last.implied_post_money_valuation), abs=1)
    assert float(values[-1] / values[0]) == pytest.approx(10)
