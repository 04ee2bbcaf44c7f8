"""Tables of figures: the forms in which people send them, and every problem at once."""

from __future__ import annotations

import contextlib
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from toolkit.app.actuals.cells import month_of, number_of, other_currency
from toolkit.app.actuals.importing import import_actuals
from toolkit.app.actuals.reading import read_rows
from toolkit.app.actuals.table import Table, read_table
from toolkit.app.building import Built
from toolkit.errors import InputError
from toolkit.store.actuals import list_imports, load_actuals
from toolkit.store.workspace import Workspace

WIDE = "Line,2027-01,2027-02\naccount.cash,150000,1190000\nsales,0,\n"


def read(built: Built, path: Path) -> Table:
    return read_table(read_rows(path), path.name, built.model)


def figures(table: Table) -> dict[tuple[str, str], float]:
    assert not table.problems, [str(one) for one in table.problems]
    return {(one.line, one.month): one.value for one in table.actuals}


@pytest.mark.parametrize(
    "text",
    ["2027-05", "2027/5", "2027-05-31", "2027-05-31T00:00:00Z", "05/2027", "May 2027", "May-27", "202705",
     "2027年5月", "2027年05月31日", "2027.5"],
)  # fmt: skip
def test_a_month_as_people_write_it(text: str) -> None:
    assert month_of(text) == "2027-05"


@pytest.mark.parametrize("text", ["2027-13", "Mai 2027", "5", "2027", "Total", "", "Juno 2027"])
def test_what_is_no_month(text: str) -> None:
    assert month_of(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,234.50", 1234.5), ("(1,234)", -1234), ("−12", -12), ("$3,000", 3000), ("-$5", -5), ("12 %", 0.12),
     ("3000元", 3000), ("1e3", 1000), ("¥1，200", 1200), (".5", 0.5), ("USD 7", 7)],
)  # fmt: skip
def test_a_number_as_people_write_it(text: str, value: float) -> None:
    assert number_of(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["n/a", "-", "1.2.3", "12,34", "1 2", "nan", "inf", "1e999", "=A1", "()"])
def test_what_is_no_number(text: str) -> None:
    assert number_of(text) is None


@pytest.mark.parametrize("text", ["€3,000", "(£3,000)", "-¥3", "3000元", "3000 GBP", "EUR 3000"])
def test_money_of_another_currency_is_refused_not_converted(built: Built, tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'Line,2027-01\ncash,"{text}"\n', encoding="utf-8")
    assert [(one.id, one.line) for one in read(built, path).problems] == [("actuals.other_currency", 2)]


@pytest.mark.parametrize(
    ("text", "currency"), [("$3", "CAD"), ("￥3", "CNY"), ("3元", "HKD"), ("3 EUR", "EUR"), ("3", "USD")]
)
def test_a_sign_may_stand_for_the_money_of_several_countries(text: str, currency: str) -> None:
    assert other_currency(text, currency) is None


def test_a_wide_table_and_an_empty_cell_is_unknown(built: Built, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(WIDE, encoding="utf-8")
    assert figures(read(built, path)) == {
        ("account.cash", "2027-01"): 150000,
        ("account.cash", "2027-02"): 1190000,
        ("account.sales", "2027-01"): 0,
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_long_chinese_table_in_any_encoding(built: Built, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "账.csv"
    text = "科目;月份;金额\n客户收入;2027年1月;1,200\n货币资金;2027-01;（150000）\n"
    path.write_bytes(text.replace("（150000）", "150000").encode(encoding))
    assert figures(read(built, path)) == {
        ("account.sales", "2027-01"): 1200,
        ("account.cash", "2027-01"): 150000,
    }


def test_a_workbook_gives_what_its_cells_show(built: Built, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Account", date(2027, 1, 31), date(2027, 2, 28)])
    sheet.append(["Revenue from customers", 0.1, None])
    sheet.append([])
    sheet.append(["cash", 150000, "1,190,000"])
    book.save(tmp_path / "a.xlsx")
    table = read(built, tmp_path / "a.xlsx")
    assert figures(table) == {
        ("account.sales", "2027-01"): 0.1,
        ("account.cash", "2027-01"): 150000,
        ("account.cash", "2027-02"): 1190000,
    }
    assert {one.place for one in table.actuals} == {"a.xlsx:2", "a.xlsx:4"}


def test_an_account_that_the_plan_does_not_use_is_known(built: Built, tmp_path: Path) -> None:
    unused = next(one for one in built.model.accounts.values() if one.line not in built.model.lines)
    path = tmp_path / "a.csv"
    path.write_text(f"Line,2027-01\n{unused.label.en},500\n", encoding="utf-8")
    assert figures(read(built, path)) == {(unused.line, "2027-01"): 500}


def test_every_problem_is_listed_and_nothing_is_kept(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(
        "Line,Month,Value\n"
        "account.cash,2027-01,150000\n"
        "account.cash,2027-01,140000\n"  # 3: twice
        "sales,2026-12,5\n"  # 4: before the plan
        "salez,2027-01,5\n"  # 5: no such line
        "sales,2027-02,about five\n"  # 6: text
        "sales,Smarch,5\n"  # 7: no month
        "talent.founders.count,2027-01,2\n"  # 8: an assumption
        ",2027-01,5\n"  # 9: no name
        "sales,2031-01,1\n"  # 10: after the plan
        "sales,2027-03,1e300\n",  # 11: more than anything
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        import_actuals(workspace, path)
    found = {(one.line, one.id.removeprefix("actuals.")) for one in caught.value.problems}
    assert found == {
        (3, "duplicate"), (4, "month_outside"), (5, "unknown_line"), (6, "not_a_number"), (7, "not_a_month"),
        (8, "is_input"), (9, "no_line"), (10, "month_outside"),
        (11, "implausible"),
    }  # fmt: skip
    assert all(
        one.problem(language) and one.mend(language)
        for one in caught.value.problems
        for language in ("en", "zh")
    )
    near = next(one for one in caught.value.problems if one.id == "actuals.unknown_line")
    assert "sales" in near.mend()
    assert load_actuals(workspace, "inkwell") == ()


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"", "actuals.empty"), (b"\n\n", "actuals.empty"), (b"Line,Plan\ncash,1\n", "actuals.no_months"),
     (b"PK\x03\x04junk", "tables.bad_workbook"),
     (b"Line,2027-01\ncash,\n", "actuals.no_figures"), (b"\x89PNG\0\0", "tables.not_text")],
)  # fmt: skip
def test_a_file_that_is_no_table(workspace: Workspace, tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        import_actuals(workspace, path)
    assert [one.id for one in caught.value.problems] == [problem]


def workbook(path: Path, *rows: list[object]) -> bytes:
    """The bytes of a workbook of one sheet, saved at `path`."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path.read_bytes()


def test_a_workbook_damaged_on_its_way_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    content = workbook(path, ["Line", "2027-01"], ["cash", 150000])
    refused = []
    for place in range(100, len(content), 211):  # in names, packed bytes and the directory of the archive
        path.write_bytes(content[:place] + b"\xff\xff\xff" + content[place + 3 :])
        with contextlib.suppress(InputError):  # damage may lie where nobody looks
            read_rows(path)
            continue
        refused.append(place)
    assert len(refused) > 5


def test_a_formula_that_nobody_has_computed_is_not_taken_for_an_empty_cell(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    workbook(path, ["Line", "2027-01"], ["cash", "=100000+50000"])
    with pytest.raises(InputError) as caught:
        read_rows(path)
    assert [(one.id, one.field, one.line) for one in caught.value.problems] == [("tables.formula", "B2", 2)]


def test_a_missing_file(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        import_actuals(workspace, tmp_path / "none.csv")


def test_the_newest_figure_holds_and_the_same_file_adds_nothing(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(WIDE, encoding="utf-8")
    first = import_actuals(workspace, path)
    assert (first.number, first.figures, first.replaced) == (1, 3, 0)
    assert import_actuals(workspace, path).number is None
    path.write_text(WIDE.replace("150000", "149000"), encoding="utf-8")
    second = import_actuals(workspace, path)
    assert (second.number, second.replaced) == (2, 1)
    held = {(one.line, one.month): one.value for one in load_actuals(workspace, "inkwell")}
    assert held["account.cash", "2027-01"] == 149000
    assert [one.number for one in list_imports(workspace, "inkwell")] == [2, 1]
