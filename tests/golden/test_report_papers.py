"""The other reports, whole, in both languages: one-pager, GPU cost comparison, benchmarks, board update."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.golden.reading import read, read_cover
from tests.unit.report.example import make_context
from tests.unit.report.example_papers import BENCH, COSTS, make_board
from toolkit.report.build import build_document
from toolkit.report.document import Document
from toolkit.report.templates import TEMPLATES
from toolkit.text import Language

FOLDER = Path(__file__).parent / "papers"
CONTEXTS: dict[str, Callable[[], Any]] = {
    "one-pager": make_context,
    "gpu-cost": lambda: COSTS,
    "benchmark": lambda: BENCH,
    "board-update": make_board,
}


@cache
def document(template: str, language: Language) -> Document:
    return build_document(template, CONTEXTS[template](), language)


def lines_of(found: Document) -> list[str]:
    lines = list(read_cover(found))
    for section in found.sections:
        lines += ["", *read(section)]
    return lines


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("template", list(CONTEXTS))
def test_paper(template: str, language: Language, golden: Callable[[Path, str], None]) -> None:
    found = document(template, language)
    golden(FOLDER / f"{template}.{language}.txt", "\n".join(lines_of(found)) + "\n")


def test_every_template_has_a_golden_file() -> None:
    assert {*CONTEXTS, "business-plan"} == set(TEMPLATES)


@pytest.mark.parametrize("template", list(CONTEXTS))
def test_a_chinese_paper_holds_no_english_sentence(template: str) -> None:
    sentence = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){2,}")
    for line in lines_of(document(template, "zh")):
        if not line.startswith("["):
            assert not sentence.search(line), line
