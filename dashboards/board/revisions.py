"""The revisions of a plan: who saved what when; one compared with the newest, and restored."""

from __future__ import annotations

import streamlit as st

from board import reading, tables
from board.cards import card
from board.draft import Draft
from board.frame import Here
from board.saving import changes_table, store
from board.tables import Column
from board.words import moment, say
from toolkit.app.pages.history import HistoryRow, difference
from toolkit.text import Language
from toolkit.text.formats import number


def history_card(here: Here, draft: Draft) -> None:
    """All revisions; choose one to see what changed since, and to go back to it."""
    language = here.language
    if here.plan is None:
        return
    rows = reading.history_of(here.workspace, here.plan.id)
    with card(say("plan.history.title", language), say("plan.history.note", language)):
        chosen = tables.show(
            rows, _columns(language), name=f"revisions-{here.plan.id}",
            alt=say("plan.history.title", language), language=language, selectable=True, height=250,
        )  # fmt: skip
        if chosen is None:
            return
        row, newest = rows[chosen], rows[0]
        old, new = (reading.revision_of(here.path, one.id) for one in (row, newest))
        with st.container(horizontal=True):
            st.download_button(
                say("plan.history.export", language, number=row.number), old.text.encode(),
                file_name=f"{here.plan.id}-{row.number}.yaml", mime="application/yaml",
                icon=":material/download:", on_click="ignore", key="revision.export",
            )  # fmt: skip
            if row is not newest and here.reader.may_edit:
                label = say("plan.history.restore", language, number=row.number)
                if st.button(label, icon=":material/restore:", key="revision.restore"):
                    message = say("plan.history.restored", language, number=row.number)
                    store(here, draft, old.text, newest.id, message)
        if row is newest:
            st.markdown(f"**{say('plan.history.changed', language, number=row.number)}**")
            changes_table(new.changes, language)
        else:
            title = say("plan.history.since", language, before=row.number, after=newest.number)
            st.markdown(f"**{title}**")
            changes_table(difference(old, new), language)


def _columns(language: Language) -> list[Column]:
    def counted(value: float) -> str:
        return number(value, language)

    return [
        Column(say("plan.history.column.number", language), lambda one: one.number, counted, width=90),
        Column(
            say("plan.history.column.date", language), lambda one: _when(one, language), width=190,
        ),
        Column(say("plan.history.column.author", language), lambda one: one.author, width=150),
        Column(say("plan.history.column.changed", language), lambda one: one.changed, counted, width=120),
        Column(say("plan.history.column.message", language), lambda one: one.message),
    ]  # fmt: skip


def _when(one: HistoryRow, language: Language) -> str:
    return f"{moment(one.created_at, language)}, {one.created_at:%H:%M} UTC"
