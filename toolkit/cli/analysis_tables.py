"""Analyses as tables on the terminal: every figure with its sampling error."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from toolkit.app.analysis import Change, Choice, Versus, Worst
from toolkit.projection.analysis.goal_seek import Sought
from toolkit.projection.analysis.lever import Lever
from toolkit.projection.analysis.outcome import Metric
from toolkit.projection.analysis.sensitivity import Sensitivity, grouped
from toolkit.projection.analysis.survival import Survival
from toolkit.projection.analysis.tornado import Tornado
from toolkit.projection.model import Model
from toolkit.projection.run import Figure
from toolkit.text import Language, t
from toolkit.text.formats import at_least, month, number, percent, significant
from toolkit.text.formats import money as format_money

TOP = 15  # rows of a ranking; --json has all
Write = Callable[[Figure], str]


def show_tornado(console: Console, found: Tornado, model: Model, language: Language) -> None:
    """One row an input, the widest swing first."""
    write = writer(found.metric, model, language)
    _head(console, language, "tornado", metric=found.metric)
    table = _table(language, "input", "low", "high", "at_low", "at_high", "swing")
    for bar in found.bars[:TOP]:
        ends = [_amount(bar.input, value, model, language) for value in (bar.low, bar.high)]
        figures = [write(one) for one in (bar.at_low, bar.at_high, bar.swing)]
        table.add_row(_label(bar.input, model, language), *ends, *figures)
    _rank(console, table, language)
    _say(console, language, "as_planned", value=write(found.present), draws=found.draws)
    if found.unrelated:
        _say(console, language, "unrelated", count=len(found.unrelated))


def show_sensitivity(console: Console, found: Sensitivity, model: Model, language: Language) -> None:
    """One row an input, the largest total first."""
    _head(console, language, "sobol", metric=found.metric)
    table = _table(language, "input", "first", "total")
    write = _percent(language)
    for index in found.indices[:TOP]:
        labels = Text("\n").join(_label(name, model, language) for name in index.inputs)
        table.add_row(labels, write(index.first), write(index.total))
    console.print(table)
    _say(console, language, "interaction", value=write(found.interaction), runs=found.runs)
    for names in grouped(found):
        _say(console, language, "together", names=", ".join(names))
    if found.unrelated:
        _say(console, language, "unrelated", count=len(found.unrelated))


def show_survival(console: Console, found: Survival, model: Model, language: Language) -> None:
    """One row a month, from the last one that every draw survives."""
    _head(console, language, "survival", floor=format_money(found.floor, model.currency, language))
    table = _table(language, "month", "survive", "lost")
    write = _percent(language)
    certain = sum(one.value == 1 for one in found.probabilities)
    for count, (one, lost) in enumerate(zip(found.probabilities, found.lost, strict=True), 1):
        if count >= certain:
            when = f"{count}  {month(found.months[count - 1], language)}"
            table.add_row(when, write(one), write(Figure(lost)))
    console.print(table)
    if found.median is None:
        _say(console, language, "lasting_all")
    else:
        iso = found.months[found.median - 1] if found.median else found.months[0]
        _say(console, language, "lasting", month=found.median, iso=iso)


def show_goal(console: Console, found: Sequence[Sought], model: Model, language: Language) -> None:
    """One row a lever."""
    goal = found[0].goal
    write = writer(goal.metric, model, language)
    _head(console, language, "goal", goal=goal)
    table = _table(language, "lever", "present", "answer", "metric", "furthest")
    for one in found:
        lever = one.lever

        def place(figure: Figure, lever: Lever = lever) -> str:
            if lever.mode == "set":
                return _figure(figure, lambda value: _amount(lever.line, value, model, language))
            text = _figure(figure, lambda value: significant(value, language, 3))
            return t("analysis.column.times", language, value=text)

        answer = t("analysis.never", language)
        if one.answer is not None:
            answer = place(one.answer)
            answer += f" ({t('analysis.bounded', language)})" if one.is_bounded else ""
        at_answer = write(one.at_answer) if one.at_answer is not None else ""
        furthest = f"{write(one.best.metric)}  ({place(Figure(one.best.place))})"
        table.add_row(
            _label(lever.line, model, language), place(Figure(lever.present)), answer, at_answer, furthest
        )
    console.print(table)
    _say(console, language, "as_planned", value=write(found[0].present), draws=found[0].draws)
    if found[0].met:
        _say(console, language, "met")


def show_drivers(console: Console, worst: Worst, model: Model, language: Language) -> None:
    """One row an input, the largest shift first; then when it shows."""
    found = worst.drivers
    _head(console, language, "drivers", share=percent(found.share, language))
    table = _table(language, "input", "usual", "worst", "shift")
    for one in found.drivers[:TOP]:
        means = [_amount(one.input, value, model, language) for value in (one.usual, one.worst)]
        shift = _figure(one.shift, lambda value: f"{value:+.2f}")
        table.add_row(_label(one.input, model, language), *means, shift)
    _rank(console, table, language)
    _say(console, language, "threshold", value=writer(worst.metric, model, language)(found.threshold))
    if found.median_month is not None:
        iso = model.months[found.median_month - 1]
        _say(console, language, "trouble", month=found.median_month, iso=iso)
    if found.spared:
        _say(console, language, "trouble_rare", value=percent(found.spared, language))


def show_attribution(console: Console, found: Versus, model: Model, language: Language) -> None:
    """Both versions, and one row a change."""
    write, result = writer(found.metric, model, language), found.attribution
    _head(console, language, "attribution", first=found.first, second=found.second, metric=found.metric)
    table = _table(language, "group", "part")
    table.add_row(found.first, write(result.first))
    for part in result.parts:
        table.add_row("  " + part.group, write(part.change))
    table.add_row(t("analysis.row.difference", language), write(result.difference))
    table.add_row(found.second, write(result.second))
    console.print(table)
    _say(console, language, "sum")
    if not result.exact:
        _say(console, language, "sampled", count=len(result.parts))


def show_information(console: Console, found: Choice, model: Model, language: Language) -> None:
    """One row an option, then one row an input, the most valuable first."""
    write, result = writer(found.metric, model, language), found.information
    _head(console, language, "information", metric=found.metric)
    options = Table.grid(padding=(0, 3))
    for name, mean in result.means.items():
        options.add_row(name, write(mean))
    console.print(options)
    table = _table(language, "input", "worth", "variance")
    for one in result.inputs[:TOP]:
        share = _percent(language)(one.variance_share)
        table.add_row(_label(one.input, model, language), write(one.worth), share)
    console.print(table)
    _say(console, language, "best_option", option=result.best, value=write(result.perfect))


def show_change(console: Console, found: Change, model: Model, language: Language) -> None:
    """The metric before and after, and the percentiles of cash at the end of each quarter."""
    write = writer(found.metric, model, language)
    _head(console, language, "change", metric=found.metric)
    figures = (write(one) for one in (found.present, found.changed, found.difference))
    console.print(Text("{} → {}  ({})".format(*figures), "bold"))
    table = _table(language, "month", "p5", "p50", "p95")
    for place in range(2, len(found.fan.values[0]), 3):
        row = [Figure(found.fan.values[i][place], found.fan.errors[i][place]) for i in (0, 2, 4)]
        cells = [_figure(one, lambda value: format_money(value, model.currency, language)) for one in row]
        table.add_row(month(model.months[place], language), *cells)
    console.print(table)


def _head(console: Console, language: Language, name: str, **values: Any) -> None:
    console.print(Text(t(f"analysis.title.{name}", language, **values), "bold"))


def _say(console: Console, language: Language, name: str, **values: Any) -> None:
    console.print(Text(t(f"analysis.{name}", language, **values), "dim"))


def _rank(console: Console, table: Table, language: Language) -> None:
    """A ranking of inputs, or the sentence that there are none."""
    if table.row_count:
        console.print(table)
    else:
        _say(console, language, "no_inputs")


def _table(language: Language, first: str, *numbers: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(t(f"analysis.column.{first}", language))
    for name in numbers:
        table.add_column(t(f"analysis.column.{name}", language), justify="right")
    return table


def _label(name: str, model: Model, language: Language) -> Text:
    return Text(model.lines[name].label[language]).append(f"\n{name}", "dim")


def _amount(name: str, value: float, model: Model, language: Language) -> str:
    unit = model.lines[name].unit
    if unit == model.currency:
        return format_money(value, unit, language)
    text = significant(value, language)
    return text if unit == "1" else f"{text} {unit}"


def _figure(figure: Figure, plain: Callable[[float], str]) -> str:
    text = at_least(plain(figure.value)) if figure.at_least else plain(figure.value)
    return f"{text} ± {plain(figure.error).lstrip('+')}" if figure.error else text


def _percent(language: Language) -> Write:
    """Shares with as many decimals as their error leaves meaningful."""

    def write(figure: Figure) -> str:
        finest = -math.log10(100 * figure.error) if figure.error else 0
        decimals = min(max(math.ceil(finest), 1), 3)
        return _figure(figure, lambda value: percent(value, language, decimals))

    return write


def writer(metric: Metric, model: Model, language: Language) -> Write:
    """How a value of the metric is written."""
    match metric.measure(model):
        case "share":
            return _percent(language)
        case "months":
            return lambda figure: _figure(figure, lambda value: number(value, language, 1))
        case "money":
            return lambda figure: _figure(figure, lambda value: format_money(value, model.currency, language))
    return lambda figure: _figure(figure, lambda value: significant(value, language, 4))
