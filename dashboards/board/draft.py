"""The reader's draft of a plan: a text that grows with each edited cell until it is saved as a revision.

A grid keeps its edits against the rows that it was given, so the rows must not move while it lives: the draft
holds the text that the grids show (`origin`) and, apart, the edits of each. As soon as a grid has gone
(another page, room or language) its edits are folded into the text and the grids begin anew.

A session ends with a reload, so the server keeps the texts of changed drafts as well, under a token in the
reader's address: the same reader finds them again while it runs.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from board import place
from toolkit.app.drafts import Conflict, check_draft
from toolkit.app.pages.plan_tables import FIELD, VALUE, Edits, Sheet, apply_edits, sheets
from toolkit.errors import Problem
from toolkit.store.changes import Change, changes_between
from toolkit.text import Language

_DRAFTS = "plan.drafts"
MOST_KEPT = 200  # drafts of readers who may be gone


@dataclass(frozen=True, slots=True)
class Kept:
    """A changed draft as the server keeps it for its reader."""

    reader: str | None
    base: str | None
    saved: str
    text: str


@dataclass
class Draft:
    """`base` is the id of the revision that it was made from and `saved` its text; None and empty for a plan
    that was never saved."""

    plan: str
    base: str | None
    saved: str
    origin: str
    language: Language
    edits: dict[str, Edits] = field(default_factory=dict)
    generation: int = 0
    conflict: Conflict | None = None

    @property
    def text(self) -> str:
        """The plan as it stands in the draft."""
        return _applied(self.origin, tuple(sorted(self.edits)), repr(self.edits), self.language, self.edits)

    @property
    def is_changed(self) -> bool:
        return self.text != self.saved

    def changes(self) -> tuple[Change, ...]:
        """What the draft changes of the saved plan."""
        return _changes(self.saved, self.text)

    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong with the draft."""
        return _problems(self.text)

    def key(self, path: str) -> str:
        """The key of the grid of a sheet."""
        return f"sheet.{self.plan}.{self.generation}.{path}"

    def begin(self, paths: tuple[str, ...], language: Language) -> None:
        """Before the grids of `paths` are drawn: fold the edits of grids that have gone."""
        gone = [path for path in self.edits if self.key(path) not in st.session_state or path not in paths]
        if gone or language != self.language:
            self.replace(self.text)
            self.language = language

    def replace(self, text: str) -> None:
        """Go on with another text; the grids begin anew."""
        self.origin, self.edits = text, {}
        self.generation += 1

    def take(self, sheet: Sheet) -> None:
        """Take over what was typed into the grid of a sheet."""
        state = st.session_state[self.key(sheet.path)]
        self.edits[sheet.path] = _edits(state, sheet)


def draft_of(plan: str, base: str | None, text: str, language: Language, reader: str | None) -> Draft:
    """The reader's draft of a plan: of this session, else what the server has kept of an earlier one. It is
    a new one of the revision `base` where there is none, or where the plan has a newer revision and nothing
    was changed."""
    drafts: dict[str, Draft] = st.session_state.setdefault(_DRAFTS, {})
    known = drafts.get(plan) or _kept_of(plan, language, reader)
    if known is None or (known.base != base and not known.is_changed):
        generation = known.generation + 1 if known else 0
        known = Draft(plan, base, text, text, language, generation=generation)
    drafts[plan] = known
    return known


def keep(draft: Draft, reader: str | None) -> None:
    """Let the server keep a changed draft for its reader, and nothing of one that is as saved."""
    token = place.draft_token()
    if draft.is_changed:
        token = token or secrets.token_urlsafe(9)
        kept = _all_kept()
        kept[token, draft.plan] = Kept(reader, draft.base, draft.saved, draft.text)
        kept.move_to_end((token, draft.plan))
        while len(kept) > MOST_KEPT:
            kept.popitem(last=False)
    elif token:
        _all_kept().pop((token, draft.plan), None)
        token = token if any(known == token for known, _ in list(_all_kept())) else None
    place.keep_draft(token)


def _kept_of(plan: str, language: Language, reader: str | None) -> Draft | None:
    found = _all_kept().get((place.draft_token() or "", plan))
    if found is None or found.reader != reader:
        return None
    return Draft(plan, found.base, found.saved, found.text, language)


@st.cache_resource
def _all_kept() -> OrderedDict[tuple[str, str], Kept]:
    """By token and plan, those changed last at the end."""
    return OrderedDict()


def drop(plan: str) -> None:
    """Forget the draft of a plan."""
    drafts: dict[str, Draft] = st.session_state.setdefault(_DRAFTS, {})
    known = drafts.get(plan)
    if known is not None:
        known.replace(known.saved)
        known.conflict = None


def _edits(state: Mapping[str, Any], sheet: Sheet) -> Edits:
    edited = {int(row): dict(cells) for row, cells in state["edited_rows"].items()}
    if not sheet.is_list:
        named = {
            row: {FIELD: sheet.rows[row][FIELD], VALUE: cells[VALUE]}
            for row, cells in edited.items()
            if VALUE in cells
        }
        return Edits(named)
    return Edits(edited, tuple(dict(row) for row in state["added_rows"]), tuple(state["deleted_rows"]))


@st.cache_data(max_entries=64, show_spinner=False)
def _applied(
    origin: str, paths: tuple[str, ...], edits: str, language: Language, _edits: Mapping[str, Edits]
) -> str:
    del paths, edits
    return apply_edits(origin, _edits, language)


@st.cache_data(max_entries=64, show_spinner=False)
def _problems(text: str) -> tuple[Problem, ...]:
    return check_draft(text)


@st.cache_data(max_entries=64, show_spinner=False)
def _changes(before: str, after: str) -> tuple[Change, ...]:
    return changes_between(before, after)


@st.cache_data(max_entries=64, show_spinner=False)
def sheets_of(text: str, room: str, language: Language) -> tuple[Sheet, ...]:
    """The tables of a room, kept while the text stays."""
    return sheets(text, room, language)
