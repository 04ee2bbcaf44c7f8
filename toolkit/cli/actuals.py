"""`actuals` and `budget`: what happened, against what was planned."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.frame import (
    DEFAULT_WORKSPACE,
    JsonOption,
    LangOption,
    WorkspaceOption,
    frame,
    open_workspace,
)

app = typer.Typer(
    no_args_is_help=True, help="What happened, against what was planned.", rich_markup_mode=None
)
budgets = typer.Typer(
    no_args_is_help=True, help="Runs locked under a name, to compare against.", rich_markup_mode=None
)

PlanOption = Annotated[str | None, typer.Option("--plan", help="A plan's id; that of the newest run.")]
BudgetOption = Annotated[
    str | None, typer.Option("--budget", help="A budget's name or a run's id; the budget locked last.")
]


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="Monthly figures (CSV, XLSX), or a cloud bill (FOCUS).")],
    format: Annotated[
        str | None, typer.Option(help="table or focus; found by the columns by default.")
    ] = None,
    map: Annotated[
        list[str] | None,
        typer.Option(help="Cloud bill: COLUMN:VALUE=LINE, such as Tags.team:research=compute.finetune.cost."),
    ] = None,
    cost: Annotated[str, typer.Option(help="Cloud bill: effective or billed.")] = "effective",
    skip_outside: Annotated[
        bool, typer.Option("--skip-outside", help="Cloud bill: leave out months that the plan does not have.")
    ] = False,
    plan: PlanOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Keep actual figures beside the plan."""
    forms, costs = ("table", "focus", None), ("effective", "billed")
    if format not in forms:
        raise typer.BadParameter("choose table or focus", param_hint="--format")
    if cost not in costs:
        raise typer.BadParameter("choose effective or billed", param_hint="--cost")
    with frame(json, lang) as out:
        from toolkit.app.actuals.importing import import_actuals
        from toolkit.app.analysis_document import plain
        from toolkit.cli.actuals_tables import show_import

        found = import_actuals(
            open_workspace(workspace), file, format, map or (), cost,  # type: ignore[arg-type]
            skip_outside=skip_outside, plan=plan,
        )  # fmt: skip
        out.answer(plain(found, out.language), lambda console: show_import(console, found, out.language))


@app.command()
def variance(
    month: Annotated[str | None, typer.Option(help="ISO month; the last one with figures.")] = None,
    budget: BudgetOption = None,
    plan: PlanOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Compare a month and the year to date with the budget, by line."""
    with frame(json, lang) as out:
        from toolkit.app.actuals.variance import find_variance
        from toolkit.app.analysis_document import plain
        from toolkit.cli.actuals_tables import show_variance

        found = find_variance(open_workspace(workspace), month, budget, plan)
        out.answer(plain(found, out.language), lambda console: show_variance(console, found, out.language))


@app.command()
def reforecast(
    closed: Annotated[
        str | None, typer.Option(help="Last month that is closed; the last one with figures.")
    ] = None,
    run: Annotated[str | None, typer.Option("--run", help="A run; the newest by default.")] = None,
    budget: BudgetOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Project the plan again from the last closed month, on the same draws, and store the run."""
    with frame(json, lang) as out:
        from toolkit.app.actuals.document import reforecast_document
        from toolkit.app.actuals.reforecast import reforecast as again
        from toolkit.cli.actuals_tables import show_reforecast

        found = again(open_workspace(workspace), closed, run, budget)
        out.answer(reforecast_document(found), lambda console: show_reforecast(console, found, out.language))


@app.command()
def score(
    forecast: Annotated[
        list[str] | None,
        typer.Option(help="A budget's name or a run's id; all budgets and reforecasts by default."),
    ] = None,
    line: Annotated[list[str] | None, typer.Option(help="Only this line; may be given again.")] = None,
    plan: PlanOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Score forecasts against what happened: coverage of the intervals, bias, CRPS."""
    with frame(json, lang) as out:
        from toolkit.app.actuals.score import find_scores
        from toolkit.app.analysis_document import plain
        from toolkit.cli.actuals_tables import show_scores

        found = find_scores(open_workspace(workspace), forecast or (), line or (), plan)
        out.answer(plain(found, out.language), lambda console: show_scores(console, found, out.language))


@budgets.command()
def lock(
    name: Annotated[str, typer.Argument(help="Its name, such as 2027.")],
    run: Annotated[
        str | None, typer.Option("--run", help="A run; the newest of the plan alone by default.")
    ] = None,
    note: Annotated[str, typer.Option(help="Who approved it, and when.")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Lock a run as the budget of that name, for good."""
    with frame(json, lang) as out:
        from toolkit.app.actuals.budget import lock as lock_run
        from toolkit.app.analysis_document import plain
        from toolkit.cli.actuals_tables import show_budgets

        found = lock_run(open_workspace(workspace), name, run, note)
        out.answer(plain(found), lambda console: show_budgets(console, (found,), out.language))


@budgets.command("list")
def list_all(
    plan: PlanOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """The locked budgets of a plan."""
    with frame(json, lang) as out:
        from toolkit.app.actuals.budget import budgets_of
        from toolkit.app.analysis_document import plain
        from toolkit.cli.actuals_tables import show_budgets

        found = budgets_of(open_workspace(workspace), plan)
        out.answer({"budgets": plain(found)}, lambda console: show_budgets(console, found, out.language))
