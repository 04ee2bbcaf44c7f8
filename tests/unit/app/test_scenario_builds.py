"""A scenario is built by another process, which can be watched and stopped."""

from __future__ import annotations

import time
from pathlib import Path

from toolkit.app.building import example
from toolkit.app.scenario_builds import ScenarioBuild, start_build
from toolkit.store.revisions import save_revision
from toolkit.store.runs import list_runs
from toolkit.store.workspace import Workspace


def finished(build: ScenarioBuild) -> ScenarioBuild:
    deadline = time.monotonic() + 60
    while build.state == "running" and time.monotonic() < deadline:
        time.sleep(0.05)
    return build


def test_a_build_stores_its_run(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    revision = save_revision(workspace, "inkwell", example().read_text(encoding="utf-8"), "ada")
    build = finished(start_build(workspace, revision.id, "lean", "zh"))
    assert (build.state, build.problems) == ("done", ())
    assert build.step == "完成"
    assert [(run.scenario, run.revision) for run in list_runs(workspace)] == [("lean", revision.id)]


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    revision = save_revision(workspace, "inkwell", "company: {id: inkwell}", "ada")
    build = finished(start_build(workspace, revision.id, "base", "en"))
    assert build.state == "failed"
    assert any('"name" is missing' in problem for problem in build.problems)


def test_a_build_can_be_stopped(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w.duckdb")
    revision = save_revision(workspace, "inkwell", example().read_text(encoding="utf-8"), "ada")
    build = start_build(workspace, revision.id, "base", "en")
    build.cancel()
    assert build.state == "failed"
    assert build.problems == ()
    assert list_runs(workspace) == ()
