"""The schema: what a new workspace holds, how an old one gets there, and that a step is all or nothing."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from toolkit.store import Workspace, load_measurements, load_revision, save_revision, schema_version
from toolkit.store import migrations as store_migrations

TABLES = {
    "actual": [
        *("import INTEGER", "plan VARCHAR", "line VARCHAR", "month VARCHAR", "value DOUBLE"),
        "place VARCHAR",
    ],
    "actual_import": [
        *("number INTEGER", "plan VARCHAR", "file VARCHAR", "form VARCHAR", "digest VARCHAR"),
        *("author VARCHAR", "imported_at TIMESTAMP"),
    ],
    "budget": [
        *("plan VARCHAR", "name VARCHAR", "run VARCHAR", "author VARCHAR", "locked_at TIMESTAMP"),
        "note VARCHAR",
    ],
    "answer": ["run VARCHAR", "question VARCHAR", "answer JSON"],
    "build": ["number INTEGER", "run VARCHAR", "built_at TIMESTAMP"],
    "cloud_cost": [
        *("import INTEGER", "plan VARCHAR", "month VARCHAR", "provider VARCHAR", "category VARCHAR"),
        *("service VARCHAR", "charge VARCHAR", "line VARCHAR", "billed DOUBLE", "effective DOUBLE"),
    ],
    "dimension": ["plan VARCHAR", "quantity VARCHAR", "dimension INTEGER"],
    "groundplan_migration": ["number INTEGER", "name VARCHAR", "applied_at TIMESTAMP"],
    "measurement": [
        *("id VARCHAR", "model VARCHAR", "mode VARCHAR", "dtype VARCHAR", "batch BIGINT", "tokens BIGINT"),
        *("unit VARCHAR", "device_kind VARCHAR", "device VARCHAR", "gpu_id VARCHAR", "device_count BIGINT"),
        *("value DOUBLE", "low DOUBLE", "high DOUBLE", "mfu DOUBLE", "peak_bytes BIGINT"),
        *("joules_per_unit DOUBLE", "source VARCHAR", "measured_at VARCHAR", "record JSON"),
        "options VARCHAR",
    ],
    "reference_state": ["data_hash VARCHAR", "loaded_at TIMESTAMP"],
    "revision": [
        *("id VARCHAR", "plan VARCHAR", "number INTEGER", "parent VARCHAR", "author VARCHAR"),
        *("created_at TIMESTAMP", "message VARCHAR", "text VARCHAR", "changes JSON"),
    ],
    "run": [
        *("id VARCHAR", "plan VARCHAR", "revision VARCHAR", "scenario VARCHAR", "data_hash VARCHAR"),
        *("measurements VARCHAR[]", "seed HUGEINT", "draws BIGINT", "replicates BIGINT"),
        *("code_version VARCHAR", "currency VARCHAR", "months VARCHAR[]", "metrics JSON"),
        *("compute_cost_by_rung JSON", "warnings JSON", "closed VARCHAR"),
    ],
    "run_actual": [
        *("run VARCHAR", "closed VARCHAR", "line VARCHAR", "month VARCHAR", "value DOUBLE"),
        "place VARCHAR",
    ],
    "run_compute": [
        *("run VARCHAR", "position INTEGER", "workload VARCHAR", "label_en VARCHAR", "label_zh VARCHAR"),
        *("device_unit VARCHAR", "offer VARCHAR", "rung VARCHAR", "hours DOUBLE[]", "cost DOUBLE[]"),
        "rate JSON",
    ],
    "run_fan": [
        *("run VARCHAR", "position INTEGER", "line VARCHAR", "unit VARCHAR", "level DOUBLE"),
        *("month INTEGER", "value DOUBLE", "error DOUBLE", "bound DOUBLE"),
    ],
    "run_line": ["run VARCHAR", "position INTEGER", "line VARCHAR", "month INTEGER", "value DOUBLE"],
    "run_path": ["run VARCHAR", "path INTEGER", "month INTEGER", "cash DOUBLE"],
    "saved_query": ["name VARCHAR", "sql VARCHAR", "author VARCHAR", "saved_at TIMESTAMP"],
    "scenario": ["plan VARCHAR", "name VARCHAR", "overlay VARCHAR", "created_at TIMESTAMP"],
}


def tables_of(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    rows = connection.execute(
        "select table_name, list(column_name || ' ' || data_type order by column_index) "
        "from duckdb_columns() where not internal group by all"
    ).fetchall()
    return dict(rows)


@pytest.fixture
def memory() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def test_a_blank_database_ends_at_exactly_these_tables(memory: duckdb.DuckDBPyConnection) -> None:
    assert store_migrations.standing(memory) == "older"
    assert len(store_migrations.migrate(memory)) == len(store_migrations.MIGRATIONS)
    assert tables_of(memory) == TABLES
    assert store_migrations.standing(memory) == "current"
    assert store_migrations.migrate(memory) == ()


def test_steps_are_numbered_one_by_one() -> None:
    names = [step.__name__ for step in store_migrations.MIGRATIONS]
    numbers = [int(found[1]) for name in names if (found := re.match(r"m(\d{3})_\w+$", name))]
    assert numbers == list(range(1, len(names) + 1))
    assert all(step.__doc__ for step in store_migrations.MIGRATIONS)


@pytest.mark.parametrize("upto", range(1, len(store_migrations.MIGRATIONS)))
def test_an_old_workspace_is_brought_up_to_date_by_its_first_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, upto: int
) -> None:
    workspace = Workspace(tmp_path / "old.duckdb")
    with monkeypatch.context() as old:
        old.setattr(store_migrations, "MIGRATIONS", store_migrations.MIGRATIONS[:upto])
        save_revision(workspace, "acme", "cash: 1\n", "Ada")
        assert schema_version(workspace) == upto
    assert load_revision(workspace).text == "cash: 1\n"
    assert load_measurements(workspace) == []
    assert schema_version(workspace) == len(store_migrations.MIGRATIONS)
    with workspace.read() as connection:
        assert tables_of(connection) == TABLES


def test_a_step_that_fails_leaves_no_trace(
    memory: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def m002_broken(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("create table half (x integer)")
        raise ZeroDivisionError

    broken = (store_migrations.m001_plans, m002_broken)
    monkeypatch.setattr(store_migrations, "MIGRATIONS", broken)
    with pytest.raises(ZeroDivisionError):
        store_migrations.migrate(memory)
    assert store_migrations.applied_names(memory) == ["m001_plans"]
    assert "half" not in tables_of(memory)


@pytest.mark.parametrize("row", ["('a', 'p', 2)", "('b', 'p', 1)", "('b', 'p', 0)"])
def test_ids_and_numbers_of_revisions_are_unique(memory: duckdb.DuckDBPyConnection, row: str) -> None:
    store_migrations.migrate(memory)
    insert = (
        "insert into revision select id, plan, number, null, 'Ada', now()::timestamp, '', '', '[]' "
        "from (values {}) as t(id, plan, number)"
    )
    memory.execute(insert.format("('a', 'p', 1)"))
    with pytest.raises(duckdb.ConstraintException):
        memory.execute(insert.format(row))
