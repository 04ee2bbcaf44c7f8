"""Where does this number come from? One line in one month, what it was made from, and the way back up.

The reader walks: each operand is a button that leads into it, the path above leads back. So any depth is
reached and a page draws one level only. An input ends the walk: it shows what the plan says and its source.
"""

from __future__ import annotations

import streamlit as st

from board import charts, reading
from board.frame import Here
from board.words import month_of, plain, say, value
from toolkit.app.building import Built
from toolkit.app.pages.ground import Ground, Operand, ground
from toolkit.provenance import Source
from toolkit.text import Language
from toolkit.text.formats import MINUS, day

Step = tuple[str, int]  # a line and a month (0 = opening)
OPERANDS_SHOWN = 8
SHORT_FORMULA = 160  # characters: a longer one is folded away
SIGNS = {1: "+", -1: MINUS, None: ""}
CONFIDENCE_COLOURS = {"high": "green", "medium": "blue", "low": "orange", "own_knowledge": "orange"}


def choose_month(line: str, month: int) -> None:
    """Choose the month that `by_month` shows next."""
    st.session_state[_month_key(line)] = month


def _month_key(line: str) -> str:
    return f"ground.{line}.month"


@st.fragment
def by_month(here: Here, line: str, month: int) -> None:
    """The ground of a line in a month that the reader chooses; `month` is the first shown."""
    months = _built(here).run.months
    key = _month_key(line)
    if st.session_state.get(key) not in range(1, len(months) + 1):
        st.session_state[key] = month
    chosen = st.selectbox(
        say("explain.month", here.language), range(1, len(months) + 1), key=key, width=220,
        format_func=lambda number: month_of(months, number, here.language),
    )  # fmt: skip
    _walk(here, line, chosen)


@st.fragment
def walk(here: Here, line: str, month: int) -> None:
    """The ground of a line in a month."""
    _walk(here, line, month)


def _built(here: Here) -> Built:
    _, _, run = here.shown
    return reading.built(here.path, run)


def _walk(here: Here, line: str, month: int) -> None:
    built, key = _built(here), f"ground.{line}.path"
    path: list[Step] = st.session_state.get(key, [])
    known = built.model.lines.keys() | built.model.tables.keys()
    if path[:1] != [(line, month)] or any(step[0] not in known for step in path):
        path = [(line, month)]
    st.session_state[key] = path
    shown = ground(built, *path[-1])
    if len(path) > 1:
        _trail(here.language, built, shown, path, key)
    left, right = st.columns([2, 3], gap="large")
    with left:
        _node(here, built, shown)
    with right:
        if shown.formula is None or not (shown.operands or shown.zeros):
            _source(shown, here.language)
        else:
            _operands(here.language, built, shown, path, key)


def _go(key: str, path: list[Step]) -> None:
    st.session_state[key] = path


def _trail(language: Language, built: Built, shown: Ground, path: list[Step], key: str) -> None:
    """The steps that led here, each a way back."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        for place, (line, month) in enumerate(path[:-1]):
            label = plain(built.model.lines[line].label[language])
            st.button(
                say("explain.step", language, label=label, month=month_of(built.run.months, month, language)),
                key=f"{key}.{place}",
                type="tertiary",
                on_click=_go,
                args=(key, path[: place + 1]),
            )
            st.markdown(":material/chevron_right:", width="content")
        label, when = plain(shown.label[language]), month_of(built.run.months, shown.month, language)
        st.markdown(say("explain.step", language, label=f"**{label}**", month=when), width="content")


def _node(here: Here, built: Built, shown: Ground) -> None:
    """The number, its course by month, and its formula."""
    language, months = here.language, built.run.months
    st.metric(
        f"{plain(shown.label[language])} · {month_of(months, shown.month, language)}",
        plain(value(shown.value, shown.unit, built.run.currency, language)),
        help=say("explain.base_case", language),
    )
    if len(set(shown.series)) > 1:
        st.vega_lite_chart(
            charts.series(shown.series, months, shown.month), theme=None,
            alt=say("explain.series", language, label=shown.label[language]),
        )  # fmt: skip
    if shown.formula is None:
        return
    short = len(shown.formula) <= SHORT_FORMULA
    with st.expander(say("explain.formula", language), expanded=short, icon=":material/function:"):
        st.code(shown.formula, language=None, wrap_lines=True)
        st.caption(say("explain.substituted", language))
        st.code(shown.substituted, language=None, wrap_lines=True)


def _operands(language: Language, built: Built, shown: Ground, path: list[Step], key: str) -> None:
    """What the number was made from, each a way down."""
    st.caption(say("explain.operands", language))
    everything = st.session_state.get(f"{key}.all", False)
    first = shown.operands if everything else shown.operands[:OPERANDS_SHOWN]
    with st.container(gap=None):
        for one in first:
            _operand(language, built, one, path, key)
    rest = len(shown.operands) - len(first)
    if rest:
        st.button(
            say("explain.more", language, count=rest), key=f"{key}.more", type="tertiary",
            icon=":material/expand_more:", on_click=_show_all, args=(f"{key}.all",),
        )  # fmt: skip
    if shown.zeros:
        st.caption(say("explain.zeros", language, count=shown.zeros))


def _show_all(key: str) -> None:
    st.session_state[key] = True


def _operand(language: Language, built: Built, one: Operand, path: list[Step], key: str) -> None:
    months, here = built.run.months, path[-1]
    label = plain(one.label[language])
    if one.month != here[1] and one.leads:
        label = say("explain.step", language, label=label, month=month_of(months, one.month, language))
    amount = plain(value(one.value, one.unit, built.run.currency, language))
    sign = SIGNS[one.sign] if one.value >= 0 or one.sign is None else SIGNS[-one.sign]
    if one.sign is not None and one.value < 0:
        amount = amount.removeprefix(plain(MINUS))
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"
    ):
        st.button(
            label, key=f"{key}.{len(path)}.{one.line}.{one.month}", type="tertiary",
            icon=":material/subdirectory_arrow_right:" if one.leads else ":material/edit_note:",
            on_click=_go, args=(key, [*path, (one.line, one.month)]),
        )  # fmt: skip
        st.markdown(f":small[{plain(sign)} {amount}]".replace("[ ", "["), width="content")


def _source(shown: Ground, language: Language) -> None:
    """An input: what the plan says, and what it rests on."""
    source = shown.source
    st.caption(say("explain.input", language))
    if shown.quantity:
        st.markdown(f"`{shown.quantity}`")
    st.markdown(f"{_badges(source, language)}  \n{plain(source.title)}")
    if source.place:
        st.markdown(f":material/location_on: `{source.place}`")
    if source.date:
        st.caption(say("explain.date", language, date=day(source.date, language, "medium")))
    if source.url:
        st.markdown(f":material/link: [{plain(source.url)}]({source.url})")


def _badges(source: Source, language: Language) -> str:
    kind = f":gray-badge[{say(f'source.{source.kind}', language)}]"
    if source.confidence == "unknown":
        return kind
    colour = CONFIDENCE_COLOURS[source.confidence]
    return f"{kind} :{colour}-badge[{say(f'confidence.{source.confidence}', language)}]"
