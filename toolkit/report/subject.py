"""The subject of a report: what it is called, by whom, of which day, and from which record."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.text import Text

NO_WORDS = Text("", "")


@dataclass(frozen=True, slots=True)
class Subject:
    """`date` is the ISO day of what the report rests on, never of the clock. `record` names the run (or what
    else it was made from), so that a reader can find it again."""

    title: Text
    author: Text
    date: str
    record: str
    tagline: Text = NO_WORDS
    field: str = "report"
