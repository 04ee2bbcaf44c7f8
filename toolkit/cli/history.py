"""`log`, `diff`, `restore`: the revisions of a plan on the command line."""

from __future__ import annotations

import json as json_module
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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

    from toolkit.app.history import Entry
    from toolkit.store.changes import Change

PlanOption = Annotated[
    str | None, typer.Option("--plan", help="A plan by its id; the one saved last by default.")
]


def log(
    field: Annotated[
        str | None, typer.Argument(help="Only changes of this field, such as talent.roles[engineer].salary.")
    ] = None,
    plan: PlanOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """List the revisions of a plan: who, when, which assumption, from what to what."""
    with frame(json, lang) as out:
        from toolkit.app.history import plan_history

        entries = plan_history(open_workspace(workspace), plan, field)

        def show(console: Console) -> None:
            for entry in entries:
                show_revision(console, entry, out)

        out.answer([entry.as_dict() for entry in entries], show)


def diff(
    before: Annotated[str | None, typer.Argument(help="A revision (number or id) or a plan file.")] = None,
    after: Annotated[str | None, typer.Argument(help="The same; the newest revision by default.")] = None,
    plan: PlanOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Say what changed between two revisions or plan files, or between one of each."""
    with frame(json, lang) as out:
        from toolkit.app.history import plan_diff

        found = plan_diff(open_workspace(workspace), before, after, plan)

        def show(console: Console) -> None:
            console.print(f"{found.before} → {found.after}", style="bold", markup=False)
            show_changes(console, found.changes, out)

        out.answer(found.as_dict(), show)


def restore(
    revision: Annotated[str, typer.Argument(help="The revision to go back to: its number or id.")],
    to: Annotated[Path | None, typer.Option(help="Also write it to this plan file.")] = None,
    plan: PlanOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Go back to an earlier revision; it becomes the newest, and nothing is lost."""
    with frame(json, lang) as out:
        from toolkit.app.history import restore as bring_back

        entry = bring_back(open_workspace(workspace), revision, plan, to)
        out.answer(entry.as_dict(), lambda console: show_revision(console, entry, out))


def show_revision(console: Console, entry: Entry, out: Frame) -> None:
    """One revision with its changes."""
    from rich.text import Text

    when = entry.created_at.replace("T", " ").removesuffix("+00:00") + " UTC"
    head = f"{entry.plan} {entry.number}  {entry.id}  {when}  {entry.author}"
    console.print(Text(head, "bold"), Text(entry.message, "dim"))
    show_changes(console, entry.changes, out)


def show_changes(console: Console, changes: Iterable[Change], out: Frame) -> None:
    """One line a change: the field, from what, to what."""
    from rich.text import Text

    from toolkit.text import t

    rows = list(changes)
    for one in rows:
        words = t(f"history.{one.kind}", out.language, before=_short(one.before), after=_short(one.after))
        console.print(Text(f"  {one.path}: ", "cyan").append(words, "default"), soft_wrap=True)
    if not rows:
        console.print(Text("  " + t("history.no_changes", out.language), "dim"))


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json_module.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else text[:99] + "…"
