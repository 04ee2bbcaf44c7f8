"""Tables merged into a plan, and written out of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.tables.test_sheets import workbook
from toolkit.app.tables.columns import TABLES, TableKind
from toolkit.app.tables.merge import Merged, import_table, merge_table
from toolkit.app.tables.write import write_table
from toolkit.errors import InputError
from toolkit.reference import load_reference
from toolkit.resources.compile import read_plan

EXAMPLE = Path(__file__).parents[3] / "data" / "examples" / "llm-startup.yaml"
PLAN = EXAMPLE.read_text(encoding="utf-8")


def merge(kind: TableKind, text: str, plan: str = PLAN) -> Merged:
    return merge_table(kind, text.encode(), "t.csv", plan, "plan.yaml")


def problems(kind: TableKind, text: str, plan: str = PLAN) -> list[tuple[str | None, int | None, str, str]]:
    with pytest.raises(InputError) as caught:
        merge(kind, text, plan)
    return [(one.file, one.line, one.field, one.id) for one in caught.value.problems]


def test_rows_join_the_plan() -> None:
    merged = merge(
        "roles",
        "id,Role,Department,Headcount,Monthly salary,Start,R&D\n"
        ",Machine learning engineer,,2,15000,,\n"  # by its label
        "sales,,,,130k,2028-10,\n"  # by its id
        ",Data engineer,engineering,1-2,12000,May 2027,70%\n",
    )
    assert merged.added == ("data_engineer",)
    assert merged.updated == ("ml_engineer", "sales")
    plan, _ = read_plan(merged.text, load_reference())
    roles = {role.id: role for role in plan.talent.roles}
    assert roles["ml_engineer"].count.quantity.median == 2
    assert roles["ml_engineer"].salary.quantity.median == 180_000
    assert roles["ml_engineer"].salary.source is None, "the number is no longer what the survey says"
    assert roles["ml_engineer"].salary.assumption == "Imported from t.csv, row 2"
    assert roles["sales"].start == "2028-10"
    assert roles["data_engineer"].function == "research"
    assert roles["data_engineer"].start == "2027-05"
    assert roles["data_engineer"].assumption == "Imported from t.csv, row 4"


def test_a_given_number_takes_the_place_of_the_rule() -> None:
    merged = merge("roles", "id,Role,Department,Headcount,Salary\nnew,New,sales,1,90k\n")
    plan = merged.text.replace("salary: 90k", "salary_from: {role: sales}")
    again = merge("roles", "id,Salary\nnew,95k\n", plan)
    assert "salary_from" not in again.text
    assert "salary: 95k" in again.text


def test_what_is_not_changed_stays_byte_for_byte() -> None:
    table = "Role,Department,Headcount,Salary\nRack,R&D,1,3000\n"
    merged = merge("roles", table)
    before, after = PLAN.splitlines(), merged.text.splitlines()
    start = next(row for row, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1])
    assert after[start] == "    - id: rack"
    assert after[:start] + after[start + 6 :] == before
    position = merged.text.index("Rack")
    assert merged.text[position:].index("\n\ncompute:") < 200, "the blank line stays before the next section"
    crlf = merge_table("roles", table.encode(), "t.csv", PLAN.replace("\n", "\r\n"))
    assert crlf.text == merged.text.replace("\n", "\r\n")


def test_a_list_that_is_not_there_is_begun() -> None:
    plan = "company: {id: c, name: C, country: US, currency: USD, start: 2027-01}\n"
    merged = merge("revenue", "Product,Price,New customers,Churn (%)\nPro,100,2,3\nMax,200,1,2\n", plan)
    assert merged.added == ("pro", "max")
    assert "company: {id: c, name: C" in merged.text


def test_every_broken_row_is_listed_and_nothing_is_imported(tmp_path: Path) -> None:
    text = (
        "Role,Department,Headcount,Salary,Start,End\n"
        "A,magic,1,100k,2027-01,\n"
        "B,sales,-1,100k,2027-13,\n"
        "C,sales,1,€90k,2027-05,2027-01\n"
        "D,,1,,2027-02,\n"
        "Good,sales,1,90k,2027-02,\n"
    )
    assert sorted(problems("roles", text), key=str) == sorted(
        [
            ("t.csv", 2, "Department", "plan.choice"),
            ("t.csv", 3, "Headcount", "lines.quantity_small"),
            ("t.csv", 3, "Start", "plan.month"),
            ("t.csv", 4, "Salary", "lines.unit_mismatch"),
            ("t.csv", 4, "End", "plan.end_before_start"),
            ("t.csv", 5, "function", "plan.missing"),
            ("t.csv", 5, "salary", "talent.one_salary"),
        ],
        key=str,
    )
    plan, table = tmp_path / "plan.yaml", tmp_path / "team.csv"
    plan.write_text(PLAN, encoding="utf-8")
    table.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        import_table("roles", table, plan)
    assert plan.read_text(encoding="utf-8") == PLAN
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.yaml", "team.csv"]


def test_a_row_that_repeats_another_does_not_hide_what_is_wrong_elsewhere() -> None:
    text = "Role,Department,Headcount,Salary\nA,sales,two,90k\nB,sales,-1,90k\nA,sales,1,many\n"
    assert problems("roles", text) == [
        ("t.csv", 4, "Role", "tables.same_entry"),
        ("t.csv", 2, "Headcount", "lines.quantity_form"),
        ("t.csv", 3, "Headcount", "lines.quantity_small"),
        ("t.csv", 4, "Salary", "lines.quantity_form"),
    ]


def test_a_place_is_a_country_with_or_without_a_region() -> None:
    table = "Role,Department,Headcount,Salary,Location\nA,sales,1,90k,%s\n"
    merged = merge("roles", table % "gb")
    assert "location: {country: GB}" in merged.text
    moved = merge("roles", "id,Location\na,US Texas\n", merged.text)
    assert "location: {country: US, region: Texas}" in moved.text
    again = merge("roles", "id,工作地点\na,GB\n", moved.text)
    assert "location: {country: GB}" in again.text, "the region of the place before is gone"
    out = write_table("roles", moved.text)
    assert "US Texas" in out
    assert merge("roles", out, moved.text).text == moved.text
    assert problems("roles", table % "London")[0][:3] == ("t.csv", 2, "Location")


def test_rows_that_mean_the_same_entry() -> None:
    assert problems("roles", "id,Salary\nsales,1\nsales,2\n") == [("t.csv", 3, "id", "tables.same_entry")]


def test_a_column_in_another_currency() -> None:
    assert problems("roles", "Role,年薪（万元）\nSales,30\n") == [
        ("t.csv", 1, "年薪（万元）", "tables.other_currency")
    ]


def test_problems_of_the_plan_itself_keep_their_place() -> None:
    broken = PLAN.replace("salary: 96k", "salary: -96k")
    found = problems("costs", "Cost,Category,Monthly\nRack,R&D,abc\n", broken)
    assert ("t.csv", 2, "Monthly", "lines.quantity_form") in found
    assert next(place for place in found if place[0] == "plan.yaml")[2] == "talent.roles[0].salary"


def test_a_trial_changes_nothing(tmp_path: Path) -> None:
    plan, table = tmp_path / "plan.yaml", tmp_path / "team.xlsx"
    plan.write_text(PLAN, encoding="utf-8")
    table.write_bytes(workbook([["岗位", "职能", "人数", "年薪"], ["数据工程师", "研发", 2, 150000]]))
    merged = import_table("roles", table, plan, is_trial=True, language="zh")
    assert merged.added == ("role_1",)
    assert merged.changes[0].after["assumption"] == "由 team.xlsx 第 2 行导入"
    assert plan.read_text(encoding="utf-8") == PLAN
    import_table("roles", table, plan)
    assert import_table("roles", table, plan).unchanged == ("role_1",), "a second import finds it by its name"


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("example", sorted(EXAMPLE.parent.glob("*.yaml")), ids=lambda path: path.stem)
def test_export_and_import_is_identity(kind: TableKind, language: str, example: Path) -> None:
    plan = example.read_text(encoding="utf-8")
    table = write_table(kind, plan, language=language)  # type: ignore[arg-type]
    merged = merge(kind, table, plan)
    assert merged.text == plan
    assert not merged.added
    assert not merged.updated


def test_a_text_that_looks_like_a_formula_is_guarded() -> None:
    plan = PLAN.replace('assumption: "Price lists, per seat"', 'assumption: "=HYPERLINK(1)"')
    table = write_table("costs", plan)
    assert "'=HYPERLINK(1)" in table
    assert merge("costs", table, plan).text == plan
