"""`validate`, `build`, `explain`: plans on the command line."""

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
    progress,
)

PlanArgument = Annotated[Path, typer.Argument(help="The plan file (YAML).")]


def validate(
    file: PlanArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Check a plan: every problem with its line and its mend."""
    del workspace
    with frame(json, lang) as out:
        from toolkit.app.building import check_plan

        checked = check_plan(file)
        document = {
            "problems": [],
            "company": checked.plan.company.name[out.language],
            "scenarios": checked.scenarios,
        }
        out.answer(document, lambda console: console.print(out.words("valid", file=file)))


def build(
    file: PlanArgument,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 1,
    scenario: Annotated[str, typer.Option(help="A scenario of the plan.")] = "base",
    draws: Annotated[
        int | None, typer.Option(help="Draws in all: eight times a power of two; 16,384 by default.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Project a plan and store the run."""
    with frame(json, lang) as out, progress(out) as report:
        from toolkit.app import building
        from toolkit.app.summary import summarise
        from toolkit.cli.summary import show_summary

        built = building.build(
            file, open_workspace(workspace), seed=seed, scenario=scenario, draws=draws, progress=report
        )
        summary = summarise(built)
    out.answer(summary.as_dict(out.language), lambda console: show_summary(console, summary, out.language))


def explain(
    line: Annotated[str, typer.Argument(help="Name of a line, such as account.cash.")],
    month: Annotated[str | None, typer.Option(help="ISO month; the last one by default.")] = None,
    depth: Annotated[int, typer.Option(help="Levels of operands to show.", min=0)] = 2,
    draw: Annotated[
        str | None,
        typer.Option(help="A draw by its number, or p5: the draw at that percentile; the base case."),
    ] = None,
    run: Annotated[str | None, typer.Option(help="A run; the newest by default.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Say where a number comes from, down to the plan, a fact or a measurement."""
    with frame(json, lang) as out:
        from toolkit.app.explaining import explain_line
        from toolkit.cli.explanation import show_explanation

        found = explain_line(open_workspace(workspace), line, month, depth, run, draw)
        out.answer(
            {**found.explanation.as_dict(out.language), "draw": found.draw},
            lambda console: show_explanation(console, found, out.language),
        )
