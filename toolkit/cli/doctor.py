"""`doctor`: whether this machine is ready to measure, project and report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.cli.frame import DEFAULT_WORKSPACE, JsonOption, LangOption, WorkspaceOption, frame

if TYPE_CHECKING:
    from rich.console import Console

    from toolkit.app.doctor import Check
    from toolkit.text import Language

MARKS = {"ready": ("✓", "green"), "limited": ("–", "yellow"), "missing": ("✗", "red")}


def doctor(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE, json: JsonOption = False, lang: LangOption = "en"
) -> None:
    """Look at this machine: libraries, GPUs and their meters, facts, workspace."""
    with frame(json, lang) as out:
        from toolkit.app.doctor import examine

        checks = examine(workspace)
        document = {"checks": [check.as_dict(out.language) for check in checks], "problems": []}
        out.answer(document, lambda console: _show(console, checks, out.language))
        out.exit_code = int(any(check.state == "missing" for check in checks))


def _show(console: Console, checks: list[Check], language: Language) -> None:
    from rich.text import Text

    for check in checks:
        mark, colour = MARKS[check.state]
        console.print(Text.assemble((f"{mark} ", colour), (check.name(language), "bold"), f"  {check.found}"))
        mend = check.mend(language)
        if mend is not None:
            console.print(Text(f"  → {mend}", colour))
