"""The command line, run as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "data" / "examples" / "llm-startup.yaml"


@dataclass(frozen=True)
class Ran:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The document on the last line of standard output."""
        return json.loads(self.out.rstrip("\n").split("\n")[-1])


def groundplan(*arguments: object, cwd: Path | None = None, timeout: float = 240, **env: str) -> Ran:
    """Run `groundplan …` in a folder; `env` adds to the environment."""
    command = [sys.executable, "-m", "toolkit.cli.main", *map(str, arguments)]
    environment = {"PYTHONPATH": str(ROOT), "COLUMNS": "100", **os.environ, **env}
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=timeout, env=environment, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)
