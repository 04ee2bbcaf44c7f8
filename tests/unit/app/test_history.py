"""Who changed which assumption, when, from what to what; and the way back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from toolkit.app.history import export_text, import_plan, plan_diff, plan_history, restore
from toolkit.app.plan_text import write_text
from toolkit.errors import InputError, StoreError
from toolkit.resources.reading import read_yaml
from toolkit.store.workspace import Workspace

EXAMPLE = Path(__file__).parents[3] / "data" / "examples" / "llm-startup.yaml"
PLAN = EXAMPLE.read_text(encoding="utf-8")
CHANGED = PLAN.replace("salary: 96k", "salary: 120k").replace("price: 240 to 320", "price: 260 to 340")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Two revisions by two people."""
    found = Workspace(tmp_path / "w.duckdb")
    for name, text in (("ada", PLAN), ("ben", CHANGED)):
        monkeypatch.setenv("GROUNDPLAN_AUTHOR", name)
        (tmp_path / "plan.yaml").write_text(text, encoding="utf-8")
        import_plan(tmp_path / "plan.yaml", found)
    return found


def test_log_says_who_and_what(workspace: Workspace) -> None:
    newest, first = plan_history(workspace)
    assert (newest.author, first.author) == ("ben", "ada")
    assert newest.created_at.endswith("+00:00")
    assert [(one.path, one.before, one.after) for one in newest.changes] == [
        ("talent.roles[founders].salary", "96k", "120k"),
        ("market.products[pro].price", "240 to 320", "260 to 340"),
    ]
    (only,) = plan_history(workspace, field="talent.roles")
    assert [one.path for one in only.changes] == ["talent.roles[founders].salary"]
    assert plan_history(workspace, field="talent.roles[sales]") == []


def test_diff_between_revisions_and_files(workspace: Workspace, tmp_path: Path) -> None:
    assert len(plan_diff(workspace).changes) == 2
    assert plan_diff(workspace, "1", "2") == plan_diff(workspace)
    assert plan_diff(workspace, "2", "1").changes[0].after == "96k"
    assert plan_diff(workspace, "2").changes == ()
    file = tmp_path / "plan.yaml"
    file.write_text(CHANGED.replace("\n  months: 36", "\n  months: 48"), encoding="utf-8")
    assert [one.path for one in plan_diff(workspace, str(file)).changes] == ["company.months"]
    nowhere = Workspace(tmp_path / "none.duckdb")
    between = plan_diff(nowhere, str(EXAMPLE), str(file))
    assert (between.before, between.after) == (str(EXAMPLE), str(file))
    assert len(between.changes) == 3
    assert not nowhere.path.exists()
    with pytest.raises(InputError):
        plan_diff(workspace, "3")
    with pytest.raises(InputError):
        plan_diff(workspace, plan="nobody")


def test_restore_keeps_everything(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    unsaved = CHANGED.replace("\n  months: 36", "\n  months: 48")
    file.write_text(unsaved, encoding="utf-8")
    entry = restore(workspace, "1", to=file)
    assert file.read_text(encoding="utf-8") == PLAN
    assert entry.number == 4
    assert [one.number for one in plan_history(workspace)] == [4, 3, 2, 1]
    assert export_text("plan", None, workspace, None, "3", None, "en") == unsaved


def test_export_is_what_was_saved(workspace: Workspace, tmp_path: Path) -> None:
    for revision, text in (("1", PLAN), ("2", CHANGED), (None, CHANGED)):
        assert export_text("plan", None, workspace, None, revision, None, "en") == text
    other = tmp_path / "plan.json"
    export_text("plan", None, workspace, None, "1", other, "en")
    data, _ = read_yaml(PLAN)
    assert json.loads(other.read_text(encoding="utf-8")) == data
    assert import_plan(other, workspace).changes[0].path == "talent.roles[founders].salary"
    assert read_yaml(export_text("plan", None, workspace, None, None, None, "en"))[0] == data
    with pytest.raises(InputError):
        export_text("plan", None, workspace, None, "1", other, "en")


def test_nothing_to_say_yet(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        plan_history(Workspace(tmp_path / "none.duckdb"))


def test_a_text_is_written_to_where_a_link_leads(tmp_path: Path) -> None:
    (tmp_path / "plans").mkdir()
    kept, link = tmp_path / "plans" / "kept.yaml", tmp_path / "plan.yaml"
    kept.write_text("old", encoding="utf-8")
    link.symlink_to(kept)
    write_text(link, "new")
    assert link.is_symlink()
    assert kept.read_text(encoding="utf-8") == "new"


def test_a_text_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").mkdir()
    with pytest.raises(InputError):
        write_text(tmp_path / "plan.yaml", "new")
    assert [one.name for one in tmp_path.iterdir()] == ["plan.yaml"]
