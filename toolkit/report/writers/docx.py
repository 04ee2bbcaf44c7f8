"""DOCX by python-docx: real headings, tables and captions that Word can count, list and restyle.

Every style names its fonts outright, Latin and East Asian, so that no theme font takes their place. A chart
is a picture (PNG at print resolution, from the same specification) with alternative text. Captions are
numbered by `SEQ` fields, the contents by a `TOC` field; both hold their present text already, so that nothing
has to be updated before reading. Its dates are the document's: the same document gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import singledispatchmethod
from typing import TYPE_CHECKING

from docx.enum.text import WD_BREAK

from toolkit.report.charts.picture import to_png
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
    SourceList,
    Span,
    Table,
)
from toolkit.report.theme import LIGHT
from toolkit.report.writers.docx_styles import (
    CONTENT_WIDTH,
    TURNED_WIDTH,
    begin,
    bookmark,
    field,
    link,
    paint,
    shade,
    turn,
)
from toolkit.report.writers.docx_tables import write_cards, write_pairs, write_table
from toolkit.report.writers.numbering import numbered
from toolkit.report.writers.payload import runs
from toolkit.report.writers.zip_dates import with_date

if TYPE_CHECKING:
    from docx.document import Document as Word
    from docx.text.paragraph import Paragraph as WordParagraph

TONES = {"neutral": LIGHT.accent, "good": LIGHT.good, "warn": LIGHT.warn, "bad": LIGHT.bad}


def render(document: Document) -> bytes:
    """The bytes of the file."""
    word = begin(document)
    writer = _Writer(word, document)
    writer.write()
    buffer = io.BytesIO()
    word.save(buffer)
    year, month, day = (int(part) for part in [*document.meta["date"].split("-"), "1", "1"][:3])
    return with_date(buffer.getvalue(), datetime(year, month, day, 12, tzinfo=UTC))


class _Writer:
    """Writes the blocks of one document into one file, in order."""

    def __init__(self, word: Word, document: Document) -> None:
        self.word = word
        self.document = document
        self.numbers: Mapping[str, int] = numbered(document.blocks())
        self.width = CONTENT_WIDTH
        self.marks = 0

    def write(self) -> None:
        self._cover()
        if self.document.form == "book":
            self._contents()
        for section in self.document.sections:
            appendix = f"{self.document.words['appendix']} " if section.is_appendix else ""
            number = f"{appendix}{section.number}  " if self.document.form == "book" else ""
            for part, (turned, blocks) in enumerate(runs(section.blocks)):
                self.width = TURNED_WIDTH if turned else CONTENT_WIDTH
                new_page = turn(self.word, turned)
                if part == 0:
                    breaks = self.document.form == "book" and not new_page
                    self._title(number + section.title, f"section-{section.id}", breaks=breaks)
                for block in blocks:
                    self.block(block)
        turn(self.word, False)

    # Front matter

    def _cover(self) -> None:
        cover = self.document.cover
        self._words(cover.kind, "Kind")
        self._words(cover.company, "Title")
        if cover.tagline:
            self._words(cover.tagline, "Subtitle")
        if cover.facts:
            write_pairs(self.word, cover.facts, CONTENT_WIDTH)
        if cover.notice:
            self._words(cover.notice, "Remark")

    def _contents(self) -> None:
        """A TOC field that holds its entries: links to the headings, without page numbers to go stale."""
        head = self._words(self.document.words["contents"], "TOC Heading")
        head.paragraph_format.page_break_before = True
        entries = [
            (f"section-{section.id}", f"{section.number}  {section.title}")
            for section in self.document.sections
        ]
        first = self.word.add_paragraph(style="TOC 1")
        field(first, r'TOC \o "1-2" \h \z \n \u', opened=True)
        for place, (anchor, words) in enumerate(entries):
            line = first if place == 0 else self.word.add_paragraph(style="TOC 1")
            link(line, anchor, words)
            if place == len(entries) - 1:
                field(line, closed=True)

    def _title(self, words: str, anchor: str, *, breaks: bool) -> None:
        heading = self._words(words, "Heading 1")
        heading.paragraph_format.page_break_before = breaks
        self._mark(heading, anchor)

    def _mark(self, line: WordParagraph, name: str) -> None:
        self.marks += 1
        bookmark(line, name, self.marks)

    def _words(self, text: str, style: str) -> WordParagraph:
        return self.word.add_paragraph(text, style=style)

    # Blocks

    @singledispatchmethod
    def block(self, block: Block) -> None:
        raise TypeError(block)

    @block.register
    def _(self, block: Heading) -> None:
        self._words(block.text, f"Heading {block.level}")

    @block.register
    def _(self, block: Paragraph) -> None:
        style = {"lead": "Lead", "body": "Normal", "small": "Remark"}[block.size]
        self._spans(self.word.add_paragraph(style=style), block.spans)

    @block.register
    def _(self, block: KeyFigures) -> None:
        write_cards(self.word, block, self.width)

    @block.register
    def _(self, block: Callout) -> None:
        for words, is_title in ((block.title, True), (block.text, False)):
            line = self._words(words, "Callout Title" if is_title else "Callout")
            shade(line, LIGHT.panel, TONES[block.tone])
            if is_title:
                paint(line, TONES[block.tone])

    @block.register
    def _(self, block: Facts) -> None:
        write_pairs(self.word, block.pairs, self.width)

    @block.register
    def _(self, block: Table) -> None:
        unit = f" · {block.unit}" if block.unit else ""
        self._caption("table", block.id, block.caption + unit)
        write_table(self.word, block, self.width)
        self._notes(block.notes)

    @block.register
    def _(self, block: Figure) -> None:
        self._caption("figure", block.id, block.caption)
        line = self.word.add_paragraph(style="Picture")
        shape = line.add_run().add_picture(io.BytesIO(to_png(block.spec)), width=self.width)
        properties = shape._inline.docPr
        properties.set("descr", block.alt)
        properties.set("name", block.id)
        self._notes(block.notes)

    @block.register
    def _(self, block: SourceList) -> None:
        for entry in block.entries:
            line = self.word.add_paragraph(style="Source")
            line.add_run(f"[{entry.number}]  ").bold = True
            line.add_run(entry.title)
            self._mark(line, f"source-{entry.number}")
            marks = (entry.kind, entry.date, entry.confidence, entry.place, entry.url)
            line.add_run("\n" + " · ".join(mark for mark in marks if mark))

    @block.register
    def _(self, _block: PageBreak) -> None:
        self.word.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    def _spans(self, line: WordParagraph, spans: tuple[Span, ...]) -> None:
        for span in spans:
            line.add_run(span.text).bold = span.strong or None

    def _caption(self, kind: str, id: str, words: str) -> None:
        """`Table 3  …`, numbered by a field that holds its number."""
        line = self.word.add_paragraph(style="Caption")
        label = line.add_run(f"{self.document.words[kind]} ")
        label.bold = True
        field(line, f"SEQ {kind.capitalize()} \\* ARABIC", str(self.numbers[id]))
        line.add_run(f"  {words}")

    def _notes(self, notes: tuple[str, ...]) -> None:
        if notes:
            self._words(" ".join(notes), "Remark")
