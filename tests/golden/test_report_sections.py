"""Every section of the business plan, in both languages, as a reader would read it aloud."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.golden.reading import read, read_cover
from tests.unit.report.example import make_context
from toolkit.report.build import build_document
from toolkit.report.document import Document
from toolkit.report.templates import TEMPLATES
from toolkit.text import Language

FOLDER = Path(__file__).parent / "report"
TEMPLATE = TEMPLATES["business-plan"]
SECTIONS = [
    (language, name)
    for language in ("en", "zh")
    for name in (*TEMPLATE.order[language], *TEMPLATE.appendices)
]


@cache
def document(language: Language) -> Document:
    return build_document("business-plan", make_context(), language)


@pytest.mark.parametrize(("language", "name"), SECTIONS, ids=lambda part: part)
def test_section(language: Language, name: str, golden: Callable[[Path, str], None]) -> None:
    section = next(one for one in document(language).sections if one.id == name)
    golden(FOLDER / language / f"{name}.txt", "\n".join(read(section)) + "\n")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_cover(language: Language, golden: Callable[[Path, str], None]) -> None:
    golden(FOLDER / language / "cover.txt", "\n".join(read_cover(document(language))) + "\n")


def test_a_chinese_plan_holds_no_english_sentence() -> None:
    """Except for the titles of sources, which are quoted as they were published."""
    sentence = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){2,}")
    for section in document("zh").sections:
        for line in read(section):
            if not line.startswith("["):
                assert not sentence.search(line), line
