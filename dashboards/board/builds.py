"""Build a scenario from a page: a button, what the build is doing, a way to stop it, and what came of it.

The build is a process of its own; here it is only watched. All sessions see the same builds.
"""

from __future__ import annotations

import streamlit as st

from board.words import command, plain, say
from toolkit.app.pages.survey import PlanEntry, ScenarioEntry
from toolkit.app.scenario_builds import ScenarioBuild, start_build
from toolkit.store.workspace import Workspace
from toolkit.text import Language

REFRESH_S = 0.5
Key = tuple[str, str, str]  # workspace, revision, scenario


def offer(workspace: Workspace, plan: PlanEntry, scenario: ScenarioEntry, language: Language) -> None:
    """The button, or the build that it started, and the command."""
    key = (str(workspace.path), plan.newest.id, scenario.id)
    build = _running().get(key)
    if build is not None and build.state == "running":
        _watch(key, language)
    else:
        if build is not None:
            _outcome(build, language)
        label = say("build.start", language, scenario=plain(scenario.label[language]))
        if st.button(label, key=f"build.{scenario.id}", icon=":material/play_arrow:", type="primary"):
            _running()[key] = start_build(workspace, plan.newest.id, scenario.id, language)
            st.rerun()
    st.caption(say("build.command", language))
    st.code(command(f"groundplan build PLAN.yaml --scenario {scenario.id}", workspace), language="bash")


@st.fragment(run_every=REFRESH_S)
def _watch(key: Key, language: Language) -> None:
    build = _running().get(key)
    if build is None or build.state != "running":
        st.rerun()  # the whole page: the run is there, or the reason why not
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/progress_activity: {plain(build.step or say('build.starting', language))}")
        if st.button(say("build.cancel", language), key=f"cancel.{key[2]}"):
            build.cancel()
            del _running()[key]
            st.rerun()


def _outcome(build: ScenarioBuild, language: Language) -> None:
    """Why a build failed; one that worked shows in the page."""
    if build.state == "failed":
        sentences = [plain(problem) for problem in build.problems] or [say("build.failed", language)]
        st.error("  \n".join(sentences), icon=":material/error:")


@st.cache_resource
def _running() -> dict[Key, ScenarioBuild]:
    return {}
