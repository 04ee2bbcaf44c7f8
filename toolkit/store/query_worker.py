"""The process that answers one query and ends: `python -m toolkit.store.query_worker`, order on stdin.

It copies the tables that the query names into memory, lets go of the workspace, gives up every right that it
does not need, runs the query, and writes one JSON document to standard output. See `toolkit.store.query`.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

import duckdb

from toolkit.errors import StoreError
from toolkit.store.workspace import ATTACHED, Workspace

LARGEST_ANSWER = 16 * 2**20  # characters of JSON: more than a page can show
_NO_EXTENSIONS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
# Python and DuckDB import what these values need when they first meet them: too late once no file opens.
_WARM_UP = "select 1.5::decimal(9, 2), uuid(), current_date, current_timestamp::timestamp, current_time::time"
_SEARCH = "set search_path = 'main,reference'"
_LOCKS = (
    "set TimeZone = 'UTC'",
    "set temp_directory = ''",
    "set enable_external_access = false",
    "set lock_configuration = true",
)


@dataclass(frozen=True, slots=True)
class Order:
    """What `toolkit.store.query` asks: seconds, MiB, rows."""

    path: str
    wait_s: float
    sql: str
    limit: int
    timeout_s: float
    memory_mb: int


class WrongQueryError(Exception):
    """The query cannot be answered: name of the text in the catalogue, and its values."""

    def __init__(self, name: str, **values: Any) -> None:
        super().__init__(name)
        self.name, self.values = name, values


def main() -> None:
    """Read the order, write the reply, and leave."""
    order = Order(**json.load(sys.stdin))
    try:
        reply = _reply(order)
    except WrongQueryError as wrong:
        reply = {"wrong": wrong.name, "values": wrong.values}
    except StoreError as error:
        reply = {"refused": [asdict(problem) for problem in error.problems]}
    except MemoryError:
        reply = {"wrong": "query_stopped", "values": {"megabytes": order.memory_mb}}
    _leave(reply)


def _leave(reply: dict[str, Any]) -> NoReturn:
    text = json.dumps(reply, ensure_ascii=False)
    if len(text) > LARGEST_ANSWER:
        text = json.dumps({"wrong": "query_too_large", "values": {"megabytes": LARGEST_ANSWER // 2**20}})
    sys.stdout.write(text)
    sys.stdout.flush()
    os._exit(0)  # a query can leave DuckDB in a state in which its own tear-down aborts the process


def _reply(order: Order) -> dict[str, Any]:
    statement = order.sql.strip().removesuffix(";")
    with duckdb.connect(config=_NO_EXTENSIONS) as connection:
        too_long = WrongQueryError("query_too_long", seconds=order.timeout_s)
        overdue = threading.Event()
        try:
            _prepare(connection, order, statement)
            _give_up_rights(order)
            _watch(connection, order.timeout_s, overdue, too_long)
            return _run(connection, statement, order.limit)
        except duckdb.OutOfMemoryException:
            raise MemoryError from None
        except duckdb.Error as error:
            raise (too_long if overdue.is_set() else _failed(error)) from None


def _prepare(connection: duckdb.DuckDBPyConnection, order: Order, statement: str) -> None:
    """Copy what the statement reads into `connection` and lock that; the workspace is let go of."""
    connection.execute(f"set memory_limit = '{order.memory_mb} MiB'")
    with Workspace(Path(order.path), order.wait_s).attached(connection):
        _copy_tables(connection, statement)
    for lock in (_SEARCH, *_LOCKS):
        connection.execute(lock)
    connection.execute(_WARM_UP).fetchall()


def _copy_tables(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    tables = connection.execute(
        "select schema_name, table_name, sql from duckdb_tables() "
        f"where database_name = '{ATTACHED}' order by schema_name, table_name"
    ).fetchall()
    named = _named_tables(statement, [sql for _, _, sql in tables])
    connection.execute("create schema reference")
    for schema, table, sql in tables:
        connection.execute(sql)
        place = f'"{schema}"."{table}"'
        if named & {table.lower(), f"{schema}.{table}".lower()}:
            connection.execute(f"insert into {place} from {ATTACHED}.{place}")


def _named_tables(statement: str, schema: list[str]) -> set[str]:
    """The tables that one SELECT reads, in lower case: it is bound to empty tables, behind all locks."""
    with duckdb.connect(config=_NO_EXTENSIONS) as empty:
        empty.execute("create schema reference")
        for sql in (*schema, _SEARCH, *_LOCKS):
            empty.execute(sql)
        try:
            statements = empty.extract_statements(statement)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise WrongQueryError("query_not_one_select")
            names = empty.get_table_names(statement, qualified=True)
        except duckdb.Error as error:
            raise _failed(error) from None
    return {name.replace('"', "").lower().removeprefix("memory.").removeprefix("main.") for name in names}


def _run(connection: duckdb.DuckDBPyConnection, statement: str, limit: int) -> dict[str, Any]:
    wrapped = f"from ({statement}\n)"
    described = connection.execute(f"select * {wrapped} limit 0").description or []
    columns, types = [column[0] for column in described], [str(column[1]) for column in described]
    # DuckDB hands out moments with a time zone through a library that need not be installed.
    zoned = [
        name.replace('"', '""') for name, kind in zip(columns, types, strict=True) if "TIME ZONE" in kind
    ]
    as_text = ", ".join(f'cast("{name}" as varchar) as "{name}"' for name in zoned)
    chosen = f"* replace ({as_text})" if zoned else "*"
    rows = connection.execute(f"select {chosen} {wrapped} limit {limit + 1}").fetchall()
    return {
        "columns": columns,
        "types": types,
        "rows": [[_plain(value) for value in row] for row in rows[:limit]],
        "truncated": len(rows) > limit,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, bytes):
        return value.hex()
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _failed(error: duckdb.Error) -> WrongQueryError:
    first = str(error).split("\n\n")[0].splitlines()[0]  # what follows shows our frame around it, or a trace
    return WrongQueryError("query_failed", reason=first)


def _watch(
    connection: duckdb.DuckDBPyConnection, seconds: float, overdue: threading.Event, too_long: WrongQueryError
) -> None:
    """Interrupt the query after `seconds` and set `overdue`; a second later leave, whatever it does."""

    def interrupt() -> None:
        overdue.set()
        connection.interrupt()
        time.sleep(1.0)  # some functions do not look up until they are done
        _leave({"wrong": too_long.name, "values": too_long.values})

    watch = threading.Timer(seconds, interrupt)
    watch.daemon = True
    watch.start()


def _give_up_rights(order: Order) -> None:
    """No file may be opened or written from here on; memory and processor time are bounded."""
    _limit(resource.RLIMIT_AS, _address_space() + 2 * order.memory_mb * 2**20)
    _limit(resource.RLIMIT_CPU, int(order.timeout_s + 2) * (os.cpu_count() or 1))
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, 0)


def _limit(kind: int, value: int) -> None:
    with suppress(ValueError, OSError):  # a system that lacks this limit still has the others
        resource.setrlimit(kind, (value, value))


def _address_space() -> int:
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 4 * 2**30


if __name__ == "__main__":
    main()
