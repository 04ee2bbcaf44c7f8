"""The facts as tables: rebuilt when they change, all or nothing, an empty cell is NULL."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from toolkit.errors import InputError
from toolkit.reference.paths import data_dir, fact_files
from toolkit.store import Workspace, refresh_reference
from toolkit.store.reference import _type, load_facts, table_name


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "plan.duckdb")


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    folder = tmp_path / "facts"
    (folder / "published").mkdir(parents=True)
    (folder / "offers.csv").write_text(
        "id,usd_per_hour,gpus,spot,since,month,code,note,empty\n"
        'a,2.5,8,true,2026-11-01,2026-11,007,"x, ""y""",\n'
        "b,,1,false,,,12,,\n"
    )
    (folder / "published" / "decode-steps.csv").write_text("seconds\n1\n2\n")
    (folder / "notes.yaml").write_text("a: 1\n")
    return folder


def rows(workspace: Workspace, sql: str) -> list[tuple[object, ...]]:
    with workspace.read() as connection:
        return connection.execute(sql).fetchall()


def test_each_csv_is_a_table_with_types_and_nulls(workspace: Workspace, facts: Path) -> None:
    assert load_facts(workspace, facts, "state-1")
    assert rows(workspace, "select * from reference.offers order by id") == [
        ("a", 2.5, 8, True, date(2026, 11, 1), "2026-11", "007", 'x, "y"', None),
        ("b", None, 1, False, None, None, "12", None, None),
    ]
    assert rows(workspace, "select sum(seconds) from reference.published_decode_steps") == [(3,)]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-20", None], "BIGINT"),
        (["1", "-2.5", ".5", "1e-9", "3."], "DOUBLE"),
        (["-", "1"], "VARCHAR"),
        (["007"], "VARCHAR"),
        (["nan"], "VARCHAR"),
        (["9223372036854775808"], "DOUBLE"),
        (["true", "1"], "VARCHAR"),
        (["2026-02-28", None], "DATE"),
        (["2026-02-30"], "VARCHAR"),
        (["20260228", "2026-02-28"], "VARCHAR"),
        ([None, None], "VARCHAR"),
    ],
)
def test_the_type_of_a_column(values: list[str | None], kind: str) -> None:
    assert _type(values) == kind


def test_rebuilt_only_when_the_state_changes(workspace: Workspace, facts: Path) -> None:
    load_facts(workspace, facts, "state-1")
    before = workspace.path.read_bytes()
    assert not load_facts(workspace, facts, "state-1")
    assert workspace.path.read_bytes() == before
    (facts / "offers.csv").unlink()
    assert load_facts(workspace, facts, "state-2")
    assert rows(workspace, "select table_name from duckdb_tables() where schema_name = 'reference'") == [
        ("published_decode_steps",)
    ]
    assert rows(workspace, "select data_hash from reference_state") == [("state-2",)]


def test_every_bad_row_is_named_and_the_old_tables_stay(workspace: Workspace, facts: Path) -> None:
    load_facts(workspace, facts, "state-1")
    (facts / "bad.csv").write_text("a,b\n1,2\n\n1,2,3,4\n1\n")
    (facts / "worse.csv").write_bytes(b"a,b\n\xff,1\n")
    (facts / "worst.csv").write_text("a,a\n1,2\n")
    with pytest.raises(InputError) as caught:
        load_facts(workspace, facts, "state-2")
    found = [(problem.id, Path(problem.file or "").name, problem.line) for problem in caught.value.problems]
    assert found == [
        ("store.facts_ragged", "bad.csv", 4),
        ("store.facts_ragged", "bad.csv", 5),
        ("store.facts_unreadable", "worse.csv", None),
        ("store.facts_unreadable", "worst.csv", None),
    ]
    assert rows(workspace, "select count(*) from reference.offers") == [(2,)]
    assert rows(workspace, "select data_hash from reference_state") == [("state-1",)]


def test_the_facts_of_the_project_are_all_there(workspace: Workspace) -> None:
    assert refresh_reference(workspace)
    files = [file for file in fact_files(data_dir()) if file.suffix == ".csv"]
    found = rows(workspace, "select table_name from duckdb_tables() where schema_name = 'reference'")
    assert sorted(name for (name,) in found) == sorted(table_name(file, data_dir()) for file in files)
    for file in files:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            header = lines.readline()
        columns = rows(
            workspace, f'select count(*) from (describe reference."{table_name(file, data_dir())}")'
        )
        assert columns == [(header.count(",") + 1,)], file
    assert not refresh_reference(workspace)
