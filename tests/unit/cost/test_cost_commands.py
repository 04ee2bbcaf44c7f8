"""`backtest` and `gpu` on the command line: exit codes, the last line, both languages."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from toolkit.cli import backtest, gpu
from toolkit.reference.paths import data_dir
from toolkit.reference.published import published_dir

APP = typer.Typer()
APP.command("backtest")(backtest.backtest)
APP.add_typer(gpu.app, name="gpu")
WORKLOADS = data_dir() / "examples" / "workloads"
TODAY = ["--today", "2026-11-23"]


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(APP, [*arguments], catch_exceptions=False)
    return done.exit_code, done.stdout


def last(*arguments: str) -> tuple[int, Any]:
    code, out = run(*arguments, "--json")
    return code, json.loads(out.splitlines()[-1])


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (published_dir() / "decode.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))[:40:4]


def write(path: Path, rows: list[dict[str, str]], columns: list[str]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def test_backtest_predicts_without_the_answer(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    columns, outs = list(rows[0]), []
    reversed_ = [row | {"answer": other["answer"]} for row, other in zip(rows, rows[::-1], strict=True)]
    blank = [name for name in columns if name != "answer"]
    for name, what, these in (("a", rows, columns), ("b", reversed_, columns), ("c", rows, blank)):
        out = tmp_path / f"{name}.out"
        code, document = last(
            "backtest", write(tmp_path / name, what, these), "--task", "decode", "--out", str(out)
        )
        assert code == 0
        assert (document["task"], document["rows"], document["predicted"]) == ("decode", 10, 10)
        outs.append(out.read_text(encoding="utf-8").splitlines())
        assert bool(document["axes"]) == (name != "c")
    assert outs[0] == outs[1] == outs[2]
    assert outs[0][0] == "id,prediction,low,high,grounding,method"
    alone = tmp_path / "alone.out"
    run("backtest", write(tmp_path / "d", rows[3:4], columns), "--task", "decode", "--out", str(alone))
    assert alone.read_text(encoding="utf-8").splitlines()[1] == outs[0][4]
    axis = last("backtest", str(tmp_path / "a"), "--task", "decode")[1]["axes"][0]
    assert {"axis", "n", "predicted", "median", "mean", "p90", "cover80", "width"} <= set(axis)


def test_backtest_exit_codes_and_tables(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    good = write(tmp_path / "good.csv", rows, list(rows[0]))
    code, out = run("backtest", good, "--task", "decode", "--lang", "zh")
    assert code == 0
    assert "基线" in out
    code, document = last("backtest", good, "--task", "dance")
    assert code == 2
    assert "train_step" in document["problems"][0]["mend"]
    code, document = last("backtest", write(tmp_path / "bad.csv", rows, ["id", "model"]), "--task", "decode")
    assert code == 1
    assert "gpu_id" in {problem["field"] for problem in document["problems"]}
    assert last("backtest", "--task", "decode")[0] == 1
    assert last("backtest", str(tmp_path / "missing.csv"), "--task", "decode")[0] == 1
    assert last("backtest", good, "--task", "decode", "--out", str(tmp_path / "no" / "x"))[0] == 1


def test_an_unknown_gpu_is_a_row_without_a_prediction(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    file = write(tmp_path / "x.csv", [rows[0] | {"gpu_id": "abacus"}], list(rows[0]))
    code, document = last("backtest", file, "--task", "decode")
    assert (code, document["predicted"]) == (0, 0)


@pytest.mark.parametrize("name", ["pretrain-8b", "chat-service", "finetune-lora"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_compare_and_breakeven(name: str, language: str) -> None:
    file = str(WORKLOADS / f"{name}.yaml")
    code, document = last("gpu", "compare", file, *TODAY, "--lang", language)
    assert code == 0
    costs = [case["cost"] for case in document["cases"] if case["cost"]]
    assert costs
    assert all(good <= middle <= bad for good, middle, bad in costs)
    assert document["cheapest"]["cost"][1] == min(
        case["cost"][1] for case in document["cases"] if case["chosen"]
    )
    assert {case["rung"] for case in document["cases"] if case["cost"]} <= {
        "measured", "transferred", "fitted", "assumed",
    }  # fmt: skip
    for command in ("compare", "breakeven"):
        code, out = run("gpu", command, file, *TODAY, "--lang", language)
        assert code == 0
        assert out.strip()
    assert last("gpu", "breakeven", file, *TODAY)[0] == 0


def test_the_cheapest_way_to_finish_by_a_day() -> None:
    file = str(WORKLOADS / "pretrain-8b.yaml")
    slow = last("gpu", "compare", file, *TODAY, "--deadline", "60")[1]["cheapest"]
    fast = last("gpu", "compare", file, *TODAY, "--deadline", "3")[1]["cheapest"]
    assert slow["hours"][2] <= 60 * 24
    assert fast["hours"][2] <= 3 * 24
    assert fast["cost"][1] >= slow["cost"][1]
    assert last("gpu", "compare", file, *TODAY, "--budget", "1")[1]["cheapest"] is None


def test_lists() -> None:
    code, document = last("gpu", "list", "--search", "h100")
    assert code == 0
    assert "h100-sxm" in {gpu["id"] for gpu in document["gpus"]}
    code, document = last("gpu", "list", "--search", "h100-sxn")
    assert code == 1
    assert "h100-sxm" in json.dumps(document)
    code, document = last("gpu", "offers", "--gpu", "h100-sxm", "--price-type", "spot", *TODAY)
    assert code == 0
    for offer in document["offers"]:
        assert offer["kind"] == "spot"
        assert offer["price_per_gpu_hour"] * offer["devices"] == pytest.approx(
            offer["price_per_instance_hour"]
        )
    assert run("gpu", "offers", "--currency", "CNY", "--lang", "zh")[0] == 0
    assert last("gpu", "offers", "--price-type", "gift")[0] == 1
    assert last("gpu", "offers", "--currency", "XYZ")[0] == 1
    assert last("gpu", "compare", "missing.yaml")[0] == 1
    assert last("gpu", "compare", str(WORKLOADS / "pretrain-8b.yaml"), "--today", "soon")[0] == 1


def test_import_then_compare_on_what_was_imported(tmp_path: Path) -> None:
    folder = tmp_path / "my-cloud"
    folder.mkdir()
    text = "InstanceType,AcceleratorName,AcceleratorCount,Price,Region,SpotPrice\n"
    (folder / "vms.csv").write_text(
        text + "big,H100,8,0.8,moon,\nsmall,H100,one,0.1,moon,\n", encoding="utf-8"
    )
    out = tmp_path / "mine.csv"
    arguments = ("gpu", "import", str(folder / "vms.csv"), "--format", "skypilot", "--out", str(out))
    code, document = last(*arguments, "--as-of", "2026-11-20")
    assert (code, document["rows"], len(document["problems"])) == (0, 1, 1)
    assert document["problems"][0]["line"] == 3
    assert run(*arguments, "--strict")[0] == 1
    assert "moon" in out.read_text(encoding="utf-8")
    run(*arguments, "--as-of", "2026-11-20")
    file = str(WORKLOADS / "pretrain-8b.yaml")
    code, document = last("gpu", "compare", file, "--offers", str(out), *TODAY)
    assert code == 0
    assert document["cheapest"]["provider"] == "my-cloud"
    assert document["cheapest"]["price_per_gpu_hour"] == pytest.approx(0.1)
    assert document["cheapest"]["age_days"] == 3


def test_offers_of_a_region_that_are_fresh() -> None:
    base = ["gpu", "offers", "--region", "cn", "--currency", "CNY", "--today", "2026-11-23", "--json"]
    every, fresh = (
        json.loads(CliRunner().invoke(APP, [*base, *more]).stdout.splitlines()[-1])["offers"]
        for more in ([], ["--fresh", "--max-age", "60"])
    )
    assert 0 < len(fresh) < len(every)
    assert {one["region"] for one in every} == {"cn"}
    assert all(one["age_days"] <= 60 for one in fresh)
    assert not any("old" in warning for one in fresh for warning in one["warnings"])
