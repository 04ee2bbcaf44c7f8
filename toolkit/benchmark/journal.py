"""The record of a run while it runs: every event is on disk before the next one is waited for.

A run that was broken off, by whatever, is completed from its journal: what is finished is not measured again.
The first line says which run it is, so that a journal is never completed with another suite's cases.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from toolkit.benchmark.events import Event, read_events
from toolkit.errors import InputError, Problem


class Journal:
    """An append-only file of events, or none: without a path nothing is written."""

    def __init__(self, path: str | Path | None, run: Mapping[str, Any]) -> None:
        """Open a journal for `run`, and read what an earlier attempt at the same run left in it.

        Raises InputError when the file is the journal of another run, OSError when it cannot be written.
        """
        self.events: list[Event] = []
        self.problems: list[Problem] = []
        self._file: int | None = None
        if path is None:
            return
        first = {"event": "run", **json.loads(json.dumps(run))}
        known = Path(path).exists() and Path(path).stat().st_size > 0
        if known:
            self.events, self.problems = read_events(path)
            if not self.events or self.events[0] != first:
                raise InputError([Problem("bench.other_journal", file=str(path))])
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        _lock(self._file, path)
        if not known:
            self._write(first)
        elif not _ends_with_newline(path):
            os.write(self._file, b"\n")  # the last line was cut short

    def add(self, event: Event) -> None:
        """Keep an event, on disk first."""
        self._write(event)
        self.events.append(event)

    def _write(self, event: Event) -> None:
        if self._file is not None:
            os.write(self._file, (json.dumps(event, separators=(",", ":")) + "\n").encode())

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            os.close(self._file)


def _lock(file: int, path: str | Path) -> None:
    """One run at a time writes a journal; the lock ends with the process, however it ends."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        raise InputError([Problem("bench.journal_in_use", file=str(path))]) from None


def _ends_with_newline(path: str | Path) -> bool:
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
