"""Who reads, and what they may do. It is decided here, on the server, in every run of the script.

On one's own machine everybody is an editor under the name of the account. Behind a proxy the reader is whom
its header names; with sign-in, whom the identity provider names; both edit only if `--editor` lists them.
With `--read-only` nobody does.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import streamlit as st

from toolkit.app.access import EDITORS_VARIABLE, PROXY_VARIABLE, READ_ONLY_VARIABLE, SIGN_IN_VARIABLE
from toolkit.app.building import author
from toolkit.errors import InputError, Problem

EVERYBODY = "*"


@dataclass(frozen=True, slots=True)
class Reader:
    """`name` is None for somebody who has not signed in."""

    name: str | None
    may_edit: bool

    def require_editor(self) -> None:
        """Raise InputError unless the reader may change something."""
        if not self.may_edit:
            raise InputError([Problem("dashboard.reader")])


def reader() -> Reader:
    """The reader of this session, as the server knows them now."""
    if header := os.environ.get(PROXY_VARIABLE):
        return _named(st.context.headers.get(header))
    if os.environ.get(SIGN_IN_VARIABLE):
        signed_in = bool(st.user.is_logged_in)
        return _named(str(st.user.get("email") or st.user.get("sub")) if signed_in else None)
    return Reader(author(), not os.environ.get(READ_ONLY_VARIABLE))


def can_sign_in() -> bool:
    """Whether somebody who is not signed in can do so here."""
    return bool(os.environ.get(SIGN_IN_VARIABLE))


def _named(name: str | None) -> Reader:
    if not name:
        return Reader(None, False)
    editors = os.environ.get(EDITORS_VARIABLE, "").split("\n")
    listed = EVERYBODY in editors or name.casefold() in (one.casefold() for one in editors)
    return Reader(name, listed and not os.environ.get(READ_ONLY_VARIABLE))
