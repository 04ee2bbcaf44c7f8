"""The summary on one screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from toolkit.app.summary import SURVIVE_MONTH, Summary
from toolkit.projection.run import Figure
from toolkit.text import Language, t
from toolkit.text.formats import money as format_money
from toolkit.text.formats import percent as format_percent


def show_summary(
    console: Console,
    summary: Summary,
    language: Language,
    files: Sequence[Path] = (),
    device: str | None = None,
) -> None:
    """Cash, runway, survival, burn, compute by rung, and what to do next."""

    def words(id: str, **values: object) -> str:
        return t(f"cli.{id}", language, **values)

    run, metrics = summary.run, summary.run.metrics
    console.print()
    console.print(
        Text(summary.company[language], "bold").append(
            words(
                "summary_head", revision=summary.revision_number, scenario=summary.scenario[language],
                first=run.months[0], last=run.months[-1],
            ),
            "dim",
        )
    )  # fmt: skip
    table = Table.grid(padding=(0, 3))
    table.add_row(words("cash_today"), format_money(metrics.cash, run.currency, language))
    table.add_row(words("runway"), _runway(metrics.runway_months, language))
    if summary.survive is not None:
        table.add_row(words("survive", months=SURVIVE_MONTH), _share(summary.survive, language))
    table.add_row(words("burn"), format_money(metrics.monthly_burn.value, run.currency, language))
    table.add_row(words("compute"), _compute(summary, language))
    if device:
        table.add_row(words("measured_on"), device)
    console.print(table)
    for warning in run.warnings:
        console.print(Text(f"! {warning[language]}", "yellow"))
    for file in files:
        console.print(Text(f"→ {file}", "cyan"), soft_wrap=True)
    console.print(Text(words("next"), "bold"))
    for command in (
        "groundplan explain account.cash --month " + run.months[:12][-1],
        "groundplan dashboard",
        "groundplan init plan.yaml",
    ):
        console.print(f"  {command}", soft_wrap=True)


def _runway(figures: Mapping[str, Figure], language: Language) -> str:
    parts = []
    for name, found in figures.items():
        bound = "≥ " if found.at_least else ""
        error = f" ± {found.error:.1f}" if found.error >= 0.05 else ""
        parts.append(f"{name.upper()} {bound}{found.value:.0f}{error}")
    return t("cli.months", language, figures=" · ".join(parts))


def _share(found: Figure, language: Language) -> str:
    error = 100 * found.error
    return (
        f"{format_percent(found.value, language)} ± {max(error, 0.1):.1f}"
        if error
        else format_percent(found.value, language)
    )


def _compute(summary: Summary, language: Language) -> str:
    total = format_money(summary.compute_cost, summary.run.currency, language)
    shares = [
        f"{t(f'cli.rung.{rung}', language)} {format_percent(share, language)}"
        for rung, share in summary.rung_shares.items()
        if share > 0
    ]
    return f"{total} ({' · '.join(shares)})" if shares else total
