"""A document as lines, as a reader would read it aloud."""

from __future__ import annotations

from collections.abc import Iterator

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


def read_cover(document: Document) -> Iterator[str]:
    """The cover, or the band at the top of a paper."""
    cover = document.cover
    yield from (cover.kind, cover.company, cover.tagline)
    yield from (f"{label}: {value}" for label, value in cover.facts)
    yield from (cover.notice, cover.alt)


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
