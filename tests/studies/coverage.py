"""Coverage: does the stated 95 % interval hold the long-run median? `python -m tests.studies.coverage --runs
40 --folder DIR [--neighbours N]`

The same small suite is measured again and again, each time in two fresh processes, on whatever the machine
is busy with. The long-run median of a case is the median of the headlines of all other runs. An interval
covers when it holds that. Prints one row a case; each run is kept in a folder, so that a study is completed
and not begun anew. It takes about 20 s a run on a quiet machine with two cores. `--neighbours` adds
processes that work and rest in turns of random length, so that a machine with nobody else on it is a noisy
one, and the same again.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scipy import stats

from toolkit.benchmark.runner import measure
from toolkit.benchmark.spec import Pace
from toolkit.benchmark.suite import Suite
from toolkit.shapes.records import Measurement, Workload

CASES = (
    Workload("tiny-gpt2", "decode", "fp32", 1, 64),
    Workload("tiny-bert", "train", "fp32", 4, 64),
    Workload("tiny-resnet", "forward", "fp32", 2, 1, "image"),
    Workload("matmul", "ceiling", "fp32", 1, 1, "flop"),
)
SUITE = Suite("coverage", CASES, Pace(0.25, 5, 3, 5, 0.05, 1.5), 40.0)

# Works and rests in turns, each four seconds on average (exponential), from a seed.
NEIGHBOUR = """
import random, sys, time
random.seed(int(sys.argv[1]))
while True:
    end = time.monotonic() + random.expovariate(1 / 4)
    while time.monotonic() < end:
        sum(range(10_000))
    time.sleep(random.expovariate(1 / 4))
"""


@contextmanager
def neighbours(count: int) -> Iterator[None]:
    """So many processes beside the study, each busy half of the time."""
    command = [sys.executable, "-c", NEIGHBOUR]
    processes = [subprocess.Popen([*command, str(number)]) for number in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def repeat(runs: int, folder: Path) -> list[list[Measurement]]:
    """The measurements of every run; those that are in the folder are not made again."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for number in range(runs):
        run = measure(SUITE, "cpu", journal=folder / f"run-{number:03}.jsonl")
        print(f"· run {number + 1} of {runs}: {run.seconds:.0f} s", file=sys.stderr, flush=True)
        found.append(run.measurements)
    return found


def coverage(values: list[tuple[float, float, float]]) -> tuple[int, float]:
    """How many of the intervals (value, low, high) hold the median of the others, and their median
    half-width."""
    covered = 0
    for number, (_, low, high) in enumerate(values):
        truth = statistics.median(each[0] for other, each in enumerate(values) if other != number)
        covered += low <= truth <= high
    return covered, statistics.median((high - low) / 2 / value for value, low, high in values)


def main() -> None:
    """Run the study and print its table."""
    parser = argparse.ArgumentParser(prog="python -m tests.studies.coverage", description=__doc__)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--folder", type=Path, required=True, help="where the runs are kept")
    parser.add_argument("--neighbours", type=int, default=0, help="processes that are busy half of the time")
    options = parser.parse_args()
    with neighbours(options.neighbours):
        runs = repeat(options.runs, options.folder)
    print("| case | runs | covered | 95 % interval of the share | median half-width | spread of headlines |")
    print("|---|---|---|---|---|---|")
    total = held = 0
    for case in CASES:
        same = [one for run in runs for one in run if one.workload == case]
        values = [(one.value, one.low, one.high) for one in same]
        covered, width = coverage(values)
        total, held = total + len(values), held + covered
        logs = sorted(value for value, _, _ in values)
        spread = (logs[int(0.9 * (len(logs) - 1))] - logs[int(0.1 * (len(logs) - 1))]) / statistics.median(
            logs
        )
        print(_row(case.name, len(values), covered, f"{width:.0%}", f"{spread:.0%}"))
    print(_row("all", total, held, "", ""))
    print(json.dumps({"intervals": total, "covered": held, "share": held / total}))


def _row(name: str, count: int, covered: int, width: str, spread: str) -> str:
    sure = stats.binomtest(covered, count).proportion_ci(method="exact")
    share = f"{covered / count:.0%}"
    return f"| {name} | {count} | {share} | {sure.low:.0%} – {sure.high:.0%} | {width} | {spread} |"


if __name__ == "__main__":
    main()
