"""The Word file, opened again and compared with the document by content."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn

from toolkit.report.build import build_document
from toolkit.report.context import ReportContext
from toolkit.report.document import Document, Figure, Heading, Table
from toolkit.report.writers.docx import render


@pytest.fixture(scope="module", params=["en", "zh"])
def document(request: pytest.FixtureRequest, context: ReportContext) -> Document:
    return build_document("business-plan", context, request.param)


@pytest.fixture(scope="module")
def data(document: Document) -> bytes:
    return render(document)


def test_headings_are_real_ones_in_order(document: Document, data: bytes) -> None:
    word = docx.Document(io.BytesIO(data))
    found = [
        (line.style.name, line.text) for line in word.paragraphs if line.style.name.startswith("Heading")
    ]
    wanted = []
    for section in document.sections:
        appendix = f"{document.words['appendix']} " if section.is_appendix else ""
        wanted.append(("Heading 1", f"{appendix}{section.number}  {section.title}"))
        wanted += [(f"Heading {b.level}", b.text) for b in section.blocks if isinstance(b, Heading)]
    assert found == wanted


def test_tables_hold_every_cell_and_repeat_their_head(document: Document, data: bytes) -> None:
    tables = [one for one in document.blocks() if isinstance(one, Table)]
    grids = [
        grid
        for grid in docx.Document(io.BytesIO(data)).tables
        if grid._tbl.findall(f".//{qn('w:tblHeader')}")
    ]
    assert len(grids) == len(tables)
    for table, grid in zip(tables, grids, strict=True):
        assert [cell.text for cell in grid.rows[0].cells] == [column.label for column in table.columns]
        last, printed = table.rows[-1], grid.rows[-1].cells
        for cell, shown in zip(last.cells, printed, strict=last.kind != "group"):
            words = "".join(shown._tc.itertext())
            assert cell.text in words
            assert cell.note in words


def test_captions_are_counted_by_fields(document: Document, data: bytes) -> None:
    word = docx.Document(io.BytesIO(data))
    captions = [line for line in word.paragraphs if line.style.name == "Caption"]
    blocks = [one for one in document.blocks() if isinstance(one, Table | Figure)]
    assert len(captions) == len(blocks)
    for line, block in zip(captions, blocks, strict=True):
        assert block.caption in line.text
        assert "SEQ" in "".join(code.text or "" for code in line._p.iter(qn("w:instrText")))


def test_pictures_have_alternative_text(document: Document, data: bytes) -> None:
    word = docx.Document(io.BytesIO(data))
    said = [shape._inline.docPr.get("descr") for shape in word.inline_shapes]
    assert said == [one.alt for one in document.blocks() if isinstance(one, Figure)]


def test_every_style_names_latin_and_east_asian_fonts(data: bytes) -> None:
    styles = docx.Document(io.BytesIO(data)).styles
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "Caption", "Cell", "Header"):
        fonts = styles[name].element.rPr.find(qn("w:rFonts"))
        assert fonts.get(qn("w:eastAsia")) == "Microsoft YaHei"
        assert not any("Theme" in key for key in fonts.attrib)


def test_links_lead_to_bookmarks(data: bytes) -> None:
    body = docx.Document(io.BytesIO(data)).element
    marks = {one.get(qn("w:name")) for one in body.iter(qn("w:bookmarkStart"))}
    targets = {one.get(qn("w:anchor")) for one in body.iter(qn("w:hyperlink"))}
    assert len(targets) > 10
    assert targets <= marks


def test_the_same_document_gives_the_same_bytes_dated_by_it(document: Document, data: bytes) -> None:
    assert render(document) == data
    dates = {one.date_time[:3] for one in zipfile.ZipFile(io.BytesIO(data)).infolist()}
    assert dates == {tuple(int(part) for part in document.meta["date"].split("-"))}


def test_nothing_leads_outside(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        links = [name for name in archive.namelist() if name.endswith(".rels")]
        assert not any(b'TargetMode="External"' in archive.read(name) for name in links)
