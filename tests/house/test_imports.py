"""Heavy libraries stay out of what must be light."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "duckdb", "streamlit", "transformers", "pandas", "scipy", "altair", "pydantic", "rich")


def loaded_by(code: str) -> set[str]:
    """The heavy modules that are loaded after `code` ran in a fresh interpreter."""
    probe = f"{code}\nimport sys; print(' '.join(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return set(done.stdout.split("\n")[-2].split())


def test_import_toolkit_is_light() -> None:
    assert loaded_by("import toolkit") == set()


def test_help_is_light() -> None:
    code = "import sys; sys.argv = ['groundplan', '--help']\nfrom toolkit.cli.main import app\n"
    code += "try:\n    app()\nexcept SystemExit as done:\n    assert done.code == 0"
    assert loaded_by(code) == set()


@pytest.mark.parametrize("room", ["toolkit.shapes.records", "toolkit.shapes.catalogue", "toolkit.reference"])
def test_rooms_that_a_bare_gpu_machine_needs_are_light(room: str) -> None:
    assert loaded_by(f"import {room}") == set()
