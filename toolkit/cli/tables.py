"""`import` and `export`: tables into a plan file and out of it; plans into the workspace and out of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.frame import (
    DEFAULT_WORKSPACE,
    Frame,
    JsonOption,
    LangOption,
    WorkspaceOption,
    frame,
    open_workspace,
)

if TYPE_CHECKING:
    from rich.console import Console

    from toolkit.app.tables.merge import Merged

KindArgument = Annotated[str, typer.Argument(metavar="KIND", help="roles, costs, revenue, or plan.")]


def import_(
    kind: KindArgument,
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX file; for a plan its YAML or JSON.")],
    into: Annotated[Path, typer.Option(help="The plan file that the table is merged into.")] = Path(
        "plan.yaml"
    ),
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; the first by default.")] = None,
    skip: Annotated[list[str] | None, typer.Option(help="A column to leave out; may be repeated.")] = None,
    trial: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Merge a table of roles, costs or revenue into a plan, or keep a plan as a revision."""
    with frame(json, lang) as out:
        if kind == "plan":
            from toolkit.app.history import import_plan
            from toolkit.cli.history import show_revision

            revision = import_plan(file, open_workspace(workspace))
            out.answer(revision.as_dict(), lambda console: show_revision(console, revision, out))
            return
        from toolkit.app.tables.merge import import_table

        merged = import_table(
            kind, file, into, sheet=sheet, skip=skip or (), is_trial=trial, language=out.language
        )
        document = {"file": str(into), "dry_run": trial, **merged.as_dict()}
        out.answer(document, lambda console: _show(console, merged, into, trial, out))


def _show(console: Console, merged: Merged, into: Path, is_trial: bool, out: Frame) -> None:
    from toolkit.cli.history import show_changes
    from toolkit.text import t

    show_changes(console, merged.changes, out)
    counts = {"added": len(merged.added), "updated": len(merged.updated), "unchanged": len(merged.unchanged)}
    words = "trial" if is_trial else "done"
    console.print(t(f"tables.{words}", out.language, file=into, **counts))


def export(
    kind: KindArgument,
    file: Annotated[Path | None, typer.Argument(help="Where to write; standard output by default.")] = None,
    plan: Annotated[
        Path | None,
        typer.Option("--from", help="A plan file; by default the newest revision in the workspace."),
    ] = None,
    revision: Annotated[
        str | None, typer.Option(help="A revision: its id, or its number with --plan.")
    ] = None,
    plan_id: Annotated[str | None, typer.Option("--plan", help="A plan of the workspace, by its id.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Write a plan (.yaml as it was saved, or .json), or its roles, costs or revenue as CSV."""
    with frame(json, lang) as out:
        from toolkit.app.history import export_text
        from toolkit.text import t

        store = None if plan is not None else open_workspace(workspace)
        text = export_text(kind, plan, store, plan_id, revision, file, out.language)
        document = {"file": str(file) if file else None, "text": None if file else text}
        if file is None and not json:
            print(text, end="")
            return
        out.answer(document, lambda console: console.print(t("tables.written", out.language, file=file)))
