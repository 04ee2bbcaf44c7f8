"""Speed: `python -m tests.peers projection` beside peers, `benchmark` beside a hand loop and a peer,
`analyses`, `estimate` and `dashboard` by themselves.

The work of `projection` is `tests/peers/speed_model.json`: 40 lines, 60 months, 16 uncertain inputs, cash by
month for every draw. Prints one table; exits with 1 where an engine's answers differ.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys

from rich.console import Console
from rich.table import Table

from tests.peers import analyses, estimate
from tests.peers.bandwidth import triad
from tests.peers.comparison import ROOT, TOLERANCE, Peer, compare
from tests.peers.formulas import load


def main() -> int:
    """Measure, print, and say whether all answers agree."""
    parser = argparse.ArgumentParser(prog="python -m tests.peers", description=__doc__)
    parser.add_argument("work", choices=["projection", "analyses", "estimate", "benchmark", "dashboard"])
    parser.add_argument("--seconds", type=float, default=20.0, help="time of each engine")
    parser.add_argument("--json", action="store_true", help="one JSON document on the last line")
    parser.add_argument("--large", action="store_true", help="dashboard: a million measurements first")
    options = parser.parse_args()
    if options.work == "analyses":
        analyses.show()
        return 0
    if options.work == "dashboard":
        from tests.peers import dashboard

        return dashboard.show(options.large, options.seconds)
    if options.work == "benchmark":
        from tests.peers import benchmark

        return benchmark.show(options.json)
    if options.work == "estimate":
        return estimate.show(options.json)
    work = load()
    moved = 8 * (len(work.inputs) + work.months)  # bytes a draw: its inputs in, cash by month out
    bound = {threads: triad(threads) / moved for threads in (1, 2)}
    found = compare(options.seconds)
    print("· a million draws", file=sys.stderr, flush=True)
    million = _million()
    console = Console(width=120)
    _show(console, found, bound, moved)
    console.print(
        "{draws:,} draws, percentiles of {lines} lines by month: {seconds:.2f} s with sampling, at most "
        "{peak_mb:,.0f} MB, {processes} processes; every percentile within its bound: {within_bound}".format(
            **million
        ),
        soft_wrap=True,
    )
    equal = all(peer.worst <= TOLERANCE for peer in found if peer.checked) and bool(million["within_bound"])
    if options.json:
        print(json.dumps({"peers": [_document(peer) for peer in found], "bound": bound, "million": million}))
    return 0 if equal else 1


def _million() -> dict[str, object]:
    """In a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "tests.peers.million"]
    paths = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **paths}, capture_output=True, text=True, check=True
    )
    document: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return document


def _show(console: Console, found: list[Peer], bound: dict[int, float], moved: int) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("engine")
    for name in ("version", "draws checked", "draws/s", "lowest – highest", "ours ÷ it", "difference", "MB"):
        table.add_column(name, justify="right")
    ours = found[0].rate
    for peer in found:
        if not peer.rates:
            table.add_row(peer.name, "—", "—", "—", peer.missing or "—", "—", "—", "—")
            continue
        spread = f"{min(peer.rates):,.0f} – {max(peer.rates):,.0f}"
        cells = (f"{peer.checked:,}", f"{peer.rate:,.0f}", spread, f"{ours / peer.rate:,.3g}")
        table.add_row(peer.name, peer.version, *cells, f"{peer.worst:.1e}", f"{peer.peak_mb:,.0f}")
    console.print(table)
    for threads, rate in bound.items():
        share = found[min(threads, 2) - 1].rate / rate
        gigabytes = rate * moved / 1e9
        console.print(
            f"memory bandwidth, {threads} thread(s): {gigabytes:.1f} GB/s; {moved} bytes a draw: "
            f"at most {rate:,.0f} draws/s; ours reaches {share:.1%}",
            soft_wrap=True,
        )


def _document(peer: Peer) -> dict[str, object]:
    return {
        "name": peer.name, "version": peer.version, "missing": peer.missing, "draws_per_second": peer.rate,
        "rates": peer.rates, "checked": peer.checked, "worst": peer.worst, "peak_mb": peer.peak_mb,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
