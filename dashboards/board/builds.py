"""Build a scenario from a page: a button, what the build is doing, a way to stop it, and what came of it."""

from __future__ import annotations

import streamlit as st

from board import work
from board.frame import Here
from board.words import command, plain, say
from toolkit.app.pages.survey import PlanEntry, ScenarioEntry


def offer(here: Here, plan: PlanEntry, scenario: ScenarioEntry) -> None:
    """The button, or the build that it started, and the command."""
    language = here.language
    wanted = work.order(here, "build", revision=plan.newest.id, scenario=scenario.id)
    job = work.found(wanted)
    if job is not None and job.state == "done":
        if scenario.run is None or not scenario.run.is_current:
            st.caption(say("build.done", language))
    elif job is not None:
        work.show(here, job)
    elif here.reader.may_edit:
        label = say("build.start", language, scenario=plain(scenario.label[language]))
        if st.button(label, key=f"build.{scenario.id}", icon=":material/play_arrow:", type="primary"):
            work.start(wanted)
            st.rerun()
    st.caption(say("build.command", language))
    # Not st.code: its highlighter is a third of all scripts that the browser would read for this page.
    words = command(f"groundplan build PLAN.yaml --scenario {scenario.id}", here.workspace)
    st.markdown(f"`` {words} ``")


def start(here: Here, revision: str, scenario: str) -> None:
    """Start to build a scenario of a revision."""
    work.start(work.order(here, "build", revision=revision, scenario=scenario))
