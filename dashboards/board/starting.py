"""Beginning: a plan from an example or a template, or one's own file; it is saved and built at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from board import builds, empty
from board.cards import card
from board.frame import Here
from board.words import say
from toolkit.app.beginnings import beginnings, countries, text_of
from toolkit.app.drafts import Conflict, save_draft
from toolkit.errors import GroundplanError, InputError, Problem
from toolkit.text import Language
from toolkit.text.formats import country_name

MOST_BYTES = 2_000_000


def first_plan(here: Here) -> None:
    """Nothing is here yet: the ways to begin."""
    language = here.language
    if not here.reader.may_edit:
        empty.nothing_built(here.workspace, language)
        return
    left, right = st.columns(2, gap="medium")
    with left, card(say("plan.begin.title", language), say("plan.begin.note", language)):
        new_plan(here)
    with right, card(say("plan.begin.own", language), say("plan.begin.own_note", language)):
        import_plan(here)


def new_plan(here: Here) -> None:
    """Choose an example or a template, name the company, go."""
    language = here.language
    options = {one.id: one for one in beginnings()}
    chosen = st.radio(
        say("plan.begin.choose", language), list(options), key="begin.which",
        format_func=lambda one: options[one].label[language],
        captions=[one.about[language] for one in options.values()],
    )  # fmt: skip
    beginning, answers = options[chosen], {}
    if not beginning.is_example:
        answers = _answers(language)
    if st.button(say("plan.begin.start", language), type="primary", icon=":material/rocket_launch:"):
        if not beginning.is_example and not answers["name"]:
            st.error(say("plan.begin.name_missing", language), icon=":material/error:")
            return
        _take(here, lambda: text_of(beginning, answers, language))


def _answers(language: Language) -> dict[str, str]:
    """The few things that a template must know; everything else has a default with its source."""
    name = st.text_input(
        say("plan.begin.name", language), key="begin.name", max_chars=80,
        placeholder=say("plan.begin.name_hint", language),
    )  # fmt: skip
    known = countries()
    usual = "CN" if language == "zh" else "US"
    country = st.selectbox(
        say("plan.begin.country", language), known, index=known.index(usual), key="begin.country",
        format_func=partial(country_name, language=language),
    )  # fmt: skip
    return {"name": name.strip(), "country": country}


def import_plan(here: Here) -> None:
    """A plan file of one's own: checked whole, saved as a revision of its plan."""
    language = here.language
    file = st.file_uploader(
        say("plan.begin.file", language), type=["yaml", "yml", "json"], key="begin.file", max_upload_size=2,
    )  # fmt: skip
    if file is not None and st.button(say("plan.begin.import", language), key="begin.import", type="primary"):
        _take(here, lambda: _decoded(file.getvalue()))


def _decoded(content: bytes) -> str:
    try:
        return content[:MOST_BYTES].decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError([Problem("app.unreadable", values={"reason": "not UTF-8"})]) from None


def _take(here: Here, make: Callable[[], str]) -> None:
    """Save the plan of a text, as it is first or next, and start to build it."""
    try:
        here.reader.require_editor()
        text = make()
        found = save_draft(here.workspace, text, None, here.reader.name or "")
        if isinstance(found, Conflict):  # the plan is known: this is its next revision
            found = save_draft(here.workspace, text, found.newest.id, here.reader.name or "")
        if isinstance(found, Conflict):
            raise InputError([Problem("dashboard.saved_meanwhile")])
    except GroundplanError as error:
        empty.problems(error, here.language)
        return
    builds.start(here, found.id, "base")
    st.session_state["plan"] = found.plan
    st.session_state["plan.saved"] = say("plan.begin.begun", here.language, plan=found.plan)
    st.rerun()
