"""`calc`: run a file of cases through the calculators, and say which of them differ from what was
expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.cli.frame import DEFAULT_WORKSPACE, Frame, JsonOption, LangOption, WorkspaceOption, frame

if TYPE_CHECKING:
    from rich.console import Console

    from toolkit.app.calc import CaseResult

_ROWS_SHOWN = 24  # a loan of ten years has 480 figures; the JSON document holds them all


def calc(
    file: Annotated[Path, typer.Argument(help="A file of cases (YAML).")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    lang: LangOption = "en",
) -> None:
    """Compute every case of a file and compare it with what is expected."""
    del workspace  # taken by every command; a case needs no workspace
    with frame(json, lang) as out:
        from toolkit.app.calc import calculate_file

        results = calculate_file(file)
        out.answer(
            [result.as_dict(out.language) for result in results], lambda console: _show(console, results, out)
        )
        out.exit_code = 0 if all(result.ok for result in results) else 1


def _show(console: Console, results: Sequence[CaseResult], out: Frame) -> None:
    from rich.text import Text

    from toolkit.text import t

    marks = {True: ("✓", "green"), False: ("✗", "red"), None: ("·", "")}
    for result in results:
        mark, style = marks[result.passed]
        console.print(Text(f"{mark} {result.id or '—'}", f"bold {style}".strip()))
        rows = list(_rows(result.outputs))
        width = max((len(name) for name, _ in rows[:_ROWS_SHOWN]), default=0)
        for name, value in rows[:_ROWS_SHOWN]:
            console.print(Text(f"    {name:<{width}}  {value}"))
        if len(rows) > _ROWS_SHOWN:
            console.print(Text("    " + t("calc.more", out.language, count=len(rows) - _ROWS_SHOWN), "dim"))
        for row in (problem.as_dict(out.language) for problem in result.problems):
            place = ":".join(str(part) for part in (row["file"], row["line"]) if part)
            console.print(Text("    " + " ".join(part for part in (place, row["field"]) if part), "bold"))
            console.print(Text("      " + row["problem"]))
            console.print(Text("      → " + row["mend"], "green"))
    failed = sum(not result.ok for result in results)
    values = {
        "cases": len(results),
        "failed": failed,
        "passed": sum(result.passed is True for result in results),
    }
    console.print(Text(t("calc.summary", out.language, **values), "red" if failed else "green"))


def _rows(outputs: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every figure with its path: `shares.founders`."""
    for name, value in outputs.items():
        if isinstance(value, Mapping):
            yield from _rows(value, f"{prefix}{name}.")
        elif isinstance(value, float):
            yield f"{prefix}{name}", f"{value:,.10g}"
        else:
            yield f"{prefix}{name}", {None: "—", True: "true", False: "false"}.get(value, str(value))
