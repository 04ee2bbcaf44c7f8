"""Files of all sorts: what is read, and what is refused with a sentence."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from toolkit.app.tables.sheet import read_sheet
from toolkit.errors import InputError

ROWS = [["岗位", "人数"], ["算法工程师", 2], ["销售", 1]]


def workbook(rows: list[list[object]], title: str = "Team") -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = title
    for row in rows:
        page.append(row)
    book.create_sheet("Other").append(["x"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_as_spreadsheets_write_it(encoding: str, delimiter: str) -> None:
    text = "\r\n".join(delimiter.join(map(str, row)) for row in ROWS)
    sheet = read_sheet(text.encode(encoding), "team.csv")
    assert sheet.header == ("岗位", "人数")
    assert [row.cells for row in sheet.rows] == [
        {"岗位": "算法工程师", "人数": "2"},
        {"岗位": "销售", "人数": "1"},
    ]


def test_rows_keep_their_number() -> None:
    text = '\n\nrole,note\nA,"two\nlines"\n\n,\nB,\n'
    sheet = read_sheet(text.encode(), "team.csv")
    assert [(row.number, row.cells["role"]) for row in sheet.rows] == [(4, "A"), (8, "B")]


def test_workbook() -> None:
    content = workbook([[None], ["Role", None, "Start"], ["A", None, date(2027, 3, 1)], [None], ["B"]])
    sheet = read_sheet(content, "team.xlsx")
    assert sheet.header == ("Role", "Start")
    assert [row.number for row in sheet.rows] == [3, 5]
    assert read_sheet(workbook(ROWS, "人员"), "t.xlsx", "人员").rows[0].cells["人数"] == 2


def refused(content: bytes, file: str = "t.csv", sheet: str | None = None) -> list[tuple[str, int | None]]:
    with pytest.raises(InputError) as caught:
        read_sheet(content, file, sheet)
    for problem in caught.value.problems:
        assert problem.file == file
        assert problem.problem("zh")
        assert problem.mend("en")
    return [(problem.id.removeprefix("tables."), problem.line) for problem in caught.value.problems]


def test_files_that_are_no_table() -> None:
    assert refused(b"") == [("no_header", None)]
    assert refused(b"role,count\n") == [("no_rows", None)]
    assert refused(b"\x00\x01\x02\xff" * 50) == [("not_text", None)]
    assert refused(b"PK\x03\x04 not a workbook") == [("bad_workbook", None)]
    assert refused(b"role\nA", "t.xlsx") == [("bad_workbook", None)]
    assert refused(b'role,count\n"A,1\n') == [("bad_csv", 2)]
    assert refused(b"role,role\nA,B\n") == [("double_header", 1)]
    assert refused(b"role\nA,1\nB,2\n") == [("beyond_header", 2), ("beyond_header", 3)]
    assert refused(b"role\n" + b"A\n" * 10_001) == [("too_large", None)]
    assert refused(workbook(ROWS), "t.xlsx", "Nope") == [("unknown_sheet", None)]


def test_a_formula_without_its_value_is_not_an_empty_cell() -> None:
    content = workbook([["Role", "Count"], ["A", "=1+1"], ["B", "=1+2"]])
    assert refused(content, "t.xlsx") == [("formula", 2), ("formula", 3)]


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in range(21):
            archive.writestr(f"xl/worksheets/sheet{part}.xml", b" " * 10_000_000)
    assert refused(out.getvalue(), "t.xlsx") == [("too_large", None)]


def test_a_lonely_cell_far_away_is_refused() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["XFD1048576"] = 1
    out = io.BytesIO()
    book.save(out)
    assert refused(out.getvalue(), "t.xlsx") == [("too_large", None)]
