"""Markdown for git: one text file (GitHub's dialect) whose changes read well, line by line.

Words of a plan are words: whatever Markdown would read as a mark is escaped, so that a name such as
`<script>`, `![…](…)` or `$x$` is shown as it is written and nothing is fetched. A chart becomes what it shows
in words, with its numbers as a table: a picture has no difference that a reviewer could read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from toolkit.report.document import (
    Block,
    Callout,
    Document,
    Facts,
    Figure,
    Heading,
    KeyFigures,
    PageBreak,
    Paragraph,
    Section,
    SourceList,
    Span,
    Table,
    TableRow,
)
from toolkit.report.writers.numbering import numbered

MARKS = re.compile(r"([\\`*_\[\]<>|~$])")
ENTITY = re.compile(r"&(?=#?\w+;)")
# What opens a list, a heading or a rule at the start of a line.
OPENING = re.compile(r"^(?:([#+=-])|(\d+)([.)])(?=\s|$))")
ADDRESS = re.compile(r"https?://[^\s<>]+")
INDENT = "\u2003"


def render(document: Document) -> bytes:
    """The document as UTF-8 Markdown."""
    numbers = numbered(document.blocks())
    parts = [*_cover(document), *_contents(document)]
    for section in document.sections:
        parts += _section(section, document.words, numbers)
    parts.append(f"---\n\n{escaped(_foot(document))}")
    return ("\n\n".join(part for part in parts if part) + "\n").encode()


def escaped(text: str) -> str:
    """Words that Markdown reads as words; a line break becomes a space."""
    flat = " ".join(text.split())
    flat = MARKS.sub(r"\\\1", flat)
    flat = ENTITY.sub("&amp;", flat)
    return OPENING.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", flat)


def _cover(document: Document) -> Iterator[str]:
    cover = document.cover
    yield f"# {escaped(cover.company)}"
    yield f"**{escaped(cover.kind)}**"
    if cover.tagline:
        yield escaped(cover.tagline)
    yield "\n".join(f"- {escaped(label)}: **{escaped(value)}**" for label, value in cover.facts)
    if cover.notice:
        yield f"*{escaped(cover.notice)}*"


def _contents(document: Document) -> Iterator[str]:
    if len(document.sections) < 2:
        return
    yield f"## {escaped(document.words['contents'])}"
    yield "\n".join(
        f"- [{section.number} {escaped(section.title)}](#{section.id})" for section in document.sections
    )


def _section(section: Section, words: Mapping[str, str], numbers: Mapping[str, int]) -> Iterator[str]:
    appendix = f"{words['appendix']} " if section.is_appendix else ""
    yield f'<a id="{section.id}"></a>\n\n## {escaped(appendix)}{section.number} {escaped(section.title)}'
    for block in section.blocks:
        yield from _block(block, words, numbers)


def _block(block: Block, words: Mapping[str, str], numbers: Mapping[str, int]) -> Iterator[str]:
    match block:
        case Heading():
            yield f"{'#' * (block.level + 1)} {escaped(block.text)}"
        case Paragraph():
            yield _spans(block.spans)
        case KeyFigures():
            yield "\n".join(_key_figure(one.label, one.value, one.note) for one in block.figures)
        case Callout():
            yield f"> **{escaped(block.title)}**\n>\n> {escaped(block.text)}"
        case Facts():
            yield "\n".join(f"- {escaped(label)}: {escaped(value)}" for label, value in block.pairs)
        case Table():
            yield f"**{words['table']} {numbers[block.id]}** {_caption(block.caption, block.unit)}"
            yield _table(block)
            yield from _notes(block.notes)
        case Figure():
            yield f"**{words['figure']} {numbers[block.id]}** {escaped(block.caption)}"
            yield escaped(block.alt)
            yield from _data(block)
            yield from _notes(block.notes)
        case SourceList():
            yield _sources(block)
        case PageBreak():
            return


def _spans(spans: Sequence[Span]) -> str:
    """Escaped piece by piece, so that a mark at the start of the paragraph is one only there."""
    pieces = []
    for place, span in enumerate(spans):
        lead = "" if place == 0 or not span.text[:1].isspace() else " "
        tail = " " if span.text[-1:].isspace() and span.text.strip() else ""
        words = escaped(span.text)
        pieces.append(f"{lead}**{words}**{tail}" if span.strong and words else f"{lead}{words}{tail}")
    return "".join(pieces).strip()


def _key_figure(label: str, value: str, note: str) -> str:
    remark = f" ({escaped(note)})" if note else ""
    return f"- {escaped(label)}: **{escaped(value)}**{remark}"


def _caption(caption: str, unit: str) -> str:
    return f"{escaped(caption)} · {escaped(unit)}" if unit else escaped(caption)


def _notes(notes: Iterable[str]) -> Iterator[str]:
    words = " ".join(notes)
    if words:
        yield f"*{escaped(words)}*"


def _table(table: Table) -> str:
    rules = ["---:" if column.align == "right" else "---" for column in table.columns]
    heads = [escaped(column.label.replace("\n", " ")) for column in table.columns]
    return "\n".join([_row(heads), _row(rules), *(_row(_cells(row, len(heads))) for row in table.rows)])


def _cells(row: TableRow, count: int) -> list[str]:
    if row.kind == "group":
        return [f"**{escaped(row.cells[0].text)}**", *([""] * (count - 1))]
    cells = []
    for place, cell in enumerate(row.cells):
        text = escaped(cell.text)
        if cell.note:
            text = f"{text}<br>{escaped(cell.note)}" if text else escaped(cell.note)
        if row.kind in ("subtotal", "total") and text:
            text = f"**{text}**"
        cells.append(f"{INDENT * row.level}{text}" if place == 0 else text)
    return cells


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _data(figure: Figure) -> Iterator[str]:
    """The numbers of a chart, one row a point."""
    if figure.data is None:
        return
    names = [escaped(name) for name, _ in figure.data.series]
    columns = zip(*(values for _, values in figure.data.series), strict=True)
    rows = [
        _row([escaped(label), *(escaped(value) for value in values)])
        for label, values in zip(figure.data.labels, columns, strict=True)
    ]
    yield "\n".join([_row(["", *names]), _row(["---", *["---:"] * len(names)]), *rows])


def _sources(block: SourceList) -> str:
    lines = []
    for one in block.entries:
        marks = " · ".join(part for part in (one.kind, one.date, one.confidence, one.place) if part)
        link = f"<{one.url}>" if ADDRESS.fullmatch(one.url) else escaped(one.url)
        lines.append(
            f"- \\[{one.number}\\] {escaped(one.title)}<br>{escaped(marks)}{' · ' if link else ''}{link}"
        )
    return "\n".join(lines)


def _foot(document: Document) -> str:
    return f"{document.words['run']} {document.meta['run']} · {document.words['made_with']}"
