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
    """An engine in a process of its own, with so many threads, and what came of its rounds."""

    name: str
    command: Sequence[str]
    threads: int = 1
    version: str = ""
    missing: str = ""
    rates: list[float] = field(default_factory=list)
    checked: int = 0
    worst: float = 0.0
    peak_mb: float = 0.0
    _process: subprocess.Popen[str] | None = None

    @property
    def rate(self) -> float:
        """Draws a second."""
        return median(self.rates) if self.rates else 0.0

    def start(self) -> None:
        """Start it and take its greeting."""
        paths = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": str(self.threads), "PYTHONWARNINGS": "ignore"}
        self._process = subprocess.Popen(
            self.command, cwd=ROOT, env={**os.environ, **paths}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        greeting = self._answer(self._process)
        if not self.missing:
            self.version = greeting["version"]

    def stop(self) -> None:
        """End it."""
        if self._process is None:
            return
        _stream(self._process.stdin).close()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def round(self, inputs: Path, exact: np.ndarray, folder: Path, seconds: float) -> None:
        """One turn on the draws that come next."""
        if self._process is None:
            return
        first = self.checked % POOL
        order = {
            "inputs": str(inputs), "outputs": str(folder / "out"), "first": first, "draws": POOL - first,
            "seconds": seconds,
        }  # fmt: skip
        stream = _stream(self._process.stdin)
        stream.write(json.dumps(order) + "\n")
        stream.flush()
        answer = self._answer(self._process)
        if self.missing:
            return
        self._check(order, answer["draws"], exact)
        self.checked += answer["draws"]
        self.rates.append(answer["draws"] / answer["seconds"])
        self.peak_mb = max(self.peak_mb, answer["peak_mb"])

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
    found = [
        Peer("ours", ours),
        Peer("ours, 2 threads", ours, threads=2),
        Peer("ours, by NumPy", [*ours, "numpy"]),
    ]
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
