"""House rules that a tool can check: sizes, docstrings, words that must not be committed."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted([*ROOT.glob("toolkit/**/*.py"), *ROOT.glob("dashboards/**/*.py")])
FILE_LINES, FUNCTION_LINES = 320, 50


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def public(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and _length(node) > 6:
            yield node


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= FILE_LINES, "has one idea become two?"
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), "every module says what it is"
    long = [f"{node.name}:{node.lineno}" for node in functions(path) if _length(node) > FUNCTION_LINES]
    assert not long
    bare = [node.name for node in public(path) if not ast.get_docstring(node)]
    assert not bare, "public functions say what they do"


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno


def test_no_file_is_named_for_nothing() -> None:
    forbidden = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}
    assert not [path for path in MODULES if path.stem in forbidden]


def test_no_path_of_a_machine_is_committed() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    pattern = re.compile(rb"/(?:home|Users|root)/[A-Za-z]|file:///(?!tmp)")
    found = [
        name for name in tracked
        if (ROOT / name).is_file() and not name.endswith((".otf", ".ttf", ".woff2", ".png", ".pdf"))
        and name != "tests/house/test_files.py" and pattern.search((ROOT / name).read_bytes())
    ]  # fmt: skip
    assert not found
