"""The papers beside the business plan: names that are code somewhere else are words in them too."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest

from tests.unit.report.example import make_context
from tests.unit.report.example_papers import BENCH, COSTS, make_board
from tests.unit.report.test_hostile import HOSTILE, plain, seen_in_markdown
from tests.unit.report.test_html import Page
from toolkit.report.bench_context import BenchContext
from toolkit.report.build import build_document, write
from toolkit.report.context import ReportContext
from toolkit.report.cost_context import CostContext
from toolkit.report.writers import docx as docx_writer
from toolkit.report.writers import markdown
from toolkit.text import LANGUAGES, Text

NAMES = [Text.of(words) for words in (*HOSTILE, "工厂问答 in an English paper")]
LINK = "javascript:alert(1)"


def costs() -> CostContext:
    """Every name as a piece of work, an offer, an API and a source."""
    (training, service), case = COSTS.works, COSTS.works[0].cases[1]
    works = [
        replace(
            training,
            name=name,
            facts=((name, name),),
            unfit={name: 2},
            cases=(
                replace(
                    case,
                    provider=name,
                    instance=name.en,
                    gpu=name.en,
                    source=replace(case.source, title=name.en, url=LINK),
                ),
            ),
        )
        for name in NAMES
    ]
    sold = [replace(service, apis=tuple(replace(service.apis[0], label=name) for name in NAMES))]
    subject = replace(COSTS.subject, title=NAMES[2], author=NAMES[5], tagline=NAMES[3])
    return replace(COSTS, subject=subject, works=(*works, *sold), left_out=tuple(NAMES))


def bench() -> BenchContext:
    """Every name as a device with its environment, a model, options and a remark."""
    device = BENCH.devices[0]
    result = device.results[0]
    devices = [
        replace(
            device,
            name=name.en,
            environment=((name.en, name.en),),
            results=(replace(result, model=name.en, options=name.en, stopped=name),),
            remarks=((name, 2),),
        )
        for name in NAMES
    ]
    return replace(BENCH, devices=tuple(devices))


def board() -> ReportContext:
    """Every name as a line, a cloud service and an event to come; one as the budget, one as the company."""
    context = make_board()
    facts = context.board
    assert facts is not None
    event = replace(context.milestones[0], month="2027-08")
    return replace(
        context,
        company=replace(context.company, name=NAMES[2], one_liner=NAMES[3]),
        milestones=tuple(replace(event, label=name) for name in NAMES),
        board=replace(
            facts,
            budget=HOSTILE[0],
            rows=tuple(replace(facts.rows[0], label=name) for name in NAMES),
            cloud=tuple(replace(facts.cloud[0], label=name.en, line=name) for name in NAMES),
        ),
    )


def one_pager() -> ReportContext:
    """Names as the company and the use of its money."""
    context = make_context()
    company = replace(context.company, name=NAMES[2], one_liner=NAMES[3])
    costs_of = tuple(replace(context.costs[0], label=name) for name in NAMES)
    return replace(context, company=company, costs=costs_of, milestones=())


PAPERS: dict[str, tuple[Callable[[], Any], list[Text]]] = {
    "gpu-cost": (costs, NAMES),
    "benchmark": (bench, NAMES),
    "board-update": (board, NAMES),
    "one-pager": (one_pager, NAMES[2:4]),
}


@pytest.fixture(scope="module", params=list(PAPERS))
def paper(request: pytest.FixtureRequest) -> tuple[str, Any, list[Text]]:
    make, names = PAPERS[request.param]
    return request.param, make(), names


def test_html_shows_the_names_and_nothing_else(paper: tuple[str, Any, list[Text]], tmp_path: Path) -> None:
    template, context, names = paper
    path = write(build_document(template, context, "en"), "html", tmp_path / "paper.html")
    page = Page(path.read_text(encoding="utf-8"))
    assert page.open == []
    shown = plain(" ".join(page.words))
    assert not [name.en for name in names if plain(name.en) not in shown]
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not any(tag == "img" for tag, _ in page.tags)
    ids = {attributes.get("id") for _, attributes in page.tags}
    links = [attributes.get("href") or "" for tag, attributes in page.tags if tag == "a"]
    assert not [link for link in links if "javascript" in link]
    assert not [link for link in links if link.startswith("#") and link[1:] not in ids]


@pytest.mark.parametrize("language", LANGUAGES)
def test_pdf_shows_the_names_and_reads_no_file(
    paper: tuple[str, Any, list[Text]], language: Any, tmp_path: Path
) -> None:
    template, context, names = paper
    path = write(build_document(template, context, language), "pdf", tmp_path / "paper.pdf")
    done = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True, timeout=60)
    shown = plain(done.stdout.decode("utf-8"))
    assert not [name.en for name in names if plain(name.en) not in shown]


def test_word_holds_the_names_as_words(paper: tuple[str, Any, list[Text]]) -> None:
    template, context, names = paper
    body = docx.Document(io.BytesIO(docx_writer.render(build_document(template, context, "en")))).element.body
    shown = plain("".join(part.text or "" for part in body.iter() if str(part.tag).endswith("}t")))
    assert not [name.en for name in names if plain(name.en) not in shown]
    codes = {(part.text or "").split()[0] for part in body.iter() if str(part.tag).endswith("}instrText")}
    assert codes <= {"TOC", "SEQ"}


def test_markdown_shows_the_names_and_nothing_else(paper: tuple[str, Any, list[Text]]) -> None:
    template, context, names = paper
    shown, raw, links = seen_in_markdown(markdown.render(build_document(template, context, "en")))
    assert not [name.en for name in names if plain(name.en) not in shown]
    assert all(re.fullmatch(r'<br>|</?a( id="[a-z-]+")?>', part) for part in raw)
    assert not [link for link in links if not link.startswith(("#", "https://example.org/"))]


def test_what_no_font_draws_is_named_with_its_place(
    paper: tuple[str, Any, list[Text]], tmp_path: Path
) -> None:
    template, context, _ = paper
    strange = Text.of("Rocket 🚀 مرحبا")
    if isinstance(context, ReportContext):
        changed: Any = replace(context, company=replace(context.company, name=strange))
    else:
        changed = replace(context, subject=replace(context.subject, title=strange))
    document = build_document(template, changed, "en")
    assert "[U+1F680]" in document.cover.company
    assert document.problems
    assert write(document, "pdf", tmp_path / "paper.pdf").exists()
