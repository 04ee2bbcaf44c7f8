"""Spelling: what a name that nobody knows was probably meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], limit: int = 3) -> str:
    """The most similar of the known names, best first; all of them when none is alike and they are few; `—`
    when nothing is known."""
    names = sorted(set(known))
    alike = difflib.get_close_matches(word, names, limit, 0.5)
    return ", ".join(alike or names[:12]) or "—"
