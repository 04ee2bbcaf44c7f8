"""Actuals: import figures, compare a month with the budget, project again from the last closed month."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from board import empty, place, plots, reading, tables, work
from board.cards import card
from board.frame import Here
from board.plots import Course
from board.tables import Column
from board.words import bare_months, moment, plain, say, value
from toolkit.app.actuals.budget import lock
from toolkit.app.actuals.importing import Imported
from toolkit.app.job_kinds import Reforecasted
from toolkit.app.pages.actuals import ActualsPage, LineCourse, VariancePage, first_line
from toolkit.errors import GroundplanError, InputError
from toolkit.projection.variance import Comparison, Variance
from toolkit.report.charts import Spec
from toolkit.text import Language
from toolkit.text.formats import MINUS, compact_money, money_scale, month, percent, significant

NEWEST = "newest"  # in the address: compare with the newest run of the plan
FILES = ["csv", "xlsx", "gz", "parquet"]


def draw(here: Here) -> None:
    """The page."""
    if here.plan is None:
        return
    known = reading.actuals_of(here.workspace, here.plan.id)
    has_run = here.plan.base.run is not None
    if not has_run:
        st.caption(say("actuals.no_run", here.language))
    if not known.months:
        _import(here, known, is_first=True)
        return
    if has_run:
        _variance(here, known)
        _reforecast(here, known)
    _import(here, known, is_first=False)


def _import(here: Here, known: ActualsPage, *, is_first: bool) -> None:
    """A file of figures or a cloud bill, all of it or nothing."""
    language = here.language
    with card(say("actuals.import.title", language), say("actuals.import.note", language)):
        if taken := st.session_state.pop("actuals.taken", None):
            st.success(taken, icon=":material/check_circle:")
        if is_first:
            st.markdown(say("actuals.import.begin", language))
        if here.reader.may_edit and here.plan is not None and here.plan.base.run is not None:
            _upload(here)
        if known.imports:
            tables.show(
                known.imports, _import_columns(language), name="imports", language=language, height=220,
                alt=say("actuals.import.list", language),
            )  # fmt: skip


def _upload(here: Here) -> None:
    language = here.language
    file = st.file_uploader(say("actuals.import.file", language), type=FILES, key="actuals.file")
    skip = st.checkbox(say("actuals.import.skip", language), key="actuals.skip")
    key = "actuals.order"
    if file is not None and st.button(
        say("actuals.import.take", language), type="primary", key="actuals.take"
    ):
        wanted = work.order(
            here, "import_actuals", name=file.name, content=file.getvalue(), skip_outside=skip,
            plan=here.plan.id if here.plan else None,
        )  # fmt: skip
        work.start(wanted)
        st.session_state[key] = wanted
    if key not in st.session_state:
        return
    found: Imported | None = work.answer(here, st.session_state[key], 2.0)
    if found is not None:
        work.forget(st.session_state.pop(key))
        st.session_state["actuals.taken"] = say(
            "actuals.import.same" if found.number is None else "actuals.import.taken",
            language,
            figures=found.figures,
            lines=len(found.lines),
            replaced=found.replaced,
            file=plain(found.file.rpartition("/")[2]),
        )
        st.rerun()


def _import_columns(language: Language) -> list[Column]:
    return [
        Column(say("actuals.column.file", language), lambda one: one.file, width=240),
        Column(
            say("actuals.column.date", language), lambda one: moment(one.imported_at, language), width=150
        ),
        Column(say("actuals.column.by", language), lambda one: one.author, width=140),
        Column(
            say("actuals.column.form", language),
            lambda one: say(f"actuals.form.{one.form}", language),
            width=160,
        ),
    ]


def _variance(here: Here, known: ActualsPage) -> None:
    """A month against the budget, by line."""
    language = here.language
    budgets = [one.name for one in known.budgets]
    options = (*budgets, NEWEST)
    place.choice("month", known.months, known.months[-1])
    place.choice("budget", options, options[0])
    left, right = st.columns(2)
    chosen = left.selectbox(
        say("actuals.month", language),
        known.months,
        key="month",
        format_func=partial(month, language=language),
    )
    against = right.selectbox(
        say("actuals.against", language), options, key="budget",
        format_func=lambda one: say("actuals.newest", language) if one == NEWEST else one,
    )  # fmt: skip
    plan = here.plan.id if here.plan else ""
    try:
        found = reading.variance_of(here.workspace, plan, chosen, _budget(here, against))
    except InputError as error:
        empty.problems(error, language)
        return
    st.markdown(_answer(found, language))
    with card(say("actuals.variance.title", language), say("actuals.variance.note", language)):
        tables.show(
            found.rows, _variance_columns(found, language), name=f"variance-{chosen}", language=language,
            alt=say("actuals.variance.title", language),
        )  # fmt: skip
        if found.report.unknown:
            st.caption(say("actuals.unknown", language, lines=plain(", ".join(found.report.unknown))))
    with card(say("actuals.course.title", language), say("actuals.course.note", language)):
        lines = list(found.courses)
        line = st.selectbox(
            say("actuals.course.line", language),
            lines,
            index=lines.index(first_line(found)),
            key="actuals.line",
            format_func=lambda one: found.courses[one].label[language],
        )
        st.vega_lite_chart(
            _course_chart(found.report.run, found.report.currency, language, found.courses[line]), theme=None,
            alt=say("actuals.course.title", language),
        )  # fmt: skip
    if here.reader.may_edit:
        _lock(here)


def _budget(here: Here, chosen: str) -> str | None:
    """The name of a budget, or the id of the newest run of the base."""
    if chosen != NEWEST:
        return chosen
    return here.plan.base.run.id if here.plan and here.plan.base.run else None


def _answer(found: VariancePage, language: Language) -> str:
    return say(
        "actuals.answer", language, month=f"**{month(found.report.month, language)}**", good=found.good,
        bad=found.bad, known=found.known, outside=found.outside,
    )  # fmt: skip


def _variance_columns(found: VariancePage, language: Language) -> list[Column]:
    head, currency = partial(say, language=language), found.report.currency

    def written(amount: float, unit: str) -> str:
        return (
            compact_money(amount, currency, language) if unit == currency else significant(amount, language)
        )

    def difference(one: Variance, pair: Comparison) -> str:
        sign = MINUS if pair.difference < 0 else "+"
        share = "" if pair.share is None else f" ({sign}{percent(abs(pair.share), language)})"
        return f"{sign}{written(abs(pair.difference), one.unit)}{share}"

    def judgement(one: Variance) -> str:
        good = one.month.favourable
        return "" if good is None else say(f"actuals.{'better' if good else 'worse'}", language)

    def inside(one: Variance) -> str:
        return "" if one.inside is None else say(f"actuals.{'inside' if one.inside else 'outside'}", language)

    def number(key: str, of: Callable[[Variance], float], width: int) -> Column:
        return Column(
            head(f"actuals.column.{key}"), lambda one: written(of(one), one.unit), str, width, held=of
        )

    def gap(key: str, of: Callable[[Variance], Comparison]) -> Column:
        return Column(
            head(f"actuals.column.{key}"), lambda one: difference(one, of(one)), str, 160,
            held=lambda one: of(one).difference,
        )  # fmt: skip

    return [
        Column(head("actuals.column.line"), lambda one: one.label[language], width=230),
        number("actual", lambda one: one.month.actual, 100),
        number("plan", lambda one: one.month.plan, 100),
        gap("difference", lambda one: one.month),
        Column(head("actuals.column.judgement"), judgement, width=90),
        Column(head("actuals.column.inside"), inside, width=130),
        number("to_date", lambda one: one.to_date.actual, 120),
        number("plan_to_date", lambda one: one.to_date.plan, 120),
        gap("difference_to_date", lambda one: one.to_date),
        Column(head("actuals.column.place"), lambda one: one.place, width=170),
    ]


@st.cache_data(
    max_entries=48, show_spinner=False, hash_funcs={LineCourse: lambda one: hash((one.line, one.actual))}
)
def _course_chart(run: str, currency: str, language: Language, course: LineCourse) -> Spec:
    del run
    known = [one for one in course.actual if one is not None]
    is_money = course.unit == currency
    scale = money_scale((*course.planned, *known), currency, language)
    found = [
        Course(say("actuals.column.actual", language), course.actual),
        Course(say("actuals.column.plan", language), course.planned, is_ghost=True),
    ]
    if course.low is not None and course.high is not None:
        found += [Course("P5", course.low, is_ghost=True), Course("P95", course.high, is_ghost=True)]
    return plots.courses(
        found,
        course.months,
        language,
        unit=scale.label if is_money else course.unit,
        factor=scale.factor if is_money else 1.0,
    )


def _lock(here: Here) -> None:
    """Lock the run that is shown as a budget."""
    language = here.language
    with st.popover(say("actuals.lock.open", language), icon=":material/lock:"):
        st.caption(say("actuals.lock.note", language))
        name = st.text_input(say("actuals.lock.name", language), key="lock.name", max_chars=60)
        if st.button(say("actuals.lock.do", language), key="lock.do") and name.strip():
            try:
                here.reader.require_editor()
                run = here.plan.base.run.id if here.plan and here.plan.base.run else None
                lock(here.workspace, name, run)
            except GroundplanError as error:
                work.told(error.problems, language)
                return
            st.rerun()


def _reforecast(here: Here, known: ActualsPage) -> None:
    """The plan projected again from the last month with figures."""
    language = here.language
    if here.plan is None or here.plan.base.run is None:
        return
    with card(say("actuals.reforecast.title", language), say("actuals.reforecast.note", language)):
        run, closed = here.plan.base.run.id, known.months[-1]
        wanted = work.order(here, "reforecast", run=run, closed=closed, budget=None, figures=known.figures)
        if work.found(wanted) is None:
            if here.reader.may_edit and st.button(
                say("actuals.reforecast.start", language, month=month(closed, language)),
                icon=":material/update:",
                type="primary",
            ):
                work.start(wanted)
                st.rerun()
            return
        found: Reforecasted | None = work.answer(here, wanted)
        if found is not None:
            _show_reforecast(here, found)


def _show_reforecast(here: Here, found: Reforecasted) -> None:
    language = here.language
    before, after = reading.run(here.path, found.against), reading.run(here.path, found.run)
    with st.grid(3, min_column_width=190):
        for level in ("p5", "p50", "p95"):
            st.metric(
                say("actuals.reforecast.runway", language, level=level.upper()),
                bare_months(after.metrics.runway_months[level], language),
                delta_description=say(
                    "actuals.reforecast.before", language,
                    months=bare_months(before.metrics.runway_months[level], language),
                ),
            )  # fmt: skip
    st.vega_lite_chart(
        _reforecast_chart(found.run, found.against, language, here.path), theme=None,
        alt=say("actuals.reforecast.title", language),
    )  # fmt: skip
    if found.unreconciled:
        amount = plain(value(found.unreconciled, after.currency, after.currency, language))
        st.caption(say("actuals.reforecast.unreconciled", language, amount=amount))


@st.cache_data(max_entries=16, show_spinner=False)
def _reforecast_chart(run: str, against: str, language: Language, path: str) -> Spec:
    before, after = reading.run(path, against), reading.run(path, run)
    old, new = before.fans["account.cash"].values, after.fans["account.cash"].values
    scale = money_scale([one for values in (*old, *new) for one in values], after.currency, language)
    found = [
        Course(say("actuals.reforecast.new", language), new[2]),
        Course("P5", new[0], is_ghost=True),
        Course(say("actuals.reforecast.old", language), old[2], is_ghost=True),
    ]
    return plots.courses(found, after.months, language, unit=scale.label, factor=scale.factor)
