"""`init`, `validate`, `build`, `explain` as a user meets them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.command import EXAMPLE, groundplan

pytestmark = pytest.mark.slow
KEYS = {"run_id", "revision", "seed", "draws", "currency", "cash", "runway_months", "survive_24", "problems"}


def test_build_says_what_it_must(built: tuple[Path, Any]) -> None:
    document = built[1]
    assert document.keys() >= KEYS
    assert document["runway_months"].keys() >= {"p5", "p50", "p95", "error"}
    assert document["draws"] == 16_384
    assert 0 <= document["survive_24"] <= 1
    runway = document["runway_months"]
    assert runway["p5"] <= runway["p50"] <= runway["p95"]
    assert document["cash"] == 180_000  # the opening balance that the plan states


def test_same_plan_same_run(built: tuple[Path, Any], tmp_path: Path) -> None:
    again = groundplan("build", EXAMPLE, "--workspace", tmp_path / "other.duckdb", "--json")
    assert again.json == built[1]


def test_another_seed_moves_no_more_than_the_error_allows(built: tuple[Path, Any], tmp_path: Path) -> None:
    first, second = (
        built[1],
        groundplan("build", EXAMPLE, "--seed", 2, "-w", tmp_path / "w.duckdb", "--json").json,
    )
    assert second["run_id"] != first["run_id"]
    assert second["cash"] == first["cash"]
    allowed = 3 * (first["survive_24_error"] + second["survive_24_error"]) + 1e-3
    assert abs(second["survive_24"] - first["survive_24"]) <= allowed


def test_bad_plan_gives_one_list_and_leaves_the_workspace_alone(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    text = text.replace("salary: 96k", "salary: -96k").replace("function: sales", "function: magic")
    text = text.replace("instance_type: g6.xlarge", "instance_type: g7.xlarge")
    plan = tmp_path / "bad.yaml"
    plan.write_text(text, encoding="utf-8")
    done = groundplan("build", plan, "--workspace", tmp_path / "w.duckdb", "--json")
    assert done.code == 1
    problems = done.json["problems"]
    assert len(problems) >= 2
    for problem in problems:
        assert problem.keys() == {"file", "line", "field", "problem", "mend"}
        assert problem["file"] == str(plan)
        assert problem["line"] > 1
        assert problem["problem"]
        assert problem["mend"]
    assert "Traceback" not in done.err
    assert not (tmp_path / "w.duckdb").exists()


def test_problems_are_words_in_both_languages(tmp_path: Path) -> None:
    plan = tmp_path / "bad.yaml"
    plan.write_text("company: [\n", encoding="utf-8")
    english, chinese = (groundplan("validate", plan, "--lang", lang) for lang in ("en", "zh"))
    assert english.code == chinese.code == 1
    assert "YAML" in english.err
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese.err)


def test_usage_is_exit_code_2() -> None:
    assert groundplan("build").code == 2
    assert groundplan("validate", EXAMPLE, "--lang", "fr").code == 2


def test_missing_file_is_a_sentence(tmp_path: Path) -> None:
    done = groundplan("build", tmp_path / "nowhere.yaml", "--json")
    assert done.code == 1
    assert len(done.json["problems"]) == 1


@pytest.mark.parametrize("content", [b"", b"not a database", b"\x00" * 8192])
def test_foreign_workspace_is_one_sentence_and_stays_as_it_was(tmp_path: Path, content: bytes) -> None:
    workspace = tmp_path / "w.duckdb"
    workspace.write_bytes(content)
    done = groundplan("build", EXAMPLE, "--workspace", workspace, "--json")
    if content:
        assert done.code == 1
        assert len(done.json["problems"]) == 1
        assert workspace.read_bytes() == content
    assert "Traceback" not in done.err


def test_explain_ends_at_the_ground(built: tuple[Path, Any]) -> None:
    done = groundplan(
        "explain", "account.cash", "--month", "2027-06", "--depth", 99, "-w", built[0], "--json"
    )
    assert done.code == 0, done.err
    leaves = list(_leaves(done.json))
    assert len(leaves) > 30
    grounded = {"plan", "fact", "measurement", "fit", "assumption", "rule"}
    assert {leaf["source"]["kind"] for leaf in leaves} <= grounded
    assert all(leaf["source"]["place"] for leaf in leaves)


def _leaves(node: Any) -> Any:
    if node["operands"]:
        for operand in node["operands"]:
            yield from _leaves(operand)
    elif not node["repeated"]:
        yield node


def test_explain_unknown_line_names_the_nearest(built: tuple[Path, Any]) -> None:
    done = groundplan("explain", "acount.cash", "-w", built[0], "--json")
    assert done.code == 1
    assert "account.cash" in done.json["problems"][0]["mend"]


@pytest.mark.parametrize("template", ["subscription", "research"])
def test_init_writes_a_plan_that_builds(tmp_path: Path, template: str) -> None:
    plan = tmp_path / "plan.yaml"
    assert groundplan("init", plan, "--template", template, "--name", 'A "b" 公司').code == 0
    done = groundplan("build", plan, "-w", tmp_path / "w.duckdb", "--json")
    assert done.code == 0, done.err
    assert done.json["company"] == 'A "b" 公司'
    before = plan.read_bytes()
    assert groundplan("init", plan, "--template", template).code == 1
    assert plan.read_bytes() == before


def test_scenarios_of_the_example(built: tuple[Path, Any], tmp_path: Path) -> None:
    workspace = tmp_path / "w.duckdb"
    shutil.copy(built[0], workspace)
    lean = groundplan("build", EXAMPLE, "--scenario", "lean", "-w", workspace, "--json").json
    assert lean["monthly_burn"] < built[1]["monthly_burn"]
    assert lean["revision"] == built[1]["revision"]
    assert groundplan("build", EXAMPLE, "--scenario", "none", "-w", workspace).code == 1
