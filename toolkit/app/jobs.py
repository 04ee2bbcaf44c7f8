"""Jobs: what takes longer than a click, done in a process of its own, with progress and a way to stop it.

    room = Workroom()
    job = room.start(Order("tornado", str(workspace.path), "en", (("run", "r-…"), ("metric", None))))
    job.state, job.step, job.share, job.result, job.problems

A workroom has one standing process (`toolkit.app.job_worker`), begun with its first job, that does one job
after the other; a page stays quick meanwhile, and a job that dies takes nothing with it. The process keeps
what it opened, so that the next question about the same run costs its own arithmetic only. Records travel as
they are, problems too. To cancel a job that runs ends the process; the next job begins a new one.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal

from toolkit.errors import Problem
from toolkit.reference.paths import CHECKOUT
from toolkit.text import Language

State = Literal["waiting", "running", "done", "failed", "cancelled"]
_LENGTH = struct.Struct("!Q")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done: a name of `toolkit.app.job_kinds.KINDS`, on which workspace, with which arguments.

    Equal orders about things that never change (a run) have equal answers.
    """

    kind: str
    workspace: str
    language: Language
    arguments: tuple[tuple[str, Any], ...] = ()
    author: str | None = None


@dataclass(eq=False)
class Job:
    """An order on its way, or what came of it. `share` is of the whole, 0 to 1."""

    order: Order
    state: State = "waiting"
    step: str = ""
    share: float = 0.0
    result: Any = None
    problems: tuple[Problem, ...] = ()
    _ended: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def is_open(self) -> bool:
        """Whether something is still to come."""
        return self.state in ("waiting", "running")

    def wait(self, seconds: float) -> bool:
        """Wait for the end, at most so long; returns whether it came."""
        return self._ended.wait(seconds)

    def end(self, state: State) -> None:
        """It is over."""
        self.state = state
        self._ended.set()


class Workroom:
    """One standing process and the jobs that wait for it. All methods may be called from any thread."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None

    def start(self, order: Order) -> Job:
        """Put an order in line."""
        job = Job(order)
        self._queue.put(job)
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="workroom", daemon=True)
                self._thread.start()
        return job

    def cancel(self, job: Job) -> None:
        """Stop a job. What it had not yet stored is not stored."""
        with self._lock:
            was_running = job.state == "running"
            if job.is_open:
                job.end("cancelled")
            if was_running:
                self._end_process()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end_process()

    def _serve(self) -> None:
        while True:
            job, process = self._queue.get(), None
            try:
                with self._lock:
                    if not job.is_open:
                        continue
                    job.state = "running"
                    process = self._standing_process()
                send(process.stdin, job.order)
                self._follow(job, process)
            except Exception:  # whatever became of one job, those after it are still served
                self._ended_without_a_word(job, process)

    def _follow(self, job: Job, process: subprocess.Popen[bytes]) -> None:
        while job.is_open:
            word, content = receive(process.stdout)
            with self._lock:
                if job.is_open:  # else it was cancelled while this was on its way
                    _take(job, word, content)

    def _ended_without_a_word(self, job: Job, process: subprocess.Popen[bytes] | None) -> None:
        with self._lock:
            if self._process is process:
                self._end_process()
            if job.is_open:
                job.problems = (Problem("jobs.ended"),)
                job.end("failed")

    def _standing_process(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            paths = [str(CHECKOUT), os.environ.get("PYTHONPATH", "")]
            environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "toolkit.app.job_worker"],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self._process

    def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(OSError):  # with whatever it started, such as the workers of a benchmark
            os.killpg(process.pid, signal.SIGTERM)
        with suppress(OSError):
            if process.stdin:
                process.stdin.close()
        threading.Thread(target=_reap, args=(process,), daemon=True).start()


def _take(job: Job, word: str, content: Any) -> None:
    if word == "progress":
        job.step, job.share = content
    elif word == "done":
        job.result, job.share = content, 1.0
        job.end("done")
    else:
        job.problems = tuple(content)
        job.end("failed")


def _reap(process: subprocess.Popen[bytes], patience_s: float = 5.0) -> None:
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdout:
        process.stdout.close()


def send(pipe: BinaryIO | Any, content: Any) -> None:
    """Write one object to a pipe. Raises OSError when nobody reads it any more."""
    data = pickle.dumps(content)
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def receive(pipe: BinaryIO | Any) -> Any:
    """Read one object from a pipe of our own process. Raises EOFError when it has ended."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)
