"""Budget, variance, reforecast and score, as jobs and on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from toolkit.app.actuals.budget import budgets_of, lock
from toolkit.app.actuals.importing import import_actuals
from toolkit.app.actuals.reforecast import reforecast
from toolkit.app.actuals.score import find_scores
from toolkit.app.actuals.variance import find_variance
from toolkit.app.building import Built
from toolkit.app.study import Study
from toolkit.cli.main import app
from toolkit.errors import InputError, StoreError
from toolkit.projection.closed_books import Actual
from toolkit.projection.variance import compare
from toolkit.reference.paths import data_dir
from toolkit.store.actuals import save_actuals
from toolkit.store.runs import load_run
from toolkit.store.workspace import Workspace

FIGURES = """Line,2027-01,2027-02,2027-03,2027-04,2027-05,2027-06
account.cash,150000,1190000,1150000,1110000,1085000,1060000
account.research_payroll,20000,20000,20000,35000,36000,
account.sales,,,,,2500,4800
market.customers,,,,,9,17
total.net_income,-38000,-30000,-40000,-45000,-48000,
"""


@pytest.fixture
def filled(workspace: Workspace, tmp_path: Path) -> Workspace:
    path = tmp_path / "actuals.csv"
    path.write_text(FIGURES, encoding="utf-8")
    import_actuals(workspace, path)
    return workspace


@pytest.mark.parametrize(
    ("actual", "plan", "sign", "difference", "share", "favourable"),
    [(110, 100, 1, 10, 0.1, True), (110, 100, -1, 10, 0.1, False), (-40, -50, 1, 10, 0.2, True),
     (5, 0, 1, 5, None, True), (7, 7, -1, 0, 0, None), (7, 8, 0, -1, -0.125, None)],
)  # fmt: skip
def test_a_comparison_by_hand(
    actual: float, plan: float, sign: int, difference: float, share: float | None, favourable: bool | None
) -> None:
    found = compare(actual, plan, sign)
    assert found.difference == difference
    assert found.share == (None if share is None else pytest.approx(share))
    assert found.favourable is favourable


def test_variance_of_a_month_and_of_the_year(filled: Workspace, built: Built) -> None:
    found = find_variance(filled, "2027-05")
    base = built.run.base
    rows = {row.line: row for row in found.rows}
    assert list(rows) == [
        "account.sales", "account.research_payroll", "total.net_income", "account.cash", "market.customers"
    ]  # fmt: skip
    pay = rows["account.research_payroll"]
    assert pay.month.plan == base["account.research_payroll"][5]
    assert pay.to_date.actual == 20000 * 3 + 35000 + 36000
    assert pay.to_date.plan == pytest.approx(sum(base["account.research_payroll"][1:6]))
    assert pay.month.favourable is (pay.month.actual < pay.month.plan)
    cash = rows["account.cash"]
    assert cash.nature == "balance"
    assert cash.to_date == cash.month
    assert cash.interval == (
        built.run.fans["account.cash"].values[0][4],
        built.run.fans["account.cash"].values[4][4],
    )
    sales = rows["account.sales"]
    assert sales.missing == ("2027-01", "2027-02", "2027-03", "2027-04")
    assert sales.to_date.plan == base["account.sales"][5]
    assert find_variance(filled).month == "2027-06"


def test_a_budget_stays_what_it_is(filled: Workspace, built: Built) -> None:
    budget = lock(filled, "2027", note="board, 12 December")
    assert budget.run == built.run.id
    assert lock(filled, "2027") == budget
    again = reforecast(filled)
    assert lock(filled, "2027") == budget  # the newest run of the plan alone, not the reforecast
    with pytest.raises(StoreError, match="locked already"):
        lock(filled, "2027", again.built.run.id)
    lock(filled, "2027 v2", again.built.run.id)
    assert [one.name for one in budgets_of(filled)] == ["2027 v2", "2027"]
    assert find_variance(filled, budget="2027").run == built.run.id
    assert find_variance(filled).budget == "2027 v2"
    with pytest.raises(InputError, match="no budget"):
        find_variance(filled, budget="2026")


def test_a_reforecast_begins_with_what_happened(filled: Workspace) -> None:
    found = reforecast(filled)
    run = found.built.run
    assert found.closed == "2027-06"
    assert run.base["account.cash"][1:7] == pytest.approx((150e3, 1190e3, 1150e3, 1110e3, 1085e3, 1060e3))
    assert run.fans["account.cash"].values[0][5] == pytest.approx(1060e3)
    assert run.metrics.cash == pytest.approx(1060e3)
    assert found.compared == ("total.net_income",)
    assert "account.cash" in found.used
    assert load_run(filled).id == run.id
    earlier = reforecast(filled, "2027-03")
    assert earlier.built.run.base["account.cash"][4] != pytest.approx(1110e3)
    # Analyses of a reforecast keep its past.
    study = Study(filled, run.id)
    assert study.version.books == run.books


def test_scores_of_a_budget_and_of_a_reforecast(filled: Workspace, built: Built) -> None:
    lock(filled, "2027")
    reforecast(filled, "2027-03")
    found = find_scores(filled)
    assert [(one.budget, one.closed) for one in found.forecasts] == [("2027", None), (None, "2027-03")]
    budget, later = found.forecasts
    assert budget.overall.figures == 6 + 5 + 2 + 2 + 5
    assert {one.month for one in later.figures} == {"2027-04", "2027-05", "2027-06"}
    assert {one.lead for one in later.figures} == {1, 2, 3}
    cash = next(one for one in budget.figures if (one.line, one.month) == ("account.cash", "2027-05"))
    fan = built.run.fans["account.cash"]
    assert cash.quantiles == pytest.approx(tuple(level[4] for level in fan.values))
    assert cash.base == built.run.base["account.cash"][5]
    only = find_scores(filled, ["2027"], ["account.cash"])
    assert [one.line for one in only.forecasts[0].by_line] == ["account.cash"]


@pytest.mark.parametrize("month", ["2028-01", "2025-01"])
def test_a_month_without_figures(filled: Workspace, month: str) -> None:
    with pytest.raises(InputError, match="no figures"):
        find_variance(filled, month)


def test_figures_of_a_line_that_a_later_plan_no_longer_has(filled: Workspace) -> None:
    stale = [Actual("market.old.customers", "2027-05", 3.0, "a.csv:2")]
    save_actuals(filled, "inkwell", "a.csv", "table", "other", "Ada", stale)
    assert find_variance(filled, "2027-05").unknown == ("market.old.customers",)
    assert "market.old.customers" in reforecast(filled).compared


def test_without_figures(workspace: Workspace) -> None:
    for job in (find_variance, reforecast, find_scores):
        with pytest.raises(InputError, match="no actual figures"):
            job(workspace)


def run_json(*arguments: object) -> Any:
    result = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.strip().splitlines()[-1])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_command(filled: Workspace, tmp_path: Path, language: str) -> None:
    options = ("-w", filled.path, "--lang", language)
    assert run_json("budget", "lock", "2027", *options)["name"] == "2027"
    assert len(run_json("budget", "list", *options)["budgets"]) == 1
    assert run_json("actuals", "import", tmp_path / "actuals.csv", *options)["number"] is None
    assert run_json("actuals", "variance", *options)["budget"] == "2027"
    assert run_json("actuals", "reforecast", "--closed", "2027-05", *options)["closed"] == "2027-05"
    forecasts = run_json("actuals", "score", *options)["forecasts"]
    assert forecasts[0]["overall"]["coverage_90"]["of"] == forecasts[0]["overall"]["figures"]
    shown: list[tuple[object, ...]] = [("actuals", "variance"), ("actuals", "score"), ("budget", "list")]
    shown.append(("actuals", "import", tmp_path / "actuals.csv"))
    for command in shown:
        result = CliRunner().invoke(app, [*map(str, (*command, *options))])
        assert result.exit_code == 0, result.output
        assert "Traceback" not in result.output


def test_a_bad_file_is_one_json_list(filled: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("Line,2027-01\nnonsense,x\n")
    result = CliRunner().invoke(app, ["actuals", "import", str(path), "-w", str(filled.path), "--json"])
    assert result.exit_code == 1
    rows = json.loads(result.stdout.strip().splitlines()[-1])["problems"]
    assert [(row["line"], row["field"]) for row in rows] == [(2, ""), (2, "2027-01")]


def test_the_sample_figures_of_the_example(workspace: Workspace) -> None:
    """They name lines of the plan as it stands, and leave nothing of note unexplained."""
    folder = data_dir() / "examples" / "actuals"
    books = import_actuals(workspace, folder / "inkwell-2027.csv")
    rules = ["Tags.workload:hosting=operations.hosting.cost", "Tags.workload:finetune=compute.finetune.cost"]
    bill = import_actuals(workspace, folder / "inkwell-cloud-2027.csv", rules=rules)
    assert len(books.months) == 6
    assert not books.compared
    assert set(bill.lines) == {"compute.cost", "compute.finetune.cost", "operations.hosting.cost"}
    assert len(find_variance(workspace).rows) == len(books.lines) + len(bill.lines)
