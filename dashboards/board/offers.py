"""GPU costs as tables: every option, own or rent or API, commitments; and how times and costs are printed."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from board import tables
from board.cards import card
from board.tables import Column, columns_of
from board.words import plain, say
from toolkit.app.pages.gpu_costs import CaseRow, CostPage
from toolkit.text import Language, t
from toolkit.text.formats import (
    compact_money,
    compact_number,
    interval,
    number,
    percent,
    significant,
    unit_price,
)


def time_text(value: float | None, found: CostPage, language: Language) -> str:
    """Hours or days of a run, ms a token of a service."""
    if value is None:
        return "—"
    if found.form == "service":
        return say("gpu_costs.ms", language, figure=significant(value, language))
    if value >= 48:
        return say("gpu_costs.days", language, figure=significant(value / 24, language))
    return say("gpu_costs.hours", language, figure=significant(value, language))


def cost_range(row: CaseRow, found: CostPage, language: Language) -> str:
    """The 80 % interval of a cost."""
    if row.cost is None:
        return "—"
    return interval(row.cost[0], row.cost[2], lambda value: compact_money(value, found.currency, language))


def options(found: CostPage, language: Language) -> None:
    """Every option, cheapest first; those that the work does not fit say why."""
    with card(say("gpu_costs.options.title", language), say("gpu_costs.options.note", language)):
        tables.show(
            found.rows, _columns(found, language), name="gpu-costs", language=language,
            alt=say("gpu_costs.options.title", language), height=420,
        )  # fmt: skip
        if found.stale:
            st.caption(say("gpu_costs.stale", language, count=found.stale))
        for problem in found.problems:
            st.caption(plain(f"{problem.problem(language)} {problem.mend(language)}"))


def _columns(found: CostPage, language: Language) -> list[Column]:
    money = partial(compact_money, currency=found.currency, language=language)

    def verdict(one: CaseRow) -> str:
        if one.problem is not None:
            return one.problem.problem(language)
        if not one.is_in_time or not one.is_in_budget:
            return say("gpu_costs.late" if not one.is_in_time else "gpu_costs.dear", language)
        return say("gpu_costs.fits", language)

    def rung(one: CaseRow) -> str:
        return "" if one.rung is None else t(f"report.rung.{one.rung}", language)

    def age(days: float) -> str:
        return say("gpu_costs.age", language, days=number(days, language))

    column = columns_of("gpu_costs", language)
    price = partial(unit_price, currency=found.currency, language=language)
    time_head = say(f"gpu_costs.chart.x.{found.form}", language)
    return [
        column("offer", lambda one: f"{one.provider} · {one.instance_type}", None, 220),
        column("gpus", lambda one: f"{one.gpus} × {one.gpu}", None, 150),
        column("kind", lambda one: t(f"gpu.kind.{one.price_type}", language), None, 110),
        column("region", lambda one: one.region, None, 110),
        column("cost", lambda one: one.middle, money, 100),
        column("range", lambda one: cost_range(one, found, language), None, 140),
        Column(time_head, lambda one: one.time, partial(significant, language=language), 110),
        column("per_million", lambda one: one.per_million, price, 100),
        column("gpu_hour", lambda one: one.price_per_gpu_hour, price, 110),
        column("fits", verdict, None, 190),
        column("rung", rung, None, 110),
        column("age", lambda one: one.age_days, age, 100),
        column("source", lambda one: one.source, None, 260),
    ]


def own_rent_api(found: CostPage, language: Language) -> None:
    """Own, rent or API: from which use, from which volume."""
    money = partial(compact_money, currency=found.currency, language=language)
    with card(say("gpu_costs.own.title", language), say("gpu_costs.own.note", language)):
        for one in found.apis:
            st.markdown(
                say(
                    "gpu_costs.own.api",
                    language,
                    name=f"**{plain(one.name)}**",
                    cost=plain(money(one.per_month)),
                    each=plain(unit_price(one.per_million, found.currency, language)),
                    date=one.as_of,
                )
            )
        if found.volumes:
            tables.show(
                found.volumes,
                _volume_columns(money, language),
                name="api-break-even",
                language=language,
                alt=say("gpu_costs.own.title", language),
            )
        if found.owned:
            tables.show(
                found.owned, _commitment_columns(language), name="own-break-even", language=language,
                alt=say("gpu_costs.own.title", language), height=300,
            )  # fmt: skip
        if not found.apis and not found.owned:
            st.caption(say("gpu_costs.own.none", language))


def _volume_columns(money: Any, language: Language) -> list[Column]:
    def requests(value: float | None) -> str:
        return say("gpu_costs.never", language) if value is None else compact_number(value, language)

    return [
        Column(say("gpu_costs.column.machine", language), lambda one: one.machine, width=420),
        Column(say("gpu_costs.column.month", language), lambda one: one.machine_month, money, width=100),
        Column(say("gpu_costs.column.first", language), lambda one: requests(one.first), width=130),
        Column(say("gpu_costs.column.always", language), lambda one: requests(one.always), width=130),
    ]


def _commitment_columns(language: Language) -> list[Column]:
    return [
        Column(say("gpu_costs.column.committed", language), lambda one: one.committed, width=420),
        Column(say("gpu_costs.column.kind", language), lambda one: t(f"gpu.kind.{one.price_type}", language),
               width=100),
        Column(say("gpu_costs.column.against", language), lambda one: one.against, width=300),
        Column(say("gpu_costs.column.utilisation", language), lambda one: one.utilisation,
               lambda value: percent(value, language), width=110),
        Column(say("gpu_costs.column.hours", language), lambda one: one.hours_a_month,
               lambda value: number(value, language), width=100),
    ]  # fmt: skip


def commitments(found: CostPage, language: Language) -> None:
    """From which use a reservation pays."""
    with card(say("gpu_costs.commit.title", language), say("gpu_costs.commit.note", language)):
        if not found.commitments:
            st.caption(say("gpu_costs.commit.none", language))
            return
        tables.show(
            found.commitments, _commitment_columns(language), name="commitments", language=language,
            alt=say("gpu_costs.commit.title", language), height=300,
        )  # fmt: skip
