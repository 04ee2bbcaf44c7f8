"""The drawings of a run's charts, kept with the run: the next report of it need not draw."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress

import toolkit
from toolkit.errors import StoreError
from toolkit.report.charts.drawing import draw
from toolkit.report.charts.svg import is_drawn, keep_svg, spec_text, to_svg
from toolkit.report.document import Document, Figure
from toolkit.store.answers import load_answer, save_answer
from toolkit.store.workspace import Workspace

QUESTION = f"drawings/{toolkit.__version__}"


def draw_charts(
    workspace: Workspace, run_id: str | None, documents: Iterable[Document], *, pictures: bool
) -> None:
    """Draw the charts of all documents at once; those that are kept with the run are taken from there."""
    figures = [block for one in documents for block in one.blocks() if isinstance(block, Figure)]
    specs = {_key(spec_text(figure.spec)): figure.spec for figure in figures}
    known = _load(workspace, run_id)
    for key, spec in specs.items():
        text = spec_text(spec)
        if key in known and not is_drawn(text):
            keep_svg(text, known[key])
    draw(specs.values(), pictures=pictures)
    new = {key: to_svg(spec) for key, spec in specs.items() if key not in known}
    if run_id is not None and new:
        with suppress(StoreError):  # a workspace may be one that can only be read
            save_answer(workspace, run_id, QUESTION, json.dumps(known | new))


def _load(workspace: Workspace, run_id: str | None) -> dict[str, str]:
    known = run_id is not None and workspace.exists
    answer = load_answer(workspace, str(run_id), QUESTION) if known else None
    return {} if answer is None else dict(json.loads(answer))


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
