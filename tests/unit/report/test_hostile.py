"""Names that are code somewhere else are words here, in every format, and nothing is run or fetched."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from markdown_it import MarkdownIt

from tests.unit.report.test_html import Page
from toolkit.report.build import build_document, write
from toolkit.report.context import ReportContext
from toolkit.report.writers import docx as docx_writer
from toolkit.report.writers import markdown
from toolkit.text import Text

HOSTILE = (
    '#read("secret.txt")',
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "$x^2$ *bold* _it_ `raw` @ref \\ // /* */",
    "{{runway.p50}} {{7*7}} {% raw %}",
    "[link](javascript:alert(1)) ![img](https://evil.example/x.png)",
    "&lt;b&gt; ' \" ]]> </style></svg>",
    "https://evil.example/" + "x" * 200,
)


def plain(text: str) -> str:
    """Without line breaks and spaces, which a layout may move; and hyphens that end a line."""
    return re.sub(r"\s+", "", text)


def seen_in_markdown(content: bytes) -> tuple[str, list[str], list[str]]:
    """What CommonMark makes of a paper: its words without spaces, its raw HTML, and where its links lead. A
    paper holds no picture."""
    words, raw, links = [], [], []
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(content.decode()):
        raw += [token.content.strip()] if token.type == "html_block" else []
        for child in token.children or []:
            words += [child.content] if child.type == "text" else []
            raw += [child.content] if child.type == "html_inline" else []
            links += [str(child.attrs["href"])] if child.type == "link_open" else []
            assert child.type != "image"
    return plain("".join(words)), raw, links


@pytest.fixture(scope="module")
def hostile(context: ReportContext) -> ReportContext:
    """Every hostile name as an input, a source, a role and a workload; some as the company's own words."""
    names = [Text(words, words) for words in HOSTILE]
    row, role, workload, use = (
        context.inputs[0],
        context.roles[1],
        context.workloads[0],
        context.run.compute[0],
    )
    return replace(
        context,
        run=replace(context.run, compute=tuple(replace(use, label=name) for name in names)),
        company=replace(
            context.company, name=names[2], one_liner=names[3], contact=HOSTILE[5], website=HOSTILE[7]
        ),
        roles=tuple(replace(role, label=name) for name in names),
        workloads=tuple(
            replace(workload, label=name, model=name.en, device=name.en, provider=name) for name in names
        ),
        costs=tuple(replace(context.costs[0], label=name) for name in names),
        inputs=tuple(
            replace(row, label=name, source=replace(row.source, title=name.en, url="javascript:alert(1)"))
            for name in names
        ),
    )


def test_html_shows_the_names_and_nothing_else(hostile: ReportContext, tmp_path: Path) -> None:
    path = write(build_document("business-plan", hostile, "en"), "html", tmp_path / "plan.html")
    page = Page(path.read_text(encoding="utf-8"))
    assert page.open == []
    shown = plain(" ".join(page.words))
    for words in HOSTILE:
        assert shown.count(plain(words)) >= 4, words
    assert [tag for tag, _ in page.tags].count("script") == 1
    links = [attributes.get("href") or "" for tag, attributes in page.tags if tag == "a"]
    assert not any("javascript" in link for link in links)
    assert not any(tag == "img" for tag, _ in page.tags)


def test_pdf_shows_the_names_and_reads_no_file(hostile: ReportContext, tmp_path: Path) -> None:
    path = write(build_document("business-plan", hostile, "en"), "pdf", tmp_path / "plan.pdf")
    done = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True, timeout=60)
    shown = plain(done.stdout.decode("utf-8"))
    for words in HOSTILE:
        assert shown.count(plain(words)) >= 3, words


def test_word_holds_the_names_as_words(hostile: ReportContext) -> None:
    data = docx_writer.render(build_document("business-plan", hostile, "en"))
    body = docx.Document(io.BytesIO(data)).element.body
    shown = plain("".join(part.text or "" for part in body.iter() if str(part.tag).endswith("}t")))
    for words in HOSTILE:
        assert shown.count(plain(words)) >= 4, words
    codes = {(part.text or "").split()[0] for part in body.iter() if str(part.tag).endswith("}instrText")}
    assert codes == {"TOC", "SEQ"}


def test_markdown_shows_the_names_and_nothing_else(hostile: ReportContext) -> None:
    shown, raw, links = seen_in_markdown(markdown.render(build_document("business-plan", hostile, "en")))
    for name in HOSTILE:
        assert shown.count(plain(name)) >= 4, name
    assert all(re.fullmatch(r'<br>|</?a( id="[a-z]+")?>', part) for part in raw)
    assert all(link.startswith(("#", "https://example.org/")) for link in links)
