"""The statements as a grid: choose a statement and a period, click a cell, see where it comes from."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from board import explanation, place, reading, tables
from board.cards import card
from board.frame import Here
from board.tables import Column, columns_of
from board.words import month_of, plain, say
from toolkit.app.building import Built
from toolkit.app.commitments import CommitmentRow, commitments_of
from toolkit.app.pages.statements import (
    PERIODS,
    Period,
    Row,
    Span,
    Statement,
    month_to_explain,
    statement,
    statement_names,
)
from toolkit.projection.ledger import StatementName
from toolkit.text import Language, t
from toolkit.text.formats import MoneyScale, compact_money, money_scale, month

ROW_HEIGHT = 34
INDENT = "\u2003"  # an em space a level: the grid draws text as it stands
LABEL_WIDTH = 250
WIDE = 6  # columns: a wider table scrolls, and its labels stay


def draw(here: Here) -> None:
    """The page."""
    _, _, run = here.shown
    built, language = reading.built(here.path, run), here.language
    name, period = _choices(statement_names(built.model), language)
    shown = _statement(here.path, run, name, period)
    scale = money_scale((value for row in shown.rows for value in row.values), built.run.currency, language)
    with card(t(f"statements.{name}", language), say("statements.note", language, unit=scale.label)):
        cell = _grid(shown, scale, here, f"statement.{run}.{name}.{period}.{language}")
        _files(shown, here, built.run.months)
    if cell is not None:
        _ground(here, built, shown.rows[cell[0]], shown.spans[cell[1]])
    if built.plan.operations.commitments:
        _commitments(here, built)


def _ground(here: Here, built: Built, row: Row, span: Span) -> None:
    """Where the number of a cell comes from."""
    language, months = here.language, built.run.months
    with card(say("explain.title", language)):
        chosen = month_to_explain(row, built.run.base[row.line], span)
        if span.first != span.last:
            key = "statements.balance" if row.is_balance else "statements.largest"
            names = {"label": plain(row.label[language]), "span": _head(span, here, months)}
            st.caption(say(key, language, **names, month=month_of(months, chosen, language)))
        explanation.walk(here, row.line, chosen)


def _commitments(here: Here, built: Built) -> None:
    """What is signed, what is owed, and what of it the plan does not pay."""
    language = here.language
    title = say("statements.commitments.title", language)
    with card(title, say("statements.commitments.note", language)):
        tables.show(
            commitments_of(built.plan, built.run.months, built.run.base),
            _commitment_columns(built.run.currency, language),
            name="commitments",
            alt=title,
            language=language,
        )


def _commitment_columns(currency: str, language: Language) -> list[Column]:
    column = columns_of("statements", language)
    money = partial(compact_money, currency=currency, language=language)
    when = partial(month, language=language)

    def counterparty(one: CommitmentRow) -> str | None:
        return None if one.counterparty is None else one.counterparty[language]

    return [
        column("commitment", lambda one: one.label[language], None, 220),
        column("kind", lambda one: one.kind_words[language], None, 170),
        column("counterparty", counterparty, None, 160),
        column("start", lambda one: one.start, when, 100),
        column("end", lambda one: one.end, when, 100),
        column("due", lambda one: sum(one.due), money, 110),
        column("uncovered", lambda one: sum(one.uncovered), money, 130),
        column("first_gap", lambda one: one.first_gap, when, 130),
    ]


def _choices(names: tuple[StatementName, ...], language: Language) -> tuple[StatementName, Period]:
    """Which statement, in which period: kept in the address."""
    place.choice("statement", names, names[0])
    place.choice("period", PERIODS, PERIODS[0])
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        name = st.segmented_control(
            say("statements.which", language), names, key="statement", required=True,
            format_func=lambda one: t(f"statements.{one}", language), label_visibility="collapsed",
        )  # fmt: skip
        period = st.segmented_control(
            say("statements.period", language), PERIODS, key="period", required=True,
            format_func=lambda one: say(f"statements.by.{one}", language), label_visibility="collapsed",
        )  # fmt: skip
    return name or names[0], period or PERIODS[0]


@st.cache_resource(max_entries=64, show_spinner=False)
def _statement(path: str, run: str, name: StatementName, period: Period) -> Statement:
    built = reading.built(path, run)
    return statement(built.model, built.run.base, name, period)


def _grid(shown: Statement, scale: MoneyScale, here: Here, key: str) -> tuple[int, int] | None:
    """The grid; returns the row and the span of the cell that is chosen."""
    months = reading.built(here.path, here.shown[2]).run.months
    heads = [_head(span, here, months) for span in shown.spans]
    state = st.dataframe(
        _styled(shown, scale, tuple(heads), here.language),
        hide_index=True,
        row_height=ROW_HEIGHT,
        height="content",
        column_config={"0": st.column_config.TextColumn("", width=LABEL_WIDTH, pinned=len(heads) > WIDE)},
        on_select="rerun",
        selection_mode="single-cell",
        key=key,
        alt=t(f"statements.{shown.name}", here.language),
    )
    cells = state["selection"]["cells"]
    if not cells:
        return None
    row, column = cells[0]
    return (row, heads.index(column)) if column in heads else None


def _files(shown: Statement, here: Here, months: tuple[str, ...]) -> None:
    plan, scenario, _ = here.shown
    heads = [_head(span, here, months) for span in shown.spans]
    columns = [
        Column("", lambda row: row.label[here.language]),
        *(Column(head, partial(_value, place=place)) for place, head in enumerate(heads)),
    ]
    tables.files(columns, shown.rows, f"{plan.id}-{scenario.id}-{shown.name}", here.language)


def _value(row: Row, place: int) -> float:
    return row.values[place]


def _styled(shown: Statement, scale: MoneyScale, heads: tuple[str, ...], language: Language) -> Styler:
    labels = [_label(row, language) for row in shown.rows]
    frame = pd.DataFrame(
        {"0": labels} | {head: [row.values[place] for row in shown.rows] for place, head in enumerate(heads)}
    )
    weights = [["font-weight: 650" if row.level < 2 else ""] * len(frame.columns) for row in shown.rows]
    return frame.style.format(
        partial(scale.format, language=language, accounting=True), subset=list(heads)
    ).apply(lambda _: pd.DataFrame(weights, columns=frame.columns), axis=None)


def _label(row: Row, language: Language) -> str:
    return (INDENT if row.level == 2 else "") + row.label[language]


def _head(span: Span, here: Here, months: tuple[str, ...]) -> str:
    """The head of a column: `Jan 2027`, `Q1 2027`, `2027`; a part of a year says how many months it has."""
    language = here.language
    if span.period == "month":
        return month(months[span.first - 1], language)
    label = say(f"statements.head.{span.period}", language, year=span.year, number=span.number)
    if span.is_whole:
        return label
    return say("statements.head.part", language, span=label, months=span.last - span.first + 1)
