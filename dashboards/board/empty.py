"""Nothing to show yet, or something in the way: what it is, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from board.cards import card
from board.reader import can_sign_in
from board.words import command, plain, say
from toolkit.app.pages.survey import PlanEntry, ScenarioEntry
from toolkit.errors import GroundplanError
from toolkit.store.workspace import Workspace
from toolkit.text import Language

if TYPE_CHECKING:
    from board.frame import Here


def nothing_built(workspace: Workspace, language: Language) -> None:
    """No workspace, or no plan in it: how to make one."""
    which = "no_runs" if workspace.exists else "no_workspace"
    with card(say(f"empty.{which}", language)):
        st.markdown(say("empty.begin", language, file=f"`{workspace.path}`"))
        st.page_link("app_pages/plan.py", label=say("empty.here", language), icon=":material/edit_note:")
        st.markdown(say("empty.example", language))
        st.code(command("groundplan demo", workspace), language=None)
        st.markdown(say("empty.own", language))
        st.code(
            "groundplan init plan.yaml\n" + command("groundplan build plan.yaml", workspace), language=None
        )
        st.button(say("empty.refresh", language), icon=":material/refresh:")


def not_signed_in(language: Language) -> None:
    """Who has no name here sees nothing."""
    with card(say("sign_in.title", language)):
        if can_sign_in():
            st.markdown(say("sign_in.text", language))
            st.button(
                say("sign_in.button", language), on_click=st.login, type="primary", icon=":material/login:"
            )
        else:
            st.markdown(say("sign_in.proxy", language))


def scenario_not_built(here: Here, plan: PlanEntry, scenario: ScenarioEntry) -> None:
    """A scenario without a run: a button that builds it, and the command that does the same."""
    from board import builds

    label = plain(scenario.label[here.language])
    with card(say("empty.scenario", here.language, scenario=label)):
        builds.offer(here, plan, scenario)


def problems(error: GroundplanError, language: Language, lead: str | None = None) -> None:
    """What is wrong and how to mend it, each problem in its words and with its place; `lead` names a sentence
    before them."""
    if lead is not None:
        st.markdown(say(lead, language))
    for problem in error.problems:
        place = ":".join(str(part) for part in (problem.file, problem.line) if part)
        where = "".join(f" `{part}`" for part in (place, problem.field) if part)
        st.error(
            f"**{plain(problem.problem(language))}**{where}  \n{plain(problem.mend(language))}",
            icon=":material/error:",
        )
