"""Scenarios: side by side, what makes the difference, what moved inputs do, how far they have to move."""

from __future__ import annotations

import streamlit as st

from board import panels, place, plots, reading, tables, work
from board.cards import card
from board.doubt import choose_measure, measure_name
from board.frame import Here
from board.plots import Course
from board.sliders import what_if
from board.tables import Column
from board.words import plain, say
from toolkit.app.building import Built
from toolkit.app.pages.measures import Measure, label_of, metric_text
from toolkit.app.pages.scenarios import (
    CashCourse,
    GoalRow,
    Step,
    attribution_steps,
    goal_rows,
    goal_text,
    levers,
    scale_of,
    start_threshold,
)
from toolkit.report.charts import Spec
from toolkit.text import Language


def draw(here: Here) -> None:
    """The page."""
    plan, _, _ = here.shown
    _side_by_side(here)
    built = reading.built(here.path, here.run)
    measure = choose_measure(here, built)
    metric = metric_text(measure, len(built.run.months))
    if len(plan.scenarios) > 1:
        _difference(here, built, measure, metric)
    what_if(here, built, measure, metric)
    _goal(here, built, measure, metric)


def _side_by_side(here: Here) -> None:
    plan, _, _ = here.shown
    language = here.language
    panels.scenarios(here, plan, reading.scenarios_of(here.path, plan))
    courses = reading.courses_of(here.path, plan)
    with card(say("scenarios.cash.title", language), say("scenarios.cash.note", language)):
        months = reading.run(here.path, here.run).months
        ids = ",".join(one.run.id for one in plan.scenarios if one.run)
        st.vega_lite_chart(
            _cash_chart(ids, language, courses, months, plan.currency), theme=None,
            alt=say("scenarios.cash.title", language),
        )  # fmt: skip


@st.cache_data(max_entries=32, show_spinner=False)
def _cash_chart(
    runs: str, language: Language, _courses: tuple[CashCourse, ...], _months: tuple[str, ...], currency: str
) -> Spec:
    del runs
    factor, unit = scale_of(_courses, currency, language)
    found = [Course(one.label[language], one.median) for one in _courses]
    return plots.courses(found, _months, language, unit=unit, factor=factor)


def _difference(here: Here, built: Built, measure: Measure, metric: str) -> None:
    """From one scenario to another: which change makes what of the difference."""
    plan, scenario, _ = here.shown
    language = here.language
    labels = {one.id: one.label[language] for one in plan.scenarios}
    others = [one.id for one in plan.scenarios if one.id != plan.base.id]
    with card(say("scenarios.why.title", language), say("scenarios.why.note", language)):
        chosen = scenario.id if scenario.id in others else others[0]
        place.choice("versus", others, chosen)
        second = st.segmented_control(
            say("scenarios.why.second", language), others, key="versus", required=True,
            format_func=lambda one: plain(labels[one]),
        ) or chosen  # fmt: skip
        base = plan.base.run.id if plan.base.run else here.run
        wanted = work.question(here, "attribution", run=base, second=second, metric=metric)
        found = work.answer(here, wanted)
        if found is None:
            return
        names = (labels[plan.base.id], labels[second])
        rows = attribution_steps(found, names, built.model, measure, language)
        st.vega_lite_chart(
            _why_chart(f"{base}.{second}", measure, language, rows), theme=None,
            alt=say("scenarios.why.alt", language, first=names[0], second=names[1]),
        )  # fmt: skip
        if not found.attribution.exact:
            st.caption(say("scenarios.why.sampled", language))


@st.cache_data(max_entries=64, show_spinner=False)
def _why_chart(runs: str, measure: str, language: Language, _rows: tuple[Step, ...]) -> Spec:
    del runs, measure
    rows = [
        {
            "label": one.label, "start": one.start, "end": one.end, "text": one.text,
            "tone": "accent" if one.is_total else "good" if one.is_gain else "bad",
        }
        for one in _rows
    ]  # fmt: skip
    return plots.steps(rows, language)


def _goal(here: Here, built: Built, measure: Measure, metric: str) -> None:
    """How far inputs have to move until a goal is met."""
    language = here.language
    with card(say("scenarios.goal.title", language), say("scenarios.goal.note", language)):
        ranked = work.ready(work.question(here, "tornado", run=here.run, metric=metric))
        if ranked is None:
            st.caption(say("work.running", language))
            return
        options = levers(built.model, ranked)
        with st.form(f"goal.{measure}", border=False):
            left, right = st.columns([1, 3], gap="medium", vertical_alignment="bottom")
            threshold = left.number_input(
                say(f"scenarios.goal.reach.{measure}", language, name=measure_name(measure, built, language)),
                value=start_threshold(measure, ranked.present.value), key=f"goal.threshold.{measure}",
            )  # fmt: skip
            chosen = right.multiselect(
                say("scenarios.goal.levers", language), options, default=options[:3],
                key=f"goal.levers.{measure}", placeholder=say("choose", language),
                format_func=lambda one: label_of(built.model, one, language),
            )  # fmt: skip
            asked = st.form_submit_button(say("scenarios.goal.seek", language), icon=":material/my_location:")
        key = f"goal.asked.{measure}.{here.run}"
        if asked and chosen:
            st.session_state[key] = (goal_text(metric, measure, threshold), tuple(chosen))
        if key not in st.session_state:
            return
        goal, moved = st.session_state[key]
        found = work.answer(here, work.question(here, "goal", run=here.run, goal=goal, levers=moved))
        if found is not None:
            rows = goal_rows(found, built.model, measure, language)
            tables.show(
                rows, _goal_columns(language), name="goal", alt=say("scenarios.goal.title", language),
                language=language,
            )  # fmt: skip
            if all(one.met for one in rows):
                st.caption(say("scenarios.goal.met", language))


def _goal_columns(language: Language) -> list[Column]:
    def answer(one: GoalRow) -> str:
        if one.answer is None:
            return say("scenarios.goal.out_of_reach", language, best=one.best)
        return one.answer

    return [
        Column(say("uncertainty.column.input", language), lambda one: one.label, width=300),
        Column(say("scenarios.goal.column.present", language), lambda one: one.present),
        Column(say("scenarios.goal.column.answer", language), answer, width=220),
        Column(say("scenarios.goal.column.factor", language), lambda one: one.factor),
    ]
