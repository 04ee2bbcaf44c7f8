"""A peer as a process: it takes draws from a file, computes cash, and says how long that took.

One JSON object a line. First the peer says `{"name", "version"}`. Then, for each
`{"inputs", "outputs", "first", "draws", "seconds"}`, it computes draws from `first` on until `draws` are done
or `seconds` are used, writes cash by month to the file `outputs`, and answers `{"draws", "seconds",
"peak_mb"}`. Both files are raw doubles, draw after draw. Only `run` is timed: turning bytes into what an
engine takes is not its work.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.peers.formulas import Work, load

BYTES = 8


def serve(
    name: str,
    version: str,
    chunk: int,
    prepare: Callable[[bytes, int], Any],
    run: Callable[[Any], Any],
    finish: Callable[[Any], bytes],
    peak_mb: Callable[[], float] | None = None,
) -> None:
    """Answer commands until standard input ends. `chunk`: draws that the engine likes to take at a time."""
    work, answers = load(), os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints goes to standard error
    _say(answers, {"name": name, "version": version})
    for text in sys.stdin:
        order = json.loads(text)
        done, busy = 0, 0.0
        with open(order["inputs"], "rb") as inputs, open(order["outputs"], "wb") as outputs:
            inputs.seek(order["first"] * len(work.inputs) * BYTES)
            while done < order["draws"] and busy < order["seconds"]:
                count = min(chunk, order["draws"] - done)
                given = prepare(inputs.read(count * len(work.inputs) * BYTES), count)
                start = time.perf_counter()
                found = run(given)
                busy += time.perf_counter() - start
                outputs.write(finish(found))
                done += count
        peak = peak_mb() if peak_mb else own_peak_mb()
        _say(answers, {"draws": done, "seconds": busy, "peak_mb": peak})


def own_peak_mb() -> float:
    """The most memory that this process has held (`ru_maxrss` would count what its parent held before)."""
    try:
        with open("/proc/self/status") as status:
            peak = next(line for line in status if line.startswith("VmHWM:"))
        return int(peak.split()[1]) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def columns(work: Work) -> Callable[[bytes, int], dict[str, Any]]:
    """For engines that take one NumPy array an input."""
    import numpy as np

    def prepare(data: bytes, count: int) -> dict[str, Any]:
        table = np.frombuffer(data).reshape(count, len(work.inputs))
        return {name: np.ascontiguousarray(table[:, place]) for place, name in enumerate(work.inputs)}

    return prepare


def rows(found: Any) -> bytes:
    """For engines that answer with an array (months, draws)."""
    data: bytes = found.T.tobytes()
    return data


def _say(answers: Any, document: dict[str, Any]) -> None:
    answers.write(json.dumps(document) + "\n")
    answers.flush()
