"""Work that runs beside the pages: asked for, watched, stopped; its answer is kept as long as it holds.

All sessions share two workrooms, so a question that two people ask is answered once: one for questions and
builds, one for benchmarks, which would keep the others waiting. A page asks again in each of its runs: the
answer is there, or what the job is doing and a way to stop it.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Literal

import streamlit as st

from board.frame import Here
from board.words import plain, say
from toolkit.app.jobs import Job, Order, Workroom
from toolkit.errors import Problem
from toolkit.text import Language

Room = Literal["questions", "benchmarks"]
REFRESH_S = 0.5
KEPT = 400  # answers
SHORT_WAIT_S = 0.4  # a question that takes less shows no progress


def order(here: Here, kind: str, /, **arguments: Any) -> Order:
    """An order of this reader on this workspace."""
    return Order(kind, here.path, here.language, tuple(arguments.items()), here.reader.name)


def question(here: Here, kind: str, /, **arguments: Any) -> Order:
    """An order whose answer is the same for everybody who asks, in every language."""
    return Order(kind, here.path, "en", tuple(arguments.items()))


def start(wanted: Order, room: Room = "questions") -> Job:
    """Start an order, once; an open or answered one is not started again."""
    known = _known()
    job = known.get(wanted)
    if job is None or job.state in ("cancelled", "failed"):
        job = known[wanted] = _rooms()[room].start(wanted)
    known.move_to_end(wanted)
    while len(known) > KEPT:
        known.popitem(last=False)
    return job


def found(wanted: Order) -> Job | None:
    """The job of an order, if it was started."""
    return _known().get(wanted)


def forget(wanted: Order) -> None:
    """An order may be started anew."""
    _known().pop(wanted, None)


def answer(here: Here, wanted: Order, wait_s: float = SHORT_WAIT_S, room: Room = "questions") -> Any | None:
    """The answer to a question, started if it never was; None while it is not there (what it does is
    shown), or when it failed (why is shown)."""
    job = found(wanted) or start(wanted, room)
    if job.is_open:
        job.wait(wait_s)
    return show(here, job, room)


def ready(wanted: Order) -> Any | None:
    """The answer to a question that another part of the page asks; None while it is not there."""
    job = found(wanted)
    return job.result if job is not None and job.state == "done" else None


def show(here: Here, job: Job, room: Room = "questions") -> Any | None:
    """The answer of a job; while there is none, what it is doing or why it failed."""
    if job.state == "done":
        return job.result
    key = f"work.{abs(hash(job.order))}"
    if job.is_open:
        _watch(job, room, here.language, key)
        return None
    if job.state == "failed":
        told(job.problems, here.language)
    with st.container(horizontal=True, vertical_alignment="center"):
        if job.state == "cancelled":
            st.caption(say("work.cancelled", here.language), width="content")
        if st.button(say("work.again", here.language), key=f"{key}.again", icon=":material/refresh:"):
            start(job.order, room)
            st.rerun()
    return None


def told(problems: tuple[Problem, ...], language: Language) -> None:
    """Problems in words, with what mends them."""
    for problem in problems:
        where = f" `{problem.field}`" if problem.field else ""
        st.error(
            f"**{plain(problem.problem(language))}**{where}  \n{plain(problem.mend(language))}",
            icon=":material/error:",
        )


@st.fragment(run_every=REFRESH_S)
def _watch(job: Job, room: Room, language: Language, key: str) -> None:
    if not job.is_open:
        st.rerun()  # the whole page: the answer is there, or the reason why not
    step = job.step or say("work.waiting" if job.state == "waiting" else "work.running", language)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(job.share, plain(_step(step, language)))
        if st.button(say("work.cancel", language), key=f"{key}.cancel", icon=":material/stop_circle:"):
            _rooms()[room].cancel(job)
            st.rerun()


def _step(step: str, language: Language) -> str:
    """A step's name in words; a case of a benchmark stays as it is."""
    try:
        return say(f"work.step.{step}", language)
    except KeyError:
        return step


@st.cache_resource
def _rooms() -> dict[str, Workroom]:
    return {"questions": Workroom(), "benchmarks": Workroom()}


@st.cache_resource
def _known() -> OrderedDict[Order, Job]:
    return OrderedDict()
