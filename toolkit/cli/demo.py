"""`demo`: the whole way of a number, from a measured rate to a printed plan."""

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
    show_findings,
)

if TYPE_CHECKING:
    from rich.console import Console


def demo(
    out_dir: Annotated[Path, typer.Option("--out", help="Folder of the reports.")] = Path("reports/out"),
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Measure this machine, project the example start-up, write its business plan."""
    with frame(json, lang) as out:
        from toolkit.app.demonstration import run_demo
        from toolkit.cli.summary import show_summary

        with progress(out) as report:
            result = run_demo(open_workspace(workspace), out_dir, report, out.language)

        def tell(console: Console) -> None:
            show_summary(
                console, result.summary, out.language, result.files, result.device_words(out.language)
            )
            show_findings(console, result.problems, out.language)

        out.answer(result.as_dict(out.language), tell)
