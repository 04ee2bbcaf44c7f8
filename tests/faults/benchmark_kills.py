"""Random kills of a benchmark run: `python -m tests.faults.benchmark_kills --kills 24 [--real]`.

A run is started and, at a random moment, its parent or the worker under way is killed with SIGKILL; then the
same run is started again. After every kill nothing that was finished may be gone, and in the end the run must
be complete. With `--real` the workers are real ones with tiny models; without, ones that only tell events, so
that many moments are met in little time.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from toolkit.benchmark.events import Event, read_events

ROOT = Path(__file__).resolve().parents[2]
FAKE = ROOT / "tests" / "unit" / "benchmark" / "fake_worker.py"

PARENT = """
import sys
from toolkit.benchmark.runner import measure
from toolkit.benchmark.spec import Pace
from toolkit.benchmark.suite import Suite
from toolkit.benchmark.supervisor import WORKER
from toolkit.shapes.records import Workload

cases = tuple(Workload("tiny-gpt2", mode, "fp32", 1, 64) for mode in ("train", "prefill", "decode"))
suite = Suite("test", cases, Pace(0.1, 2, 3, 4, 0.05, 1.0), {budget})
command = WORKER if {real} else (sys.executable, {fake!r}, "null")
run = measure(suite, "cpu", journal=sys.argv[1], command=command)
print(len(run.measurements), min(len(each.block_seconds) for each in run.measurements))
"""


def start(journal: Path, real: bool = False) -> subprocess.Popen[str]:
    """A run of three cases in two processes, completed from its journal where there is one."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "FAKE_BLOCK_SECONDS": "0.02"}
    program = PARENT.format(budget=240.0 if real else 30.0, real=real, fake=str(FAKE))
    command = [sys.executable, "-c", program, str(journal)]
    return subprocess.Popen(command, env=env, text=True, stdout=subprocess.PIPE, start_new_session=True)


def finished(events: list[Event]) -> set[tuple[str, str]]:
    """What is through: process and case."""
    return {(event["process"], event["case"]) for event in events if event["event"] == "done"}


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text().split()] if path.exists() else []


def kill(parent: subprocess.Popen[str], victim: str) -> None:
    """Kill the parent itself, or the worker that it is watching at the moment."""
    for pid in [parent.pid] if victim == "parent" else children(parent.pid):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue  # it has just finished by itself


def survive(kills: int, victim: str, folder: Path, moments: random.Random, *, real: bool = False) -> str:
    """Kill a run so many times, a new one after every fourth kill, and let the last one end; what it printed.

    Raises AssertionError when something that was finished is gone.
    """
    kept: set[tuple[str, str]] = set()
    journal = folder / "run.jsonl"
    for number in range(kills):
        if number % 4 == 0:
            journal, kept = folder / f"run-{number}.jsonl", set()
        parent = start(journal, real)
        time.sleep(moments.uniform(0.05, 25.0 if real else 0.9))
        kill(parent, victim)
        parent.communicate(timeout=300)
        now = finished(read_events(journal)[0]) if journal.exists() else set()
        assert kept <= now, f"lost after kill {number + 1}: {kept - now}"
        kept = now
    survivor = start(journal, real)
    out, _ = survivor.communicate(timeout=300)
    assert kept <= finished(read_events(journal)[0]), "the last run lost something"
    return out


def main() -> None:
    """The whole trial, half of the kills on parents and half on workers."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.benchmark_kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=24)
    parser.add_argument("--real", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for victim in ("parent", "worker"):
        with tempfile.TemporaryDirectory(prefix="groundplan-kills-") as folder:
            moments = random.Random(f"{victim} {options.seed}")
            out = survive(options.kills // 2, victim, Path(folder), moments, real=options.real)
        cases, processes = map(int, out.split())
        print(
            f"{options.kills // 2} kills of a {victim}: nothing lost; {cases} cases, ≥ {processes} processes"
        )


if __name__ == "__main__":
    main()
