"""Saving a draft: what it changes, what is wrong with it, and what to do where somebody saved meanwhile."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from board import builds
from board.cards import card
from board.draft import Draft, drop
from board.frame import Here
from board.words import moment, plain, say
from toolkit.app.drafts import Conflict, merge, save_draft
from toolkit.errors import GroundplanError, InputError
from toolkit.store.changes import Change
from toolkit.store.revisions import Revision
from toolkit.text import Language

CHANGES_SHOWN = 30


def notes(here: Here, draft: Draft) -> None:
    """What a save came to: done, or somebody was quicker."""
    if draft.conflict is not None:
        _conflict(here, draft, draft.conflict)
    elif note := st.session_state.pop("plan.saved", None):
        st.success(note, icon=":material/check_circle:")


def save_menu(here: Here, draft: Draft) -> None:
    """What the draft changes and the way to save it, behind one button; nothing where it changes nothing. It
    stands in the toolbar, so that the grid in which somebody types stays where it is."""
    if draft.conflict is not None or not draft.is_changed or here.plan is None:
        return
    language = here.language
    try:
        changes = draft.changes()
    except InputError as error:
        _told(error, language)
        return
    problems = draft.problems()
    label = say("plan.draft.title", language, count=len(changes))
    with st.popover(label, icon=":material/edit_note:", type="primary", width="content"):
        _newer(here, draft)
        changes_table(changes, language)
        message = st.text_input(
            say("plan.draft.message", language), key="plan.message",
            placeholder=say("plan.draft.message_hint", language),
        )  # fmt: skip
        if problems:
            st.markdown(f":red[:material/error: {say('plan.draft.problems', language, count=len(problems))}]")
        with st.container(horizontal=True):
            save = st.button(
                say("plan.draft.save", language, number=here.plan.newest.number + 1), key="plan.save",
                type="primary", icon=":material/save:", disabled=bool(problems) or not here.reader.may_edit,
            )  # fmt: skip
            st.button(
                say("plan.draft.drop", language), key="plan.drop", on_click=drop, args=(draft.plan,),
                icon=":material/undo:",
            )  # fmt: skip
        if save:
            store(here, draft, draft.text, draft.base, message)


def _newer(here: Here, draft: Draft) -> None:
    """Somebody saved since the draft was begun."""
    if here.plan is None or here.plan.newest.id == draft.base:
        return
    newest, language = here.plan.newest, here.language
    st.warning(
        say(
            "plan.draft.newer", language, number=newest.number, author=plain(newest.author),
            date=moment(newest.created_at, language),
        ),
        icon=":material/history:",
    )  # fmt: skip


def store(here: Here, draft: Draft, text: str, parent: str | None, message: str) -> None:
    """Save a text on top of a revision, and start to build it; or say who was quicker."""
    try:
        here.reader.require_editor()
        found = save_draft(here.workspace, text, parent, here.reader.name or "", message.strip())
    except GroundplanError as error:
        _told(error, here.language)
        return
    if isinstance(found, Conflict):
        draft.conflict = found
    else:
        _saved(here, draft, found)
    st.rerun()


def _saved(here: Here, draft: Draft, found: Revision) -> None:
    draft.base, draft.saved, draft.conflict = found.id, found.text, None
    draft.replace(found.text)
    st.session_state["plan.saved"] = say("plan.saved", here.language, number=found.number)
    builds.start(here, found.id, "base")


def _conflict(here: Here, draft: Draft, found: Conflict) -> None:
    """Both sides' changes, and the two ways on; nothing is lost in either."""
    language, newest = here.language, found.newest
    with card(say("plan.conflict.title", language)):
        st.markdown(
            say(
                "plan.conflict.text", language, author=f"**{plain(newest.author)}**", number=newest.number,
                date=moment(newest.created_at, language),
            )
        )  # fmt: skip
        theirs, mine = st.columns(2, gap="medium")
        with theirs:
            st.markdown(f"**{say('plan.conflict.theirs', language, author=plain(newest.author))}**")
            changes_table(found.theirs, language, found.both)
        with mine:
            st.markdown(f"**{say('plan.conflict.mine', language)}**")
            changes_table(found.mine, language, found.both)
        if found.both:
            st.caption(say("plan.conflict.both", language, count=len(found.both)))
        with st.container(horizontal=True):
            if st.button(say("plan.conflict.merge", language), type="primary", icon=":material/merge:"):
                merged = merge(draft.saved, draft.text, newest.text)
                store(here, draft, merged, newest.id, st.session_state.get("plan.message", ""))
            if st.button(say("plan.conflict.keep", language), icon=":material/edit:"):
                merged = merge(draft.saved, draft.text, newest.text)
                draft.base, draft.saved, draft.conflict = newest.id, newest.text, None
                draft.replace(merged)
                st.rerun()
            if st.button(say("plan.conflict.drop", language), icon=":material/undo:"):
                draft.base, draft.saved, draft.conflict = newest.id, newest.text, None
                draft.replace(newest.text)
                st.rerun()


def changes_table(changes: tuple[Change, ...], language: Language, marked: tuple[str, ...] = ()) -> None:
    """Changes by field: before and after; `marked` ones stand out."""
    if not changes:
        st.caption(say("plan.no_changes", language))
        return
    st.table(
        pd.DataFrame([_row(one, language, one.path in marked) for one in changes[:CHANGES_SHOWN]]),
        border="horizontal", hide_index=True, alt=say("plan.draft.changes", language),
    )  # fmt: skip
    if len(changes) > CHANGES_SHOWN:
        st.caption(say("overview.changes.more", language, count=len(changes) - CHANGES_SHOWN))


def _row(one: Change, language: Language, is_marked: bool) -> dict[str, str]:
    none = say("overview.changes.none", language)
    path = f":orange-badge[{plain(one.path)}]" if is_marked else f"`{one.path}`"
    cells = {
        "field": path,
        "before": none if one.before is None else plain(str(one.before)),
        "after": none if one.after is None else f"**{plain(str(one.after))}**",
    }
    return {say(f"overview.changes.column.{key}", language): text for key, text in cells.items()}


def _told(error: GroundplanError, language: Language) -> None:
    from board import empty

    empty.problems(error, language)
