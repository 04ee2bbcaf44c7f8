"""Names that are code somewhere else are words here, in every format, and nothing is run or fetched."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.report.test_html import Page
from toolkit.report.build import build_document, write
from toolkit.report.context import ReportContext
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
