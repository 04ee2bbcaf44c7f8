"""Market: what a customer is worth, year by year, and how cohorts of customers last."""

from __future__ import annotations

from functools import partial

from board import tables
from board.cards import card
from board.tables import Column, columns_of
from board.words import plain, say
from toolkit.app.pages.market import Cohort, CompanyFigure, MarketPage, ProductCourse, UnitRow
from toolkit.text import Language, t
from toolkit.text.formats import UNKNOWN, compact_money, month, number, percent, significant


def economics(found: MarketPage, language: Language) -> None:
    """Unit economics by product and year."""
    with card(say("market.units.title", language), say("market.units.note", language)):
        tables.show(
            found.units, _unit_columns(found.currency, language), name="unit-economics", language=language,
            alt=say("market.units.title", language),
        )  # fmt: skip


def _unit_columns(currency: str, language: Language) -> list[Column]:
    column, head = columns_of("market", language), partial(say, language=language)
    money = partial(compact_money, currency=currency, language=language)
    whole, share = partial(number, language=language), partial(percent, language=language)
    two = partial(significant, language=language, digits=2)

    def product(one: UnitRow) -> str:
        return say("market.product_year", language, product=one.product[language], year=one.year)

    return [
        column("product", product, None, 190),
        column("customers", lambda one: one.customers, whole, 100),
        column("new", lambda one: one.new_customers, whole, 80),
        column("lost", lambda one: one.lost_customers, whole, 80),
        column("each", lambda one: one.revenue_per_customer, money, 120, head("market.column_help.each")),
        column("margin", lambda one: one.margin, share, 110, head("market.column_help.margin")),
        column("churn", lambda one: one.churn, partial(share, decimals=1), 100),
        column("cost", lambda one: one.acquisition_cost, money, 110, head("market.help.cost")),
        column("value", lambda one: one.lifetime_value, money, 110, head("market.help.value")),
        column("ratio", lambda one: one.value_over_cost, lambda value: f"{two(value)} ×", 90),
        column("payback", lambda one: one.payback_months, two, 110, head("market.help.payback")),
    ]


def company(found: MarketPage, language: Language) -> None:
    """Figures of the whole company at the end of each year of the plan."""
    if not found.company:
        return
    title = say("market.company.title", language)
    with card(title, say("market.company.note", language)):
        columns = [
            Column(
                say("market.column.figure", language), lambda one: t(f"metrics.{one.id}", language), width=340
            ),
            *(_year(found, place, language) for place in range(len(found.year_ends))),
        ]
        tables.show(found.company, columns, name="company", language=language, alt=title, height=600)


def _year(found: MarketPage, place: int, language: Language) -> Column:
    """The figures at the end of a year, each in its unit."""
    return Column(
        month(found.months[found.year_ends[place]], language),
        lambda one: _written(one, place, found.currency, language), str, 130,
        held=lambda one: one.values[place],
    )  # fmt: skip


def _written(one: CompanyFigure, place: int, currency: str, language: Language) -> str:
    value = one.values[place]
    if value is None:
        return UNKNOWN
    if one.unit == "money":
        return compact_money(value, currency, language)
    if one.unit == "share":
        return percent(value, language, 0 if abs(value) >= 0.1 else 1)
    return number(value, language, 1)


def cohorts(found: MarketPage, one: ProductCourse, language: Language) -> None:
    """What is left of who came, quarter by quarter."""
    if not one.cohorts:
        return
    title = say("market.cohorts.title", language, product=plain(one.label[language]))
    with card(title, say("market.cohorts.note", language)):
        quarters = range(len(one.cohorts[0].kept))
        columns = [
            Column(
                say("market.column.cohort", language),
                lambda cohort: month(found.months[cohort.first - 1], language),
                width=130,
            ),
            Column(
                say("market.column.new", language),
                lambda cohort: cohort.size,
                partial(number, language=language),
                width=90,
            ),
            *(_kept(place, language) for place in quarters),
        ]
        tables.show(one.cohorts, columns, name=f"cohorts-{one.id}", alt=title, language=language, shade=True)


def _kept(place: int, language: Language) -> Column:
    def share(cohort: Cohort) -> float | None:
        return cohort.kept[place] if place < len(cohort.kept) else None

    return Column(
        say("market.quarter", language, number=place + 1),
        share,
        partial(percent, language=language),
        width=62,
    )
