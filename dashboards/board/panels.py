"""The panels of the overview: cash, scenarios, compute cost, the latest change, warnings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from board import builds, charts, empty, explanation, reading, tables
from board.cards import card
from board.frame import Here
from board.tables import Column
from board.words import bare_months, moment, plain, say
from toolkit.app.pages.export import Cell
from toolkit.app.pages.overview import Overview, ScenarioRow
from toolkit.app.pages.survey import PlanEntry
from toolkit.errors import InputError
from toolkit.projection.headlines import CASH
from toolkit.projection.run import ComputeUse
from toolkit.shapes.records import Ground
from toolkit.store.changes import Change
from toolkit.text import Language, t
from toolkit.text.formats import UNKNOWN, compact_money, month, number

CHANGES_SHOWN = 8
SCENARIO_COLUMNS = ("name", "p5", "p50", "p95", "survive", "low", "cash", "compute")
SCENARIO_TEXTS = ("p5", "p50", "p95", "low", "compute")  # those of words; the others may be empty
NAME_WIDTH = 280  # pixels: names of scenarios say what they assume
WIDTHS = {**dict.fromkeys(("p5", "p50", "p95"), 138), "low": 116, "compute": 104}  # pixels
CHART, GROUND = "cash.chart", "cash.ground"  # keys of widgets
RUNG_COLOURS: dict[Ground, str] = {
    "measured": "green",
    "transferred": "blue",
    "fitted": "orange",
    "assumed": "gray",
    "listed": "violet",
}


def cash(here: Here, found: Overview) -> None:
    """The fan of cash, and under it where the cash of a month comes from."""
    language = here.language
    note = say("overview.cash.note", language, draws=number(found.draws, language))
    with card(say("overview.cash.title", language, months=len(found.months)), note):
        low = found.outcome.lowest_cash.value
        st.vega_lite_chart(
            charts.cash(found.run, language, found),
            theme=None,
            key=CHART,
            on_select=_explain_picked,
            selection_mode=charts.PICKED,
            alt=say(
                "overview.cash.alt", language,
                month=month(found.months[found.outcome.tightest_month - 1], language),
                low=compact_money(low, found.currency, language),
            ),
        )  # fmt: skip
        with st.expander(
            say("explain.title", language), icon=":material/account_tree:", key=GROUND, on_change="rerun"
        ) as opened:
            if opened.open:
                _ground_of_cash(here, found)


def _explain_picked() -> None:
    """A click on a month of the chart opens what its cash was made from."""
    picked = st.session_state[CHART]["selection"].get(charts.PICKED)
    if picked:
        explanation.choose_month(CASH, picked[0]["number"])
        st.session_state[GROUND] = True


def _ground_of_cash(here: Here, found: Overview) -> None:
    try:
        explanation.by_month(here, CASH, found.outcome.tightest_month)
    except InputError as error:
        empty.problems(error, here.language, "empty.stale_plan")


def scenarios(here: Here, plan: PlanEntry, rows: tuple[ScenarioRow, ...]) -> None:
    """The scenarios side by side; those that were never built, with the way to build them."""
    language = here.language
    with card(say("overview.scenarios.title", language), say("overview.scenarios.note", language)):
        st.dataframe(
            _scenario_frame(rows, plan, language),
            hide_index=True,
            row_height=44,
            column_config=_scenario_columns(language),
            alt=say("overview.scenarios.title", language),
        )
        built = [row for row in rows if row.outcome is not None]
        if built:
            tables.files(_scenario_file(language), built, f"{plan.id}-scenarios", language)
        if any(row.run and not row.run.is_current for row in rows):
            st.caption(":material/history: " + say("overview.scenarios.older", language))
        for row in rows:
            if row.outcome is None or (row.run and not row.run.is_current):
                with st.expander(
                    say("build.title", language, scenario=plain(row.label[language])),
                    icon=":material/play_circle:",
                ):
                    builds.offer(here, plan, plan.scenario(row.id))


def _scenario_file(language: Language) -> list[Column]:
    """The figures of the table in full, for a file; runway in months, the chance as a share."""
    figures: dict[str, Callable[[Any], Cell]] = {
        "p5": lambda row: row.outcome.runway["p5"].value,
        "p50": lambda row: row.outcome.runway["p50"].value,
        "p95": lambda row: row.outcome.runway["p95"].value,
        "survive": lambda row: row.outcome.survive.value,
        "low": lambda row: row.outcome.lowest_cash.value,
        "compute": lambda row: row.outcome.compute_cost,
    }
    return [
        Column(say("overview.column.name", language), lambda row: row.label[language]),
        *(Column(say(f"overview.column.{key}", language), of) for key, of in figures.items()),
    ]


def _scenario_frame(rows: tuple[ScenarioRow, ...], plan: PlanEntry, language: Language) -> pd.DataFrame:
    cells = [_scenario_cells(row, plan, language) for row in rows]
    return pd.DataFrame(cells, columns=list(SCENARIO_COLUMNS))


def _scenario_cells(row: ScenarioRow, plan: PlanEntry, language: Language) -> dict[str, object]:
    found = row.outcome
    if found is None:
        return {"name": _scenario_name(row, language), **dict.fromkeys(SCENARIO_TEXTS, UNKNOWN)}
    return {
        "name": _scenario_name(row, language),
        **{level: bare_months(found.runway[level], language) for level in ("p5", "p50", "p95")},
        "survive": found.survive.value * 100,
        "low": compact_money(found.lowest_cash.value, plan.currency, language),
        "cash": list(found.cash),
        "compute": compact_money(found.compute_cost, plan.currency, language),
    }


def _scenario_name(row: ScenarioRow, language: Language) -> str:
    if row.run is None:
        return say("overview.scenarios.not_built", language, scenario=row.label[language])
    if row.run.is_current:
        return row.label[language]
    return say(
        "overview.scenarios.of_revision", language, scenario=row.label[language], number=row.run.revision
    )


def _scenario_columns(language: Language) -> dict[str, ColumnConfig]:
    texts = {
        key: st.column_config.TextColumn(
            say(f"overview.column.{key}", language),
            help=say(f"overview.column_help.{key}", language),
            width=WIDTHS[key],
            alignment="right",
        )
        for key in SCENARIO_TEXTS
    }
    survive = st.column_config.ProgressColumn(
        say("overview.column.survive", language), format="%.1f%%", min_value=0, max_value=100
    )
    return {
        **texts,
        "name": st.column_config.TextColumn(say("overview.column.name", language), width=NAME_WIDTH),
        "survive": survive,
        "cash": st.column_config.LineChartColumn(say("overview.column.cash", language)),
    }


def compute(here: Here, found: Overview) -> None:
    """What compute costs, by how each rate is known, and what each workload needs."""
    language = here.language
    if not found.compute:
        with card(say("overview.compute.title", language), say("overview.compute.none", language)):
            return
    total = compact_money(found.outcome.compute_cost, found.currency, language)
    note = say("overview.compute.note", language, total=plain(total))
    with card(say("overview.compute.title", language), note):
        chart, table = st.columns(2, gap="large", vertical_alignment="center")
        chart.vega_lite_chart(
            charts.rungs(found.run, language, found), theme=None,
            alt=say("overview.compute.title", language),
        )  # fmt: skip
        rows = [_workload(use, found, language) for use in found.compute]
        table.table(
            pd.DataFrame(rows), border="horizontal", hide_index=True,
            alt=say("overview.compute.workloads", language),
        )  # fmt: skip


def _workload(use: ComputeUse, found: Overview, language: Language) -> dict[str, str]:
    rung = f":{RUNG_COLOURS[use.rung]}-badge[{t(f'report.rung.{use.rung}', language)}]"
    cells = {
        "workload": f"**{plain(use.label[language])}**",
        "device": plain(use.device_unit),
        "hours": number(hours, language) if (hours := sum(use.hours)) else UNKNOWN,  # an API has none
        "cost": plain(compact_money(sum(use.cost), found.currency, language)),
        "rung": rung,
    }
    return {say(f"overview.compute.column.{key}", language): text for key, text in cells.items()}


def changes(here: Here, plan: PlanEntry) -> None:
    """What the newest revision changed; nothing where it is the first."""
    language = here.language
    change = reading.change_of(here.path, plan.newest.id)
    if change.before is None:
        return
    title = say("overview.changes.title", language, number=change.number)
    date = moment(change.created_at, language)
    with card(title, say("overview.changes.by", language, author=plain(change.author), date=date)):
        rows = [_change(one, language) for one in change.changes[:CHANGES_SHOWN]]
        st.table(
            pd.DataFrame(rows), border="horizontal", hide_index=True,
            alt=title,
        )  # fmt: skip
        if len(change.changes) > CHANGES_SHOWN:
            st.caption(say("overview.changes.more", language, count=len(change.changes) - CHANGES_SHOWN))


def _change(one: Change, language: Language) -> dict[str, str]:
    none = say("overview.changes.none", language)
    cells = {
        "field": f"`{one.path}`",
        "before": none if one.before is None else plain(str(one.before)),
        "after": none if one.after is None else f"**{plain(str(one.after))}**",
    }
    return {say(f"overview.changes.column.{key}", language): text for key, text in cells.items()}


def warnings(found: Overview, language: Language) -> None:
    """What a reader should know about the inputs."""
    if found.warnings:
        lines = [
            f"**{say('overview.warnings', language)}**",
            *(plain(one[language]) for one in found.warnings),
        ]
        st.warning("  \n".join(lines), icon=":material/fact_check:")


def footer(found: Overview, here: Here) -> None:
    """What the numbers rest on."""
    st.caption(say("overview.footer", here.language, run=found.run, draws=number(found.draws, here.language)))
