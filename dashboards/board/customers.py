"""Market: the funnel, customers and recurring revenue by month, unit economics, cohorts."""

from __future__ import annotations

from functools import partial

import streamlit as st

from board import plots, reading, tables, units
from board.cards import card
from board.frame import Here
from board.plots import Course
from board.tables import Column
from board.words import plain, say
from toolkit.app.pages.market import MarketPage, ProductCourse
from toolkit.report.charts import Spec
from toolkit.text import Language
from toolkit.text.formats import (
    compact_money,
    compact_number,
    money_scale,
    number,
    percent,
    significant,
)

TONES: tuple[plots.Tone, ...] = ("good", "accent", "warn", "bad")


def draw(here: Here) -> None:
    """The page."""
    found = reading.market_of(here.path, here.run)
    if not found.products and not found.segments:
        with card(say("market.none.title", here.language)):
            st.markdown(say("market.none.text", here.language))
        return
    _figures(found, here.language)
    left, right = st.columns(2, gap="medium")
    with left:
        _funnel(here, found)
    with right:
        _customers(here, found)
    for one in found.products:
        _revenue(here, found, one)
    units.economics(found, here.language)
    units.company(found, here.language)
    for one in found.products:
        units.cohorts(found, one, here.language)


def _figures(found: MarketPage, language: Language) -> None:
    """The newest year of each product in four figures."""
    last = {one.product: one for one in found.units}
    money = partial(compact_money, currency=found.currency, language=language)
    for one in last.values():
        cells = (
            ("customers", number(one.customers, language)),
            ("value", _known(one.lifetime_value, money)),
            ("cost", _known(one.acquisition_cost, money)),
            ("payback", _known(one.payback_months, lambda value: significant(value, language, 2))),
        )
        with st.grid(4, min_column_width=200):
            for key, value in cells:
                with st.container(border=True, height="stretch"):
                    st.metric(
                        say(f"market.figure.{key}", language), plain(value),
                        help=say(f"market.help.{key}", language),
                    )  # fmt: skip
                    st.caption(
                        say("market.figure.of", language, product=plain(one.product[language]), year=one.year)
                    )


def _known(value: float | None, write: object) -> str:
    return "—" if value is None else str(write(value))  # type: ignore[operator]


def _funnel(here: Here, found: MarketPage) -> None:
    language = here.language
    with card(say("market.funnel.title", language), say("market.funnel.note", language)):
        if not found.funnel:
            st.caption(say("market.funnel.none", language))
            return
        st.vega_lite_chart(
            _funnel_chart(here.run, language, found), theme=None, alt=say("market.funnel.title", language)
        )
        tables.show(
            found.segments, _segment_columns(found.currency, language), name="segments", language=language,
            alt=say("market.segments", language),
        )  # fmt: skip


@st.cache_data(max_entries=32, show_spinner=False)
def _funnel_chart(run: str, language: Language, _found: MarketPage) -> Spec:
    del run
    rows = [
        {
            "label": say(f"market.level.{one.id}", language), "value": one.value,
            "text": compact_money(one.value, _found.currency, language)
            + ("" if one.share is None else f" · {percent(one.share, language, 1)}"),
            "tone": "good" if one.id == "planned" else "accent",
        }
        for one in _found.funnel
    ]  # fmt: skip
    return plots.ranked(rows, language)


def _segment_columns(currency: str, language: Language) -> list[Column]:
    money = partial(compact_money, currency=currency, language=language)
    return [
        Column(say("market.column.segment", language), lambda one: one.label[language], width=190),
        Column(say("market.column.accounts", language), lambda one: one.accounts,
               partial(compact_number, language=language), width=100),
        Column(say("market.column.total", language), lambda one: one.total, money, width=100),
        Column(say("market.column.serviceable", language), lambda one: one.serviceable, money, width=100),
        Column(say("market.column.obtainable", language), lambda one: one.obtainable, money, width=100),
        Column(say("market.column.basis", language), lambda one: one.basis, width=280),
    ]  # fmt: skip


def _customers(here: Here, found: MarketPage) -> None:
    language = here.language
    with card(say("market.customers.title", language), say("market.customers.note", language)):
        st.vega_lite_chart(
            _customers_chart(here.run, language, found), theme=None,
            alt=say("market.customers.title", language),
        )  # fmt: skip


@st.cache_data(max_entries=32, show_spinner=False)
def _customers_chart(run: str, language: Language, _found: MarketPage) -> Spec:
    del run
    courses = [Course(one.label[language], one.customers) for one in _found.products]
    return plots.courses(
        courses, _found.months, language, unit=say("market.customers.unit", language), height=300
    )


def _revenue(here: Here, found: MarketPage, one: ProductCourse) -> None:
    """By what recurring revenue moves, month by month."""
    if not one.movements:
        return
    language = here.language
    title = say("market.revenue.title", language, product=plain(one.label[language]))
    with card(title, say("market.revenue.note", language)):
        st.vega_lite_chart(_revenue_chart(here.run, one.id, language, one, found), theme=None, alt=title)


@st.cache_data(max_entries=32, show_spinner=False)
def _revenue_chart(run: str, id: str, language: Language, _one: ProductCourse, _found: MarketPage) -> Spec:
    del run, id
    scale = money_scale([v for values in _one.movements.values() for v in values], _found.currency, language)
    courses = [
        Course(say(f"market.movement.{part}", language), values) for part, values in _one.movements.items()
    ]
    return plots.bars(courses, _found.months, language, unit=scale.label, factor=scale.factor, tones=TONES)
