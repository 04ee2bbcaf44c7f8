"""Scenarios side by side on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from toolkit.app.scenario_comparison import ScenarioComparison
from toolkit.cli.analysis_tables import show_attribution, writer
from toolkit.projection.analysis.outcome import parse_metric
from toolkit.projection.model import Model
from toolkit.text import Language, t


def show_comparison(console: Console, found: ScenarioComparison, model: Model, language: Language) -> None:
    """One row a metric, one column a scenario, the difference from the first below; then what makes it."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(t("analysis.column.measure", language))
    for side in found.sides:
        table.add_column(side.label[language], justify="right")
    for place, text in enumerate(found.metrics):
        write = writer(parse_metric(text, model), model, language)
        cells = []
        for number, side in enumerate(found.sides):
            cell = Text(write(side.figures[place]))
            if number:
                change = side.differences[place]
                sign = "+" if change.value > 0 else ""
                cell.append(f"\n{sign}{write(change)}", "dim")
            cells.append(cell)
        table.add_row(text, *cells)
    console.print(table)
    console.print(Text(t("analysis.same_draws", language, draws=found.draws), "dim"))
    for side in found.sides:
        if side.parts is not None:
            console.print()
            show_attribution(console, side.parts, model, language)
