"""Papers and sheets in every format; a one-pager is one page, whatever its length."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from tests.unit.report.example import make_context
from tests.unit.report.example_papers import BENCH, COSTS, make_board
from tests.unit.report.test_html import Page
from toolkit.report.build import FORMATS, build_document, write
from toolkit.report.context import ReportContext
from toolkit.report.document import Callout, KeyFigures, SourceList, Table
from toolkit.report.exhibits import SafeguardRow
from toolkit.shapes.records import Mode, Origin
from toolkit.text import LANGUAGES, Text

CONTEXTS: dict[str, Any] = {
    "one-pager": make_context(),
    "gpu-cost": COSTS,
    "benchmark": BENCH,
    "board-update": make_board(),
}


def pages(path: Path) -> int:
    done = subprocess.run(["pdfinfo", str(path)], capture_output=True, check=True, timeout=60, text=True)
    return int(re.findall(r"Pages:\s+(\d+)", done.stdout)[0])


@pytest.mark.parametrize("template", list(CONTEXTS))
def test_every_format_can_be_written(template: str, tmp_path: Path) -> None:
    for language in ("en", "zh"):
        document = build_document(template, CONTEXTS[template], language)
        for kind in FORMATS:
            assert write(document, kind, tmp_path / f"{template}.{language}.{kind}").stat().st_size > 1000
        page = Page((tmp_path / f"{template}.{language}.html").read_text(encoding="utf-8"))
        assert page.open == []


def test_a_one_pager_is_one_page_however_much_is_said(context: ReportContext, tmp_path: Path) -> None:
    short = write(build_document("one-pager", context, "en"), "pdf", tmp_path / "short.pdf")
    words = Text("A long sentence about the matter at hand. " * 12, "关于此事的一个很长的句子。" * 30)
    told = dict.fromkeys(("problem", "product", "market", "go_to_market", "team"), words)
    full = replace(context, narrative={**context.narrative, **told})
    for language in ("en", "zh"):
        long = write(build_document("one-pager", full, language), "pdf", tmp_path / f"long.{language}.pdf")
        assert pages(long) == 1
    assert pages(short) == 1


def test_the_cheapest_offer_keeps_the_limits() -> None:
    document = build_document("gpu-cost", COSTS, "en")
    figures = next(block for block in document.blocks() if isinstance(block, KeyFigures)).figures
    assert figures[0].value == "$1.24K"  # not the spot machine that is late
    table = next(block for block in document.blocks() if isinstance(block, Table))
    assert "too late" in table.rows[0].cells[1].note


def test_a_comparison_in_which_nothing_fits_says_why(tmp_path: Path) -> None:
    bare = replace(COSTS, works=(replace(COSTS.works[0], cases=()),))
    document = build_document("gpu-cost", bare, "en")
    callout = next(block for block in document.blocks() if isinstance(block, Callout))
    assert "t4 lacks bf16." in callout.text
    assert write(document, "pdf", tmp_path / "bare.pdf").exists()


def test_work_that_is_not_compared_is_named() -> None:
    document = build_document("gpu-cost", replace(COSTS, left_out=(Text("Ranking", "排序"),)), "zh")
    assert [one.text.partition("：")[0] for one in document.blocks() if isinstance(one, Callout)] == ["排序"]


def test_every_mode_of_a_measurement_has_words() -> None:
    device = BENCH.devices[0]
    results = tuple(replace(device.results[0], mode=mode) for mode in get_args(Mode))
    bench = replace(BENCH, devices=(replace(device, results=results),))
    for language in LANGUAGES:
        document = build_document("benchmark", bench, language)
        table = next(one for one in document.blocks() if isinstance(one, Table))
        assert len({row.cells[0].text for row in table.rows}) == len(results)


def test_a_benchmark_report_tells_measured_from_published() -> None:
    device = BENCH.devices[0]
    results = tuple(replace(device.results[0], origin=origin) for origin in get_args(Origin))
    bench = replace(BENCH, devices=(replace(device, results=results, ceilings=()),))
    for language, words in (("en", ["measured", "recorded", "published"]), ("zh", ["实测", "回放", "引用"])):
        document = build_document("benchmark", bench, language)
        table = next(one for one in document.blocks() if isinstance(one, Table) and one.id == "evidence-0")
        assert [row.cells[5].text for row in table.rows] == words


def test_what_a_board_update_cites_is_listed(tmp_path: Path) -> None:
    board = make_board()
    source = board.inputs[0].source
    kept = SafeguardRow(Text.of("Encryption"), Text.of("Chat service"), 0.012, None, source)
    document = build_document("board-update", replace(board, safeguards=(kept,)), "en")
    assert write(document, "pdf", tmp_path / "board.pdf").exists()
    listed = next(one for one in document.blocks() if isinstance(one, SourceList))
    assert [one.title for one in listed.entries] == [source.title]


def test_a_difference_is_judged_by_its_direction() -> None:
    document = build_document("board-update", make_board(), "en")
    table = next(one for one in document.blocks() if isinstance(one, Table) and one.id == "variance-lines")
    revenue, payroll, customers = (row.cells[3] for row in table.rows)
    assert (revenue.text, revenue.note) == ("−15%", "bad")
    assert (payroll.text, payroll.note) == ("−6.8%", "good")
    assert customers.note == ""
