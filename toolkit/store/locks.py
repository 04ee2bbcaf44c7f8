"""Whose turn it is: one writer or many readers, inside one process and between processes.

DuckDB locks the file that it opens, with three gaps that this module closes.

- Between processes it refuses at once and never queues. Writers therefore queue at a lock file of our own
  (`flock` on `<workspace>.gp-lock`, held around connect … close). It is a turnstile: a reader only walks
  through it before it opens, so that a waiting writer is not starved by ever new readers.
- Inside one process a read-write open fails while a read-only handle lives. `ProcessGate` serialises them.
- DuckDB's own lock is a POSIX record lock, which the kernel drops as soon as *any* descriptor of the file is
  closed in the process. So no code here opens the workspace file except through DuckDB.

The lock file stays on disk: to remove it would let two writers hold two different files of one name.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

FIRST_PAUSE_S = 0.002
LONGEST_PAUSE_S = 0.05


class ProcessGate:
    """Many reading threads or one writing thread of this process; a waiting writer goes before new readers.

    A thread that already reads may read again without waiting (else it could wait for a writer that waits
    for it). To write while reading, or to read beside one's own write, is a fault of the code: RuntimeError.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._readers: dict[int, int] = {}  # thread → depth
        self._writer: int | None = None
        self._writers_waiting = 0

    @contextmanager
    def reading(self, deadline: float) -> Iterator[None]:
        """Hold a place among the readers. Raises TimeoutError at `deadline` (monotonic seconds)."""
        me = threading.get_ident()
        with self._changed:
            if self._writer == me:
                raise RuntimeError("this thread writes: read through its own connection")
            if me not in self._readers:
                self._wait(lambda: self._writer is None and not self._writers_waiting, deadline)
            self._readers[me] = self._readers.get(me, 0) + 1
        try:
            yield
        finally:
            with self._changed:
                self._readers[me] -= 1
                if not self._readers[me]:
                    del self._readers[me]
                self._changed.notify_all()

    @contextmanager
    def writing(self, deadline: float) -> Iterator[None]:
        """Be the only thread that holds the workspace. Raises TimeoutError at `deadline` (monotonic)."""
        me = threading.get_ident()
        with self._changed:
            if self._writer == me or me in self._readers:
                raise RuntimeError("this thread already holds the workspace: finish that first")
            self._writers_waiting += 1
            try:
                self._wait(lambda: self._writer is None and not self._readers, deadline)
                self._writer = me
            finally:
                self._writers_waiting -= 1
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._writer = None
                self._changed.notify_all()

    def _wait(self, free: Callable[[], bool], deadline: float) -> None:
        if not self._changed.wait_for(free, max(0.0, deadline - time.monotonic())):
            raise TimeoutError


_gates: dict[Path, ProcessGate] = {}
_gates_guard = threading.Lock()


def process_gate(path: Path) -> ProcessGate:
    """The one gate of this process for the workspace at `path` (absolute, links resolved)."""
    with _gates_guard:
        return _gates.setdefault(path, ProcessGate())


@contextmanager
def writers_turn(lock_file: Path, deadline: float) -> Iterator[None]:
    """Hold the lock file alone. Raises TimeoutError at `deadline`, OSError when it cannot be made."""
    descriptor = os.open(lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        _flock(descriptor, fcntl.LOCK_EX, deadline)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)  # only so that others can name who holds it
        yield
    finally:
        os.close(descriptor)  # which also releases the lock


def pass_turnstile(lock_file: Path, deadline: float) -> None:
    """Wait until no writer of ours holds the lock file. Raises TimeoutError at `deadline`."""
    try:
        descriptor = os.open(lock_file, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return  # never written by us, or not ours to read: DuckDB's own lock still decides
    try:
        _flock(descriptor, fcntl.LOCK_SH, deadline)
    finally:
        os.close(descriptor)


def lock_holder(lock_file: Path) -> int | None:
    """The process that took the lock file last, None when nobody did."""
    try:
        return int(lock_file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def pauses() -> Iterator[float]:
    """Seconds between one try and the next: short at first, then ever the same."""
    pause = FIRST_PAUSE_S
    while True:
        yield pause
        pause = min(pause * 1.6, LONGEST_PAUSE_S)


def _flock(descriptor: int, kind: int, deadline: float) -> None:
    # Tried again and again, for flock() itself knows no time limit.
    for pause in pauses():
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise TimeoutError from None
        time.sleep(pause)
