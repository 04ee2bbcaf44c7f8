"""The workbook file: formulas live with their cached values, words only words, the look of a finance team."""

from __future__ import annotations

import io
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from toolkit.projection.workbook_model import (
    Cell,
    DefinedName,
    Sheet,
    Style,
    Workbook,
    address,
    column_letters,
    quoted,
)
from toolkit.report.writers.xlsx import render, write_workbook

HEAD = Style("header", "text")


def example() -> Workbook:
    inputs = Sheet(
        "Inputs",
        (
            (Cell("Inputs", style=Style("title")),),
            (Cell("Name", style=HEAD), Cell("Value", style=Style("header"))),
            (Cell("=cmd|' /C calc'!A0", style=Style("label")), Cell(0.125, style=Style("input", "percent"))),
            (Cell("https://evil.example", style=Style("label")), Cell(2000, style=Style("input", "money"))),
        ),
        widths=(40, 16),
        freeze=(2, 1),
        repeat_rows=2,
    )
    model = Sheet(
        "利润表",
        (
            (Cell("", style=HEAD), Cell("2027-01", style=Style("header", "month"))),
            (
                Cell("收入", style=Style("label", indent=1)),
                Cell(250.0, "=in_share*in_price", Style("formula", "money")),
            ),
            (
                Cell("合计", style=Style("total")),
                Cell(250.0, f"={quoted('利润表')}!B2", Style("total", "money")),
            ),
            (Cell("平衡", style=Style("label")), Cell(True, "=B2=B3", Style("check"))),
            (Cell("空", style=Style("label")), Cell()),
        ),
        freeze=(1, 1),
    )
    names = (DefinedName("in_share", "Inputs", 2, 1), DefinedName("in_price", "Inputs", 3, 1))
    return Workbook((inputs, model), names, "Plan", "Meridian", "2026-11-23")


@pytest.fixture(scope="module")
def data() -> bytes:
    return render(example())


def test_formulas_are_live_and_carry_their_values(data: bytes) -> None:
    live = openpyxl.load_workbook(io.BytesIO(data))["利润表"]
    cached = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["利润表"]
    assert live["B2"].value == "=in_share*in_price"
    assert live["B3"].value == "='利润表'!B2"
    assert (cached["B2"].value, cached["B3"].value, cached["B4"].value) == (250, 250, True)
    assert cached["B1"].value == datetime(2027, 1, 1)
    assert cached["B1"].number_format == "yyyy-mm"
    assert cached["B5"].value is None


def test_words_are_never_formulas_or_links(data: bytes) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Inputs"]
    assert (sheet["A3"].value, sheet["A3"].data_type) == ("=cmd|' /C calc'!A0", "s")
    assert (sheet["A4"].value, sheet["A4"].hyperlink) == ("https://evil.example", None)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert not any("externalLink" in name for name in archive.namelist())


def test_inputs_are_blue_formulas_black_and_totals_ruled(data: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book["Inputs"]["B3"].font.color.rgb == "FF0000FF"
    assert book["Inputs"]["B3"].number_format.startswith("0.0%")
    assert book["利润表"]["B2"].font.color.rgb == "FF000000"
    assert book["利润表"]["B3"].border.bottom.style == "double"
    assert book["利润表"]["A2"].alignment.indent == 1
    assert len(book["利润表"].conditional_formatting) == 1


def test_panes_print_areas_names_and_properties(data: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["Inputs"]
    assert sheet.freeze_panes == "B3"
    assert sheet.print_area == "'Inputs'!$A$1:$B$4"
    assert sheet.print_title_rows == "$1:$2"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.column_dimensions["A"].width == pytest.approx(40, abs=1)
    assert {name: one.attr_text for name, one in book.defined_names.items()} == {
        "in_share": "'Inputs'!$B$3",
        "in_price": "'Inputs'!$B$4",
    }
    assert (book.properties.title, book.properties.creator) == ("Plan", "Meridian")
    assert book.properties.created == datetime(2026, 11, 23, 12)


def test_a_sheet_of_months_prints_a_page_a_year() -> None:
    months = tuple(Cell(float(month), style=Style("formula", "money")) for month in range(36))
    rows = ((Cell("Statement", style=HEAD), *months),)
    sheet = Sheet("Statement", rows, (40, *[13.0] * 36), repeat_columns=1, page_columns=(13, 25))
    page = openpyxl.load_workbook(io.BytesIO(render(Workbook((sheet,)))))["Statement"]
    assert [one.id for one in page.col_breaks.brk] == [13, 25]
    assert not page.sheet_properties.pageSetUpPr.fitToPage
    # The label and twelve months, each 0.71 characters wider, of 0.0775 inches, on 10.89 inches of paper.
    assert page.page_setup.scale == int(99 * 10.89 / ((40.71 + 12 * 13.71) * 0.0775))


def test_the_same_model_gives_the_same_bytes(data: bytes, tmp_path: Path) -> None:
    assert write_workbook(example(), tmp_path / "new" / "plan.xlsx").read_bytes() == data


@pytest.mark.libreoffice
def test_libreoffice_reads_the_same_numbers(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(data)
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    filter_options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2"
    subprocess.run(
        [*command, "--convert-to", filter_options, "--outdir", str(tmp_path), str(path)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    (csv,) = tmp_path.glob("*.csv")
    assert "收入,250" in csv.read_text(encoding="utf-8")


def test_addresses() -> None:
    assert [column_letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert address(2, 1) == "B3"
    assert address(2, 1, absolute=True) == "$B$3"
    assert address(2, 1, fix_row=True) == "B$3"
    assert quoted("It's") == "'It''s'"


@pytest.mark.parametrize("name", ["a/b", "x" * 32, "'x", "a[1]", ""])
def test_a_sheet_name_that_excel_refuses_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="sheet name"):
        Sheet(name, ())


def test_a_name_that_is_a_cell_address_is_refused() -> None:
    with pytest.raises(ValueError, match="prefix"):
        DefinedName("FIX1", "Inputs", 0, 0)
    with pytest.raises(ValueError, match="starts with"):
        Cell(1, "1+1")
