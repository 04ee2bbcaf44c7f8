"""Cards: a bordered box with a title and, close under it, one line that says how to read it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st


@contextmanager
def card(title: str, note: str = "") -> Iterator[None]:
    """A card; what is drawn inside stands under its title and its note (Markdown)."""
    with st.container(border=True, gap="small"):
        with st.container(gap=None):
            st.subheader(title, anchor=False)
            if note:
                st.caption(note)
        yield


def fine_print(text: str) -> None:
    """Small words that hold code, links or badges: a caption would fade these below what can be read."""
    st.markdown(f":small[{text}]")
