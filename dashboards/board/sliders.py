"""What if: the ten inputs that matter most as sliders; moved ones are certain, the rest stays as drawn."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from board import plots, work
from board.cards import card
from board.doubt import measure_name
from board.frame import Here
from board.plots import Course
from board.words import plain, say
from toolkit.app.building import Built
from toolkit.app.pages.measures import Measure
from toolkit.app.pages.scenarios import CASH, Slider, Tried, scale_of, slider_text, sliders, tried
from toolkit.report.charts import Spec
from toolkit.text import Language, bilingual

PATIENCE_S = 1.5  # an answer comes in a fraction of it: the page waits instead of flickering


def what_if(here: Here, built: Built, measure: Measure, metric: str) -> None:
    """The card."""
    language = here.language
    with card(say("scenarios.what_if.title", language), say("scenarios.what_if.note", language)):
        ranked = work.answer(here, work.question(here, "tornado", run=here.run, metric=metric))
        if ranked is None:
            return
        found = sliders(ranked, built.model, measure, language)
        if not found:
            st.caption(say("uncertainty.certain", language))
            return
        _play(here, built, measure, metric, found)


@st.fragment
def _play(here: Here, built: Built, measure: Measure, metric: str, found: tuple[Slider, ...]) -> None:
    """Only this part runs again when a slider moves."""
    language = here.language
    controls, result = st.columns([2, 3], gap="large")
    with controls:
        moved = {one.line: value for one in found if (value := _slider(here, built, one)) is not None}
        if moved:
            st.button(
                say("scenarios.what_if.reset", language), icon=":material/restart_alt:", type="tertiary",
                on_click=_reset, args=(here.run, found),
            )  # fmt: skip
    with result:
        _result(here, built, measure, metric, moved)


def _key(run: str, line: str) -> str:
    return f"what_if.{run}.{line}"


def _reset(run: str, found: tuple[Slider, ...]) -> None:
    for one in found:
        st.session_state.pop(_key(run, one.line), None)


def _slider(here: Here, built: Built, one: Slider) -> float | None:
    """Where the reader put an input; None where it stays uncertain."""
    language, key = here.language, _key(here.run, one.line)
    if one.is_event:
        options = {"drawn": None, "no": 0.0, "yes": 1.0}
        chosen = st.segmented_control(
            plain(one.label), list(options), key=key, default="drawn", required=True,
            format_func=lambda name: say(f"scenarios.what_if.{name}", language),
        )  # fmt: skip
        return options[chosen or "drawn"]
    stops = [one.low + place * one.step for place in range(round((one.high - one.low) / one.step) + 1)]
    drawn: object = "drawn"

    def words(stop: object) -> str:
        if stop == drawn:
            return say("scenarios.what_if.drawn", language)
        return slider_text(one, built.model, stops[int(str(stop))], language)

    middle = min(range(len(stops)), key=lambda place: abs(stops[place] - one.present))
    order: list[object] = [*range(middle), drawn, *range(middle, len(stops))]
    stop = st.select_slider(
        f"{plain(one.label)} · :small[± {plain(one.swing)}]", order, value=drawn, key=key, format_func=words,
    )  # fmt: skip
    return None if stop == drawn else stops[int(str(stop))]


def _result(here: Here, built: Built, measure: Measure, metric: str, moved: dict[str, float]) -> None:
    language = here.language
    values = tuple(sorted(moved.items()))
    wanted = work.question(here, "what_if", run=here.run, metric=metric, values=values)
    found = work.answer(here, wanted, PATIENCE_S)
    if found is None:
        return
    labels = (bilingual("page_scenarios.what_if.planned"), bilingual("page_scenarios.what_if.changed"))
    shown = tried(found, built.run.fans[CASH], built.model, measure, labels, language)
    before, after = st.columns(2)
    before.metric(say("scenarios.what_if.planned", language), plain(shown.before))
    tone: Literal["off", "normal"] = "off" if shown.is_gain is None else "normal"
    sign = "-" if shown.is_gain is False else "+"
    delta = sign + plain(shown.change.lstrip("+−")) if moved else None
    after.metric(
        say("scenarios.what_if.changed", language), plain(shown.after), delta, delta_color=tone,
        delta_description=plain(measure_name(measure, built, language)) if moved else None,
    )  # fmt: skip
    chart = _chart(here.run, values, language, shown, built.run.months, built.run.currency)
    st.vega_lite_chart(chart, theme=None, alt=say("scenarios.what_if.alt", language))


@st.cache_data(max_entries=128, show_spinner=False)
def _chart(
    run: str, values: tuple[tuple[str, float], ...], language: Language, _shown: Tried,
    _months: tuple[str, ...], currency: str,
) -> Spec:  # fmt: skip
    del run
    both = (_shown.planned, _shown.changed) if values else (_shown.planned,)
    factor, unit = scale_of(both, currency, language)
    found = [
        Course(one.label[language], one.median, is_ghost=values != () and one is _shown.planned)
        for one in both
    ] + [
        Course(say("scenarios.what_if.low", language, name=one.label[language]), one.low, is_ghost=True)
        for one in both[-1:]
    ]
    return plots.courses(found, _months, language, unit=unit, factor=factor, height=360)
