"""Uncertainty: how long the cash lasts, what moves that, where the spread is from, what bad futures share."""

from __future__ import annotations

from functools import partial

import streamlit as st

from board import place, plots, reading, tables, work
from board.cards import card
from board.charts import both, fitted
from board.frame import Here
from board.tables import Column
from board.words import plain, say
from toolkit.app.analysis import DRAWS
from toolkit.app.building import Built
from toolkit.app.pages.measures import MEASURES, Measure, metric_text, printed_error
from toolkit.app.pages.uncertainty import (
    Bar,
    Index,
    SurvivalCurve,
    bad_draws,
    bars,
    indices,
    survival_curve,
)
from toolkit.report.charts import Look, Spec
from toolkit.report.charts.lines import survival_chart
from toolkit.text import Language
from toolkit.text.formats import MINUS, number, percent

SURVIVAL_HEIGHT = 220


def draw(here: Here) -> None:
    """The page."""
    built = reading.built(here.path, here.run)
    _survival(here)
    measure = choose_measure(here, built)
    metric = metric_text(measure, len(built.run.months))
    _tornado(here, built, measure, metric)
    left, right = st.columns(2, gap="medium")
    with left:
        _sobol(here, built, measure, metric)
    with right:
        _worst(here, built, measure, metric)


def choose_measure(here: Here, built: Built, key: str = "measure") -> Measure:
    """Which figure is looked at: kept in the address."""
    place.choice(key, MEASURES, MEASURES[0])
    chosen: Measure | None = st.segmented_control(
        say("uncertainty.measure", here.language), MEASURES, key=key, required=True,
        format_func=lambda one: measure_name(one, built, here.language),
    )  # fmt: skip
    if built.run.draws > DRAWS:
        fewer, every = (number(draws, here.language) for draws in (DRAWS, built.run.draws))
        st.caption(say("uncertainty.fewer", here.language, draws=fewer, all=every))
    return chosen or MEASURES[0]


def measure_name(measure: Measure, built: Built, language: Language) -> str:
    """The measure in words."""
    months = min(24, len(built.run.months))
    return say(f"uncertainty.measures.{measure}", language, months=months)


def _survival(here: Here) -> None:
    language = here.language
    with card(say("uncertainty.survival.title", language), say("uncertainty.survival.note", language)):
        found = work.answer(here, work.question(here, "survival", run=here.run))
        if found is None:
            return
        curve = survival_curve(found, language)
        chart, figures = st.columns([4, 1], gap="large", vertical_alignment="center")
        chart.vega_lite_chart(
            _survival_chart(here.run, language, curve), theme=None,
            alt=say("uncertainty.survival.alt", language),
        )  # fmt: skip
        with figures:
            for month, chance, error in curve.marks:
                st.metric(
                    say("uncertainty.survival.month", language, months=month), plain(chance),
                    delta_description="± " + say("overview.points", language, figure=error),
                )  # fmt: skip


@st.cache_data(max_entries=32, show_spinner=False)
def _survival_chart(run: str, language: Language, _curve: SurvivalCurve) -> Spec:
    del run
    marks = tuple(mark for mark, _, _ in _curve.marks)
    return both(
        lambda theme: fitted(
            survival_chart(
                _curve.alive, _curve.months, Look(language, theme, height=SURVIVAL_HEIGHT), marks=marks
            )
        )
    )


def _tornado(here: Here, built: Built, measure: Measure, metric: str) -> None:
    language = here.language
    with card(say("uncertainty.tornado.title", language), say("uncertainty.tornado.note", language)):
        found = work.answer(here, work.question(here, "tornado", run=here.run, metric=metric))
        if found is None:
            return
        rows = bars(found, built.model, measure, language)
        if not rows:
            st.caption(say("uncertainty.certain", language))
            return
        present = printed_error(measure, found.present, built.run.currency, language)
        st.markdown(
            say(
                "uncertainty.tornado.present", language, present=f"**{plain(present)}**",
                name=plain(measure_name(measure, built, language)), largest=f"**{plain(rows[0].label)}**",
            )
        )  # fmt: skip
        st.vega_lite_chart(
            _tornado_chart(here.run, measure, language, rows), theme=None,
            alt=say("uncertainty.tornado.alt", language, largest=rows[0].label),
        )  # fmt: skip
        st.caption(say("uncertainty.tornado.legend", language))
        with st.expander(say("uncertainty.as_table", language), icon=":material/table_rows:"):
            tables.show(
                rows, _bar_columns(language), name=f"tornado-{measure}",
                alt=say("uncertainty.tornado.title", language), language=language,
            )  # fmt: skip
        if found.unrelated:
            st.caption(say("uncertainty.unrelated", language, count=len(found.unrelated)))


@st.cache_data(max_entries=64, show_spinner=False)
def _tornado_chart(run: str, measure: str, language: Language, _rows: tuple[Bar, ...]) -> Spec:
    del run, measure
    rows = [
        {
            "label": one.label,
            "low": one.low,
            "high": one.high,
            "low_text": one.low_text if one.is_clear else "",
            "high_text": one.high_text if one.is_clear else "",
            "low_hint": f"{one.label}: {one.low_set} → {one.low_text}",
            "high_hint": f"{one.label}: {one.high_set} → {one.high_text}",
        }
        for one in _rows
    ]
    return plots.diverging(rows, language)


def _bar_columns(language: Language) -> list[Column]:
    head = partial(say, language=language)
    return [
        Column(head("uncertainty.column.input"), lambda one: one.label, width=300),
        Column(head("uncertainty.column.range"), lambda one: one.range),
        Column(head("uncertainty.column.at_low"), lambda one: one.low_text),
        Column(head("uncertainty.column.at_high"), lambda one: one.high_text),
    ]


def _sobol(here: Here, built: Built, measure: Measure, metric: str) -> None:
    language = here.language
    with card(say("uncertainty.sobol.title", language), say("uncertainty.sobol.note", language)):
        wanted = work.question(here, "sobol", run=here.run, metric=metric)
        if work.found(wanted) is None:
            st.caption(say("uncertainty.sobol.offer", language))
            if st.button(say("uncertainty.sobol.start", language), key="sobol", icon=":material/calculate:"):
                work.start(wanted)
                st.rerun()
            return
        found = work.answer(here, wanted)
        if found is None:
            return
        rows = indices(found, built.model, language)
        st.vega_lite_chart(
            _sobol_chart(here.run, measure, language, rows), theme=None,
            alt=say("uncertainty.sobol.alt", language, largest=rows[0].label),
        )  # fmt: skip
        st.caption(
            say(
                "uncertainty.sobol.interaction", language,
                share=percent(max(found.interaction.value, 0.0), language),
                error=number(found.interaction.error * 100, language, 1),
            )
        )  # fmt: skip


@st.cache_data(max_entries=64, show_spinner=False)
def _sobol_chart(run: str, measure: str, language: Language, _rows: tuple[Index, ...]) -> Spec:
    del run, measure
    rows = [
        {
            "label": one.label, "value": one.total.value,
            "low": one.total.value - one.total.error, "high": one.total.value + one.total.error,
            "text": say(
                "uncertainty.sobol.share", language, total=percent(one.total.value, language),
                alone=percent(max(one.first.value, 0.0), language),
            ),
        }
        for one in _rows
    ]  # fmt: skip
    return plots.ranked(rows, language)


def _worst(here: Here, built: Built, measure: Measure, metric: str) -> None:
    language = here.language
    asked = "lowest" if measure == "survive" else measure  # a chance of 0 or 1 does not rank the draws
    text = metric_text(asked, len(built.run.months)) if asked != measure else metric
    with card(say("uncertainty.worst.title", language), say("uncertainty.worst.note", language)):
        found = work.answer(here, work.question(here, "drivers", run=here.run, metric=text))
        if found is None:
            return
        bad = bad_draws(found, built.model, asked, language)
        key = "never" if bad.until is None else "until"
        st.markdown(
            say(
                f"uncertainty.worst.{key}", language, name=plain(measure_name(asked, built, language)),
                threshold=f"**{plain(bad.threshold)}**", month=f"**{bad.until}**", spared=bad.spared,
            )
        )  # fmt: skip
        tables.show(
            bad.drivers, _driver_columns(language), name=f"bad-futures-{asked}",
            alt=say("uncertainty.worst.title", language), language=language,
        )  # fmt: skip


def _driver_columns(language: Language) -> list[Column]:
    head = partial(say, language=language)

    def signed(value: float) -> str:
        return (MINUS if value < 0 else "+") + number(abs(value), language, 2)

    return [
        Column(head("uncertainty.column.input"), lambda one: one.label, width=310),
        Column(head("uncertainty.column.usual"), lambda one: one.usual, width=80),
        Column(head("uncertainty.column.worst"), lambda one: one.worst, width=80),
        Column(
            head("uncertainty.column.shift"), lambda one: one.shift.value, signed, width=60,
            help=head("uncertainty.column_help.shift"),
        ),
    ]  # fmt: skip
