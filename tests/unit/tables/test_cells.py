"""What people write in a spreadsheet, and how a plan writes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from toolkit.app.tables.cell import read_cell
from toolkit.app.tables.columns import TABLES, Column, headers, recognise

SALARY = Column("Salary", "salary")
MONTHLY = Column("月薪", "salary", 12)
SHARE = Column("R&D", "research_share")
PERCENT = Column("R&D (%)", "research_share", is_percent=True)
START = Column("Start", "start")


@pytest.mark.parametrize(
    ("column", "written", "read"),
    [
        (SALARY, 120000, 120000),
        (SALARY, 120000.0, 120000),
        (SALARY, "120,000", 120000),
        (SALARY, " $120,000 ", 120000),
        (SALARY, "120k", "120k"),
        (SALARY, "90k to 110k", "90k to 110k"),
        (SALARY, "0.6272000000000001 to 1.568", "0.6272000000000001 to 1.568"),
        (SALARY, "90–110k", "90 to 110000"),  # as written: the check of the plan and its reader see it
        (SALARY, "triangular(1, 2, 4)", "triangular(1, 2, 4)"),
        (SALARY, "lots", "lots"),
        (SALARY, "3,5", "3,5"),  # a decimal comma is not guessed at
        (SALARY, "€50,000", "50000 EUR"),
        (SALARY, "20万", 200000),
        (MONTHLY, "2万", 240000),
        (MONTHLY, "1.5万-2万", "180000 to 240000"),
        (MONTHLY, 20000, 240000),
        (SHARE, 0.6, 0.6),
        (SHARE, "60%", "60%"),
        (PERCENT, 60, "60 %"),
        (PERCENT, "50-60", "50 % to 60 %"),
        (START, datetime(2027, 3, 1), "2027-03"),
        (START, "2027-3", "2027-03"),
        (START, "2027/03/15", "2027-03"),
        (START, "2027年3月", "2027-03"),
        (START, "Mar 2027", "2027-03"),
        (START, "march 2027", "2027-03"),
        (START, "03/2027", "2027-03"),
        (START, "202703", "2027-03"),
        (START, "soon", "soon"),
        (Column("search start", "search_start"), "2027-05", "2027-05"),
        (Column("Role", "label.en"), "2-3", "2-3"),
        (Column("replace", "replace"), "False", False),
        (Column("Function", "function"), "研发", "research"),
        (Column("Function", "function"), "R&D", "research"),
        (Column("Category", "category"), "COGS", "cost_of_revenue"),
        (Column("Note", "assumption"), "'=1+1", "=1+1"),
        (Column("Location", "location"), "us", {"country": "US"}),
        (Column("Location", "location"), "CN, Beijing", {"country": "CN", "region": "Beijing"}),
        (Column("地点", "location"), "CN/Shanghai", {"country": "CN", "region": "Shanghai"}),
    ],
)
def test_cell(column: Column, written: Any, read: Any) -> None:
    assert read_cell("costs" if column.field == "category" else "roles", column, written, "USD") == read


def test_a_sign_of_the_plans_currency_says_nothing_more() -> None:
    assert read_cell("roles", SALARY, "¥300,000", "CNY") == 300000
    assert read_cell("roles", SALARY, "¥300,000", "USD") == "300000 CNY"
    assert read_cell("roles", SALARY, "$300,000", "CAD") == 300000


@pytest.mark.parametrize(
    ("header", "field", "factor", "percent", "currency"),
    [
        ("Salary", "salary", 1, False, None),
        ("Annual salary (k USD)", "salary", 1000, False, "USD"),
        ("月薪（元）", "salary", 12, False, "CNY"),
        ("年薪（万元）", "salary", 10000, False, "CNY"),
        ("Salary (monthly)", "salary", 12, False, None),
        ("R&D (%)", "research_share", 1, True, None),
        ("research_share", "research_share", 1, False, None),
        ("岗位", "label.zh", 1, False, None),
    ],
)
def test_header(header: str, field: str, factor: float, percent: bool, currency: str | None) -> None:
    columns, faults = recognise("roles", [header], ())
    assert not faults
    assert columns == [Column(header, field, factor, percent, currency)]


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        (["Shoe size"], "unknown_column"),
        (["工资"], "ambiguous_column"),
        (["Pay"], "ambiguous_column"),
        (["Salary (bananas)"], "unknown_unit"),
        (["月薪", "年薪"], "same_field"),
    ],
)
def test_header_that_is_refused(header: list[str], fault: str) -> None:
    _, faults = recognise("roles", header, ())
    assert [name for _, name, _ in faults] == [fault]
    assert recognise("roles", header, header) == ([], [])


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_exported_header_is_read_back(kind: Any, language: str) -> None:
    names = headers(kind, language)
    columns, faults = recognise(kind, list(names.values()), ())
    assert not faults
    assert {column.header: column.field for column in columns} == {
        header: field for field, header in names.items()
    }
    assert all(column.factor == 1 for column in columns)
