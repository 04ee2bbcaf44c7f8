"""The answer in a sentence and the four cards under it."""

from __future__ import annotations

import streamlit as st

from board.words import bare_months, chance, in_months, level, months, plain, say
from toolkit.app.pages.overview import Baseline, KeyFigure, Overview
from toolkit.text import Language
from toolkit.text.formats import compact_money, month, number

GOOD_UP = {"runway": "normal", "survive": "normal", "burn": "inverse", "lowest_cash": "normal"}
CHARTS = {"runway": "area", "survive": "line", "burn": "bar", "lowest_cash": "area"}
CARD_WIDTH = 230


def answer(found: Overview, language: Language) -> None:
    """What the figures say, in one or two sentences."""
    low = found.outcome.runway["p5"]
    last = int(low.value)
    st.markdown(
        say(
            f"overview.verdict.{found.verdict}",
            language,
            chance=number(found.outcome.survive.value * 100, language),
            months=found.outcome.survive_months,
            draws=number(found.draws, language),
            horizon=len(found.months),
            p5=months(low, language),
            until=month(found.months[last], language) if last < len(found.months) else "",
            cash=plain(compact_money(found.cash_today, found.currency, language)),
        )
    )


def cards(found: Overview, baseline: Baseline | None, language: Language) -> None:
    """One card a figure: its value, how far it is from the baseline, its course by month, how it was got."""
    with st.grid(4, min_column_width=CARD_WIDTH):
        for one in found.figures:
            _card(one, found, baseline, language)


def _card(one: KeyFigure, found: Overview, baseline: Baseline | None, language: Language) -> None:
    with st.container(border=True, height="stretch", gap="xsmall"):
        label = say(f"overview.figure.{one.id}", language, months=found.outcome.survive_months)
        st.metric(
            label,
            level(plain(_value(one, found, language)), language),
            _delta(one, found, language),
            delta_color=GOOD_UP[one.id],  # type: ignore[arg-type]
            delta_description=_against(one, baseline, language) if baseline else None,
            chart_data=one.trend,
            chart_type=CHARTS[one.id],  # type: ignore[arg-type]
            help=say(f"overview.help.{one.id}", language),
        )
        st.caption(level(plain(_note(one, found, language)), language))


def _value(one: KeyFigure, found: Overview, language: Language) -> str:
    if one.id == "runway":
        return months(one.figure, language)
    if one.id == "survive":
        return chance(one.figure, language)
    return compact_money(one.figure.value, found.currency, language)


def _delta(one: KeyFigure, found: Overview, language: Language) -> str | int | None:
    """The difference with its sign; 0 (grey, no arrow) for none; None where it is not known."""
    if one.difference is None:
        return None
    if one.id == "runway":
        text = in_months(number(abs(one.difference), language), language)
    elif one.id == "survive":
        text = say("overview.points", language, figure=number(abs(one.difference) * 100, language, 1))
    else:
        text = compact_money(abs(one.difference), found.currency, language)
    if not any(digit in text for digit in "123456789"):
        return 0
    # Streamlit reads the sign of the text: a hyphen turns the arrow down.
    return ("-" if one.difference < 0 else "+") + plain(text)


def _against(one: KeyFigure, baseline: Baseline, language: Language) -> str:
    """What the difference is to, by name."""
    name = (
        plain(baseline.scenario[language])
        if baseline.scenario
        else say("revision", language, number=baseline.revision)
    )
    if one.difference is None:
        return say("overview.against.unknown", language, name=name)
    key = "worst" if one.id == "runway" and one.compared == "p5" else "named"
    return say(f"overview.against.{key}", language, name=name)


def _note(one: KeyFigure, found: Overview, language: Language) -> str:
    """How the figure was got: percentiles, sampling error, months."""
    runway = found.outcome.runway
    if one.id == "runway":
        low, high = (bare_months(runway[level], language) for level in ("p5", "p95"))
        return say("overview.note.runway", language, low=low, high=high)
    if one.id == "survive":
        error = number(one.figure.error * 100, language, 1)
        return say("overview.note.survive", language, error=error, draws=number(found.draws, language))
    if one.id == "burn":
        return say("overview.note.burn", language)
    when = month(found.months[found.outcome.tightest_month - 1], language)
    return say("overview.note.lowest_cash", language, month=when)
