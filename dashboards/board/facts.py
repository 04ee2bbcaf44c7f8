"""Data: the tables of facts and how old they are, one of them row by row, and a box for SQL."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from board import place, tables
from board.cards import card, fine_print
from board.frame import Here
from board.sql import sql_card
from board.tables import Column
from board.words import say
from toolkit.app.pages.data import FactTable, TableEntry, catalogue, fact_table, first_of, matching
from toolkit.text import Language
from toolkit.text.formats import day, number, percent

LONGEST_TITLE = 70
WIDTHS = {"source_title": 260, "note": 260, "source_url": 220}


def draw(here: Here) -> None:
    """The page."""
    entries = _catalogue(date.today())
    _tables(here, entries)
    sql_card(here)


@st.cache_resource(max_entries=2, show_spinner=False)
def _catalogue(today: date) -> tuple[TableEntry, ...]:
    return catalogue(today)


def _tables(here: Here, entries: tuple[TableEntry, ...]) -> None:
    language = here.language
    names = [one.name for one in entries]
    with card(say("data.tables.title", language), say("data.tables.note", language)):
        tables.show(
            entries, _columns(language), name="facts", alt=say("data.tables.title", language),
            language=language, height=330,
        )  # fmt: skip
    with card(say("data.table.title", language), say("data.table.note", language)):
        place.choice("table", names, first_of(names))
        left, right = st.columns(2, vertical_alignment="bottom")
        name = left.selectbox(
            say("data.table.which", language),
            names,
            key="table",
            format_func=partial(_name, language=language),
        )
        words = right.text_input(
            say("data.table.search", language), key=f"search.{name}",
            placeholder=say("data.table.search_hint", language),
        )  # fmt: skip
        table = fact_table(name)
        rows = matching(table, words)
        if not rows:
            st.caption(say("data.table.no_rows", language))
            return
        tables.show(
            rows, _fact_columns(table), name=name, alt=_name(name, language), language=language, height=420
        )
        fine_print(say("data.table.file", language, file=f"`{table.file}`"))


def _name(name: str, language: Language) -> str:
    try:
        return say(f"data.name.{name}", language)
    except KeyError:
        return name.replace("_", " ")


def _fact_columns(table: FactTable) -> list[Column]:
    def cell(place: int) -> Any:
        return lambda row: row[place]

    return [Column(head, cell(place), width=WIDTHS.get(head)) for place, head in enumerate(table.heads)]


def _columns(language: Language) -> list[Column]:
    head = partial(say, language=language)
    whole = partial(number, language=language)

    def span(one: TableEntry) -> str:
        if one.newest is None or one.oldest is None:
            return "—"
        newest = day(one.newest, language, "medium")
        return newest if one.newest == one.oldest else f"{day(one.oldest, language, 'medium')} – {newest}"

    def source(one: TableEntry) -> str:
        title = one.first_source
        short = title if len(title) <= LONGEST_TITLE else f"{title[:LONGEST_TITLE]}…"
        return (
            say("data.source_and", language, title=short, count=one.sources - 1) if one.sources > 1 else short
        )

    return [
        Column(head("data.column.table"), lambda one: _name(one.name, language), width=200),
        Column(head("data.column.rows"), lambda one: one.rows, whole, width=80),
        Column(head("data.column.dates"), span, width=210),
        Column(head("data.column.age"), lambda one: one.age_days,
               lambda days: say("data.age", language, days=number(days, language)), width=130),
        Column(head("data.column.sure"), lambda one: one.share("high", "medium"),
               partial(percent, language=language), width=130, help=head("data.column_help.sure")),
        Column(head("data.column.memory"), lambda one: one.share("own_knowledge"),
               partial(percent, language=language), width=120, help=head("data.column_help.memory")),
        Column(head("data.column.source"), source, width=330),
        Column(head("data.column.file"), lambda one: one.file, width=190),
    ]  # fmt: skip
