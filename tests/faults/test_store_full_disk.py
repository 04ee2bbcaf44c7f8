"""A disk that takes no more: one clear sentence, and what was saved before is still there."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.unit.store.sample_run import sample_run
from toolkit.errors import StoreError
from toolkit.store import Workspace, backup, list_revisions, list_runs, save_revision, save_run


@contextmanager
def no_file_may_grow_beyond(size: int) -> Iterator[None]:
    """As good as a full disk, without one: the system refuses every write beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def refused(act: object) -> str:
    with pytest.raises(StoreError) as caught:
        act()  # type: ignore[operator]
    (problem,) = caught.value.problems
    assert "File too large" in problem.problem()
    return problem.id


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "plan.duckdb")
    save_revision(made, "acme", "cash: 1\n", "Ada")
    return made


@pytest.mark.parametrize("room", [100_000, 1_000_000])
def test_a_run_that_does_not_fit_leaves_nothing(workspace: Workspace, room: int) -> None:
    big = sample_run(lines=1500, fans=2, paths=400)
    with no_file_may_grow_beyond(room):
        assert refused(lambda: save_run(workspace, big)) == "store.disk"
    assert [revision.text for revision in list_revisions(workspace)] == ["cash: 1\n"]
    assert list_runs(workspace) == ()
    assert save_run(workspace, big)


def test_a_workspace_that_cannot_be_made_is_not_there(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "plan.duckdb")
    with no_file_may_grow_beyond(20_000):
        assert refused(lambda: save_revision(workspace, "acme", "cash: 1\n", "Ada")) == "store.disk"
    assert [path.name for path in tmp_path.iterdir()] == ["plan.duckdb.gp-lock"]
    save_revision(workspace, "acme", "cash: 1\n", "Ada")


def test_a_backup_that_does_not_fit_is_not_there(workspace: Workspace, tmp_path: Path) -> None:
    with no_file_may_grow_beyond(20_000):
        assert refused(lambda: backup(workspace, tmp_path / "copy.duckdb")) == "store.disk"
    assert not list(tmp_path.glob("copy*"))
    assert list_revisions(workspace)
