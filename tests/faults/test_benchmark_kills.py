"""A kill at any moment, of the parent or of a worker, loses no finished case."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from toolkit.benchmark.events import Event, read_events

ROOT = Path(__file__).resolve().parents[2]
FAKE = ROOT / "tests" / "unit" / "benchmark" / "fake_worker.py"

PARENT = """
import sys
from toolkit.benchmark.runner import measure
from toolkit.benchmark.spec import Pace
from toolkit.benchmark.suite import Suite
from toolkit.shapes.records import Workload

cases = tuple(Workload("tiny-gpt2", mode, "fp32", 1, 64) for mode in ("train", "prefill", "decode"))
suite = Suite("test", cases, Pace(0.1, 2, 3, 4, 0.05, 1.0), 30.0)
run = measure(suite, "cpu", journal=sys.argv[1], command=(sys.executable, sys.argv[2], "null"))
print(len(run.measurements), min(len(each.block_seconds) for each in run.measurements))
"""


def start(journal: Path) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "FAKE_BLOCK_SECONDS": "0.02"}
    command = [sys.executable, "-c", PARENT, str(journal), str(FAKE)]
    return subprocess.Popen(command, env=env, text=True, stdout=subprocess.PIPE, start_new_session=True)


def finished(events: list[Event]) -> set[tuple[str, str]]:
    return {(event["process"], event["case"]) for event in events if event["event"] == "done"}


def children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()] if path.exists() else []


def kill(parent: subprocess.Popen[str], victim: str) -> None:
    """Kill the parent itself, or the worker that it is watching at the moment."""
    targets = [parent.pid] if victim == "parent" else children(parent.pid)
    for pid in targets:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue  # it has just finished by itself


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
@pytest.mark.parametrize("victim", ["parent", "worker"])
def test_random_kills_lose_no_finished_case(tmp_path: Path, victim: str) -> None:
    moments = random.Random(victim)
    kept: set[tuple[str, str]] = set()
    journal = tmp_path / "run.jsonl"
    for number in range(12):
        if number % 4 == 0:
            journal, kept = tmp_path / f"run-{number}.jsonl", set()
        parent = start(journal)
        time.sleep(moments.uniform(0.05, 0.9))
        kill(parent, victim)
        parent.communicate(timeout=60)
        events = read_events(journal)[0] if journal.exists() else []
        assert kept <= finished(events)
        kept = finished(events)
    survivor = start(journal)
    out, _ = survivor.communicate(timeout=60)
    cases, processes = map(int, out.split())
    assert (cases, processes >= 2) == (3, True)  # two processes behind each, and perhaps a broken one
    assert kept <= finished(read_events(journal)[0])


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
