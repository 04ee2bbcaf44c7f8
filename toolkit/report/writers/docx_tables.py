"""Tables of a DOCX: typed columns, a head that repeats on every page, hairlines instead of a grid.

A table is written as the format's own XML and parsed once: a thousand cells through the library's objects
take seconds. Every word is escaped on its way in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Emu

from toolkit.report.document import KeyFigures, RowKind, Table, TableCell, TableRow
from toolkit.report.theme import LIGHT
from toolkit.report.writers.docx_styles import anchor_name
from toolkit.report.writers.payload import is_short

if TYPE_CHECKING:
    from docx.document import Document as Word

Rule = tuple[str, int]  # colour, and width in eighths of a point
TOP_RULES: dict[RowKind, Rule] = {"total": (LIGHT.ink, 8), "subtotal": (LIGHT.muted, 4)}
HEAD_RULE, HAIRLINE = (LIGHT.ink, 8), (LIGHT.line, 4)
MARGIN_TWIPS = 57  # 1 mm left and right of words
TERM_SHARE = 0.3  # of a pair's width
DENSE, NORMAL = 7.0, 8.5  # points
LEVEL_TWIPS = 180  # indent of a level


@dataclass(frozen=True, slots=True)
class Look:
    """How words of a cell are set; `size` in points."""

    size: float = NORMAL
    bold: bool = False
    colour: str = ""
    right: bool = False
    level: int = 0


def write_table(word: Word, table: Table, width: Emu) -> None:
    """A table of the document."""
    total = sum(column.share for column in table.columns)
    widths = [int(width.twips * column.share / total) for column in table.columns]
    size = DENSE if table.dense else NORMAL
    keep = is_short(table)
    last = len(table.rows) - 1
    rows = [_head(table, widths, size)]
    for place, row in enumerate(table.rows):
        rows.append(_body_row(row, table, widths, size, keep=keep and place < last))
    _add(word, widths, rows)


def write_cards(word: Word, block: KeyFigures, width: Emu) -> None:
    """Key figures side by side: label, value, remark."""
    widths = [width.twips // len(block.figures)] * len(block.figures)
    cells = []
    for each, figure in zip(widths, block.figures, strict=True):
        lines = [
            _words(figure.label, Look(8, colour=LIGHT.muted)),
            _words(figure.value, Look(15 if len(figure.value) <= 12 else 11, bold=True)),
            _words(figure.note, Look(7.5, colour=LIGHT.muted)),
        ]
        cells.append(_cell(each, lines, fill=LIGHT.panel))
    _add(word, widths, [_row(cells)])
    word.add_paragraph(style="Remark")


def write_pairs(word: Word, pairs: Sequence[tuple[str, str]], width: Emu) -> None:
    """Terms and what they are."""
    widths = [int(width.twips * TERM_SHARE), int(width.twips * (1 - TERM_SHARE))]
    rows = []
    for term, words in pairs:
        cells = [
            _cell(widths[0], [_words(term, Look(9, colour=LIGHT.muted))], bottom=HAIRLINE),
            _cell(widths[1], [_words(words, Look(9))], bottom=HAIRLINE),
        ]
        rows.append(_row(cells))
    _add(word, widths, rows)
    word.add_paragraph(style="Remark")


def _head(table: Table, widths: Sequence[int], size: float) -> str:
    cells = []
    for column, width in zip(table.columns, widths, strict=True):
        look = Look(size, colour=LIGHT.muted, right=column.align == "right")
        cells.append(_cell(width, [_words(column.label, look, keep=True)], bottom=HEAD_RULE))
    return _row(cells, is_head=True)


def _body_row(row: TableRow, table: Table, widths: Sequence[int], size: float, *, keep: bool) -> str:
    if row.kind == "group":
        words = _words(row.cells[0].text, Look(size, bold=True), keep=True)
        return _row([_cell(sum(widths), [words], fill=LIGHT.panel, span=len(widths))])
    is_bold = row.kind in TOP_RULES
    cells = []
    for place, (content, column, width) in enumerate(zip(row.cells, table.columns, widths, strict=True)):
        level = row.level if place == 0 else 0
        look = Look(size, bold=is_bold, right=column.align == "right", level=level)
        lines = _content(content, look, keep=keep)
        cells.append(_cell(width, lines, top=TOP_RULES.get(row.kind), bottom=HAIRLINE))
    return _row(cells)


def _content(content: TableCell, look: Look, *, keep: bool) -> list[str]:
    """The lines of a cell: its words, marked by the colour of a rung or linked to a source; its remark."""
    if content.source is not None:
        name = anchor_name(f"source-{content.source}")
        run = _run(content.text, Look(look.size, colour=LIGHT.accent))
        target = f'<w:hyperlink w:anchor="{name}" w:history="1">{run}</w:hyperlink>'
        first = _paragraph(target, look, keep=keep)
    elif content.rung:
        mark = _run("■ ", Look(look.size, colour=LIGHT.rungs[content.rung]))
        first = _paragraph(mark + _run(content.text, look), look, keep=keep)
    else:
        first = _words(content.text, look, keep=keep)
    if not content.note:
        return [first]
    note = Look(look.size - 1, colour=LIGHT.muted, right=look.right, level=look.level)
    return [first, _words(content.note, note, keep=keep)]


def _words(text: str, look: Look, *, keep: bool = False) -> str:
    return _paragraph(_run(text, look), look, keep=keep)


def _paragraph(runs: str, look: Look, *, keep: bool) -> str:
    marks = "<w:keepNext/>" if keep else ""
    if look.level:
        marks += f'<w:ind w:left="{look.level * LEVEL_TWIPS}"/>'
    if look.right:
        marks += '<w:jc w:val="right"/>'
    return f'<w:p><w:pPr><w:pStyle w:val="Cell"/>{marks}</w:pPr>{runs}</w:p>'


def _run(text: str, look: Look) -> str:
    marks = "<w:b/>" if look.bold else ""
    if look.colour:
        marks += f'<w:color w:val="{look.colour.lstrip("#")}"/>'
    marks += f'<w:sz w:val="{round(2 * look.size)}"/>'
    lines = [f'<w:t xml:space="preserve">{escape(_printable(line))}</w:t>' for line in text.split("\n")]
    return f"<w:r><w:rPr>{marks}</w:rPr>{'<w:br/>'.join(lines)}</w:r>"


def _printable(text: str) -> str:
    """Without characters that XML cannot hold; the report's own words have none."""
    return "".join(letter for letter in text if letter >= " " or letter == "\t")


def _cell(
    width: int,
    lines: Iterable[str],
    *,
    top: Rule | None = None,
    bottom: Rule | None = None,
    fill: str = "",
    span: int = 1,
) -> str:
    marks = f'<w:tcW w:w="{width}" w:type="dxa"/>'
    if span > 1:
        marks += f'<w:gridSpan w:val="{span}"/>'
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="{rule[1]}" w:space="0" w:color="{rule[0].lstrip("#")}"/>'
        for side, rule in (("top", top), ("bottom", bottom))
        if rule is not None
    )
    if edges:
        marks += f"<w:tcBorders>{edges}</w:tcBorders>"
    if fill:
        marks += f'<w:shd w:val="clear" w:color="auto" w:fill="{fill.lstrip("#")}"/>'
    return f"<w:tc><w:tcPr>{marks}</w:tcPr>{''.join(lines)}</w:tc>"


def _row(cells: Iterable[str], *, is_head: bool = False) -> str:
    """A row that does not break across pages; the head stands again on every page."""
    marks = "<w:cantSplit/>" + ("<w:tblHeader/>" if is_head else "")
    return f"<w:tr><w:trPr>{marks}</w:trPr>{''.join(cells)}</w:tr>"


def _add(word: Word, widths: Sequence[int], rows: Iterable[str]) -> None:
    """The table at the end of the body, before the properties of the last section."""
    margins = "".join(f'<w:{side} w:w="{MARGIN_TWIPS}" w:type="dxa"/>' for side in ("left", "right"))
    properties = (
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{margins}</w:tblCellMar>"
    )
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    xml = (
        f"<w:tbl {nsdecls('w')}><w:tblPr>{properties}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>"
        f"{''.join(rows)}</w:tbl>"
    )
    body = word.element.body
    body.insert(len(body) - 1, parse_xml(xml))
