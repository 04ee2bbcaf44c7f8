"""Backups: whole, equal, never over something else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.store.sample_run import sample_measurement, sample_run
from toolkit.errors import StoreError
from toolkit.store import (
    Workspace,
    backup,
    list_revisions,
    load_measurements,
    load_run,
    save_measurements,
    save_revision,
    save_run,
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "it's.duckdb", wait_s=5)
    save_revision(made, "acme", "cash: 1\n", "Ada")
    save_measurements(made, [sample_measurement()])
    save_run(made, sample_run())
    return made


def refused(workspace: Workspace, target: Path) -> str:
    with pytest.raises(StoreError) as caught:
        backup(workspace, target)
    (problem,) = caught.value.problems
    assert str(target) in problem.problem()
    return problem.id


def test_a_backup_is_a_workspace_with_the_same_content(workspace: Workspace, tmp_path: Path) -> None:
    copy = Workspace(backup(workspace, tmp_path / "its copy.duckdb"))
    assert list_revisions(copy) == list_revisions(workspace)
    assert load_measurements(copy) == load_measurements(workspace)
    assert load_run(copy) == load_run(workspace)
    save_revision(copy, "acme", "cash: 2\n", "Ada")
    assert len(list_revisions(workspace)) == 1
    assert not list(tmp_path.glob("*.gp-new*"))


def test_what_is_still_in_the_log_is_in_the_backup(workspace: Workspace, tmp_path: Path) -> None:
    code = (
        "import duckdb, os, sys\n"
        "connection = duckdb.connect(sys.argv[1])\n"
        "connection.execute(\"update revision set text = 'cash: 9'\")\n"
        "os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(workspace.path)], check=True)
    assert Path(f"{workspace.path}.wal").stat().st_size > 0
    copy = Workspace(backup(workspace, tmp_path / "copy.duckdb"))
    assert [revision.text for revision in list_revisions(copy)] == ["cash: 9"]


def test_a_backup_never_overwrites(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    assert refused(workspace, tmp_path / "thesis.txt") == "store.backup_exists"
    assert refused(workspace, workspace.path) == "store.backup_exists"
    assert (tmp_path / "thesis.txt").read_text() == "precious"


def test_a_place_that_is_not_there(workspace: Workspace, tmp_path: Path) -> None:
    assert refused(workspace, tmp_path / "none" / "copy.duckdb") == "store.disk"


def test_no_workspace_no_backup(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        backup(Workspace(tmp_path / "none.duckdb"), tmp_path / "copy.duckdb")
    assert [problem.id for problem in caught.value.problems] == ["store.missing"]
    assert list(tmp_path.iterdir()) == []
