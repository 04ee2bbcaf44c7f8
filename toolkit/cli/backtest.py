"""`backtest`: predict published measurements without looking at their answers, and say how far off it was.

Exit codes: 0 the file was read, 1 it is malformed, 2 there is no such task.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.frame import DEFAULT_WORKSPACE, JsonOption, LangOption, WorkspaceOption, frame, show_problems

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from toolkit.app.backtesting import BacktestReport
    from toolkit.estimate.scoring import AxisScore
    from toolkit.text import Language

_REASONS_SHOWN = 5


def backtest(
    task: Annotated[
        str,
        typer.Option("--task", help="train_step, transfer, kernel_peer, parallel, decode, serve, runs."),
    ],
    file: Annotated[Path | None, typer.Argument(help="Measurements to predict (CSV); not with --cv.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write the predictions (CSV).")] = None,
    cv: Annotated[
        str | None,
        typer.Option(
            help="Leave out one group of the published rows at a time: gpu, generation, family, size, scale, "
            "sequence, source, …"
        ),
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Check the estimator against measurements, beside the naive baseline."""
    del workspace  # taken by every command; nothing is stored here
    with frame(json, lang) as answer:
        from toolkit.app.backtesting import UNKNOWN_TASK
        from toolkit.app.backtesting import backtest as run
        from toolkit.errors import InputError

        try:
            report = run(file, task, out, cv)
        except InputError as error:
            if all(problem.id != UNKNOWN_TASK for problem in error.problems):
                raise
            show_problems(error, answer)
            raise typer.Exit(2) from None
        answer.answer(report.document(), lambda console: _show(console, report, answer.language))


def _show(console: Console, report: BacktestReport, language: Language) -> None:
    from rich.text import Text

    from toolkit.text import t

    found = report.found
    predicted = sum(line.prediction is not None for line in found.lines)
    values = {"task": found.task, "rows": len(found.lines), "predicted": predicted}
    console.print(Text(t("gpu.backtest.head", language, **values), "bold"))
    if found.axes:
        console.print(_table(found.axes, found.naive, language))
    else:
        console.print(t("gpu.backtest.no_answers", language))
    missing = [line for line in found.lines if line.prediction is None]
    for line in missing[:_REASONS_SHOWN]:
        console.print(Text(f"! {line.id}: {line.method}", "yellow"))
    if len(missing) > _REASONS_SHOWN:
        count = len(missing) - _REASONS_SHOWN
        console.print(Text(t("gpu.backtest.more", language, count=count), "dim"))


def _table(axes: tuple[AxisScore, ...], naive: tuple[AxisScore, ...], language: Language) -> Table:
    """One line an axis and part, and under it the naive baseline on the same rows."""
    from rich.table import Table

    from toolkit.text import t

    table = Table(box=None, pad_edge=False)
    table.add_column(t("gpu.backtest.axis", language), no_wrap=True)
    for name in ("n", "predicted", "median", "mean", "p90", "cover80", "width", "score"):
        table.add_column(t(f"gpu.backtest.{name}", language), justify="right", no_wrap=True)
    beside = {(one.axis, one.part): one for one in naive}
    for one in axes:
        table.add_row(" ".join(part for part in (one.axis, one.part) if part), *_cells(one))
        if other := beside.get((one.axis, one.part)):
            table.add_row(f"  {t('gpu.backtest.naive', language)}", *_cells(other), style="dim")
    return table


def _cells(one: AxisScore) -> list[str]:
    figures = (one.median, one.mean, one.p90, one.cover80)
    texts = ["—" if value is None else f"{value:.1f}" for value in figures]
    width = "—" if one.width is None else f"{one.width:.2f}"
    score = "—" if one.score is None else f"{one.score:.0f}"
    return [str(one.n), str(one.predicted), *texts, width, score]
