"""Revisions: verbatim text, immutable, numbered, with what changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from toolkit.errors import InputError, StoreError
from toolkit.store import Workspace, diff, list_revisions, load_revision, save_revision
from toolkit.store.changes import Change

FIRST = '# Acme\r\ncash: 1\n公司: 甲  # 注释\nquote: "it\'s"\n'


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "plan.duckdb")


def test_what_went_in_comes_out(workspace: Workspace) -> None:
    at = datetime(2027, 1, 2, 3, 4, 5, 678901, tzinfo=timezone(timedelta(hours=8)))
    saved = save_revision(workspace, "acme", FIRST, "Ada", "first", at=at)
    assert (saved.number, saved.parent, saved.changes, saved.text) == (1, None, (), FIRST)
    assert saved.created_at == at
    for loaded in (load_revision(workspace), load_revision(workspace, saved.id)):
        assert loaded == saved
        assert loaded.created_at.tzinfo is UTC


def test_the_same_text_again_is_the_same_revision(workspace: Workspace) -> None:
    saved = save_revision(workspace, "acme", FIRST, "Ada")
    before = workspace.path.read_bytes()
    assert save_revision(workspace, "acme", FIRST, "Bo", "again") == saved
    assert workspace.path.read_bytes() == before


def test_a_return_to_an_earlier_text_is_a_new_revision(workspace: Workspace) -> None:
    texts = ["cash: 1\n", "cash: 2\n", "cash: 1\n"]
    saved = [save_revision(workspace, "acme", text, "Ada") for text in texts]
    assert [revision.number for revision in saved] == [1, 2, 3]
    assert [revision.parent for revision in saved] == [None, saved[0].id, saved[1].id]
    assert len({revision.id for revision in saved}) == 3
    assert [revision.changes for revision in saved[1:]] == [
        (Change("cash", "changed", 1, 2),),
        (Change("cash", "changed", 2, 1),),
    ]
    assert list_revisions(workspace) == tuple(reversed(saved))
    assert diff(saved[0], saved[2]) == ()


def test_the_same_history_has_the_same_ids_in_every_workspace(workspace: Workspace, tmp_path: Path) -> None:
    other = Workspace(tmp_path / "other.duckdb")
    for text in ("cash: 1\n", "cash: 2\n"):
        here = save_revision(workspace, "acme", text, "Ada")
        there = save_revision(other, "acme", text, "Bo", "elsewhere")
        assert here.id == there.id
    assert save_revision(other, "beta", "cash: 1\n", "Bo").id != list_revisions(workspace)[-1].id


def test_plans_are_numbered_apart(workspace: Workspace) -> None:
    save_revision(workspace, "acme", "cash: 1\n", "Ada")
    beta = save_revision(workspace, "beta", "cash: 1\n", "Ada")
    acme = save_revision(workspace, "acme", "cash: 2\n", "Ada")
    assert (beta.number, acme.number) == (1, 2)
    assert load_revision(workspace) == acme
    assert load_revision(workspace, plan="beta") == beta
    assert list_revisions(workspace, "beta") == (beta,)


def test_no_such_revision(workspace: Workspace) -> None:
    save_revision(workspace, "acme", "cash: 1\n", "Ada")
    for ask, reason in (({"id": "r-0"}, "store.no_such_revision"), ({"plan": "beta"}, "store.no_revisions")):
        with pytest.raises(StoreError) as caught:
            load_revision(workspace, **ask)
        assert [problem.id for problem in caught.value.problems] == [reason]


def test_a_text_that_is_no_plan_does_not_touch_the_workspace(workspace: Workspace) -> None:
    with pytest.raises(InputError):
        save_revision(workspace, "acme", "a: [1", "Ada")
    assert list(workspace.path.parent.iterdir()) == []
