"""GPU costs: choose the work and the offers; see cost against time, every option, and what pays from when."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from board import empty, offers, place, plots, reading
from board.cards import card, fine_print
from board.frame import Here
from board.offers import cost_range, time_text
from board.panels import RUNG_COLOURS
from board.words import plain, say
from toolkit.app.pages import gpu_costs
from toolkit.app.pages.gpu_costs import FILTERS, OWN, CostPage
from toolkit.errors import InputError
from toolkit.estimate.cost.workload import CostWorkload
from toolkit.report.charts import Spec
from toolkit.text import LANGUAGES, Language, t
from toolkit.text.formats import (
    compact_money,
    number,
    unit_price,
)

FIRST = "chat-service"


def draw(here: Here) -> None:
    """The page."""
    language = here.language
    try:
        workload = _work(here)
        found = reading.costs_of(here.workspace, workload, date.today())
    except InputError as error:
        empty.problems(error, language, "gpu_costs.mend")
        return
    _answer(found, language)
    _chart(found, language)
    offers.options(found, language)
    offers.own_rent_api(found, language)
    offers.commitments(found, language)


def _work(here: Here) -> CostWorkload:
    """The work and the filters, kept in the address where they are choices. Raises InputError."""
    language = here.language
    known = gpu_costs.examples()
    options = (*known, OWN)
    place.choice("work", options, FIRST if FIRST in known else options[0])
    with card(say("gpu_costs.work.title", language)):
        chosen = st.selectbox(
            say("gpu_costs.work.which", language),
            options,
            key="work",
            format_func=lambda one: (
                say("gpu_costs.work.own", language) if one == OWN else known[one][language]
            ),
        )
        workload = _described(language) if chosen == OWN else gpu_costs.example(chosen)
        with st.grid(6, min_column_width=170):
            filters = _filters(language)
            budget = st.number_input(
                say("gpu_costs.budget", language, currency=workload.currency), min_value=1.0,
                value=workload.budget, key=f"budget.{chosen}", placeholder=say("gpu_costs.none", language),
            )  # fmt: skip
            deadline = st.number_input(
                say("gpu_costs.deadline", language), min_value=0.1, value=workload.deadline_days,
                key=f"days.{chosen}", placeholder=say("gpu_costs.none", language),
            ) if not _is_service(workload) else None  # fmt: skip
    return gpu_costs.limited(workload, filters, deadline, budget)


def _is_service(workload: CostWorkload) -> bool:
    return workload.work.kind == "service"


def _described(language: Language) -> CostWorkload:
    """The reader's own work, field by field. Raises InputError with every problem."""
    kind = st.segmented_control(
        say("gpu_costs.work.kind", language), gpu_costs.KINDS, default=gpu_costs.KINDS[0], required=True,
        key="work.kind", format_func=lambda one: say(f"gpu_costs.kind.{one}", language),
    ) or gpu_costs.KINDS[0]  # fmt: skip
    asked = gpu_costs.ASKED[kind]
    fields: dict[str, str] = {}
    with st.grid(4, min_column_width=170):
        for field, first in asked.items():
            label = say(f"gpu_costs.field.{field}", language)
            if field == "model":
                models = gpu_costs.models()
                fields[field] = st.selectbox(
                    label, models, index=models.index(first), key=f"work.{kind}.{field}"
                )
            else:
                fields[field] = st.text_input(label, first, key=f"work.{kind}.{field}")
        currency = st.selectbox(
            say("gpu_costs.currency", language), ("USD", "CNY", "EUR"), key="work.currency"
        )
    name: dict[str, str] = {one: say(f"gpu_costs.kind.{kind}", one) for one in LANGUAGES}
    return gpu_costs.described(kind, fields, currency, name)


def _filters(language: Language) -> dict[str, tuple[str, ...]]:
    """Filters over offers: all where nothing is chosen."""
    options = reading.offer_choices()
    words: dict[str, Any] = {
        "gpus": lambda one: options.gpu_names[one],
        "price_types": lambda one: t(f"gpu.kind.{one}", language),
    }
    return {
        name: tuple(
            st.multiselect(
                say(f"gpu_costs.filter.{name}", language), getattr(options, name), key=f"filter.{name}",
                format_func=words.get(name, str), placeholder=say("gpu_costs.all", language),
            )
        )
        for name in FILTERS
    }  # fmt: skip


def _answer(found: CostPage, language: Language) -> None:
    """The cheapest and the fastest way that keeps the limits."""
    best, quick = found.cheapest, found.fastest
    counts = {"fitting": number(found.fitting, language), "listed": number(found.listed, language)}
    if best is None or quick is None:
        st.markdown(say("gpu_costs.nothing", language, **counts))
        return
    st.markdown(
        say(
            f"gpu_costs.answer.{found.form}", language, offer=f"**{plain(best.name)}**",
            cost=f"**{plain(compact_money(best.middle, found.currency, language))}**",
            time=time_text(best.time, found, language), **counts,
        )
    )  # fmt: skip
    money = partial(compact_money, currency=found.currency, language=language)
    with st.grid(4, min_column_width=210):
        for key, value, note in (
            ("cheapest", money(best.middle), best.name),
            ("fastest", time_text(quick.time, found, language), quick.name),
            ("per_million", unit_price(best.per_million, found.currency, language), best.name),
            ("rung", t(f"report.rung.{best.rung}", language), say("gpu_costs.figure.interval", language,
             range=cost_range(best, found, language))),
        ):  # fmt: skip
            with st.container(border=True, height="stretch"):
                st.metric(say(f"gpu_costs.figure.{key}", language), plain(value))
                st.caption(plain(note))


def _chart(found: CostPage, language: Language) -> None:
    """Cost against time on two logarithmic axes, with the front of those that no other beats."""
    if not found.points:
        return
    with card(say("gpu_costs.chart.title", language), say(f"gpu_costs.chart.note.{found.form}", language)):
        st.vega_lite_chart(
            _cloud(found.id, language, found), theme=None, alt=say("gpu_costs.chart.title", language)
        )
        badges = [
            f":{RUNG_COLOURS[rung]}-badge[{t(f'report.rung.{rung}', language)}]"
            for rung in ("measured", "transferred", "fitted", "assumed")
            if any(one.rung == rung for one in found.points)
        ]
        fine_print(say("gpu_costs.chart.legend", language) + " " + " ".join(badges))


@st.cache_data(max_entries=64, show_spinner=False)
def _cloud(id: str, language: Language, _found: CostPage) -> Spec:
    del id
    found, front = _found, _found.front
    named = (front[0], front[len(front) // 2], front[-1]) if front else ()
    rows = [
        {
            "x": one.time, "y": one.middle, "label": one.name, "tone": one.rung,
            "is_named": one in named,
            "shape": "diamond" if one.is_on_front else "circle",
            "hint": f"{one.name} · {one.instance_type} · {t(f'gpu.kind.{one.price_type}', language)} · "
            f"{time_text(one.time, found, language)} · {compact_money(one.middle, found.currency, language)} "
            f"({cost_range(one, found, language)}) · {t(f'report.rung.{one.rung}', language)}",
        }
        for one in reversed(found.points)
    ]  # fmt: skip
    return plots.cloud(
        rows, language, x_title=say(f"gpu_costs.chart.x.{found.form}", language),
        y_title=say(f"gpu_costs.chart.y.{found.form}", language, currency=found.currency),
        line=[{"x": one.time, "y": one.middle} for one in front],
    )  # fmt: skip
