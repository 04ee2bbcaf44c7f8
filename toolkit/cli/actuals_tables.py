"""Actual figures, budgets and scores as tables on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from toolkit.app.actuals.importing import Imported
from toolkit.app.actuals.reforecast import Reforecast
from toolkit.app.actuals.score import ForecastScore, ScoreReport
from toolkit.app.actuals.variance import VarianceReport
from toolkit.projection.forecast_score import Coverage, Score
from toolkit.projection.run import Metrics
from toolkit.projection.variance import Comparison, Variance
from toolkit.store.actuals import CloudCost
from toolkit.store.budgets import Budget
from toolkit.text import Language, t
from toolkit.text.formats import UNKNOWN, at_least, money, month, number, percent, significant


def show_import(console: Console, found: Imported, language: Language) -> None:
    """What came in, what is compared only, and what counts for no line."""
    if found.number is None:
        _say(console, language, "same_again", file=found.file)
    values = {"figures": found.figures, "lines": len(found.lines), "months": len(found.months)}
    first, last = (month(one, language) for one in (found.months[0], found.months[-1]))
    _say(console, language, "imported", **values, first=first, last=last)
    if found.replaced:
        _say(console, language, "replaced", count=found.replaced)
    if found.compared:
        _say(console, language, "compared", names=", ".join(found.compared))
    if found.outside:
        _say(console, language, "left_out", count=found.outside)
    if found.form == "focus":
        _show_costs(console, found.costs, found.currency, language)
        if found.unassigned:
            amount = money(found.unassigned, found.currency, language)
            _say(console, language, "unassigned", amount=amount)


def _show_costs(console: Console, costs: Sequence[CloudCost], currency: str, language: Language) -> None:
    table = _table(language, "month", "service", "charge", "line", "billed", "effective")
    for one in costs:
        amounts = [money(value, currency, language) for value in (one.billed, one.effective)]
        name = f"{one.provider} · {one.service}"
        table.add_row(month(one.month, language), name, one.charge, one.line or UNKNOWN, *amounts)
    console.print(table)


def show_variance(console: Console, found: VarianceReport, language: Language) -> None:
    """One row a line: the month, then the year to date."""
    budget = found.budget or t("actuals.plan_alone", language, run=found.run)
    _head(console, language, "variance", month=month(found.month, language), budget=budget)
    table = _table(language, "line", "actual", "planned", "difference", "to_date", "planned", "difference")
    for row in found.rows:
        cells = [
            *_comparison(row, row.month, found, language),
            *_comparison(row, row.to_date, found, language),
        ]
        table.add_row(_named(row.label[language], row.line), *cells)
    console.print(table)
    outside = [row.line for row in found.rows if row.inside is False]
    if outside:
        _say(console, language, "outside", names=", ".join(outside))
    missing = [row.line for row in found.rows if row.missing]
    if missing:
        _say(console, language, "missing", names=", ".join(missing))


def _comparison(row: Variance, one: Comparison, found: VarianceReport, language: Language) -> list[Text]:
    style = {True: "green", False: "red", None: ""}[one.favourable]
    texts = [_amount(value, row.unit, found.currency, language) for value in (one.actual, one.plan)]
    difference = _amount(one.difference, row.unit, found.currency, language)
    if one.favourable is not None:
        difference += " " + t(f"actuals.{'favourable' if one.favourable else 'adverse'}", language)
    share = "" if one.share is None else f"\n{percent(one.share, language, 1)}"
    return [Text(texts[0]), Text(texts[1]), Text(difference + share, style)]


def show_reforecast(console: Console, found: Reforecast, language: Language) -> None:
    """The headline figures before and after, and what the books leave open."""
    run = found.built.run
    _head(console, language, "reforecast", closed=month(found.closed, language), run=run.id)
    table = _table(language, "figure", "before", "after")
    before, after = (_headlines(one, run.currency, language) for one in (found.before, found.after))
    for name, value in before.items():
        table.add_row(name, value, after.get(name, UNKNOWN))
    console.print(table)
    _say(console, language, "used", count=len(found.used))
    if found.compared:
        _say(console, language, "compared", names=", ".join(found.compared))
    if abs(found.unreconciled) >= 0.5:
        _say(console, language, "not_reconciled", amount=money(found.unreconciled, run.currency, language))


def _headlines(metrics: Metrics, currency: str, language: Language) -> dict[str, str]:
    rows = {
        t("actuals.column.cash", language): money(metrics.cash, currency, language),
        t("actuals.column.burn", language): money(metrics.monthly_burn.value, currency, language),
    }
    for level, figure in metrics.runway_months.items():
        text = number(figure.value, language)
        name = t("actuals.column.runway", language, level=level.upper())
        rows[name] = at_least(text) if figure.at_least else text
    for months, chance in metrics.survive.items():
        name = t("actuals.column.survive", language, months=months)
        rows[name] = f"{percent(chance.value, language, 1)} ± {number(100 * chance.error, language, 1)}"
    return rows


def show_scores(console: Console, found: ScoreReport, language: Language) -> None:
    """One row a forecast, then its lines."""
    _head(console, language, "score", last=month(found.last, language))
    table = _table(language, "forecast", "figures", "inside_50", "inside_90", "skill")
    for one in found.forecasts:
        table.add_row(_forecast(one, language), *_shares(one.overall, language))
    console.print(table)
    for one in found.forecasts:
        console.print(Text(f"\n{_forecast(one, language)}", "bold"))
        lines = _table(
            language, "line", "figures", "inside_50", "inside_90", "skill", "bias", "crps", "base_error"
        )
        for row in one.by_line:
            amounts = [
                _amount(value, row.unit, found.currency, language)
                for value in (row.score.bias, row.score.crps, row.score.base_error)
            ]
            lines.add_row(_named(row.label[language], row.line), *_shares(row.score, language), *amounts)
        console.print(lines)
    _say(console, language, "score_note")


def _forecast(one: ForecastScore, language: Language) -> str:
    known = t("actuals.known_until", language, closed=month(one.closed, language)) if one.closed else ""
    return " · ".join(part for part in (one.budget or one.run, known) if part)


def _shares(one: Score, language: Language) -> list[str]:
    skill = UNKNOWN if one.skill is None else percent(one.skill, language)
    return [
        str(one.figures),
        _coverage(one.coverage_50, language),
        _coverage(one.coverage_90, language),
        skill,
    ]


def _coverage(one: Coverage, language: Language) -> str:
    interval = f"{number(100 * one.low, language)}–{percent(one.high, language)}"
    return f"{percent(one.share, language)} ({interval})"


def show_budgets(console: Console, found: Sequence[Budget], language: Language) -> None:
    """One row a budget, the one locked last first."""
    table = _table(language, "budget", "run", "locked_at", "author", "note")
    for one in found:
        table.add_row(one.name, one.run, f"{one.locked_at:%Y-%m-%d %H:%M} UTC", one.author, one.note)
    console.print(table)


def _head(console: Console, language: Language, name: str, **values: object) -> None:
    console.print(Text(t(f"actuals.title.{name}", language, **values), "bold"))


def _say(console: Console, language: Language, name: str, **values: object) -> None:
    console.print(Text(t(f"actuals.{name}", language, **values), "dim"))


def _table(language: Language, first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(t(f"actuals.column.{first}", language))
    for name in others:
        table.add_column(t(f"actuals.column.{name}", language), justify="right")
    return table


def _named(label: str, line: str) -> Text:
    return Text(label).append(f"\n{line}", "dim")


def _amount(value: float | None, unit: str, currency: str, language: Language) -> str:
    if unit == currency:
        return money(value, currency, language)
    text = significant(value, language)
    return text if unit == "1" or value is None else f"{text} {unit}"
