"""`bench`: measure this machine, and look at what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from rich.console import Console

app = typer.Typer(
    no_args_is_help=True, help="Measure reference models on this machine.", rich_markup_mode=None
)


@app.command()
def run(
    suite: Annotated[str, typer.Option(help="Which cases: quick.")] = "quick",
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Run a suite and keep its measurements."""
    with frame(json, lang) as out:
        from toolkit.app.benchmarking import measure
        from toolkit.cli.frame import show_findings
        from toolkit.cli.measurements import show_measurements

        with progress(out) as report:
            found = measure(open_workspace(workspace), suite, device, report, out.language)
        document = {
            "measurements": [one.to_json() for one in found.measurements],
            "problems": [problem.as_dict(out.language) for problem in found.problems],
        }

        def tell(console: Console) -> None:
            show_measurements(console, found.measurements, out.language)
            show_findings(console, found.problems, out.language)

        out.answer(document, tell)
        out.exit_code = 0 if found.measurements else 1


@app.command()
def show(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """List the measurements of the workspace."""
    with frame(json, lang) as out:
        from toolkit.app.benchmarking import known
        from toolkit.cli.measurements import show_measurements

        found = known(open_workspace(workspace))
        rows = [measurement.to_json() for measurement in found]
        out.answer({"measurements": rows}, lambda console: show_measurements(console, found, out.language))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="JSON Lines written by a worker or by `bench export`.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Take in measurements made elsewhere; the same ones twice change nothing."""
    with frame(json, lang) as out:
        from toolkit.app.benchmarking import take_in
        from toolkit.cli.frame import show_findings

        new, problems = take_in(open_workspace(workspace), file)
        document = {"new": new, "problems": [problem.as_dict(out.language) for problem in problems]}

        def tell(console: Console) -> None:
            console.print(out.words("imported", count=new))
            show_findings(console, problems, out.language)

        out.answer(document, tell)
        out.exit_code = 1 if problems else 0


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to write JSON Lines.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Write every measurement of the workspace as JSON Lines."""
    with frame(json, lang) as out:
        from toolkit.app.benchmarking import give_out

        count = give_out(open_workspace(workspace), file)
        out.answer(
            {"file": str(file), "count": count}, lambda console: console.print(str(file), soft_wrap=True)
        )
