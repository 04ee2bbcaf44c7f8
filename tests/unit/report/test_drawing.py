"""Charts drawn in a process of their own are those drawn here, and are kept with the run."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.app import report_drawings
from toolkit.app.report_drawings import draw_charts
from toolkit.report.build import build_document
from toolkit.report.charts import Bar, bar_chart, drawing, svg
from toolkit.report.charts.picture import _PICTURES, to_png
from toolkit.report.context import ReportContext
from toolkit.store.workspace import Workspace

SPECS = [bar_chart([Bar("年", float(size), f"{size}")]) for size in range(1, 6)]


def test_a_process_draws_what_is_drawn_here() -> None:
    here = [svg.to_svg(spec) for spec in SPECS]
    pictures = [to_png(spec) for spec in SPECS]
    svg._DRAWN.clear()
    _PICTURES.clear()
    drawing.draw(SPECS, pictures=True)
    assert [svg._DRAWN[svg.spec_text(spec)] for spec in SPECS] == here
    assert [_PICTURES[drawn] for drawn in here] == pictures


def test_drawings_are_kept_with_the_run(
    context: ReportContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace(tmp_path / "ws.duckdb")
    document = build_document("one-pager", context, "en")
    draw_charts(workspace, "r-1", [document], pictures=False)
    first = dict(svg._DRAWN)
    svg._DRAWN.clear()
    monkeypatch.setattr(report_drawings, "draw", lambda *_, **__: None)
    monkeypatch.setattr(svg, "_render", lambda _: pytest.fail("drawn again"))
    draw_charts(workspace, "r-1", [document], pictures=False)
    assert svg._DRAWN.items() <= first.items()
    assert svg._DRAWN
