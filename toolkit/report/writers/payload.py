"""A document as plain data for a template: what the Typst template reads as JSON.

Blocks carry their `type`; figures carry their SVG. Wide tables are gathered into runs of turned pages,
together with a heading that stands directly before them, so that no heading is left alone on an upright page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from toolkit.report.charts import to_svg
from toolkit.report.charts.svg import svg_width
from toolkit.report.document import Block, Document, Figure, Heading, Section, Table
from toolkit.report.theme import LIGHT

# A table that is longer, or has a longer cell, may break across pages; any other moves as a whole.
LINES_KEPT_TOGETHER = 24
CHARACTERS_KEPT_TOGETHER = 110


def payload(document: Document) -> dict[str, Any]:
    """The whole document as JSON values."""
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "language": document.language,
        "cover": asdict(document.cover),
        "meta": dict(document.meta),
        "words": dict(document.words),
        "form": document.form,
        "theme": asdict(LIGHT),
        "sections": [_section(section) for section in document.sections],
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "id": section.id,
        "number": section.number,
        "title": section.title,
        "is_appendix": section.is_appendix,
        "side": section.side,
        "runs": [
            {"wide": wide, "blocks": [_block(block) for block in blocks]}
            for wide, blocks in runs(section.blocks)
        ],
    }


def runs(blocks: Iterable[Block]) -> list[tuple[bool, list[Block]]]:
    """Blocks in runs that share a page orientation: (turned, blocks)."""
    result: list[tuple[bool, list[Block]]] = []
    for block in blocks:
        wide = isinstance(block, Table) and block.wide
        if wide and result and not result[-1][0]:
            before = result[-1][1]
            moved = [before.pop()] if before and isinstance(before[-1], Heading) else []
            if not before:
                result.pop()
            result.append((True, moved))
        elif not result or result[-1][0] != wide:
            result.append((wide, []))
        result[-1][1].append(block)
    return result


def _block(block: Block) -> dict[str, Any]:
    data = {"type": type(block).__name__, **asdict(block)}
    if isinstance(block, Figure):
        data.pop("spec")
        data["svg"] = to_svg(block.spec)
        data["width"] = svg_width(data["svg"])
    if isinstance(block, Table):
        data["columns"] = [{**asdict(column), "align": column.align} for column in block.columns]
        data["breakable"] = not is_short(block)
    return data


def is_short(table: Table) -> bool:
    """Whether a table moves as a whole."""
    longest = max((len(cell.text) + len(cell.note) for row in table.rows for cell in row.cells), default=0)
    lines = sum(2 if any(cell.note for cell in row.cells) else 1 for row in table.rows)
    return lines <= LINES_KEPT_TOGETHER and longest <= CHARACTERS_KEPT_TOGETHER
