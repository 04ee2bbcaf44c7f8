"""The frame of every command: the common options, problems in words, one JSON document on the last line.

Every command takes `--workspace`, `--json` and `--lang`, which mean the same everywhere. What people read
goes to standard output, progress to standard error. Exit codes: 0 done, 1 problems in what was given, 2
usage.
"""

from __future__ import annotations

import json as json_module
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from toolkit.errors import Problem
    from toolkit.store.workspace import Workspace
    from toolkit.text import Language

WorkspaceOption = Annotated[
    Path,
    typer.Option("--workspace", "-w", envvar="GROUNDPLAN_WORKSPACE", help="The workspace: one DuckDB file."),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="One JSON document on the last line of standard output.")
]
LangOption = Annotated[str, typer.Option("--lang", help="Language of the words: en or zh.")]
DEFAULT_WORKSPACE = Path("groundplan.duckdb")


@dataclass
class Frame:
    """What a command answers with."""

    json: bool
    language: Language
    exit_code: int = 0
    _console: Console | None = field(default=None, repr=False)

    @property
    def console(self) -> Console:
        """Standard output for people; nothing is shown there when the answer is JSON."""
        if self._console is None:
            from rich.console import Console

            self._console = Console(highlight=False, quiet=self.json, soft_wrap=False)
        return self._console

    def answer(self, document: Any, show: Callable[[Console], None]) -> None:
        """Give the answer: as JSON, or shown to people."""
        if self.json:
            print(json_module.dumps(document, ensure_ascii=False))
        else:
            show(self.console)

    def words(self, id: str, **values: Any) -> str:
        """A sentence of the catalogue `cli` in the language of the command."""
        from toolkit.text import t

        return t(f"cli.{id}", self.language, **values)


@contextmanager
def frame(json: bool, lang: str) -> Iterator[Frame]:
    """Run a command: problems become one list in words (or JSON) and exit code 1, never a traceback."""
    from toolkit.errors import GroundplanError
    from toolkit.text import LANGUAGES

    if lang not in LANGUAGES:
        raise typer.BadParameter(f"choose one of {', '.join(LANGUAGES)}", param_hint="--lang")
    found = Frame(json, lang)
    try:
        yield found
    except GroundplanError as error:
        show_problems(error, found)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    if found.exit_code:
        raise typer.Exit(found.exit_code)


def show_problems(error: Any, frame: Frame) -> None:
    """Every problem of an error: a list for people on standard error, or the JSON document."""
    rows = [problem.as_dict(frame.language) for problem in error.problems]
    if frame.json:
        print(json_module.dumps({"problems": rows}, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False)
    for row in rows:
        place = ":".join(str(part) for part in (row["file"], row["line"]) if part)
        console.print(Text(" ".join(part for part in (place, row["field"]) if part), "bold"))
        console.print(Text("  " + row["problem"]))
        console.print(Text("  → " + row["mend"], "green"))
    console.print(Text(frame.words("problems", count=len(rows)), "red"))


def show_findings(console: Console, problems: Sequence[Problem], language: Language) -> None:
    """Problems that did not stop a command: one line each."""
    from rich.text import Text

    for problem in problems:
        place = " ".join(
            part for part in (f"{problem.file}:{problem.line}" if problem.line else "", problem.field) if part
        )
        words = f"{problem.problem(language)} {problem.mend(language)}"
        console.print(Text(f"! {place}: {words}" if place else f"! {words}", "yellow"))


def open_workspace(path: Path) -> Workspace:
    """The workspace at a path; it is made when something is first written."""
    from toolkit.store.workspace import Workspace

    return Workspace(path)


@contextmanager
def progress(frame: Frame) -> Iterator[Callable[[str, float], None]]:
    """A bar on standard error that a job reports its steps to: `(step, share of the whole)`."""
    if not sys.stderr.isatty():
        last = ""

        def report(step: str, _share: float) -> None:
            nonlocal last
            if step != last:
                last = step
                print(f"· {step}", file=sys.stderr, flush=True)

        yield lambda step, share: report(_step_words(frame, step), share)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda step, share: bar.update(task, description=_step_words(frame, step), completed=share)


def _step_words(frame: Frame, step: str) -> str:
    """A step's name in words; one that the catalogue does not know (a benchmark case) stays as it is."""
    try:
        return frame.words(f"step.{step}")
    except KeyError:
        return step
