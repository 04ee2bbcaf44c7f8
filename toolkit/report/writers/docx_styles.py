"""The look of a DOCX: page, styles and fonts; and the marks of the format that python-docx has no call for.

Fonts are those of an office machine, as a Word file cannot carry ours: Arial, and Microsoft YaHei in Chinese.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor

from toolkit.report.document import Document
from toolkit.report.theme import LIGHT

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.text.paragraph import Paragraph

LATIN, CHINESE = "Arial", "Microsoft YaHei"
PAGE = (Mm(210), Mm(297))
MARGINS = {"left": Mm(24), "right": Mm(24), "top": Mm(25), "bottom": Mm(22)}
CONTENT_WIDTH = Emu(PAGE[0] - 2 * MARGINS["left"])
TURNED_WIDTH = Emu(PAGE[1] - 2 * MARGINS["left"])
# Name: (built on, size in points, bold, colour, space before, space after)
STYLES: dict[str, tuple[str | None, float, bool, str, float, float]] = {
    "Normal": (None, 10, False, LIGHT.ink, 0, 6),
    "Title": ("Normal", 30, True, LIGHT.ink, 60, 8),
    "Subtitle": ("Normal", 14, False, LIGHT.muted, 0, 24),
    "Heading 1": ("Normal", 20, True, LIGHT.ink, 0, 12),
    "Heading 2": ("Normal", 13, True, LIGHT.ink, 16, 6),
    "Heading 3": ("Normal", 11, True, LIGHT.ink, 12, 4),
    "Caption": ("Normal", 9, False, LIGHT.ink, 12, 4),
    "Kind": ("Normal", 10, True, LIGHT.accent, 0, 0),
    "Lead": ("Normal", 12, False, LIGHT.ink, 0, 10),
    "Remark": ("Normal", 8, False, LIGHT.muted, 4, 8),
    "Callout Title": ("Normal", 11, True, LIGHT.accent, 10, 0),
    "Callout": ("Normal", 10, False, LIGHT.ink, 0, 12),
    "Picture": ("Normal", 10, False, LIGHT.ink, 0, 4),
    "Source": ("Normal", 8.5, False, LIGHT.ink, 0, 5),
    "Cell": ("Normal", 8.5, False, LIGHT.ink, 1.5, 1.5),
    "TOC Heading": ("Normal", 20, True, LIGHT.ink, 0, 12),
    "TOC 1": ("Normal", 11, False, LIGHT.ink, 0, 6),
    "Header": ("Normal", 8, False, LIGHT.muted, 0, 0),
    "Footer": ("Normal", 8, False, LIGHT.muted, 0, 0),
}
KEPT = ("Heading 1", "Heading 2", "Heading 3", "Caption", "Callout Title")  # with what follows


def begin(document: Document) -> Word:
    """An empty file with styles, page, running head and foot, and properties."""
    word = docx.Document()
    _set_styles(word, document.language)
    _set_page(word.sections[0], turned=False)
    _set_running(word, document)
    properties = word.core_properties
    properties.title = f"{document.title} · {document.subtitle}"
    properties.author = properties.last_modified_by = document.meta["author"]
    properties.comments = f"{document.words['run']} {document.meta['run']}"
    properties.language = "zh-CN" if document.language == "zh" else "en-US"
    year, month, day = (int(part) for part in [*document.meta["date"].split("-"), "1", "1"][:3])
    properties.created = properties.modified = datetime(year, month, day, 12)
    return word


def _set_styles(word: Word, language: str) -> None:
    for name, (parent, size, bold, colour, before, after) in STYLES.items():
        known = {style.name for style in word.styles}
        style: Any = (
            word.styles[name] if name in known else word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        )
        style.base_style = word.styles[parent] if parent else None
        style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
        style.font.color.rgb = RGBColor.from_string(colour.lstrip("#"))
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.keep_with_next = name in KEPT
        style.paragraph_format.line_spacing = 1.0 if name in ("Cell", "Title") else 1.2
        style.quick_style = True
        _set_fonts(style.element.get_or_add_rPr(), language)
        for mark in (qn("w:pBdr"), qn("w:spacing")):  # Word's rule below a title, and its wide letters
            properties = style.element.pPr if mark.endswith("pBdr") else style.element.rPr
            for element in properties.findall(mark):
                properties.remove(element)
    defaults = word.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    _set_fonts(defaults, language)


def _set_fonts(properties: Any, language: str) -> None:
    """Latin and East Asian fonts by name; theme fonts would win over them, so they go."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is not None:
        properties.remove(fonts)
    fonts = OxmlElement("w:rFonts")
    for slot in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{slot}"), LATIN)
    fonts.set(qn("w:eastAsia"), CHINESE)
    properties.insert(0, fonts)
    languages = properties.find(qn("w:lang"))
    if languages is None:
        languages = OxmlElement("w:lang")
        properties.append(languages)
    languages.set(qn("w:val"), "en-US")
    languages.set(qn("w:eastAsia"), "zh-CN")
    if language == "zh":
        languages.set(qn("w:bidi"), "zh-CN")


def _set_page(section: Any, *, turned: bool) -> None:
    width, height = reversed(PAGE) if turned else PAGE
    section.orientation = WD_ORIENT.LANDSCAPE if turned else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = width, height
    for side, size in MARGINS.items():
        setattr(section, f"{side}_margin", size)


def _set_running(word: Word, document: Document) -> None:
    """Title above, run and page number below; none on the cover."""
    section = word.sections[0]
    section.different_first_page_header_footer = document.form == "book"
    section.header.paragraphs[0].text = f"{document.title} · {document.subtitle}"
    line = section.footer.paragraphs[0]
    line.text = f"{document.words['run']} {document.meta['run']} · "
    field(line, "PAGE", "1")
    line.add_run(" / ")
    field(line, "NUMPAGES", "1")


def turn(word: Word, turned: bool) -> bool:
    """Make what follows stand on turned pages, or upright again; whether that began a new page."""
    now = word.sections[-1].orientation == WD_ORIENT.LANDSCAPE
    if now == turned:
        return False
    section = word.add_section(WD_SECTION.NEW_PAGE)
    section.different_first_page_header_footer = False
    _set_page(section, turned=turned)
    return True


def field(
    line: Paragraph, code: str = "", text: str = "", *, opened: bool = False, closed: bool = False
) -> None:
    """A field with its present result. `opened` leaves it open for what is added next, `closed` ends it."""
    if not closed:
        _mark(line, "begin")
        instruction = OxmlElement("w:instrText")
        instruction.set(qn("xml:space"), "preserve")
        instruction.text = f" {code} "
        line.add_run()._r.append(instruction)
        _mark(line, "separate")
    if text:
        line.add_run(text)
    if not opened:
        _mark(line, "end")


def _mark(line: Paragraph, kind: str) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    line.add_run()._r.append(mark)


def anchor_name(name: str) -> str:
    """A name that a bookmark may have."""
    return name.replace("-", "_")


def bookmark(line: Paragraph, name: str, number: int) -> None:
    """A place that links within the file lead to; each has a `number` of its own."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for element in (start, end):
        element.set(qn("w:id"), str(number))
    start.set(qn("w:name"), anchor_name(name))
    line._p.insert(1, start)
    line._p.append(end)


def link(line: Paragraph, anchor: str, words: str) -> None:
    """Words that lead to a bookmark."""
    target = OxmlElement("w:hyperlink")
    target.set(qn("w:anchor"), anchor_name(anchor))
    target.set(qn("w:history"), "1")
    run = line.add_run(words)
    target.append(run._r)
    line._p.append(target)


def paint(line: Paragraph, colour: str) -> None:
    """All words of a paragraph in one colour."""
    for run in line.runs:
        run.font.color.rgb = RGBColor.from_string(colour.lstrip("#"))


def shade(line: Paragraph, fill: str, bar: str) -> None:
    """A paragraph on a ground, with a bar at its left."""
    properties = line._p.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    left = OxmlElement("w:left")
    values = {"val": "single", "sz": "18", "space": "8", "color": bar.lstrip("#")}
    for key, value in values.items():
        left.set(qn(f"w:{key}"), value)
    borders.append(left)
    ground = OxmlElement("w:shd")
    for key, value in {"val": "clear", "color": "auto", "fill": fill.lstrip("#")}.items():
        ground.set(qn(f"w:{key}"), value)
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
    properties.insert_element_before(ground, "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
