"""Several processes that append at the same time, while others read: nothing is lost, nobody fails."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

from tests.faults.store_writers import append, text_of
from toolkit.store import Workspace, list_revisions, load_measurements, save_revision

WRITERS, TIMES = 3, 4


def test_nothing_is_lost_between_processes(tmp_path: Path) -> None:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.faults.store_writers", "pandas", "numpy"])
    workspace = Workspace(tmp_path / "plan.duckdb", wait_s=60)
    save_revision(workspace, "acme", "cash: 1\n", "Ada")
    writers = [
        processes.Process(target=append, args=(workspace.path, str(writer), TIMES))
        for writer in range(WRITERS)
    ]
    for process in writers:
        process.start()
    seen = 0
    while any(process.is_alive() for process in writers):
        now = len(list_revisions(workspace))
        assert now >= seen, "what one reader saw, the next sees too"
        seen = now
        time.sleep(0.02)
    for process in writers:
        process.join()
    assert [process.exitcode for process in writers] == [0] * WRITERS

    revisions = list_revisions(workspace)[::-1]
    texts = {text_of(str(writer), number) for writer in range(WRITERS) for number in range(TIMES)}
    assert {revision.text for revision in revisions[1:]} == texts
    assert [revision.number for revision in revisions] == list(range(1, WRITERS * TIMES + 2))
    assert [revision.parent for revision in revisions] == [
        None,
        *(revision.id for revision in revisions[:-1]),
    ]
    assert len(load_measurements(workspace)) == WRITERS * TIMES
