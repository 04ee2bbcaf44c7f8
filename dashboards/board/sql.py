"""A box for SQL: one SELECT, answered beside the pages on a copy; queries that come along and kept ones."""

from __future__ import annotations

from typing import Any

import streamlit as st

from board import reading, tables, work
from board.cards import card
from board.frame import Here
from board.tables import Column
from board.words import say
from toolkit.app.pages.data import EXAMPLES, example_query
from toolkit.app.querying import LIMIT, ask
from toolkit.errors import GroundplanError
from toolkit.store.query import Answer
from toolkit.store.saved_queries import forget_query, save_query

TEXT, ASKED, CHOSEN = "sql.text", "sql.asked", "sql.chosen"
HEIGHT = 150


def sql_card(here: Here) -> None:
    """The card."""
    language = here.language
    with card(say("data.sql.title", language), say("data.sql.note", language, limit=LIMIT)):
        if not here.workspace.exists:
            st.caption(say("data.sql.no_workspace", language))
            return
        _choose(here)
        text = st.text_area(
            say("data.sql.query", language), key=TEXT, height=HEIGHT, placeholder="select …",
            label_visibility="collapsed",
        )  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if st.button(say("data.sql.run", language), type="primary", icon=":material/play_arrow:"):
                st.session_state[ASKED] = text
            if here.reader.may_edit:
                _keep(here, text)
        if asked := st.session_state.get(ASKED):
            _show(here, asked)


def _choose(here: Here) -> None:
    """Queries that come along, then those that were kept."""
    language = here.language
    kept = {f"kept:{one.name}": (one.name, one.sql) for one in reading.queries_of(here.workspace)}
    known = {name: example_query(name, language) for name in EXAMPLES} | kept

    def take() -> None:
        if chosen := st.session_state[CHOSEN]:
            st.session_state[TEXT] = known[chosen][1]

    st.session_state.setdefault(TEXT, known[EXAMPLES[0]][1])
    st.selectbox(
        say("data.sql.saved", language), list(known), index=None, key=CHOSEN, on_change=take,
        format_func=lambda one: known[one][0], placeholder=say("data.sql.choose", language),
    )  # fmt: skip


def _keep(here: Here, text: str) -> None:
    language = here.language
    with st.popover(say("data.sql.keep", language), icon=":material/bookmark_add:"):
        name = st.text_input(say("data.sql.name", language), key="sql.name", max_chars=80)
        if st.button(say("data.sql.save", language), key="sql.save") and name.strip() and text.strip():
            _write(here, lambda: save_query(here.workspace, name.strip(), text, here.reader.name or ""))
        kept = reading.queries_of(here.workspace)
        if kept:
            gone = st.selectbox(
                say("data.sql.forget_which", language),
                [one.name for one in kept],
                index=None,
                key="sql.gone",
                placeholder=say("choose", language),
            )
            if gone and st.button(say("data.sql.forget", language), key="sql.forget"):
                _write(here, lambda: forget_query(here.workspace, gone))


def _write(here: Here, change: Any) -> None:
    try:
        here.reader.require_editor()
        change()
    except GroundplanError as error:
        work.told(error.problems, here.language)
        return
    st.rerun()


def _show(here: Here, sql: str) -> None:
    language = here.language
    try:
        with st.spinner(say("work.running", language)):
            found = _answer(here.path, sql, reading.stamp_of(here.workspace))
    except GroundplanError as error:
        work.told(error.problems, language)
        return
    if not found.rows:
        st.caption(say("data.sql.no_rows", language))
        return

    def cell(place: int) -> Any:
        return lambda row: (
            row[place] if isinstance(row[place], str | int | float | bool | None) else str(row[place])
        )

    columns = [Column(name, cell(place)) for place, name in enumerate(found.columns)]
    tables.show(found.rows, columns, name="query", alt=say("data.sql.title", language), language=language)
    if found.truncated:
        st.caption(say("data.sql.truncated", language, limit=LIMIT))


@st.cache_resource(max_entries=16, show_spinner=False)
def _answer(path: str, sql: str, stamp: Any) -> Answer:
    del stamp
    return ask(reading.opened(path), sql)
