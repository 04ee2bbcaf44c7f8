"""The workspace: one DuckDB file that several programs share, opened for as long as one question takes.

    workspace = Workspace(Path("groundplan.duckdb"))
    with workspace.read() as connection: ...     # read-only; many at a time
    with workspace.write() as connection: ...    # alone, in one transaction; made on first use

Nothing keeps the file open, so a dashboard, a build and a notebook can use it side by side: readers wait
while a writer holds it, writers queue (`toolkit.store.locks`). A workspace that cannot be used (held by
someone else, not a database, another program's, written by a newer version, damaged, out of reach) raises
`StoreError` with one problem and is left as it was, byte for byte: a writer looks read-only first.

A new workspace is built beside its place and then renamed, so a killed process never leaves half a file.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import duckdb

from toolkit.store.locks import (
    ProcessGate,
    lock_holder,
    pass_turnstile,
    pauses,
    process_gate,
    writers_turn,
)
from toolkit.store.migrations import MIGRATIONS, Standing, applied_names, migrate, standing
from toolkit.store.refusal import is_about_disk, is_conflict, locked, refusal, refused

ATTACHED = "workspace"  # the name under which `attached` attaches the file
Opened = TypeVar("Opened")


@dataclass(frozen=True, slots=True)
class Workspace:
    """The file at `path`; `wait_s` is how long one call waits for others to let go of it, in seconds."""

    path: Path
    wait_s: float = 10.0

    def __post_init__(self) -> None:
        # Links resolved: two names of one file share one gate and one lock file.
        object.__setattr__(self, "path", Path(self.path).expanduser().resolve())

    @property
    def exists(self) -> bool:
        """Whether the file is there (the first write makes it). Raises StoreError when nobody can tell."""
        try:
            return self.path.exists()
        except OSError as error:
            raise refusal(self.path, error) from None

    @contextmanager
    def read(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A read-only connection; an older schema is brought up to date first. Raises StoreError."""
        with ExitStack() as stack:
            connection = self._enter_reading(stack)
            if self._standing(connection) == "older":
                stack.close()
                with self.write():
                    pass
                connection = self._enter_reading(stack)
            yield connection

    @contextmanager
    def write(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection inside one transaction: committed at the end, rolled back when the body raises.

        What has been written is on disk when this returns. Raises StoreError.
        """
        with ExitStack() as stack:
            connection = self._enter_writing(stack)
            self._standing(connection)  # again: others may have written since we looked
            try:
                migrate(connection)
                connection.begin()
                yield connection
                connection.commit()
            except BaseException as error:
                with suppress(duckdb.Error):  # a commit that failed has ended its transaction
                    connection.rollback()
                if is_about_disk(error):
                    raise refusal(self.path, error) from None
                raise

    @contextmanager
    def attached(self, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Attach the file read-only, as `workspace`, to a connection that belongs to another database.

        For work that a read-only connection cannot do: to copy tables elsewhere. No other thread of this
        process holds the file meanwhile. Raises StoreError.
        """
        with self.read():  # every reason to refuse, and an older schema, are dealt with there
            pass
        deadline = time.monotonic() + self.wait_s
        name = str(self.path).replace("'", "''")
        with ExitStack() as stack:
            self._alone(stack, deadline)
            self._patiently(
                lambda: connection.execute(f"attach '{name}' as {ATTACHED} (read_only)"), deadline
            )
            try:
                yield
            finally:
                connection.execute(f"detach {ATTACHED}")

    # How it is opened ------------------------------------------------------------------------------------

    @property
    def _gate(self) -> ProcessGate:
        return process_gate(self.path)

    @property
    def _lock_file(self) -> Path:
        return self.path.with_name(self.path.name + ".gp-lock")

    @property
    def _log_file(self) -> Path:
        return self.path.with_name(self.path.name + ".wal")  # DuckDB's: commits not yet in the main file

    def _enter_reading(self, stack: ExitStack) -> duckdb.DuckDBPyConnection:
        deadline = time.monotonic() + self.wait_s
        try:
            stack.enter_context(self._gate.reading(deadline))
        except TimeoutError:
            raise locked(self.path, pid=os.getpid()) from None
        return stack.enter_context(self._open_read_only(deadline))

    def _enter_writing(self, stack: ExitStack) -> duckdb.DuckDBPyConnection:
        deadline = time.monotonic() + self.wait_s
        self._alone(stack, deadline)
        try:
            if self.exists:
                self._look(deadline)
            else:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(writers_turn(self._lock_file, deadline))
            if not self.exists:
                self._create()
        except TimeoutError:
            raise locked(self.path, pid=lock_holder(self._lock_file)) from None
        except OSError as error:
            raise refusal(self.path, error) from None
        connection = self._patiently(lambda: duckdb.connect(str(self.path)), deadline)
        return stack.enter_context(connection)

    def _alone(self, stack: ExitStack, deadline: float) -> None:
        try:
            stack.enter_context(self._gate.writing(deadline))
        except TimeoutError:
            raise locked(self.path, pid=os.getpid()) from None

    def _open_read_only(self, deadline: float) -> duckdb.DuckDBPyConnection:
        if not self.exists:
            raise refused("missing", self.path)

        def connect() -> duckdb.DuckDBPyConnection:
            with suppress(OSError):  # no turn, or no such locks here: DuckDB has the last word
                pass_turnstile(self._lock_file, deadline)
            return duckdb.connect(str(self.path), read_only=True)

        return self._patiently(connect, deadline)

    def _patiently(self, attempt: Callable[[], Opened], deadline: float) -> Opened:
        for pause in pauses():
            try:
                return attempt()
            except duckdb.Error as error:
                if not is_conflict(error) or time.monotonic() >= deadline:
                    raise refusal(self.path, error) from None
            time.sleep(pause)
        raise AssertionError("pauses() never ends")

    def _look(self, deadline: float) -> None:
        """Refuse what must not be written to, before anything on disk changes."""
        with self._open_read_only(deadline) as connection:
            self._standing(connection)

    def _standing(self, connection: duckdb.DuckDBPyConnection) -> Standing:
        found = standing(connection)
        if found == "newer":
            version = len(applied_names(connection))
            raise refused("newer", self.path, version=version, known=len(MIGRATIONS))
        if found == "foreign":
            raise refused("foreign", self.path)
        return found

    def _create(self) -> None:
        if self._log_file.exists():
            raise refused("orphan_log", self.path, log=str(self._log_file))
        new = self.path.with_name(self.path.name + ".gp-new")
        discard(new)  # of a process that was killed here
        try:
            with duckdb.connect(str(new)) as connection:
                migrate(connection)
                connection.execute("checkpoint")  # closing does it too, but does not tell when it fails
        except duckdb.Error as error:
            discard(new)
            raise refusal(self.path, error) from None
        new.rename(self.path)


def schema_version(workspace: Workspace) -> int:
    """How many steps of the schema the workspace has taken. Raises StoreError."""
    with workspace.read() as connection:
        return len(applied_names(connection))


def discard(file: Path) -> None:
    """Remove a database that was never finished, with its log."""
    for part in (file, file.with_name(file.name + ".wal")):
        part.unlink(missing_ok=True)
