"""The PDF: tagged, to standard, fonts embedded, the right words on its pages, the same bytes again."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.report.test_coverage import GENERAL_CHARACTERS
from toolkit.errors import ReportError
from toolkit.report.build import build_document, write
from toolkit.report.context import ReportContext
from toolkit.report.document import Document, Paragraph
from toolkit.report.writers.pdf import render
from toolkit.text import Text


def poppler(tool: str, *arguments: str | Path) -> str:
    done = subprocess.run([tool, *map(str, arguments)], capture_output=True, check=True, timeout=60)
    return done.stdout.decode("utf-8")


@pytest.fixture(scope="module", params=["en", "zh"])
def plan(
    request: pytest.FixtureRequest, context: ReportContext, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    document = build_document("business-plan", context, request.param)
    return write(document, "pdf", tmp_path_factory.mktemp("pdf") / f"plan.{request.param}.pdf")


def test_it_is_tagged_and_claims_both_standards(plan: Path) -> None:
    info = dict(line.split(":", 1) for line in poppler("pdfinfo", plan).splitlines() if ":" in line)
    assert info["Tagged"].strip() == "yes"
    assert "·" in info["Title"]
    assert 20 <= int(info["Pages"]) <= 28
    assert info["Page size"].strip().startswith("595.276 x 841.89")
    assert "2026" in info["CreationDate"]
    metadata = poppler("pdfinfo", "-meta", plan)
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata


def test_all_fonts_are_ours_and_embedded(plan: Path) -> None:
    rows = poppler("pdffonts", plan).splitlines()[2:]
    assert rows
    for row in rows:
        assert re.match(r"[A-Z]{6}\+(Inter|NotoSansCJKsc)-", row)
        assert re.search(r"\byes\s+yes\s+yes\b", row)  # embedded, subset, with a map to Unicode


def test_the_words_are_on_the_pages(plan: Path) -> None:
    text = poppler("pdftotext", plan, "-")
    chinese = plan.name == "plan.zh.pdf"
    wanted = (
        ("商业计划书", "目录", "执行摘要", "融资计划与资金用途", "利润表", "万美元", "附录 A")
        if chinese
        else (
            "Business plan",
            "Contents",
            "Executive summary",
            "Income statement",
            "USD thousand",
            "Appendix A",
        )
    )
    for words in wanted:
        assert words in text
    pages = int(re.findall(r"Pages:\s+(\d+)", poppler("pdfinfo", plan))[0])
    assert f"{pages} / {pages}" in text
    assert "\u200b" not in text  # nothing invisible that would come along when copied


def test_chinese_comes_in_the_order_of_a_chinese_plan(context: ReportContext) -> None:
    def order(language: str) -> list[str]:
        return [section.id for section in build_document("business-plan", context, language).sections]

    english, chinese = order("en"), order("zh")
    assert sorted(english) == sorted(chinese)
    assert chinese.index("funding") < chinese.index("financials") < chinese.index("runway")
    assert english.index("financials") < english.index("runway") < english.index("funding")
    assert english[-1] == chinese[-1] == "sources"


def test_the_same_document_gives_the_same_bytes(context: ReportContext) -> None:
    first = render(build_document("business-plan", context, "zh"))
    assert first == render(build_document("business-plan", context, "zh"))


def with_paragraph(document: Document, words: str) -> Document:
    first, *rest = document.sections
    return replace(document, sections=(replace(first, blocks=(Paragraph.of(words),)), *rest[-1:]))


def test_typst_finds_a_glyph_for_every_general_character(context: ReportContext) -> None:
    document = build_document("business-plan", context, "zh")
    assert render(with_paragraph(document, GENERAL_CHARACTERS)).startswith(b"%PDF")


def test_a_glyph_that_slips_through_is_an_error_and_not_a_box(context: ReportContext) -> None:
    document = build_document("business-plan", context, "en")
    with pytest.raises(ReportError) as caught:
        render(with_paragraph(document, "\U0001f680"))
    assert caught.value.problems[0].id == "report.not_compiled"


def test_a_plan_with_nothing_in_it_says_so(context: ReportContext, tmp_path: Path) -> None:
    run = replace(context.run, compute=(), compute_cost_by_rung={}, warnings=(), paths=())
    bare = ReportContext(
        run=run,
        lines=context.lines,
        company=replace(context.company, one_liner=Text("", ""), contact=None, website=None, founded=None),
        headlines={"cash": "account.cash"},
        statements=(),
        inputs=(),
    )
    for language, words in (("en", "Not in this plan."), ("zh", "本计划未涉及。")):
        path = write(build_document("business-plan", bare, language), "pdf", tmp_path / f"{language}.pdf")
        assert poppler("pdftotext", path, "-").count(words) >= 6
