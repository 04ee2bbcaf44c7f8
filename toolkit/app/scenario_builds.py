"""Build a scenario of a stored revision in a process of its own, so that a page stays quick meanwhile.

The process is the command that a person would give, on a copy of the revision's text; what it says on its way
and in the end is read from its files. The run that it stores shows up on the page's next refresh.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from toolkit.reference.paths import CHECKOUT
from toolkit.store.revisions import load_revision
from toolkit.store.workspace import Workspace
from toolkit.text import Language

State = Literal["running", "done", "failed"]


@dataclass(eq=False)
class ScenarioBuild:
    """A build on its way, or what came of it."""

    scenario: str
    process: subprocess.Popen[bytes]
    _folder: Path = field(repr=False)

    def __post_init__(self) -> None:
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    @property
    def state(self) -> State:
        code = self.process.poll()
        return "running" if code is None else "done" if code == 0 else "failed"

    @property
    def step(self) -> str:
        """What it is doing, in the language in which it was started; empty before the first step."""
        lines = self._read("progress").strip().splitlines()
        return lines[-1].lstrip("· ") if lines else ""

    @property
    def problems(self) -> tuple[str, ...]:
        """Why it failed, one sentence a problem; none while it runs or when it was stopped."""
        lines = self._read("answer").strip().splitlines()
        try:
            document: dict[str, Any] = json.loads(lines[-1]) if lines else {}
        except ValueError:
            return ()
        return tuple(f"{one['problem']} {one['mend']}" for one in document.get("problems", ()))

    def cancel(self) -> None:
        """Stop it. What it had not yet stored is not stored."""
        self.process.terminate()
        self.process.wait()

    def _read(self, name: str) -> str:
        return (self._folder / name).read_text(encoding="utf-8", errors="replace")


def start_build(workspace: Workspace, revision: str, scenario: str, language: Language) -> ScenarioBuild:
    """Start to build `scenario` of the stored `revision`. Raises StoreError for an unknown revision."""
    text = load_revision(workspace, revision).text
    folder = Path(tempfile.mkdtemp(prefix="groundplan-"))
    plan = folder / "plan.yaml"
    plan.write_text(text, encoding="utf-8")
    command = [
        *(sys.executable, "-P", "-m", "toolkit.cli.main", "build", str(plan), "--scenario", scenario),
        *("--workspace", str(workspace.path), "--lang", language, "--json"),
    ]
    paths = [str(CHECKOUT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}
    with (folder / "answer").open("wb") as answer, (folder / "progress").open("wb") as progress:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=answer,
            stderr=progress,
        )
    return ScenarioBuild(scenario, process, folder)
