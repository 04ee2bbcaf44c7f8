"""XLSX with live formulas, from the pure model in `toolkit.projection.workbook_model`.

Every formula carries its true cached value, because viewers and LibreOffice's converter trust it. Words are
always words: a name such as `=cmd|…` or `https://…` becomes neither a formula nor a link. The look is the one
that a finance team expects: blue inputs, black formulas, green links to other sheets, negatives in brackets,
frozen panes, print areas with repeated heads. The date of creation is the model's, so that the same model
gives the same bytes.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from toolkit.projection.workbook_model import Cell, NumberFormat, Role, Sheet, Style, Workbook, address
from toolkit.report.theme import LIGHT

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

NUMBER_FORMATS: Final[Mapping[NumberFormat, str]] = {
    "general": "General",
    "text": "@",
    "money": '#,##0_);(#,##0);"–"_)',
    "money_cents": '#,##0.00_);(#,##0.00);"–"_)',
    "number": "#,##0.00_);(#,##0.00)",
    "integer": "#,##0_);(#,##0)",
    "percent": "0.0%_);(0.0%)",
    "factor": '0.00"x"',
    "month": "yyyy-mm",
    "scientific": "0.00E+00",
}
# Blue for what a person typed, black for what follows, green for what another sheet holds: the banker's code.
INPUT_BLUE, LINK_GREEN = "#0000FF", "#00703C"
ROLES: Final[Mapping[Role, Mapping[str, Any]]] = {
    "plain": {},
    "title": {"bold": True, "font_size": 16, "font_color": LIGHT.ink},
    "subtitle": {"font_color": LIGHT.muted},
    "header": {
        "bold": True,
        "font_color": LIGHT.muted,
        "bottom": 1,
        "bottom_color": LIGHT.ink,
        "valign": "bottom",
    },
    "group": {"bold": True, "bg_color": LIGHT.panel},
    "label": {},
    "note": {"font_color": LIGHT.muted, "font_size": 9},
    "input": {"font_color": INPUT_BLUE},
    "formula": {"font_color": "#000000"},
    "link": {"font_color": LINK_GREEN},
    "subtotal": {"bold": True, "top": 1, "top_color": LIGHT.muted},
    "total": {"bold": True, "top": 1, "top_color": LIGHT.ink, "bottom": 6, "bottom_color": LIGHT.ink},
    "check": {"bold": True, "font_color": LIGHT.good},
    "event": {"font_color": "#7A4A00", "bg_color": "#FFF6E5", "italic": True},
}
FONT = {"font_name": "Arial", "font_size": 10, "valign": "vcenter"}
TITLE_HEIGHT = 26
A4_LONG, A4_SHORT, MARGIN = 11.69, 8.27, 0.4  # inches; the margin is that of each side
USUAL_WIDTH, PADDING = 8.43, 0.71  # characters: a column whose width is not given; what a column adds
CHARACTER = 0.507 * 11 / 72  # inches on paper: a digit of Calibri, 11 points, in which widths are counted


def render(workbook: Workbook) -> bytes:
    """The bytes of the file."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(buffer, options)
    year, month, day = (int(part) for part in workbook.created.split("-"))
    created = datetime(year, month, day, 12, tzinfo=UTC).replace(tzinfo=None)
    book.set_properties({"title": workbook.title, "author": workbook.author, "created": created})
    formats = Formats(book)
    for sheet in workbook.sheets:
        _write_sheet(book.add_worksheet(sheet.name), sheet, formats)
    for name in workbook.names:
        book.define_name(name.name, name.refers_to)
    book.close()
    return buffer.getvalue()


def write_workbook(workbook: Workbook, path: Path) -> Path:
    """Write the file and return its path."""
    content = render(workbook)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


class Formats:
    """The formats of one file, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[Style, Format] = {}
        self._failed: Format | None = None

    @property
    def failed(self) -> Format:
        """A check that does not hold."""
        if self._failed is None:
            self._failed = self._book.add_format(
                {"font_color": "#FFFFFF", "bg_color": LIGHT.bad, "bold": True}
            )
        return self._failed

    def of(self, style: Style) -> Format:
        """The format of a style."""
        if style not in self._made:
            properties = {**FONT, **ROLES[style.role], "num_format": NUMBER_FORMATS[style.number]}
            if style.indent:
                properties["indent"] = style.indent
            if style.role == "header" and style.number != "text":
                properties["align"] = "right"
            self._made[style] = self._book.add_format(properties)
        return self._made[style]


def _write_sheet(target: Worksheet, sheet: Sheet, formats: Formats) -> None:
    for column, width in enumerate(sheet.widths):
        target.set_column(column, column, width)
    for row, column, cell in sheet.cells():
        _write_cell(target, row, column, cell, formats.of(cell.style))
        if cell.style.role == "title":
            target.set_row(row, TITLE_HEIGHT)
        elif cell.style.role == "check":
            _mark_failure(target, row, column, formats.failed)
    target.hide_gridlines(2)
    if sheet.tab_colour:
        target.set_tab_color(sheet.tab_colour)
    if any(sheet.freeze):
        target.freeze_panes(*sheet.freeze)
    _set_page(target, sheet)


def _write_cell(target: Worksheet, row: int, column: int, cell: Cell, format: Format) -> None:
    if cell.formula is not None:
        target.write_formula(row, column, cell.formula, format, _cached(cell.value))
    elif cell.value is None:
        target.write_blank(row, column, None, format)
    elif isinstance(cell.value, bool):
        target.write_boolean(row, column, cell.value, format)
    elif isinstance(cell.value, str):
        if cell.style.number == "month":
            target.write_datetime(row, column, _first_of_month(cell.value), format)
        else:
            target.write_string(row, column, cell.value, format)
    else:
        target.write_number(row, column, cell.value, format)


def _mark_failure(target: Worksheet, row: int, column: int, format: Format) -> None:
    """White on red where a check is FALSE, or a difference is not 0 to the cent."""
    here = address(row, column, absolute=True)
    criteria = f"=OR(AND(ISLOGICAL({here}),NOT({here})),AND(ISNUMBER({here}),ABS({here})>0.005))"
    target.conditional_format(
        row, column, row, column, {"type": "formula", "criteria": criteria, "format": format}
    )


def _cached(value: float | int | str | bool | None) -> float | int | str | bool:
    return "" if value is None else value


def _first_of_month(iso: str) -> date:
    year, month = iso.split("-")[:2]
    return date(int(year), int(month), 1)


def _set_page(target: Worksheet, sheet: Sheet) -> None:
    """A4, as wide as one page or with pages at its `page_columns`, heads repeated, name and page number at
    the foot."""
    rows, columns = sheet.size
    target.set_paper(9)
    if sheet.landscape:
        target.set_landscape()
    if sheet.page_columns:
        # Excel heeds breaks only where a sheet is scaled by a number, and not where it is fitted to pages.
        target.set_v_pagebreaks(list(sheet.page_columns))
        target.set_print_scale(_scale(sheet))
    else:
        target.fit_to_pages(1, 0)
    target.set_margins(left=MARGIN, right=MARGIN, top=0.5, bottom=0.6)
    target.set_footer("&L&8&A&R&8&P / &N")
    if rows and columns:
        target.print_area(0, 0, rows - 1, columns - 1)
    if sheet.repeat_rows:
        target.repeat_rows(0, sheet.repeat_rows - 1)
    if sheet.repeat_columns:
        target.repeat_columns(0, sheet.repeat_columns - 1)


def _scale(sheet: Sheet) -> int:
    """The percentage at which the widest page of a sheet with `page_columns` is as wide as the paper."""
    _, columns = sheet.size
    widths = [*sheet.widths, *[USUAL_WIDTH] * columns][:columns]
    inches = [(width + PADDING) * CHARACTER for width in widths]
    edges = (0, *sheet.page_columns, columns)
    pages = [sum(inches[start:end]) for start, end in pairwise(edges)]
    repeated = sum(inches[: sheet.repeat_columns])
    widest = max(pages[0], *(repeated + page for page in pages[1:]))
    room = (A4_LONG if sheet.landscape else A4_SHORT) - 2 * MARGIN
    return min(max(math.floor(99 * room / widest), 10), 100)
