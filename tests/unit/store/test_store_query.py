"""The SQL box: one SELECT is answered; every other wish is refused, and the workspace stays as it is."""

from __future__ import annotations

import errno
import math
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from tests.unit.store.sample_run import sample_run
from toolkit.errors import InputError, StoreError
from toolkit.store import Workspace, run_query, save_revision, save_run
from toolkit.store.query import _environment
from toolkit.store.query_worker import Order, WrongQueryError, _prepare, _run
from toolkit.store.reference import load_facts

OUT_OF_REACH = (duckdb.BinderException, duckdb.CatalogException, duckdb.PermissionException)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("query")
    made = Workspace(folder / "it's.duckdb")
    for cash in (1, 2, 3):
        save_revision(made, "acme", f"cash: {cash}\n", "Ada")
    save_run(made, sample_run())
    (folder / "facts").mkdir()
    (folder / "facts" / "offers.csv").write_text("id,price\na,2.5\nb,\n")
    load_facts(made, folder / "facts", "state")
    return made


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def refused(workspace: Workspace, sql: str, **limits: float) -> str:
    before = everything_in(workspace.path.parent)
    with pytest.raises(InputError) as caught:
        run_query(workspace, sql, **limits)  # type: ignore[arg-type]
    assert everything_in(workspace.path.parent) == before
    (problem,) = caught.value.problems
    assert problem.field == "sql"
    assert problem.problem("zh")
    return problem.id


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("select number, text from revision order by number desc;", [(3, "cash: 3\n"), (2, "cash: 2\n")]),
        ("from offers order by id", [("a", 2.5), ("b", None)]),
        ("with o as (from reference.offers) select count(*), sum(price) from o -- all", [(2, 2.5)]),
        ("select count(*) from main.run_line join run on run = id", [(5 * 37,)]),
        ("select column_name from (summarize revision) limit 1", [("id",)]),
        ("select count(*) from query_table('revision')", [(3,)]),
        (
            "select timestamptz '2027-01-01 00:00:00+00', date '2027-01-02', 1.5::decimal(9, 2), "
            "'\\xC3\\xA9'::blob, [1]",
            [("2027-01-01 00:00:00+00", "2027-01-02", "1.50", "c3a9", [1])],
        ),
    ],
)
def test_a_select_is_answered(workspace: Workspace, sql: str, rows: list[tuple[object, ...]]) -> None:
    before = everything_in(workspace.path.parent)
    answer = run_query(workspace, sql, limit=2)
    assert list(answer.rows) == rows
    assert len(answer.columns) == len(answer.types) == len(rows[0])
    assert everything_in(workspace.path.parent) == before


def test_a_file_in_the_current_folder_does_not_stand_in_for_a_library(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "duckdb.py").write_text("raise SystemExit('not DuckDB')\n")
    monkeypatch.chdir(tmp_path)
    assert run_query(workspace, "select 1").rows == ((1,),)


def test_the_answer_says_when_there_is_more(workspace: Workspace) -> None:
    assert run_query(workspace, "from range(3)", limit=3).truncated is False
    answer = run_query(workspace, "select i, i as i, 'nan'::double as x from range(4) t(i)", limit=3)
    assert (answer.truncated, len(answer.rows), answer.types) == (True, 3, ("BIGINT", "BIGINT", "DOUBLE"))
    assert len(set(answer.columns)) == 3
    assert math.isnan(answer.rows[0][2])


def attacks(path: Path) -> dict[str, str]:
    own = str(path).replace("'", "''")
    return {
        "overwrite": f"copy (select 1) to '{own}' (format csv, use_tmp_file false)",
        "overwrite while explaining": f"explain analyze copy (select 1) to '{own}' (use_tmp_file false)",
        "overwrite the log": f"copy (select 1) to '{own}.wal' (format csv, use_tmp_file false)",
        "break out of the wrapping": f"select 1) to '{own}' (format csv); copy (select 1",
        "second statement": "select 1; drop table revision",
        "hidden statement": "select 1 /* */; delete from revision --",
        "delete": "delete from revision",
        "create": "create table x as select 1",
        "attach": f"attach '{own}' as again",
        "export": f"export database '{path.parent / 'out'}'",
        "setting": "set enable_external_access = true",
        "pragma": "pragma database_list",
        "install": "install httpfs",
        "load": "load '/tmp/x.duckdb_extension'",
        "explain": "explain select 1",
        "call": "call pragma_version()",
        "pivot that makes a type": "pivot revision on number using count(*)",
        "nothing": " -- ",
    }


def in_this_process(workspace: Workspace, sql: str) -> list[list[object]]:
    """The answer behind DuckDB's own walls alone, without those of the operating system."""
    order = Order(str(workspace.path), 10, sql, 10, 5, 256)
    with duckdb.connect() as connection:
        _prepare(connection, order, sql)
        rows: list[list[object]] = _run(connection, sql, order.limit)["rows"]
    return rows


@pytest.mark.parametrize("name", attacks(Path("x")))
def test_what_is_not_one_select_is_refused(workspace: Workspace, name: str) -> None:
    before = everything_in(workspace.path.parent)
    with pytest.raises((WrongQueryError, duckdb.ParserException)):
        in_this_process(workspace, attacks(workspace.path)[name])
    assert everything_in(workspace.path.parent) == before


@pytest.mark.parametrize("name", ["overwrite", "overwrite while explaining", "second statement"])
def test_the_worst_of_them_through_every_wall(workspace: Workspace, name: str) -> None:
    assert refused(workspace, attacks(workspace.path)[name]) == "store.query_not_one_select"


@pytest.mark.parametrize(
    "source",
    [
        "read_csv('{file}')",
        "read_text('{file}')",
        "read_blob('/proc/self/environ')",
        "read_duckdb('{own}', table_name = 'revision')",
        "'{file}'",
        "glob('/*')",
        "sniff_csv('{file}')",
        "read_json('http://127.0.0.1:1/x.json')",
        "parquet_metadata('{file}')",
        "workspace.main.revision",
        "statement",  # a Python variable of the worker
        "no_such_table",
        "(select 1 from revision where text = getenv('HOME'))",
    ],
)
def test_a_select_reaches_nothing_but_the_tables(workspace: Workspace, source: str) -> None:
    own = str(workspace.path).replace("'", "''")
    file = workspace.path.parent / "facts" / "offers.csv"
    with pytest.raises((WrongQueryError, *OUT_OF_REACH)):
        in_this_process(workspace, f"select * from {source.format(file=file, own=own)}")
    assert in_this_process(workspace, "select count(*) from revision") == [[3]]


def test_a_select_that_turns_logging_to_a_file_writes_none(workspace: Workspace) -> None:
    # In DuckDB 1.5 this aborts the process that runs it, whatever is locked.
    before = everything_in(workspace.path.parent)
    log = workspace.path.parent / "log"
    run_query(workspace, f"from enable_logging('QueryLog', storage = 'file', storage_path = '{log.name}')")
    assert everything_in(workspace.path.parent) == before


def test_a_query_without_end_is_stopped(workspace: Workspace) -> None:
    endless = "with recursive r as (select 1 as a union all select a + 1 from r) select count(*) from r"
    started = time.monotonic()
    assert refused(workspace, endless, timeout_s=0.3) == "store.query_too_long"
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "sql",
    ["select repeat('x', 1000000000)", "select list(i) from range(1000000000) t(i)"],
    ids=["text", "list"],
)
def test_a_query_that_eats_memory_is_stopped(workspace: Workspace, sql: str) -> None:
    assert refused(workspace, sql, memory_mb=100) == "store.query_stopped"


def test_an_answer_that_no_page_can_show_is_refused(workspace: Workspace) -> None:
    assert refused(workspace, "select repeat('x', 20000000)") == "store.query_too_large"


def test_the_worker_gives_up_files_before_it_runs_anything(tmp_path: Path) -> None:
    # The second wall, should a query ever get past DuckDB's own settings.
    (tmp_path / "there").write_text("x")
    code = (
        "import sys\n"
        "from toolkit.store.query_worker import Order, _give_up_rights\n"
        "grown = open(sys.argv[1], 'ab', buffering=0)\n"
        "_give_up_rights(Order('', 0, '', 0, 5.0, 64))\n"
        "for act in (lambda: open(sys.argv[1]), lambda: grown.write(b'more')):\n"
        "    try: act()\n"
        "    except OSError as error: print(type(error).__name__, error.errno)\n"
    )
    worker = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "there")], capture_output=True, text=True, check=True
    )
    assert worker.stdout.split("\n")[:2] == [f"OSError {errno.EMFILE}", f"OSError {errno.EFBIG}"]
    assert (tmp_path / "there").read_text() == "x"


def test_the_worker_does_not_see_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUD_SECRET_KEY", "hunter2")
    assert "hunter2" not in str(_environment())


def test_a_workspace_that_cannot_be_read_is_told_as_always(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        run_query(Workspace(tmp_path / "none.duckdb"), "select 1")
    assert [problem.id for problem in caught.value.problems] == ["store.missing"]
