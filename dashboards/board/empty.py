"""Nothing to show yet, or something in the way: what it is, and what to do next."""

from __future__ import annotations

import streamlit as st

from board import builds
from board.cards import card
from board.words import command, plain, say
from toolkit.app.pages.survey import PlanEntry, ScenarioEntry
from toolkit.errors import GroundplanError, InputError
from toolkit.store.workspace import Workspace
from toolkit.text import Language


def nothing_built(workspace: Workspace, language: Language) -> None:
    """No workspace, or no plan in it: how to make one."""
    which = "no_runs" if workspace.exists else "no_workspace"
    with card(say(f"empty.{which}", language)):
        st.markdown(say("empty.begin", language, file=f"`{workspace.path}`"))
        st.markdown(say("empty.example", language))
        st.code(command("groundplan demo", workspace), language="bash")
        st.markdown(say("empty.own", language))
        st.code(
            "groundplan init plan.yaml\n" + command("groundplan build plan.yaml", workspace), language="bash"
        )
        st.button(say("empty.refresh", language), icon=":material/refresh:")


def scenario_not_built(
    workspace: Workspace, plan: PlanEntry, scenario: ScenarioEntry, language: Language
) -> None:
    """A scenario without a run: a button that builds it, and the command that does the same."""
    label = plain(scenario.label[language])
    with card(say("empty.scenario", language, scenario=label)):
        builds.offer(workspace, plan, scenario, language)


def problems(error: GroundplanError, language: Language) -> None:
    """What is wrong and how to mend it, each problem in its words and with its place."""
    if isinstance(error, InputError):
        st.markdown(say("empty.stale_plan", language))
    for problem in error.problems:
        place = ":".join(str(part) for part in (problem.file, problem.line) if part)
        where = "".join(f" `{part}`" for part in (place, problem.field) if part)
        st.error(
            f"**{plain(problem.problem(language))}**{where}  \n{plain(problem.mend(language))}",
            icon=":material/error:",
        )
