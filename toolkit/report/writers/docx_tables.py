"""Tables of a DOCX: typed columns, a head that repeats on every page, hairlines instead of a grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from docx.enum.table import WD_TABLE_ALIGNMENT, WD_TABLE_DIRECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Pt, RGBColor

from toolkit.report.document import KeyFigures, RowKind, Table, TableCell, TableRow
from toolkit.report.theme import LIGHT
from toolkit.report.writers.docx_styles import link
from toolkit.report.writers.payload import is_short

if TYPE_CHECKING:
    from docx.document import Document as Word

TOP_RULES: dict[RowKind, tuple[str, int]] = {"total": (LIGHT.ink, 8), "subtotal": (LIGHT.muted, 4)}
MARGIN_TWIPS = "57"  # 1 mm
TERM_SHARE = 0.3  # of a pair's width
DENSE, NORMAL = Pt(7), Pt(8.5)


def write_table(word: Word, table: Table, width: Emu) -> None:
    """A table of the document."""
    total = sum(column.share for column in table.columns)
    widths = [Emu(int(width * column.share / total)) for column in table.columns]
    size = DENSE if table.dense else NORMAL
    grid = _grid(word, len(table.rows) + 1, widths)
    _repeat(grid.rows[0])
    for place, column in enumerate(table.columns):
        cell = grid.rows[0].cells[place]
        _rules(cell, bottom=(LIGHT.ink, 8))
        _fill(cell, column.label, right=column.align == "right", size=size, colour=LIGHT.muted)
    lines = list(grid.rows)
    for line, row in zip(lines[1:], table.rows, strict=True):
        _whole(line)
        _row(line, row, table, size)
    if is_short(table):
        for line in lines[:-1]:
            _keep_with_next(line)


def write_cards(word: Word, block: KeyFigures, width: Emu) -> None:
    """Key figures side by side: label, value, remark."""
    count = len(block.figures)
    grid = _grid(word, 1, [Emu(int(width / count))] * count)
    _whole(grid.rows[0])
    for cell, figure in zip(grid.rows[0].cells, block.figures, strict=True):
        _ground(cell, LIGHT.panel)
        _fill(cell, figure.label, size=Pt(8), colour=LIGHT.muted)
        _add(cell, figure.value, size=Pt(15), bold=True)
        _add(cell, figure.note, size=Pt(7.5), colour=LIGHT.muted)
    word.add_paragraph(style="Remark")


def write_pairs(word: Word, pairs: Sequence[tuple[str, str]], width: Emu) -> None:
    """Terms and what they are."""
    widths = [Emu(int(width * TERM_SHARE)), Emu(int(width * (1 - TERM_SHARE)))]
    grid = _grid(word, len(pairs), widths)
    for row, (term, words) in zip(grid.rows, pairs, strict=True):
        _whole(row)
        for cell, text in zip(row.cells, (term, words), strict=True):
            _rules(cell, bottom=(LIGHT.line, 4))
            _fill(cell, text, size=Pt(9), colour=LIGHT.muted if text is term else LIGHT.ink)
    word.add_paragraph(style="Remark")


def _grid(word: Word, rows: int, widths: Sequence[Emu]) -> Any:
    grid = word.add_table(rows, len(widths))
    grid.autofit = False
    grid.alignment = WD_TABLE_ALIGNMENT.LEFT
    grid.table_direction = WD_TABLE_DIRECTION.LTR
    _set_margins(grid)
    for column, size in zip(grid.columns, widths, strict=True):
        column.width = size
    for row in grid.rows:
        for cell, size in zip(row.cells, widths, strict=True):
            cell.width = size
    return grid


def _set_margins(grid: Any) -> None:
    """Less room left and right of words than Word gives: the columns are set close."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), MARGIN_TWIPS)
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    grid._tbl.tblPr.append(margins)


def _row(line: Any, row: TableRow, table: Table, size: Pt) -> None:
    cells = line.cells
    if row.kind == "group":
        joined = cells[0].merge(cells[-1])
        _ground(joined, LIGHT.panel)
        _fill(joined, row.cells[0].text, size=size, bold=True)
        return
    for place, (cell, content) in enumerate(zip(cells, row.cells, strict=True)):
        column = table.columns[place]
        _rules(cell, top=TOP_RULES.get(row.kind), bottom=(LIGHT.line, 4))
        _content(cell, content, right=column.align == "right", size=size, bold=row.kind in TOP_RULES)
        if place == 0 and row.level:
            cell.paragraphs[0].paragraph_format.left_indent = Pt(9 * row.level)


def _content(cell: Any, content: TableCell, *, right: bool, size: Pt, bold: bool) -> None:
    if content.source is not None:
        _fill(cell, "", right=right, size=size)
        link(cell.paragraphs[0], f"source-{content.source}", content.text, LIGHT.accent)
    else:
        mark = "■ " if content.rung else ""
        _fill(cell, mark + content.text, right=right, size=size, bold=bold)
        if content.rung:
            _colour_first_letter(cell, LIGHT.rungs[content.rung])
    if content.note:
        _add(cell, content.note, right=right, size=Pt(size.pt - 1), colour=LIGHT.muted)


def _colour_first_letter(cell: Any, colour: str) -> None:
    """The mark of a rung in its colour, the word as it was."""
    line = cell.paragraphs[0]
    run = line.runs[0]
    rest, run.text = run.text[1:], run.text[:1]
    after = line.add_run(rest)
    after.font.size, after.font.bold = run.font.size, run.font.bold
    run.font.color.rgb = _colour(colour)


def _fill(cell: Any, text: str, **look: Any) -> None:
    """The first paragraph of a cell."""
    _write(cell.paragraphs[0], text, **look)


def _add(cell: Any, text: str, **look: Any) -> None:
    """One more paragraph of a cell."""
    _write(cell.add_paragraph(), text, **look)


def _write(
    line: Any, text: str, *, right: bool = False, size: Pt = NORMAL, bold: bool = False, colour: str = ""
) -> None:
    line._p.style = "Cell"  # by its id: a look-up by name reads every style
    if right:
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = line.add_run(text)
    run.font.size, run.font.bold = size, bold or None
    if colour:
        run.font.color.rgb = _colour(colour)


def _colour(hex: str) -> RGBColor:
    return RGBColor.from_string(hex.lstrip("#"))


def _ground(cell: Any, fill: str) -> None:
    properties = cell._tc.get_or_add_tcPr()
    ground = OxmlElement("w:shd")
    for key, value in {"val": "clear", "color": "auto", "fill": fill.lstrip("#")}.items():
        ground.set(qn(f"w:{key}"), value)
    properties.append(ground)


def _rules(cell: Any, *, top: tuple[str, int] | None = None, bottom: tuple[str, int] | None = None) -> None:
    """Lines above and below a cell: colour, and width in eighths of a point."""
    borders = OxmlElement("w:tcBorders")
    for side, rule in (("top", top), ("bottom", bottom)):
        if rule is not None:
            edge = OxmlElement(f"w:{side}")
            values = {"val": "single", "sz": str(rule[1]), "space": "0", "color": rule[0].lstrip("#")}
            for key, value in values.items():
                edge.set(qn(f"w:{key}"), value)
            borders.append(edge)
    cell._tc.get_or_add_tcPr().append(borders)


def _repeat(row: Any) -> None:
    """The head of the table stands again on every page."""
    mark = OxmlElement("w:tblHeader")
    row._tr.get_or_add_trPr().append(mark)


def _keep_with_next(row: Any) -> None:
    """The next row stands on the same page: so a short table moves as a whole."""
    for line in row._tr.iter(qn("w:p")):
        line.get_or_add_pPr()._insert_keepNext(OxmlElement("w:keepNext"))


def _whole(row: Any) -> None:
    """A row does not break across pages."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
