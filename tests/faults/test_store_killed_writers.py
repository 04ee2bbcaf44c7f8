"""A writer killed in the middle: what it was told is saved is there, a run is whole or absent."""

from __future__ import annotations

import multiprocessing
import random
import time
from multiprocessing.connection import Connection
from pathlib import Path

from tests.faults.store_writers import run_of, write_for_ever
from toolkit.store import Workspace, list_revisions, list_runs, load_measurements, load_run

KILLS = 10


def told(pipe: Connection) -> list[tuple[str, str]]:
    messages = []
    try:
        while pipe.poll(1):
            messages.append(pipe.recv())
    except EOFError:
        pass
    return messages


def test_no_acknowledged_write_is_lost_and_no_run_is_half(tmp_path: Path) -> None:
    # A fork server: the children share its imports, not our threads or open files.
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.faults.store_writers", "pandas", "numpy"])
    workspace, when = Workspace(tmp_path / "plan.duckdb"), random.Random(7)
    acknowledged: list[tuple[str, str]] = []
    for kill in range(KILLS):
        ours, theirs = processes.Pipe(duplex=False)
        arguments = (workspace.path, str(kill), 1000 * kill, theirs)
        writer = processes.Process(target=write_for_ever, args=arguments)
        writer.start()
        theirs.close()
        # At a random point of its work, by progress and not by the clock: machines differ.
        acknowledged += [ours.recv() for _ in range(when.randint(1, 4))]
        time.sleep(when.uniform(0, 0.08))
        writer.kill()
        writer.join()
        acknowledged += told(ours)
        ours.close()

    revisions = list_revisions(workspace)
    stored = {("revision", revision.id) for revision in revisions}
    stored |= {("measurement", measurement.id) for measurement in load_measurements(workspace)}
    stored |= {("run", summary.id) for summary in list_runs(workspace)}
    assert set(acknowledged) <= stored
    for summary in list_runs(workspace):
        _, writer_name, number = summary.id.split("-")
        assert load_run(workspace, summary.id) == run_of(writer_name, int(number))
    with workspace.read() as connection:
        for table in ("run_line", "run_fan", "run_path", "run_compute", "build"):
            strangers = f"select count(*) from {table} where run not in (select id from run)"
            assert connection.execute(strangers).fetchone() == (0,)
    assert [revision.number for revision in reversed(revisions)] == list(range(1, len(revisions) + 1))
