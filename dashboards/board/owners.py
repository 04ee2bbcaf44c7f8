"""Funding: rounds, the cap table through time, what an exit pays to whom, when to begin the next raise."""

from __future__ import annotations

from functools import partial

import streamlit as st

from board import plots, reading, tables, work
from board.cards import card
from board.frame import Here
from board.tables import Column
from board.words import plain, say
from toolkit.app.building import Built
from toolkit.app.pages.funding import CapTable, Payout, RoundRow, payouts
from toolkit.app.raising import RaiseBy
from toolkit.errors import InputError
from toolkit.report.charts import Spec
from toolkit.text import Language
from toolkit.text.formats import compact_money, money_scale, month, number, percent, significant, unit_price


def draw(here: Here) -> None:
    """The page."""
    built = reading.built(here.path, here.run)
    rounds, table = reading.funding_of(here.path, here.run)
    _rounds(here, built, rounds)
    if table is None:
        st.caption(say("funding.no_holders", here.language))
    else:
        _cap_table(here, built, table)
        _exit(here, built, table)
    _raise_by(here)


def _rounds(here: Here, built: Built, rounds: tuple[RoundRow, ...]) -> None:
    language = here.language
    with card(say("funding.rounds.title", language), say("funding.rounds.note", language)):
        if not rounds:
            st.caption(say("funding.rounds.none", language))
            return
        tables.show(
            rounds, _round_columns(built.run.currency, language), name="rounds", language=language,
            alt=say("funding.rounds.title", language),
        )  # fmt: skip


def _round_columns(currency: str, language: Language) -> list[Column]:
    head = partial(say, language=language)
    when = partial(month, language=language)
    return [
        Column(head("funding.column.label"), lambda one: one.label[language], width=200),
        Column(head("funding.column.kind"), lambda one: one.kind[language], width=140),
        Column(head("funding.column.month"), lambda one: one.month, when, width=120),
        Column(head("funding.column.closes"), lambda one: one.closes, when, width=140,
               help=head("funding.column_help.closes")),
        Column(head("funding.column.amount"), lambda one: one.amount,
               partial(compact_money, currency=currency, language=language), width=110),
        Column(head("funding.column.chance"), lambda one: one.chance, partial(percent, language=language),
               width=90),
        Column(head("funding.column.terms"), lambda one: one.terms[language], width=380),
    ]  # fmt: skip


def _cap_table(here: Here, built: Built, table: CapTable) -> None:
    """Ownership after every event, and how far each holder was diluted."""
    language, currency = here.language, built.run.currency
    with card(say("funding.table.title", language), say("funding.table.note", language)):
        st.vega_lite_chart(
            _shares_chart(here.run, language, table), theme=None, alt=say("funding.table.title", language)
        )
        left, right = st.columns(2, gap="medium")
        with left:
            tables.show(
                table.holders, _holder_columns(language), name="holders", language=language,
                alt=say("funding.holders", language),
            )  # fmt: skip
        with right:
            tables.show(
                table.moments, _moment_columns(currency, language), name="events", language=language,
                alt=say("funding.events", language),
            )  # fmt: skip


@st.cache_data(max_entries=32, show_spinner=False)
def _shares_chart(run: str, language: Language, _table: CapTable) -> Spec:
    del run
    rows = [
        {
            "moment": f"{moment.label[language]}\n{month(moment.month, language)}",
            "name": holder.label[language], "share": share, "text": percent(share, language, 1),
        }
        for moment in _table.moments
        for holder, share in zip(_table.holders, moment.shares, strict=True)
        if share > 0
    ]  # fmt: skip
    return plots.shares(rows, language, holders=[one.label[language] for one in _table.holders])


def _holder_columns(language: Language) -> list[Column]:
    share = partial(percent, language=language, decimals=1)
    return [
        Column(say("funding.column.holder", language), lambda one: one.label[language], width=180),
        Column(say("funding.column.group", language), lambda one: _group(one.group, language), width=110),
        Column(say("funding.column.first", language), lambda one: one.first, share, width=90),
        Column(say("funding.column.last", language), lambda one: one.last, share, width=90),
        Column(say("funding.column.diluted", language), lambda one: one.diluted, share, width=100),
    ]


def _group(group: str, language: Language) -> str:
    try:
        return say(f"funding.group.{group}", language)
    except KeyError:
        return group


def _moment_columns(currency: str, language: Language) -> list[Column]:
    money = partial(compact_money, currency=currency, language=language)
    return [
        Column(say("funding.column.event", language), lambda one: one.label[language], width=170),
        Column(
            say("funding.column.when", language),
            lambda one: one.month,
            partial(month, language=language),
            width=110,
        ),
        Column(
            say("funding.column.price", language),
            lambda one: one.price,
            partial(unit_price, currency=currency, language=language),
            width=100,
        ),
        Column(say("funding.column.post_money", language), lambda one: one.post_money, money, width=120),
        Column(
            say("funding.column.shares", language),
            lambda one: one.total_shares,
            partial(number, language=language),
            width=120,
        ),
        Column(
            say("funding.column.outstanding", language), lambda one: one.outstanding or None, money, width=130
        ),
    ]


def _exit(here: Here, built: Built, table: CapTable) -> None:
    """Who gets what at an exit."""
    language, currency = here.language, built.run.currency
    with card(say("funding.exit.title", language), say("funding.exit.note", language)):
        course = reading.exits_of(here.path, here.run)
        st.vega_lite_chart(
            _exit_chart(here.run, language, currency, course, table), theme=None,
            alt=say("funding.exit.title", language),
        )  # fmt: skip
        asked = st.text_input(
            say("funding.exit.values", language), key="exit.values", placeholder="20M, 60M", width=320
        )
        values = [part.strip() for part in asked.replace("，", ",").split(",") if part.strip()]
        try:
            found = payouts(built, values)
        except InputError as error:
            work.told(error.problems, language)
            return
        tables.show(
            found, _payout_columns(currency, language), name="exit", language=language,
            alt=say("funding.exit.title", language), height=330,
        )  # fmt: skip


@st.cache_data(max_entries=32, show_spinner=False)
def _exit_chart(
    run: str, language: Language, currency: str, _course: tuple[Payout, ...], _table: CapTable
) -> Spec:
    del run
    scale = money_scale([one.exit_value for one in _course], currency, language)
    rows = [
        {
            "x": one.exit_value / scale.factor, "y": one.payout / scale.factor, "name": one.holder[language],
            "text": f"{compact_money(one.payout, currency, language)} · {percent(one.share, language, 1)}",
        }
        for one in _course
    ]  # fmt: skip
    known = [one.label[language] for one in _table.holders]
    paid = [one.holder[language] for one in _course]
    return plots.areas(
        rows, language, holders=list(dict.fromkeys([*known, *paid])),
        x_title=say("funding.exit.x", language, unit=scale.label),
        y_title=say("funding.exit.y", language, unit=scale.label),
    )  # fmt: skip


def _payout_columns(currency: str, language: Language) -> list[Column]:
    money = partial(compact_money, currency=currency, language=language)
    return [
        Column(say("funding.column.exit", language), lambda one: one.exit_value, money, width=110),
        Column(say("funding.column.holder", language), lambda one: one.holder[language], width=200),
        Column(say("funding.column.payout", language), lambda one: one.payout, money, width=110),
        Column(say("funding.column.share", language), lambda one: one.share,
               partial(percent, language=language, decimals=1), width=90),
        Column(say("funding.column.invested", language), lambda one: one.invested or None, money, width=110),
        Column(say("funding.column.multiple", language), lambda one: one.multiple,
               lambda value: f"{significant(value, language)} ×", width=100),
        Column(say("funding.column.rate", language), lambda one: one.annual_rate,
               partial(percent, language=language), width=110),
    ]  # fmt: skip


def _raise_by(here: Here) -> None:
    """The last month to open the next round."""
    language = here.language
    with card(say("funding.raise.title", language), say("funding.raise.note", language)):
        with st.form("raise_by", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
            takes = st.text_input(
                say("funding.raise.takes", language), "3 to 9 months", key="raise.takes", width=220
            )
            chance = st.number_input(
                say("funding.raise.chance", language), 50.0, 99.9, 95.0, key="raise.chance", width=220
            )
            asked = st.form_submit_button(say("funding.raise.find", language), icon=":material/event:")
        key = f"raise.asked.{here.run}"
        if asked:
            st.session_state[key] = (takes.strip(), chance / 100)
        if key not in st.session_state:
            return
        chosen, probability = st.session_state[key]
        wanted = work.question(here, "raise_by", run=here.run, takes=chosen, probability=probability)
        found: RaiseBy | None = work.answer(here, wanted, 2.0)
        if found is not None:
            st.markdown(_raise_words(found, language))


def _raise_words(found: RaiseBy, language: Language) -> str:
    floor = plain(compact_money(found.floor, found.currency, language))
    chance = percent(found.probability, language)
    if found.latest_month is None:
        return say("funding.raise.never", language, floor=floor, chance=chance)
    key = "late" if found.months_late else "by"
    return say(
        f"funding.raise.{key}", language, month=f"**{month(found.latest_month, language)}**", floor=floor,
        chance=chance, late=found.months_late, takes=plain(found.takes),
    )  # fmt: skip
