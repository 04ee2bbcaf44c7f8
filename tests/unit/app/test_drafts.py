"""Drafts of a plan: cells go back to their place, saving loses nobody's work, merging keeps both sides."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.app.building import example
from toolkit.app.drafts import Conflict, check_draft, merge, save_draft
from toolkit.app.pages.plan_tables import FIELD, ROOMS, VALUE, Edits, apply_edits, sheets
from toolkit.errors import InputError
from toolkit.store.changes import changes_between
from toolkit.store.revisions import Revision, list_revisions
from toolkit.store.workspace import Workspace

TEXT = example().read_text(encoding="utf-8")
SMALL = "company: {id: a}\noperations:\n  costs:\n    - id: rent\n      assumption: a guess\n"


def changed(edits: dict[str, Edits], language: str = "en") -> dict[str, object]:
    after = apply_edits(TEXT, edits, language)  # type: ignore[arg-type]
    return {one.path: one.after for one in changes_between(TEXT, after)}


def test_a_cell_goes_back_to_where_its_value_stands() -> None:
    edits = {"talent.roles": Edits({1: {"salary": "100k to 120k", "count": "2"}})}
    assert changed(edits) == {
        "talent.roles[ml_engineer].salary.value": "100k to 120k",
        "talent.roles[ml_engineer].count": 2,
    }


def test_words_are_changed_in_the_readers_language_only() -> None:
    assert changed({"talent.roles": Edits({0: {"label": "创办人"}})}, "zh") == {
        "talent.roles[founders].label.zh": "创办人"
    }


def test_an_empty_cell_takes_its_field_away_and_a_new_row_adds_an_entry() -> None:
    new = {
        "id": "office",
        "label": "Office",
        "category": "general",
        "monthly": "2k",
        "assumption": "a: b # c",
    }
    after = apply_edits(TEXT, {"operations.costs": Edits({0: {"payment_months": ""}}, [new], [6])}, "en")
    found = {one.path: one.kind for one in changes_between(TEXT, after)}
    assert found == {
        "operations.costs[data].payment_months": "removed",
        "operations.costs[hosting]": "removed",
        "operations.costs[office]": "added",
    }
    assert check_draft(after) == ()
    assert "# Every number has a source" in after, "comments stay"


def test_a_field_of_a_room_is_named_by_its_path() -> None:
    edits = {"opening": Edits({0: {FIELD: "balances.cash", VALUE: "200k"}})}
    assert changed(edits) == {"opening.balances.cash": "200k"}


def test_the_tables_hold_every_entry_of_the_plan() -> None:
    found = {one.path: one for room in ROOMS for one in sheets(TEXT, room, "en")}
    assert [row["id"] for row in found["talent.roles"].rows][:2] == ["founders", "ml_engineer"]
    assert found["talent.roles"].rows[1]["salary"] == "155k to 200k"
    assert found["compute.workloads"].rows[0]["offer"].startswith("{provider: aws")
    assert {row[FIELD]: row[VALUE] for row in found["company"].rows}["cash_floor"] == "150k"
    assert "end" in found["talent.roles"].more


def test_nothing_edited_is_the_same_text() -> None:
    assert apply_edits(TEXT, {"talent.roles": Edits()}, "en") == TEXT


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=30))
def test_any_words_come_back_as_they_were_typed(words: str) -> None:
    after = apply_edits(SMALL, {"operations.costs": Edits({0: {"assumption": words}})}, "en")
    row = next(one for one in sheets(after, "operations", "en") if one.is_list).rows[0]
    typed = words.strip()
    assert row.get("assumption", "") in (typed, _as_scalar(typed))


def _as_scalar(typed: str) -> str:
    """A number or a yes is written as YAML writes it."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        found = YAML(typ="safe", pure=True).load(typed)
    except YAMLError:
        return typed
    return str(found).lower() if isinstance(found, bool) else str(found)


def test_a_bad_cell_is_said_with_its_place() -> None:
    after = apply_edits(TEXT, {"talent.roles": Edits({1: {"salary": "lots"}})}, "en")
    assert [one.field for one in check_draft(after)] == ["talent.roles[1].salary.value"]


@pytest.fixture
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Revision]:
    workspace = Workspace(tmp_path_factory.mktemp("drafts") / "w.duckdb")
    first = save_draft(workspace, TEXT, None, "ada")
    assert isinstance(first, Revision)
    return workspace, first


def test_two_people_who_edit_the_same_revision_lose_nothing(saved: tuple[Workspace, Revision]) -> None:
    workspace, first = saved
    mine = apply_edits(TEXT, {"talent.roles": Edits({0: {"count": "3"}})}, "en")
    theirs = apply_edits(TEXT, {"market.products": Edits({0: {"marketing": "9k"}})}, "en")
    assert isinstance(save_draft(workspace, theirs, first.id, "ben"), Revision)
    found = save_draft(workspace, mine, first.id, "ada")
    assert isinstance(found, Conflict)
    assert [one.path for one in found.theirs] == ["market.products[pro].marketing"]
    assert [one.path for one in found.mine] == ["talent.roles[founders].count"]
    assert found.both == ()
    assert len(list_revisions(workspace)) == 2, "nothing was saved over theirs"
    both = merge(TEXT, mine, found.newest.text)
    kept = save_draft(workspace, both, found.newest.id, "ada")
    assert isinstance(kept, Revision)
    assert {one.path for one in changes_between(TEXT, kept.text)} == {
        "market.products[pro].marketing",
        "talent.roles[founders].count",
    }


def test_where_both_changed_a_field_the_saver_is_told_and_wins() -> None:
    mine = apply_edits(TEXT, {"talent.roles": Edits({0: {"count": "3"}}, deleted=[5])}, "en")
    theirs = apply_edits(TEXT, {"talent.roles": Edits({0: {"count": "4", "benefits": "800"}})}, "en")
    found = {one.path: one.after for one in changes_between(TEXT, merge(TEXT, mine, theirs))}
    assert found["talent.roles[founders].count"] == 3
    assert found["talent.roles[founders].benefits"] == 800
    assert "talent.roles[sales]" in found


def test_a_draft_with_problems_is_not_saved(saved: tuple[Workspace, Revision]) -> None:
    workspace, first = saved
    bad = apply_edits(TEXT, {"talent.roles": Edits({1: {"salary": "lots"}})}, "en")
    with pytest.raises(InputError):
        save_draft(workspace, bad, first.id, "ada")
    assert len(list_revisions(workspace)) == 1
