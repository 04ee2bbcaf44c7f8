"""Where the reader is: plan, scenario, language and a page's own choices, in the session and in the address.

The address holds ids (`?plan=inkwell&scenario=lean&lang=zh`), never words, so a link says the same in both
languages. It is written at the end of every run of the entry file, for a change of page clears it. What
stands in the address and was not written by us was put there by the reader (a link, the back button): it is
adopted. A reader with an unsaved draft has its token there too, so that a reload finds the draft again.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from toolkit.app.serving import LANGUAGE_VARIABLE, WORKSPACE_VARIABLE
from toolkit.store.workspace import Workspace
from toolkit.text import LANGUAGES, Language

_CHOSEN = "place.chosen"  # parameters of this run
_KEPT = "place.kept"  # the last choice under each name, of whatever page
_WRITTEN = "place.written"  # what we put into the address last
_DRAFT = "draft"  # the parameter, and the session's key


def workspace() -> Workspace:
    """The workspace that these pages show; a page waits at most two seconds for somebody who writes."""
    return Workspace(Path(os.environ.get(WORKSPACE_VARIABLE, "groundplan.duckdb")), wait_s=2.0)


def begin() -> None:
    """Forget the choices of the run before, but the draft."""
    token = st.session_state.setdefault(_DRAFT, st.query_params.get(_DRAFT))
    st.session_state[_CHOSEN] = {_DRAFT: token} if token else {}


def draft_token() -> str | None:
    """The token of this reader's unsaved drafts; a new session has that of its address."""
    token: str | None = st.session_state.get(_DRAFT)
    return token


def keep_draft(token: str | None) -> None:
    """From now on the address holds this token; None: no draft."""
    st.session_state[_DRAFT] = token
    st.session_state[_CHOSEN].pop(_DRAFT, None)
    if token:
        st.session_state[_CHOSEN][_DRAFT] = token


def choice(name: str, options: Sequence[str], default: str) -> str:
    """The chosen one of `options`, kept in the session and the address under `name`.

    The session's key is `name` too, so a widget of that key, drawn later in the run, shows and changes it.
    Streamlit forgets that key with the widget: on a page that does not draw it, and when the reader goes on
    before a run has ended; then the last choice counts.
    """
    kept: dict[str, str] = st.session_state.setdefault(_KEPT, {})
    written: dict[str, str] = st.session_state.get(_WRITTEN, {})
    asked = st.query_params.get(name)
    if asked in options and asked != written.get(name):
        st.session_state[name] = asked
    if st.session_state.get(name) not in options:
        fallbacks = (kept.get(name), default, options[0])
        st.session_state[name] = next(one for one in fallbacks if one in options)
    chosen: str = st.session_state[name]
    kept[name] = st.session_state[_CHOSEN][name] = chosen
    return chosen


def language() -> Language:
    """The language: as chosen, else as the command said, else as the browser speaks."""
    wanted = os.environ.get(LANGUAGE_VARIABLE) or ("zh" if str(st.context.locale).startswith("zh") else "en")
    before = st.session_state.get(_KEPT, {}).get("lang")
    chosen = choice("lang", LANGUAGES, wanted)
    if before not in (None, chosen):
        _say_choices_again()
    return "zh" if chosen == "zh" else "en"


def _say_choices_again() -> None:
    """Let every widget show its choice in the new language: the browser keeps the words of a choice until the
    script sets it, even where its options have other words now."""
    for key, value in st.session_state.items():
        chosen = value if isinstance(value, list) else [value]
        if all(isinstance(one, str) for one in chosen):
            st.session_state[key] = value


def remember() -> None:
    """Write the choices of this run into the address."""
    chosen: dict[str, str] = st.session_state[_CHOSEN]
    if st.query_params.to_dict() != chosen:
        st.query_params.from_dict(chosen)
    st.session_state[_WRITTEN] = dict(chosen)
