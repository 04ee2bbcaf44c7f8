"""Executive summary: what the company does, what it asks for, and whether the cash will last."""

from __future__ import annotations

from toolkit.report.context import Headline
from toolkit.report.document import (
    Block,
    Callout,
    Column,
    Facts,
    Heading,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Table,
    TableCell,
    TableRow,
    Tone,
)
from toolkit.report.references import narrative
from toolkit.report.scribe import Scribe

MONEY: tuple[Headline, ...] = ("revenue", "gross_profit", "operating_result", "net_income", "cash")
LEAST_POINTS = 0.1  # a smaller sampling error is printed as this one: no estimate is exact
COUNTS: tuple[Headline, ...] = ("customers", "headcount")


def blocks(scribe: Scribe) -> list[Block]:
    """The page that is read when no other is."""
    one_liner = scribe.context.company.one_liner[scribe.language]
    told = narrative(scribe, "summary", leads=True)
    return [
        *(told or ([Paragraph.of(one_liner, "lead")] if one_liner else [])),
        KeyFigures(key_figures(scribe)),
        Callout(scribe.say("summary.question"), answer(scribe), _tone(scribe)),
        *_ask(scribe),
        glance(scribe),
    ]


def key_figures(scribe: Scribe) -> tuple[KeyFigure, ...]:
    """Cash, runway, survival and burn, each with its sampling error or its basis."""
    metrics = scribe.run.metrics
    survive = metrics.survive.get(24)
    runway = metrics.runway_months
    figures = [
        KeyFigure(
            scribe.say("figure.cash"),
            scribe.compact(metrics.cash),
            scribe.say("figure.cash_note", month=scribe.month(scribe.run.months[0])),
        ),
        KeyFigure(
            scribe.say("figure.runway"),
            scribe.months(runway["p50"]),
            scribe.say(
                "figure.runway_note",
                low=scribe.count(runway["p5"], error=True),
                high=scribe.count(runway["p95"], error=True),
            ),
        ),
        KeyFigure(
            scribe.say("figure.burn"),
            scribe.compact(metrics.monthly_burn.value),
            scribe.say("figure.burn_note"),
        ),
    ]
    if survive is not None:
        error = max(100 * survive.error, LEAST_POINTS)
        note = scribe.say("figure.survive_note", error=scribe.number(error, 1))
        figures.append(KeyFigure(scribe.say("figure.survive"), scribe.chance(survive), note))
    return tuple(figures)


def answer(scribe: Scribe) -> str:
    """Will the cash last? One paragraph with the three percentiles and the tightest month."""
    metrics = scribe.run.metrics
    runway = metrics.runway_months
    fan = scribe.cash_fan()
    low = None if fan is None else fan.values[0][metrics.tightest_month - 1]
    key = "summary.lasts" if runway["p5"].at_least else "summary.may_run_out"
    if not runway["p50"].at_least:
        key = "summary.runs_out"
    return scribe.say(
        key,
        p5=scribe.months(runway["p5"], error=True),
        p50=scribe.months(runway["p50"], error=True),
        p95=scribe.months(runway["p95"], error=True),
        month=scribe.month(scribe.run.months[metrics.tightest_month - 1]),
        low=scribe.compact(low),
        horizon=scribe.horizon(),
    )


def glance(scribe: Scribe) -> Table:
    """The plan by year: customers, revenue, margin, result, cash, people."""
    years = scribe.years()
    rows: list[TableRow] = []
    money: list[tuple[str, list[float], bool]] = []
    for headline in MONEY:
        values = scribe.line(headline)
        if values is not None:
            is_cash = headline == "cash"
            yearly = [scribe.over(values, year, is_balance=is_cash) for year in years]
            money.append((f"headline.{headline}", yearly, is_cash))
    scale = scribe.scale(value for _, yearly, _ in money for value in yearly)
    for key, yearly, is_cash in money:
        cells = tuple(scribe.money_cell(value, scale) for value in yearly)
        label = TableCell(scribe.say(key))
        rows.append(TableRow((label, *cells), "total" if is_cash else "body"))
    for headline in COUNTS:
        values = scribe.line(headline)
        if values is not None:
            ends = [scribe.over(values, year, is_balance=True) for year in years]
            cells = tuple(TableCell(scribe.number(value), value=value) for value in ends)
            rows.append(TableRow((TableCell(scribe.say(f"headline.{headline}_end")), *cells)))
    columns = (Column("", share=2.0), *(Column(year.label, "money") for year in years))
    return Table("glance", scribe.say("summary.glance"), columns, tuple(rows), unit=scale.label)


def _ask(scribe: Scribe) -> list[Block]:
    pairs = ask_pairs(scribe)
    return [Heading(scribe.say("ask.title")), Facts(tuple(pairs))] if pairs else []


def ask_pairs(scribe: Scribe) -> list[tuple[str, str]]:
    """The open round as terms: amount, instrument, valuation before and after, stake, month."""
    ask = scribe.context.ask
    if ask is None:
        return []
    pairs = [
        (scribe.say("ask.amount"), scribe.compact(ask.amount)),
        (scribe.say("ask.instrument"), ask.instrument[scribe.language]),
    ]
    if ask.pre_money is not None:
        pairs.append((scribe.say("ask.pre_money"), scribe.compact(ask.pre_money)))
        pairs.append((scribe.say("ask.post_money"), scribe.compact(ask.pre_money + ask.amount)))
    if ask.stake is not None:
        pairs.append((scribe.say("ask.stake"), scribe.stake(ask.stake)))
    if ask.month is not None:
        pairs.append((scribe.say("ask.month"), scribe.month(ask.month)))
    return pairs


def _tone(scribe: Scribe) -> Tone:
    runway = scribe.run.metrics.runway_months
    if runway["p5"].at_least:
        return "good"
    return "warn" if runway["p50"].at_least else "bad"
