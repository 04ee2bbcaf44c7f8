"""Read-only SQL over the workspace, for a box into which people type.

One SELECT, nothing else, answered by a process of its own (`toolkit.store.query_worker`) on a copy of the
tables that it names. A read-only connection with `enable_external_access = false` and `lock_configuration =
true` is not enough: `COPY … TO '<its own file>'` still destroys the database, a SELECT from `enable_logging`
aborts the process that runs it, and one long string passes every memory limit of DuckDB. So the worker holds
no path to the workspace when it starts, may open no file and write none, has a limit of memory and of
processor time from the operating system, and is killed when the time is over.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from toolkit.errors import InputError, Problem, StoreError
from toolkit.store.workspace import Workspace

STARTUP_S = 10.0  # for the worker to start and to copy the tables, beyond the time of the query itself


@dataclass(frozen=True, slots=True)
class Answer:
    """A table: names and DuckDB types of the columns, rows × columns of values.

    Values are those of JSON: dates, times, decimals and blobs are text, lists and structs nest.
    `truncated` is true when there were more rows than the limit.
    """

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    truncated: bool


def run_query(
    workspace: Workspace, sql: str, *, limit: int = 1000, timeout_s: float = 5.0, memory_mb: int = 512
) -> Answer:
    """Answer one SELECT with at most `limit` rows. Tables of `reference` may be named without the schema.

    Raises InputError when `sql` is something else, is wrong, or needs more than `timeout_s` seconds or
    `memory_mb` MiB; StoreError when the workspace cannot be read.
    """
    order = {
        "path": str(workspace.path),
        "wait_s": workspace.wait_s,
        "sql": sql,
        "limit": limit,
        "timeout_s": timeout_s,
        "memory_mb": memory_mb,
    }
    try:
        worker = subprocess.run(
            # -P: a file in the current folder must not stand in for a library.
            [sys.executable, "-P", "-X", "utf8", "-m", "toolkit.store.query_worker"],
            input=json.dumps(order).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            timeout=STARTUP_S + workspace.wait_s + timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _wrong("query_too_long", seconds=timeout_s) from None
    try:
        reply = json.loads(worker.stdout)
    except ValueError:  # it died before it could answer
        raise _wrong("query_stopped", megabytes=memory_mb) from None
    return _answer(reply)


def _environment() -> dict[str, str]:
    """Nothing of our environment but the way to the code: the rest may hold keys."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)}


def _answer(reply: dict[str, Any]) -> Answer:
    if "refused" in reply:
        raise StoreError(Problem(**problem) for problem in reply["refused"])
    if "wrong" in reply:
        raise _wrong(reply["wrong"], **reply["values"])
    rows = tuple(tuple(row) for row in reply["rows"])
    return Answer(tuple(reply["columns"]), tuple(reply["types"]), rows, reply["truncated"])


def _wrong(name: str, **values: Any) -> InputError:
    return InputError([Problem(f"store.{name}", field="sql", values=values)])
