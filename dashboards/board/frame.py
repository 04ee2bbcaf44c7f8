"""The frame: logo, who and when, the page's question, and the switches for scenario and language.

The page itself runs inside it. What the workspace cannot give (no plan yet, a file that is locked, a plan
that no longer holds) is said here once for all pages, with what to do next.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from board import empty, place, reading
from board.reader import Reader, can_sign_in, reader
from board.words import moment, plain, say
from toolkit.app.pages.survey import PlanEntry, ScenarioEntry
from toolkit.errors import GroundplanError, InputError
from toolkit.store.workspace import Workspace
from toolkit.text import LANGUAGES, Language

WITHOUT_PLAN = ("plan", "gpu_costs", "benchmarks", "data")  # they show something before there is a plan
WITHOUT_RUN = ("actuals",)  # they show something before a plan was built
WITHOUT_SCENARIO = (*WITHOUT_PLAN, "scenarios")  # no choice of a scenario at the head
LANGUAGE_NAMES = {"en": "EN", "zh": "中文"}
_HERE = "frame.here"


@dataclass(frozen=True, slots=True)
class Here:
    """What a page needs to know about its reader. `plan` and `scenario` are None only on pages that do
    without."""

    workspace: Workspace
    language: Language
    plan: PlanEntry | None
    scenario: ScenarioEntry | None
    reader: Reader

    @property
    def path(self) -> str:
        return str(self.workspace.path)

    @property
    def shown(self) -> tuple[PlanEntry, ScenarioEntry, str]:
        """The plan, the scenario and the id of its run, on a page that has them."""
        if self.plan is None or self.scenario is None or self.scenario.run is None:
            raise LookupError("this page is drawn only where there is a run")
        return self.plan, self.scenario, self.scenario.run.id

    @property
    def run(self) -> str:
        """The id of the run that is shown."""
        return self.shown[2]


def here() -> Here:
    """Where the reader is in this run of the script."""
    found: Here = st.session_state[_HERE]
    return found


def draw(page: StreamlitPage, name: str, language: Language, assets: Path) -> None:
    """The frame with the page in it."""
    st.logo(assets / "logo.svg", size="large")
    found = reader()
    if found.name is None:
        _head(name, language, None, found)
        empty.not_signed_in(language)
        return
    workspace = place.workspace()
    try:
        plans = reading.plans(workspace)
    except GroundplanError as error:
        _head(name, language, None, found)
        empty.problems(error, language)
        return
    plan = _plan(plans)
    scenario = _scenario(plan) if plan else None
    st.session_state[_HERE] = Here(workspace, language, plan, scenario, found)
    _breadcrumb(plans, plan, scenario, language)
    _head(name, language, plan, found)
    try:
        _body(page, name, workspace, plan, scenario, language)
    except GroundplanError as error:
        empty.problems(error, language, "empty.stale_plan" if isinstance(error, InputError) else None)


def _body(
    page: StreamlitPage,
    name: str,
    workspace: Workspace,
    plan: PlanEntry | None,
    scenario: ScenarioEntry | None,
    language: Language,
) -> None:
    if name not in WITHOUT_PLAN and (plan is None or scenario is None):
        empty.nothing_built(workspace, language)
    elif name not in (*WITHOUT_PLAN, *WITHOUT_RUN) and plan and scenario and scenario.run is None:
        empty.scenario_not_built(here(), plan, scenario)
    else:
        page.run()


def _plan(plans: tuple[PlanEntry, ...]) -> PlanEntry | None:
    if not plans:
        return None
    chosen = place.choice("plan", [plan.id for plan in plans], plans[0].id)
    return next(plan for plan in plans if plan.id == chosen)


def _scenario(plan: PlanEntry) -> ScenarioEntry:
    return plan.scenario(place.choice("scenario", [one.id for one in plan.scenarios], plan.base.id))


def _breadcrumb(
    plans: tuple[PlanEntry, ...], plan: PlanEntry | None, scenario: ScenarioEntry | None, language: Language
) -> None:
    """Company · revision · date · currency: what every number below rests on."""
    if plan is None:
        st.caption(say("no_plan", language))
        return
    revision = plan.newest
    if scenario and scenario.run and not scenario.run.is_current:
        revision = next(one for one in plan.revisions if one.number == scenario.run.revision)
    name = [f"**{plain(plan.name[language])}**"] if len(plans) == 1 else []  # else the choice says it
    parts = [
        *name,
        say("revision", language, number=revision.number),
        moment(revision.created_at, language),
        plan.currency,
    ]
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if len(plans) > 1:
            st.selectbox(
                say("plan", language), [one.id for one in plans], key="plan", label_visibility="collapsed",
                format_func={one.id: one.name[language] for one in plans}.__getitem__, width=240,
            )  # fmt: skip
        st.caption(" · ".join(parts), width="content")


def _sign_out(found: Reader, language: Language) -> None:
    st.button(
        say("sign_in.out", language), on_click=st.logout, type="tertiary", icon=":material/logout:",
        help=plain(found.name or ""),
    )  # fmt: skip


def _head(name: str, language: Language, plan: PlanEntry | None, found: Reader) -> None:
    """The question on the left, the switches on the right."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(say(f"{name}.question", language), anchor=False, width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content", gap="small"):
            if plan and len(plan.scenarios) > 1 and name not in WITHOUT_SCENARIO:
                labels = {one.id: plain(one.label[language]) for one in plan.scenarios}
                st.segmented_control(
                    say("scenario.switch", language), list(labels), key="scenario", required=True,
                    format_func=labels.__getitem__, label_visibility="collapsed",
                )  # fmt: skip
            st.segmented_control(
                say("language", language), LANGUAGES, key="lang", required=True,
                format_func=LANGUAGE_NAMES.__getitem__, label_visibility="collapsed",
            )  # fmt: skip
            if can_sign_in() and found.name is not None:
                _sign_out(found, language)
