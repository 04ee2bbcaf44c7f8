"""`python -m tests.peers benchmark`: our benchmarker beside a bare hand loop and optimum-benchmark.

1. Paired with a hand loop in one process, in turns: the ratio of both, by CPU time (what others do to the
   machine is not in it) and by wall time, each the median of the rounds with a 95 % interval. Bar: within 2
   %.
2. The harness itself: a step that does nothing, and the evidence around a block. Bar: under 1 % of a step.
3. optimum-benchmark in an environment of its own: what it reports, what its own times give, and how long it
   takes; beside it our time to an interval of ±5 % on the same forward pass: over processes, and over the
   blocks of one, which is all that the peer's mean knows.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from scipy import stats

from tests.peers.environments import ROOT, MissingError, environment
from toolkit.benchmark.events import read_events
from toolkit.benchmark.foreign import Citation
from toolkit.benchmark.foreign.optimum import read_optimum
from toolkit.benchmark.intervals import process_half_width

ROUNDS = 24
WITHIN, OVERHEAD = 0.02, 0.01
CLOSE = 0.05  # half-width of an interval, relative
CITED = Citation("measured here by python -m tests.peers benchmark")


def show(as_json: bool) -> int:
    """Measure, print, and return 1 when a bar is missed that this machine could judge."""
    bare = _worker([sys.executable, "-m", "tests.peers.worker_bare", str(ROUNDS)])
    pairs = {name: {clock: _ratio(bare[name]["rounds"], place) for place, clock in enumerate(("wall", "CPU"))}
             for name in ("forward", "train")}  # fmt: skip
    overhead = _overhead(bare)
    with tempfile.TemporaryDirectory(prefix="groundplan-peers-") as folder:
        theirs = _optimum(Path(folder))
        ours = _ours(Path(folder))
    console = Console(width=120)
    _show_pairs(console, pairs, overhead)
    _show_peer(console, theirs, ours)
    if as_json:
        print(json.dumps({"paired": pairs, "overhead": overhead, "optimum": theirs, "ours": ours}))
    good = all(abs(clocks["CPU"]["ratio"] - 1) <= WITHIN for clocks in pairs.values())
    return 0 if good and max(overhead.values()) < OVERHEAD else 1


def _ratio(rounds: Sequence[dict[str, list[float]]], place: int) -> dict[str, float]:
    """Throughput of ours over that of the hand loop: median of the rounds, interval of their mean."""
    logs = [math.log(row["bare"][place] / row["ours"][place]) for row in rounds]
    middle, error = statistics.median(logs), statistics.stdev(logs) / math.sqrt(len(logs))
    width = float(stats.t.ppf(0.975, len(logs) - 1)) * error * math.sqrt(math.pi / 2)  # of a median
    return {"ratio": math.exp(middle), "low": math.exp(middle - width), "high": math.exp(middle + width)}


def _overhead(bare: dict[str, Any]) -> dict[str, float]:
    """The harness's own time as a share of the step, its part of the evidence of a block included."""
    found = {}
    for name in ("forward", "train"):
        step = statistics.median(row["bare"][1] for row in bare[name]["rounds"])
        spent = bare["harness"]["step"] + bare["harness"]["block"] / bare[name]["steps"]
        found[name] = spent / step
    return found


def _worker(command: Sequence[str], folder: Path = ROOT) -> dict[str, Any]:
    """The JSON that a process prints last; it runs in `folder`, where some leave files."""
    print(f"· {' '.join(Path(word).name for word in command[1:])}", file=sys.stderr, flush=True)
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MissingError((done.stderr.strip() or "it failed").splitlines()[-1])
    document: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return document


def _optimum(folder: Path) -> dict[str, Any]:
    """What optimum-benchmark reports, what its times give, and how long it took, by mode."""
    try:
        python = environment("optimum-benchmark")
        script = str(ROOT / "tests" / "peers" / "worker_optimum.py")
        _worker([python, script, "model", str(folder / "bert")], folder)
        found: dict[str, Any] = {}
        for mode in ("forward", "train"):
            answer = _worker([python, script, mode, str(folder / "bert")], folder)
            measured, _ = read_optimum(answer["document"], CITED)
            (one,) = (each for each in measured if each.workload.mode == mode)
            reported = one.evidence["detail"]["reported"]["value"]
            times = one.block_seconds[0]
            found[mode] = {
                "reported": reported, "true": one.value, "factor": reported / one.value,
                "seconds": answer["seconds"], "half_width_of_its_mean": _of_mean(times),
            }  # fmt: skip
        return found
    except MissingError as error:
        return {"missing": str(error)}


def _ours(folder: Path) -> dict[str, Any]:
    """Our rate on the same forward pass: the whole of it, over processes; and, like the peer's mean, what the
    blocks of the first process said and when."""
    command = [sys.executable, "-m", "toolkit.cli.main", "bench", "run", "--model", "bert-base"]
    command += ["--mode", "forward", "--batch", "1", "--tokens", "32", "--device", "cpu", "--budget", "90s"]
    begun = time.perf_counter()
    found = _worker([*command, "--workspace", str(folder / "peers.duckdb"), "--json"])
    one = found["measurements"][0]
    half = (one["high"] - one["low"]) / 2 / one["value"]
    (journal,) = (folder / "peers.bench").glob("*.jsonl")
    return {
        "samples_per_second": one["value"] / 32, "half_width": half,
        "seen": one["evidence"]["half_width_seen"], "stop_reason": one["stop_reason"],
        "seconds": time.perf_counter() - begun, "processes": len(one["block_seconds"]), "flags": one["flags"],
        "first_process": _first_process(read_events(journal)[0]),
    }  # fmt: skip


def _first_process(events: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the first process knew alone: the peer's formula over all of its steps, and ours over its blocks.
    `reached_s` is when the first was ±5 %, in seconds from the start of the process; None: never."""
    case = "bert-base.forward.fp32.b1.t32"
    blocks = [event for event in events if event["event"] == "block" and event["case"] == case]
    own = [event for event in blocks if event["process"] == blocks[0]["process"]]
    steps: list[float] = []
    reached = None
    for event in own:
        steps += event["steps"]
        if reached is None and _of_mean(steps) <= CLOSE:
            reached = event["at"]
    by_blocks = process_half_width([statistics.median(event["steps"]) for event in own])
    return {"reached_s": reached, "of_mean": _of_mean(steps), "of_blocks": by_blocks}


def _of_mean(times: Sequence[float]) -> float:
    """Relative half-width of a mean, each time taken as independent of the others (which they are not)."""
    half = float(stats.t.ppf(0.975, len(times) - 1)) * statistics.stdev(times) / math.sqrt(len(times))
    return half / statistics.mean(times)


def _show_pairs(console: Console, pairs: dict[str, Any], overhead: dict[str, float]) -> None:
    table = Table(box=None, pad_edge=False, title="Our throughput ÷ hand loop, BERT-base, 1 × 32 tokens")
    for name in ("step", "by CPU time", "by wall time", "harness"):
        table.add_column(name, justify="left" if name == "step" else "right")
    for name, clocks in pairs.items():
        cells = ["{ratio:.4f} [{low:.4f}, {high:.4f}]".format(**clocks[clock]) for clock in ("CPU", "wall")]
        table.add_row(name, *cells, f"{overhead[name]:.3%}")
    console.print(table)


def _show_peer(console: Console, theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    if "missing" in theirs:
        console.print(f"optimum-benchmark: {theirs['missing']}")
    else:
        table = Table(box=None, pad_edge=False, title="optimum-benchmark 0.6.0, samples/s")
        for name in ("mode", "reported", "true", "reported ÷ true", "± of its mean", "seconds"):
            table.add_column(name, justify="left" if name == "mode" else "right")
        for mode, row in theirs.items():
            cells = (f"{row['reported']:.3f}", f"{row['true']:.3f}", f"{row['factor']:.2f}")
            table.add_row(mode, *cells, f"{row['half_width_of_its_mean']:.1%}", f"{row['seconds']:.0f}")
        console.print(table)
    words = (
        "ours, forward: {samples_per_second:.3f} samples/s ± {seen:.1%} over blocks and {processes} "
        "processes (± {half_width:.1%} with what a virtual machine cannot see), stopped for {stop_reason} "
        "after {seconds:.0f} s; {flags}"
    )
    console.print(words.format(**ours), soft_wrap=True)
    first = ours["first_process"]
    when = "never" if first["reached_s"] is None else f"after {first['reached_s']:.0f} s"
    console.print(
        f"its first process alone: by the peer's formula ±5 % {when}, ± {first['of_mean']:.1%} at its end; "
        f"by its blocks ± {first['of_blocks']:.1%}",
        soft_wrap=True,
    )
