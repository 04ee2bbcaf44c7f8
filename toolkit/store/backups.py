"""A consistent copy of the workspace, made by DuckDB.

A copy of the main file alone would miss what is still in the write-ahead log, and even to read the file
beside an open connection would drop DuckDB's lock on it.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import duckdb

from toolkit.store.refusal import refusal, refused
from toolkit.store.workspace import ATTACHED, Workspace, discard


def backup(workspace: Workspace, target: Path) -> Path:
    """Copy the workspace to the new file `target`; returns its absolute path.

    It is written beside its place and then renamed: `target` is whole, or not there. Raises StoreError when
    the workspace cannot be read, when `target` exists, or when it cannot be written.
    """
    target = Path(target).expanduser().resolve()
    unfinished = target.with_name(target.name + ".gp-new")
    try:
        if target.exists():
            raise refused("backup_exists", target)
        discard(unfinished)
        with duckdb.connect() as connection, workspace.attached(connection):
            _copy(connection, unfinished)
        unfinished.rename(target)
    except (OSError, duckdb.Error) as error:
        raise refusal(target, error) from None
    finally:
        with suppress(OSError):
            discard(unfinished)
    return target


def _copy(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    name = str(file).replace("'", "''")
    connection.execute(f"attach '{name}' as backup")
    connection.execute(f"copy from database {ATTACHED} to backup")
    connection.execute("checkpoint backup")  # all of it in the one file that is renamed
    connection.execute("detach backup")
