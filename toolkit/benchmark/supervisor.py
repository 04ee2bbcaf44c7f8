"""Watching one worker process: read its events as they come, end it when it hangs or overruns.

The parent sleeps in the kernel until a line or a deadline arrives: a parent that polls would take part of
a core from what is being measured. The worker leads its own process group, so that nothing survives it.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from toolkit.benchmark.events import Event
from toolkit.benchmark.spec import Spec
from toolkit.benchmark.threads import usable_cpus

WORKER = (sys.executable, "-P", "-m", "toolkit.benchmark.worker")  # -P: no module of the current folder
_ERROR_TAIL = 2000


def torchrun(processes: int) -> tuple[str, ...]:
    """The command of a worker that is several processes on this machine, one device each."""
    threads = os.environ.get("OMP_NUM_THREADS", str(max(1, usable_cpus() // processes)))
    python = ("env", f"OMP_NUM_THREADS={threads}", sys.executable, "-P")
    launcher = ("-m", "torch.distributed.run", "--standalone", "--max-restarts=0")
    return (*python, *launcher, f"--nproc-per-node={processes}", "-m", "toolkit.benchmark.worker")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a worker ended. `how`: `finished`, `refused`, `hung` (silent too long), `overran` or `died`.

    `case` and `phase` are what was under way when it hung, overran or died. `errors` is the end of what it
    wrote to standard error.
    """

    how: str
    seconds: float
    case: str | None = None
    phase: str | None = None
    code: int | None = None
    errors: str = ""


def watch(
    spec: Spec,
    on_event: Callable[[Event], None],
    *,
    silence_s: float,
    limit_s: float,
    command: Sequence[str] = WORKER,
) -> Ending:
    """Run one worker and hand on its events. `silence_s` is the longest pause between two of them."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="groundplan-bench-") as folder:
        spec_file, error_file = Path(folder, "spec.json"), Path(folder, "errors.txt")
        spec_file.write_text(spec.to_json(), encoding="utf-8")
        with error_file.open("wb") as errors:
            worker = subprocess.Popen(
                [*command, str(spec_file)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment(),
                start_new_session=True,
            )
        state = _Lines(on_event)
        try:
            reason = state.read_until_closed(worker.stdout, silence_s, begun + limit_s)
        finally:
            _end_group(worker)
        tail = error_file.read_bytes()[-_ERROR_TAIL:].decode("utf-8", "replace").strip()
    how = reason or state.verdict
    case, phase = (None, None) if how in ("finished", "refused") else state.under_way
    return Ending(how, time.monotonic() - begun, case, phase, worker.returncode, tail)


class _Lines:
    """Splits a pipe into events and remembers what is under way."""

    def __init__(self, on_event: Callable[[Event], None]) -> None:
        self._on_event = on_event
        self._rest = b""
        self._last = ""
        self.under_way: tuple[str | None, str | None] = (None, "start")

    def read_until_closed(self, pipe: IO[bytes] | None, silence_s: float, deadline: float) -> str | None:
        """None when the worker closed its end, else `hung` or `overran`."""
        if pipe is None:
            raise ValueError("the worker's standard output must be a pipe")
        descriptor = pipe.fileno()
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            while True:
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    return "overran"
                if not selector.select(min(silence_s, remaining)):
                    if remaining > silence_s:
                        return "hung"
                    continue
                data = os.read(descriptor, 1 << 16)
                if not data:
                    return None
                self._take(data)

    @property
    def verdict(self) -> str:
        """How a worker that closed its end by itself ended."""
        if self._last in ("end", "refused"):
            return "finished" if self._last == "end" else "refused"
        return "died"

    def _take(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            try:
                event = json.loads(line)
                self._last = str(event["event"])
            except (ValueError, KeyError, TypeError):
                continue  # not an event: something printed past the redirection
            if self._last == "begin":
                self.under_way = (event.get("case"), event.get("phase"))
            elif self._last in ("ready", "block", "failed", "done", "trial"):
                self.under_way = (None, "between cases")
            self._on_event(event)


def _end_group(worker: subprocess.Popen[bytes]) -> None:
    """End whatever is left of the worker's process group, and wait for the worker itself."""
    if worker.poll() is None:
        try:
            worker.wait(timeout=0.5)  # it has closed its end and is on its way out
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
    if worker.stdout is not None:
        worker.stdout.close()


def environment() -> dict[str, str]:
    """The parent's environment; from a checkout with its root first, so that this very package is found."""
    root = Path(__file__).resolve().parents[2]
    first = [] if root.name in ("site-packages", "dist-packages") else [str(root)]
    paths = [*first, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONUNBUFFERED": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
