"""Why a workspace is refused: DuckDB's and the system's exceptions as one clear problem each.

DuckDB tells its reasons apart by their text only, so that text is read here and nowhere else.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb

from toolkit.errors import Problem, StoreError

_HOLDER = re.compile(r"lock is held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")
_CONFLICT = ("Could not set lock on file", "with a different configuration than existing connections")
_REASONS: tuple[tuple[str, str], ...] = (
    ("is not a valid DuckDB database file", "not_a_workspace"),
    ("Is a directory", "is_folder"),
    ("Trying to read a database file with version number", "other_format"),
    ("Corrupt database file", "damaged"),
    ("Could not read enough bytes", "damaged"),
    ("Failure while replaying WAL", "damaged"),
    ("Permission denied", "no_access"),
    ("Read-only file system", "no_access"),
    ("Operation not permitted", "no_access"),
)


def refused(name: str, path: Path, **values: Any) -> StoreError:
    """The error `store.<name>` about the workspace at `path`; `values` are what its words name."""
    return StoreError([Problem(f"store.{name}", file=str(path), values={"file": str(path), **values})])


def is_conflict(error: BaseException) -> bool:
    """Whether somebody else holds the file now, so that it is worth trying again."""
    return isinstance(error, duckdb.Error) and any(text in str(error) for text in _CONFLICT)


def is_about_disk(error: BaseException) -> bool:
    """Whether a write failed for want of space, memory or access, not because its SQL is wrong."""
    if isinstance(error, duckdb.TransactionException):
        return "Failed to commit" in str(error)
    return isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException | duckdb.FatalException)


def locked(path: Path, error: BaseException | None = None, pid: int | None = None) -> StoreError:
    """The workspace stayed in use for as long as we were willing to wait; names the holder where known."""
    held = _HOLDER.search(str(error)) if error else None
    if held:
        return refused("locked_by", path, program=Path(held["program"]).name, pid=held["pid"])
    return refused("locked_by", path, program="groundplan", pid=pid) if pid else refused("locked", path)


def refusal(path: Path, error: BaseException) -> StoreError:
    """What DuckDB or the system said while the workspace at `path` was opened or written."""
    if is_conflict(error):
        return locked(path, error)
    text = str(error)
    for said, name in _REASONS:
        if said in text:
            return refused(name, path)
    return refused("disk", path, reason=_first_line(error))


def _first_line(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    line = (str(error).splitlines() or [type(error).__name__])[0]
    return re.sub(r"^[\w ]+ Error: ", "", line).rstrip(" .")
