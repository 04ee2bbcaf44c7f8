"""`metrics`: burn, growth, margins and unit economics of a run, with percentiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.frame import (
    DEFAULT_WORKSPACE,
    JsonOption,
    LangOption,
    WorkspaceOption,
    frame,
    open_workspace,
)

if TYPE_CHECKING:
    from rich.console import Console

    from toolkit.app.metrics import MetricsOfRun
    from toolkit.projection.business import MetricFan
    from toolkit.text import Language

RunOption = Annotated[str | None, typer.Option(help="A run; the newest by default.")]


def metrics(
    run: RunOption = None,
    month: Annotated[
        str | None, typer.Option(help="ISO month to show; the end of every twelve months by default.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Show the figures that investors ask for, each with its percentiles."""
    with frame(json, lang) as out:
        from toolkit.app.metrics import metrics_of
        from toolkit.app.study import Study

        found = metrics_of(Study(open_workspace(workspace), run))
        places = _places(found, month)
        out.answer(found.as_dict(out.language), lambda console: _show(console, found, places, out.language))


def _places(found: MetricsOfRun, month: str | None) -> list[int]:
    """The months to show, from 0. Raises InputError for a month that is not in the plan."""
    from toolkit.app.metrics import year_ends
    from toolkit.errors import InputError, Problem

    if month is None:
        return year_ends(len(found.months))
    if month not in found.months:
        values = {"month": month, "first": found.months[0], "last": found.months[-1]}
        raise InputError([Problem("metrics.unknown_month", "month", values=values)])
    return [found.months.index(month)]


def _show(console: Console, found: MetricsOfRun, places: list[int], language: Language) -> None:
    from rich.table import Table

    from toolkit.text import t

    table = Table(t("metrics.title", language), box=None, pad_edge=False)
    for place in places:
        table.add_column(found.months[place], justify="right")
    for fan in found.fans:
        cells = [_cell(fan, place, found.currency, language) for place in places]
        table.add_row(t(f"metrics.{fan.id}", language), *cells)
    console.print(table)
    console.print(t("metrics.note", language))


def _cell(fan: MetricFan, place: int, currency: str, language: Language) -> str:
    """Median, and the 5th and 95th percentile."""
    low, middle, high = (fan.values[index][place] for index in (0, 2, 4))
    if middle is None:
        return "—"
    first, half, last = (_text(fan, value, currency, language) for value in (low, middle, high))
    return f"{half} ({first} … {last})"


def _text(fan: MetricFan, value: float | None, currency: str, language: Language) -> str:
    from toolkit.text.formats import compact_money, number, percent

    if value is None:
        return "—"
    if fan.unit == "money":
        return compact_money(value, currency, language)
    if fan.unit == "share":
        return percent(value, language, 0 if abs(value) >= 0.1 else 1)
    return number(value, language, 1)
