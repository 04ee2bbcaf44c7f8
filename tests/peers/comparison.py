"""The comparison: the same draws through every engine, in turns, and every answer compared.

Each engine gets `seconds` of its own time, spread over rounds that interleave all engines, so that a machine
that slows down slows all of them. Slow ones go on in the next round where they stopped; quick ones do the
whole pool of draws again. The rate of an engine is the median of its rounds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import IO, Any

import numpy as np

from tests.peers import environments, workbook
from tests.peers.formulas import OUTPUT, load
from tests.peers.speed_model import model, sample
from toolkit.projection.engine import Engine

POOL = 2**18  # draws
ROUNDS = 4
TOLERANCE = 1e-9
ROOT = environments.ROOT


@dataclass
class Peer:
    """An engine, as one process or several at once, and what came of its rounds."""

    name: str
    command: Sequence[str]
    processes: int = 1
    version: str = ""
    missing: str = ""
    rates: list[float] = field(default_factory=list)
    checked: int = 0
    worst: float = 0.0
    peak_mb: float = 0.0
    _running: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Draws a second."""
        return median(self.rates) if self.rates else 0.0

    def start(self) -> None:
        """Start its processes and take their greeting."""
        paths = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
        for _ in range(self.processes):
            process = subprocess.Popen(
                self.command, cwd=ROOT, env={**os.environ, **paths}, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            self._running.append(process)
            greeting = self._answer(process)
            if self.missing:
                return
            self.version = greeting["version"]

    def stop(self) -> None:
        """End its processes."""
        for process in self._running:
            _stream(process.stdin).close()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()

    def round(self, inputs: Path, exact: np.ndarray, folder: Path, seconds: float) -> None:
        """One turn: its processes share the draws that come next, all at once."""
        first = self.checked % POOL
        share = (POOL - first) // self.processes
        orders = [
            {"inputs": str(inputs), "outputs": str(folder / f"out{place}"), "first": first + place * share,
             "draws": share, "seconds": seconds}
            for place in range(self.processes)
        ]  # fmt: skip
        for process, order in zip(self._running, orders, strict=True):
            stream = _stream(process.stdin)
            stream.write(json.dumps(order) + "\n")
            stream.flush()
        answers = [self._answer(process) for process in self._running]
        if self.missing:
            return
        for order, answer in zip(orders, answers, strict=True):
            self._check(order, answer["draws"], exact)
        self.checked += sum(answer["draws"] for answer in answers)
        self.rates.append(sum(answer["draws"] / answer["seconds"] for answer in answers))
        self.peak_mb = max(self.peak_mb, sum(answer["peak_mb"] for answer in answers))

    def _check(self, order: dict[str, Any], count: int, exact: np.ndarray) -> None:
        found = np.fromfile(order["outputs"]).reshape(count, exact.shape[1])
        truth = exact[order["first"] : order["first"] + count]
        scale = np.maximum(np.abs(truth), 1.0)  # one unit of money where cash is nearly nothing
        self.worst = max(self.worst, float(np.max(np.abs(found - truth) / scale)))

    def _answer(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        text = _stream(process.stdout).readline()
        if not text:
            self.missing = f"ended with code {process.wait()}"
            return {}
        answer: dict[str, Any] = json.loads(text)
        return answer


def _stream(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise RuntimeError("the process has no pipe")
    return stream


def peers(folder: Path) -> list[Peer]:
    """Every engine; one whose environment cannot be made says why."""
    ours = [sys.executable, "-m", "tests.peers.worker_ours"]
    found = [Peer("ours", ours), Peer("ours, 2 processes", ours, processes=2)]
    for name in ("modelx", "cashflower"):
        found.append(_installed(name, [f"tests.peers.worker_{name}"]))
    book = folder / "speed.xlsx"
    workbook.write(book)
    found.append(_installed("LibreOffice", ["tests.peers.worker_libreoffice", str(book)]))
    found.append(Peer("plain pandas", [sys.executable, "-m", "tests.peers.worker_pandas"]))
    return found


def _installed(name: str, arguments: Sequence[str]) -> Peer:
    label = {"modelx": "modelx, vectorised"}.get(name, name)
    try:
        python = environments.libreoffice() if name == "LibreOffice" else environments.environment(name)
    except environments.MissingError as error:
        return Peer(label, (), missing=str(error))
    return Peer(label, [python, "-m", *arguments])


def compare(seconds: float) -> list[Peer]:
    """Run every engine for `seconds`, in turns."""
    work = load()
    with tempfile.TemporaryDirectory(prefix="groundplan-peers-") as name:
        folder = Path(name)
        columns = sample(1, 0, POOL)
        inputs = folder / "inputs"
        np.array([columns[name] for name in work.inputs]).T.tofile(inputs)
        engine = Engine(model(), work.inputs, (OUTPUT,))
        exact = np.ascontiguousarray(engine.run(columns, POOL)[OUTPUT][1:].T)
        found = peers(folder)
        try:
            for peer in found:
                if not peer.missing:
                    print(f"· starting {peer.name}", file=sys.stderr, flush=True)
                    peer.start()
            for number in range(ROUNDS):
                for peer in found:
                    if not peer.missing:
                        print(f"· round {number + 1} of {ROUNDS}: {peer.name}", file=sys.stderr, flush=True)
                        peer.round(inputs, exact, folder, seconds / ROUNDS)
        finally:
            for peer in found:
                peer.stop()
    return found
