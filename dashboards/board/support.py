"""Policy: the claims of the plan, month by month why and why not, when cash comes, and what else there is."""

from __future__ import annotations

from functools import partial

import streamlit as st

from board import explanation, plots, reading, tables
from board.cards import card
from board.frame import Here
from board.plots import Course
from board.tables import Column
from board.words import plain, say
from toolkit.app.building import Built
from toolkit.app.pages.policy import ClaimRow, ProgrammeRow
from toolkit.report.charts import Spec
from toolkit.text import Language
from toolkit.text.formats import compact_money, day, money_scale, month, percent


def draw(here: Here) -> None:
    """The page."""
    built = reading.built(here.path, here.run)
    claims, programmes = reading.policy_of(here.path, here.run)
    if not claims:
        with card(say("policy.none.title", here.language)):
            st.markdown(say("policy.none.text", here.language))
            st.page_link("app_pages/plan.py", label=say("policy.none.link", here.language),
                         icon=":material/edit_note:")  # fmt: skip
    for one in claims:
        _claim(here, built, one)
    _programmes(here, programmes)


def _claim(here: Here, built: Built, one: ClaimRow) -> None:
    language, currency, months = here.language, built.run.currency, built.run.months
    money = partial(compact_money, currency=currency, language=language)
    note = say("policy.claim.note", language, chance=percent(one.chance, language))
    with card(plain(one.label[language]), note):
        facts = [
            (say("policy.claim.total", language), plain(money(one.total))),
            (say("policy.claim.first", language), month(one.first_cash, language) if one.first_cash else "—"),
            (say("policy.claim.last", language), month(one.last_cash, language) if one.last_cash else "—"),
        ]
        with st.grid(3, min_column_width=160):
            for label, value in facts:
                st.metric(label, value)
        if one.is_kept_out:
            st.warning(say("policy.claim.kept_out", language), icon=":material/block:")
        if one.tests:
            st.markdown(f"**{say('policy.claim.tests', language)}**")
            st.vega_lite_chart(
                _lanes(here.run, one.id, language, one, months), theme=None,
                alt=say("policy.claim.tests", language),
            )  # fmt: skip
            st.caption(say("policy.claim.legend", language))
        st.markdown(f"**{say('policy.claim.cash', language)}**")
        st.vega_lite_chart(
            _cash(here.run, one.id, language, one, months, currency), theme=None,
            alt=say("policy.claim.cash", language),
        )  # fmt: skip
        source = one.source
        where = f" [{plain(source.url)}]({source.url})" if source.url else ""
        st.caption(say("policy.claim.source", language, title=plain(source.title)) + where)
        with st.expander(
            say("explain.title", language),
            icon=":material/account_tree:",
            key=f"policy.{one.id}.ground",
            on_change="rerun",
        ) as opened:
            if opened.open and one.first_cash:
                explanation.by_month(here, one.cash_line, months.index(one.first_cash) + 1)


@st.cache_data(max_entries=64, show_spinner=False)
def _lanes(run: str, id: str, language: Language, _one: ClaimRow, _months: tuple[str, ...]) -> Spec:
    del run, id
    tones = {"passed": "good", "failed": "bad", "idle": "panel"}
    rows = [
        {
            "label": test.label[language],
            "month": iso,
            "tone": tones[mark],
            "hint": f"{month(iso, language)}: {say(f'policy.mark.{mark}', language)}",
        }
        for test in _one.tests
        for iso, mark in zip(_months, test.marks, strict=True)
    ]
    return plots.lanes(rows, _months, language)


@st.cache_data(max_entries=64, show_spinner=False)
def _cash(
    run: str, id: str, language: Language, _one: ClaimRow, _months: tuple[str, ...], currency: str
) -> Spec:
    del run, id
    scale = money_scale((*_one.accrued, *_one.cash), currency, language)
    found = [
        Course(say("policy.claim.accrued", language), _one.accrued),
        Course(say("policy.claim.received", language), _one.cash),
    ]
    return plots.bars(
        found, _months, language, unit=scale.label, factor=scale.factor, height=150, tones=("soft", "good")
    )


def _programmes(here: Here, rows: tuple[ProgrammeRow, ...]) -> None:
    """What the catalogue knows for this country."""
    language = here.language
    with card(say("policy.survey.title", language), say("policy.survey.note", language)):
        tables.show(
            rows,
            _columns(language),
            name="programmes",
            alt=say("policy.survey.title", language),
            language=language,
        )


def _columns(language: Language) -> list[Column]:
    head = partial(say, language=language)

    def state(one: ProgrammeRow) -> str:
        key = "claimed" if one.is_claimed else "computable" if one.is_computable else "listed"
        return say(f"policy.state.{key}", language)

    def until(one: ProgrammeRow) -> str:
        return day(one.until, language, "medium") if one.until else ""

    return [
        Column(head("policy.column.programme"), lambda one: one.label[language], width=280),
        Column(head("policy.column.state"), state, width=140),
        Column(head("policy.column.kind"), lambda one: _kind(one.kind, language), width=130),
        Column(head("policy.column.country"), lambda one: one.country, width=80),
        Column(
            head("policy.column.rate"),
            lambda one: one.rate,
            partial(percent, language=language, decimals=1),
            width=80,
        ),
        Column(
            head("policy.column.lag"),
            lambda one: one.lag_months,
            lambda value: f"{value:.0f}",
            width=110,
            help=head("policy.column_help.lag"),
        ),
        Column(head("policy.column.conditions"), lambda one: one.conditions, width=340),
        Column(head("policy.column.until"), until, width=120),
        Column(
            head("policy.column.confidence"),
            lambda one: say(f"confidence.{one.confidence}", language),
            width=170,
        ),
        Column(head("policy.column.source"), lambda one: one.source, width=280),
    ]


def _kind(kind: str, language: Language) -> str:
    return say(f"policy.kind.{kind}", language)
