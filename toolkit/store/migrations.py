"""The schema of the workspace, as ordered steps with a record of those already taken.

Each step is a function that creates or changes tables; it runs in one transaction with its own row in
`groundplan_migration`, so a killed process leaves a step either done and recorded, or not begun. A new
step is added at the end, with the next number; a step that was released never changes.

DuckDB cannot add a CHECK or drop a column that a foreign key points to, so keys, NOT NULL and CHECK stand
in the first CREATE and there are no foreign keys. The long tables of a run have no index either: they are
written once, in one transaction with their `run` row, whose key is what makes that idempotent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import duckdb

from toolkit.store.clock import now, stored

Step = Callable[[duckdb.DuckDBPyConnection], None]
Standing = Literal["current", "older", "newer", "foreign"]


def m001_plans(connection: duckdb.DuckDBPyConnection) -> None:
    """Plans: immutable revisions, the Sobol dimension of each uncertain quantity, scenarios."""
    connection.execute("""
        create table revision (
            id text primary key, plan text not null, number integer not null check (number > 0),
            parent text, author text not null, created_at timestamp not null, message text not null,
            text text not null, changes json not null, unique (plan, number))""")
    connection.execute("""
        create table dimension (
            plan text, quantity text, dimension integer not null check (dimension >= 0),
            primary key (plan, quantity), unique (plan, dimension))""")
    connection.execute("""
        create table scenario (
            plan text, name text, overlay text not null, created_at timestamp not null,
            primary key (plan, name))""")


def m002_measurements(connection: duckdb.DuckDBPyConnection) -> None:
    """Measurements: the whole record as JSON, and what people filter by as columns."""
    connection.execute("""
        create table measurement (
            id text primary key, model text not null, mode text not null, dtype text not null,
            batch bigint not null, tokens bigint not null, unit text not null,
            device_kind text not null, device text not null, gpu_id text, device_count bigint not null,
            value double not null, low double not null, high double not null,
            mfu double, peak_bytes bigint, joules_per_unit double,
            source text not null, measured_at text not null, record json not null)""")


def m003_runs(connection: duckdb.DuckDBPyConnection) -> None:
    """Runs: what each rests on, its metrics, the base case of every line, fans, sample paths, compute."""
    connection.execute("""
        create table run (
            id text primary key, plan text not null, revision text not null, scenario text not null,
            data_hash text not null, measurements text[] not null, seed hugeint not null,
            draws bigint not null, replicates bigint not null, code_version text not null,
            currency text not null, months text[] not null, metrics json not null,
            compute_cost_by_rung json not null, warnings json not null)""")
    # Every build of a run, in order: the newest run is the one that was built last, not the one made last.
    connection.execute("""
        create table build (number integer primary key, run text not null, built_at timestamp not null)""")
    connection.execute("""
        create table run_line (
            run text not null, position integer not null, line text not null,
            month integer not null, value double not null)""")
    connection.execute("""
        create table run_fan (
            run text not null, position integer not null, line text not null, unit text not null,
            level double not null, month integer not null, value double not null, error double not null)""")
    connection.execute("""
        create table run_path (
            run text not null, path integer not null, month integer not null, cash double not null)""")
    connection.execute("""
        create table run_compute (
            run text not null, position integer not null, workload text not null,
            label_en text not null, label_zh text not null, device_unit text not null, offer text not null,
            rung text not null, hours double[] not null, cost double[] not null, rate json)""")


def m004_reference(connection: duckdb.DuckDBPyConnection) -> None:
    """Facts: which state of `data/` the tables of the schema `reference` hold."""
    connection.execute("""
        create table reference_state (data_hash text not null, loaded_at timestamp not null)""")


def m005_actuals(connection: duckdb.DuckDBPyConnection) -> None:
    """Actual figures by import, cloud costs by service, what a reforecast rests on, and locked budgets."""
    connection.execute("""
        create table actual_import (
            number integer primary key, plan text not null, file text not null, form text not null,
            digest text not null, author text not null, imported_at timestamp not null)""")
    connection.execute("""
        create table actual (
            import integer not null, plan text not null, line text not null, month text not null,
            value double not null, place text not null)""")
    connection.execute("""
        create table cloud_cost (
            import integer not null, plan text not null, month text not null, provider text not null,
            category text not null, service text not null, charge text not null, line text,
            billed double not null, effective double not null)""")
    connection.execute("""
        create table run_actual (
            run text not null, closed text not null, line text not null, month text not null,
            value double not null, place text not null)""")
    connection.execute("""
        create table budget (
            plan text, name text, run text not null, author text not null, locked_at timestamp not null,
            note text not null, primary key (plan, name))""")
    connection.execute("alter table run add column closed text")


def m006_answers(connection: duckdb.DuckDBPyConnection) -> None:
    """Answers: analyses that follow from a run alone, as JSON under the question that they answer."""
    connection.execute("""
        create table answer (
            run text not null, question text not null, answer json not null, primary key (run, question))""")


def m007_bounds(connection: duckdb.DuckDBPyConnection) -> None:
    """How far a percentile may be off because it was read off a histogram; null where it is exact."""
    connection.execute("alter table run_fan add column bound double")


def m008_saved_queries(connection: duckdb.DuckDBPyConnection) -> None:
    """Queries that people keep by name."""
    connection.execute("""
        create table saved_query (
            name text primary key, sql text not null, author text not null, saved_at timestamp not null)""")


def m009_options(connection: duckdb.DuckDBPyConnection) -> None:
    """The options of a measured workload as a column: with the others it says which measurements are of the
    same work."""
    connection.execute("alter table measurement add column options text")
    connection.execute("update measurement set options = (record->'workload'->'options')::text")


MIGRATIONS: tuple[Step, ...] = (
    m001_plans, m002_measurements, m003_runs, m004_reference, m005_actuals, m006_answers, m007_bounds,
    m008_saved_queries, m009_options,
)  # fmt: skip


def standing(connection: duckdb.DuckDBPyConnection) -> Standing:
    """How the schema of an open database stands to this code.

    `older` includes a database without any table; `foreign` has tables, but none of ours.
    """
    try:
        applied = set(applied_names(connection))
    except duckdb.CatalogException:
        tables = connection.execute("select count(*) from duckdb_tables() where not internal").fetchone()
        return "foreign" if tables and tables[0] else "older"
    known = {step.__name__ for step in MIGRATIONS}
    if applied - known:
        return "newer"
    return "older" if known - applied else "current"


def applied_names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Names of the steps already taken, in order. Raises CatalogException where none ever was."""
    rows = connection.execute("select name from groundplan_migration order by number").fetchall()
    return [name for (name,) in rows]


def migrate(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Take every step that is missing; returns their names. The database must not be `newer` or `foreign`."""
    connection.execute("""
        create table if not exists groundplan_migration (
            number integer primary key, name text not null unique, applied_at timestamp not null)""")
    applied = set(applied_names(connection))
    missing = [(number, step) for number, step in enumerate(MIGRATIONS, 1) if step.__name__ not in applied]
    for number, step in missing:
        connection.begin()
        try:
            step(connection)
            record = [number, step.__name__, stored(now())]
            connection.execute("insert into groundplan_migration values (?, ?, ?)", record)
        except BaseException:
            connection.rollback()
            raise
        connection.commit()
    return tuple(step.__name__ for _, step in missing)
