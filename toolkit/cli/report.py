"""`report`: documents from a stored run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.frame import (
    DEFAULT_WORKSPACE,
    JsonOption,
    WorkspaceOption,
    frame,
    open_workspace,
    progress,
    show_findings,
)

if TYPE_CHECKING:
    from rich.console import Console


def report(
    plan: Annotated[
        str | None, typer.Option(help="A plan file, which is built first, or the id of a plan.")
    ] = None,
    scenario: Annotated[str | None, typer.Option(help="A scenario of the plan.")] = None,
    format: Annotated[
        str, typer.Option(help="pdf, html, docx, xlsx, md: one or several with commas.")
    ] = "pdf,html,xlsx",
    lang: Annotated[str, typer.Option("--lang", help="en, zh: one or several with commas.")] = "en",
    template: Annotated[
        str, typer.Option(help="business-plan, one-pager, gpu-cost, benchmark or board-update.")
    ] = "business-plan",
    out_dir: Annotated[Path, typer.Option("--out", help="Folder to write into.")] = Path("reports/out"),
    run: Annotated[str | None, typer.Option(help="A run; the newest by default.")] = None,
    workload: Annotated[
        Path | None, typer.Option(help="gpu-cost: a WORKLOAD.yaml in place of the plan's work.")
    ] = None,
    budget: Annotated[str | None, typer.Option(help="board-update: a locked budget by name.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Write a run (the newest by default) as documents: DIR/<template>.<lang>.<ext>."""
    formats, languages = _list(format), _list(lang)
    with frame(json, languages[0]) as out:
        from toolkit.app.reporting import Asked, write_reports

        with progress(out) as steps:
            result = write_reports(
                open_workspace(workspace),
                out_dir,
                template,
                formats,
                languages,
                Asked(run, plan, scenario, workload, budget),
                progress=steps,
            )
        document = {
            "files": [str(file) for file in result.files],
            "problems": [p.as_dict(out.language) for p in result.problems],
        }

        def show(console: Console) -> None:
            for file in result.files:
                console.print(str(file), soft_wrap=True)
            show_findings(console, result.problems, out.language)

        out.answer(document, show)


def _list(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip())) or ["en"]
