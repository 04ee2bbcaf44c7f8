"""A kill at any moment, of the parent or of a worker, loses no finished case."""

import json
import random
import time
from pathlib import Path

import pytest

from tests.faults.benchmark_kills import children, start, survive
from toolkit.benchmark.events import read_events


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
@pytest.mark.parametrize("victim", ["parent", "worker"])
def test_random_kills_lose_no_finished_case(tmp_path: Path, victim: str) -> None:
    """A few here; `python -m tests.faults.benchmark_kills` makes many."""
    cases, processes = map(int, survive(4, victim, tmp_path, random.Random(victim)).split())
    assert (cases, processes >= 2) == (3, True)  # two processes behind each, and perhaps a broken one


def test_a_worker_without_a_parent_stops(tmp_path: Path) -> None:
    """Its next line finds nobody reading: an orphan does not go on heating the machine."""
    journal = tmp_path / "run.jsonl"
    parent = start(journal)
    deadline = time.monotonic() + 30
    while not (workers := children(parent.pid)) and time.monotonic() < deadline:
        time.sleep(0.01)
    parent.kill()
    parent.communicate(timeout=30)
    while any(Path(f"/proc/{pid}").exists() and not _zombie(pid) for pid in workers):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def test_the_journal_is_valid_after_a_kill_in_the_middle_of_a_line(tmp_path: Path) -> None:
    journal = tmp_path / "run.jsonl"
    done = start(journal)
    done.communicate(timeout=60)
    whole = journal.read_bytes()
    last = json.loads(whole.splitlines()[-1])
    journal.write_bytes(whole[:-7])
    events, problems = read_events(journal)
    assert len(events) == len(whole.splitlines()) - 1
    assert len(problems) == 1
    assert last["event"] == "end"
