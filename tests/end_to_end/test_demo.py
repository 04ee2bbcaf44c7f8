"""The main job, once, as a user runs it: measure, project, write."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.command import groundplan

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any, float]:
    """The folder, the JSON document and the seconds of one demo in an empty folder."""
    folder = tmp_path_factory.mktemp("demo")
    begun = time.monotonic()
    done = groundplan("demo", "--json", cwd=folder)
    assert done.code == 0, done.err
    return folder, done.json, time.monotonic() - begun


def test_it_measures_and_the_plan_stands_on_it(demo: tuple[Path, Any, float]) -> None:
    document = demo[1]
    assert document["measured"] >= 5, document["problems"]
    assert document["device"]
    assert document["compute_cost_by_rung"]["measured"] > 0
    assert document["compute_cost_by_rung"]["fitted"] > 0
    assert document["measurements"], "the run names the measurements that it rests on"


def test_it_says_whether_the_cash_lasts(demo: tuple[Path, Any, float]) -> None:
    document = demo[1]
    assert document["runway_months"]["p5"] <= document["runway_months"]["p50"]
    assert 0 < document["survive_24"] < 1
    assert document["monthly_burn"] > 0


def test_it_writes_every_report(demo: tuple[Path, Any, float]) -> None:
    names = {f"business-plan.{lang}.{kind}" for lang in ("en", "zh") for kind in ("html", "pdf", "xlsx")}
    folder = demo[0] / "reports" / "out"
    assert {path.name for path in folder.iterdir()} == names
    assert {Path(file).name for file in demo[1]["files"]} == names
    assert (folder / "business-plan.en.pdf").read_bytes().startswith(b"%PDF")
    assert "墨池智能" in (folder / "business-plan.zh.html").read_text(encoding="utf-8")
    assert "http" not in _references(folder / "business-plan.en.html"), "nothing is fetched from outside"


def _references(page: Path) -> str:
    """Every address that the page would load by itself."""
    import re

    text = page.read_text(encoding="utf-8")
    return " ".join(re.findall(r'(?:src|srcset|@import|url\()\s*=?\s*["\']?(http[^"\')\s]*)', text))


def test_the_summary_fits_one_screen(demo: tuple[Path, Any, float], tmp_path: Path) -> None:
    workspace = tmp_path / "w.duckdb"
    shutil.copy(demo[0] / "groundplan.duckdb", workspace)
    plan = Path(__file__).resolve().parents[2] / "data" / "examples" / "llm-startup.yaml"
    for language in ("en", "zh"):
        done = groundplan("build", plan, "-w", workspace, "--lang", language)
        assert done.code == 0, done.err
        assert done.out.count("\n") <= 40
        assert "groundplan explain" in done.out


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_the_pdf_says_the_same_as_the_run(demo: tuple[Path, Any, float]) -> None:
    pdf = demo[0] / "reports" / "out" / "business-plan.en.pdf"
    text = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    assert demo[1]["run_id"] in text
    assert f"{round(100 * demo[1]['survive_24'])}%" in text


def test_it_ends_in_time(demo: tuple[Path, Any, float]) -> None:
    # The bar is 100 s on two quiet cores; a shared machine gets some leave, a hang none.
    assert demo[2] < 200
