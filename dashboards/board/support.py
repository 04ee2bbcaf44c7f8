"""Policy: the claims of the plan, month by month why and why not, when cash comes, and what else there is."""

from __future__ import annotations

from functools import partial

import streamlit as st

from board import explanation, plots, reading, tables
from board.cards import card, fine_print
from board.frame import Here
from board.plots import Course
from board.tables import Column, columns_of
from board.words import plain, say
from toolkit.app.building import Built
from toolkit.app.pages.policy import ClaimRow, ProgrammeRow
from toolkit.report.charts import Spec
from toolkit.text import Language
from toolkit.text.formats import compact_money, day, money_scale, month, number, percent


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
    facts = one.facts
    money = partial(compact_money, currency=currency, language=language)
    note = say("policy.claim.note", language, chance=percent(one.chance, language))
    with card(plain(facts.name[language]), note):
        figures = [
            (say("policy.claim.total", language), plain(money(facts.received))),
            (say("policy.claim.first", language), _month(one.first_cash, language)),
            (say("policy.claim.last", language), _month(one.last_cash, language)),
        ]
        with st.grid(3, min_column_width=160):
            for label, value in figures:
                st.metric(label, value)
        if not facts.in_base:
            st.warning(plain(facts.reason[language]), icon=":material/block:")
        if one.lanes:
            st.markdown(f"**{say('policy.claim.tests', language)}**")
            st.vega_lite_chart(
                _lanes(here.run, one.id, language, one, months), theme=None,
                alt=say("policy.claim.tests", language),
            )  # fmt: skip
            st.caption(say("policy.claim.legend", language))
            _by_month(one, language)
        _edges(one, currency, language)
        if one.accrued:
            st.markdown(f"**{say('policy.claim.cash', language)}**")
            st.vega_lite_chart(
                _cash(here.run, one.id, language, one, months, currency), theme=None,
                alt=say("policy.claim.cash", language),
            )  # fmt: skip
        _ground(here, one, months)


def _month(iso: str | None, language: Language) -> str:
    return month(iso, language) if iso else "—"


def _by_month(one: ClaimRow, language: Language) -> None:
    """The reason of every month, and when what accrues then is filed and paid."""
    column, whole = columns_of("policy", language), partial(number, language=language)
    when = partial(month, language=language)
    with st.expander(say("policy.claim.months", language), icon=":material/calendar_month:"):
        tables.show(
            one.facts.months,
            [
                column("month", lambda each: each.month, when, 110),
                column("reason", lambda each: each.reason[language], None, 520),
                column("accrues", lambda each: each.accrued or None, whole, 110),
                column("filed_in", lambda each: each.filed_in, when, 110),
                column("cash_in", lambda each: each.cash_in, when, 110),
                column("received", lambda each: each.received or None, whole, 110),
            ],
            name=f"claim-{one.id}", alt=say("policy.claim.months", language), language=language,
        )  # fmt: skip


def _edges(one: ClaimRow, currency: str, language: Language) -> None:
    """How near the plan is to failing a condition or to a cap; what is still to be shown."""
    lines = []
    for cliff in one.facts.cliffs:
        key = "fails" if cliff.fails_in else "near"
        lines.append(
            say(
                f"policy.edge.{key}", language, check=plain(cliff.check.words[language]),
                month=_month(cliff.fails_in or cliff.month, language),
                amount=plain(compact_money(cliff.at_risk, currency, language)),
            )
        )  # fmt: skip
    for cap in one.facts.caps:
        used = percent(cap.used, language)
        lines.append(
            say("policy.edge.cap", language, label=plain(cap.label[language]), used=used,
                month=_month(cap.month, language))
        )  # fmt: skip
    lines += [say("policy.edge.shown", language, words=plain(one[language])) for one in one.facts.conditions]
    for label, names in one.facts.unchecked:
        lines.append(
            say(
                "policy.edge.unchecked", language, label=plain(label[language]), facts=plain(", ".join(names))
            )
        )
    if lines:
        st.markdown("\n".join(f"- {line}" for line in lines))


def _ground(here: Here, one: ClaimRow, months: tuple[str, ...]) -> None:
    language, source = here.language, one.facts.source
    where = f" [{plain(source.url)}]({source.url})" if source.url else ""
    fine_print(say("policy.claim.source", language, title=plain(source.title)) + where)
    if one.cash_line is None or one.first_cash is None:
        return
    with st.expander(
        say("explain.title", language), icon=":material/account_tree:", key=f"policy.{one.id}.ground",
        on_change="rerun",
    ) as opened:  # fmt: skip
        if opened.open:
            explanation.by_month(here, one.cash_line, months.index(one.first_cash) + 1)


@st.cache_data(max_entries=64, show_spinner=False)
def _lanes(run: str, id: str, language: Language, _one: ClaimRow, _months: tuple[str, ...]) -> Spec:
    del run, id
    tones = {"passed": "good", "failed": "bad", "idle": "panel"}
    rows = [
        {
            "label": lane.label[language],
            "month": iso,
            "tone": tones[mark],
            "hint": f"{month(iso, language)}: {reason[language] or say(f'policy.mark.{mark}', language)}",
        }
        for lane in _one.lanes
        for iso, mark, reason in zip(_months, lane.marks, lane.reasons, strict=True)
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
    return plots.bars(found, _months, language, unit=scale.label, factor=scale.factor, height=150,
                      tones=("soft", "good"))  # fmt: skip


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
