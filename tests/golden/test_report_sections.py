"""Every section of the business plan, in both languages, as a reader would read it aloud."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.unit.report.example import make_context
from toolkit.report.build import build_document
from toolkit.report.document import (
    Block,
    Callout,
    Document,
    Facts,
    Figure,
    Heading,
    KeyFigures,
    Paragraph,
    Section,
    SourceList,
    Table,
)
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
    cover = document(language).cover
    facts = [f"{label}: {value}" for label, value in cover.facts]
    lines = [cover.kind, cover.company, cover.tagline, *facts, cover.notice, cover.alt]
    golden(FOLDER / language / "cover.txt", "\n".join(lines) + "\n")


def test_a_chinese_plan_holds_no_english_sentence() -> None:
    """Except for the titles of sources, which are quoted as they were published."""
    sentence = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){2,}")
    for section in document("zh").sections:
        for line in read(section):
            if not line.startswith("["):
                assert not sentence.search(line), line


def read(section: Section) -> Iterator[str]:
    """A section as lines."""
    yield f"{section.number} {section.title}"
    for block in section.blocks:
        yield ""
        yield from read_block(block)


def read_block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{'#' * block.level} {block.text}"
        case Paragraph():
            yield block.text if block.size == "body" else f"({block.size}) {block.text}"
        case KeyFigures():
            yield from (f"= {one.label}: {one.value} ({one.note})" for one in block.figures)
        case Callout():
            yield f"! {block.tone}: {block.title} {block.text}"
        case Facts():
            yield from (f"- {label}: {value}" for label, value in block.pairs)
        case Table():
            yield from read_table(block)
        case Figure():
            yield f"figure {block.id}: {block.caption}"
            yield block.alt
            yield from block.notes
        case SourceList():
            for one in block.entries:
                marks = (one.kind, one.date, one.confidence, one.place, one.url)
                yield f"[{one.number}] {' | '.join((one.title, *marks))}"


def read_table(table: Table) -> Iterator[str]:
    yield f"table {table.id}: {table.caption} [{table.unit}]"
    yield " | ".join(column.label.replace("\n", " ") for column in table.columns)
    for row in table.rows:
        cells = (f"{cell.text} / {cell.note}" if cell.note else cell.text for cell in row.cells)
        mark = {"body": "", "group": "> ", "subtotal": "~ ", "total": "= "}[row.kind]
        yield "  " * row.level + mark + " | ".join(cells)
    yield from table.notes
