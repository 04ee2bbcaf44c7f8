"""Start a benchmark from the page: it runs beside it, case by case, and can be stopped."""

from __future__ import annotations

import streamlit as st

from board import work
from board.cards import card
from board.frame import Here
from board.words import command, plain, say
from toolkit.app.job_kinds import Counted
from toolkit.app.jobs import Order
from toolkit.benchmark.suite import SUITES

DEVICES = ("auto", "cuda", "cpu")


def start_card(here: Here, *, is_first: bool) -> None:
    """Which suite on which device; what is running; what came of it."""
    language = here.language
    title = say("benchmarks.empty" if is_first else "benchmarks.start.title", language)
    with card(title, say("benchmarks.start.note", language)):
        if is_first:
            st.markdown(say("benchmarks.begin", language))
        wanted = st.session_state.get("bench.order")
        if wanted is not None and work.found(wanted) is not None:
            _running(here, wanted)
        elif here.reader.may_edit:
            _choose(here)
        st.caption(say("benchmarks.start.command", language))
        st.code(command("groundplan bench run", here.workspace), language=None)


def _choose(here: Here) -> None:
    language = here.language
    with st.container(horizontal=True, vertical_alignment="bottom"):
        suite = st.selectbox(
            say("benchmarks.start.suite", language), list(SUITES), key="bench.suite", width=300,
            format_func=lambda one: say(f"benchmarks.suite.{one}", language),
        )  # fmt: skip
        device = st.selectbox(
            say("benchmarks.start.device", language), DEVICES, key="bench.device", width=200,
            format_func=lambda one: say(f"benchmarks.start.{one}", language),
        )  # fmt: skip
        if st.button(say("benchmarks.start.go", language), type="primary", icon=":material/speed:"):
            wanted = work.order(here, "measure", suite=suite, device=device)
            work.start(wanted, "benchmarks")
            st.session_state["bench.order"] = wanted
            st.rerun()


def _running(here: Here, wanted: Order) -> None:
    """All sessions see the same benchmark; whoever started it is told what came of it."""
    found: Counted | None = work.answer(here, wanted, 0.1, "benchmarks")
    if found is None:
        return
    st.success(
        say("benchmarks.start.done", here.language, count=found.measured), icon=":material/check_circle:"
    )
    for problem in found.problems:
        st.caption(plain(f"{problem.field}: {problem.problem(here.language)} {problem.mend(here.language)}"))
    if st.button(say("benchmarks.start.again", here.language), key="bench.again"):
        work.forget(wanted)
        del st.session_state["bench.order"]
        st.rerun()
