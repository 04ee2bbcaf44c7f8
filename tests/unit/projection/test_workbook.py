"""The workbook is the model: LibreOffice computes what the engine computes, also after inputs change."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import openpyxl
import pytest

from tests.unit.projection.calc import SOFFICE, Grid, recalculated
from tests.unit.projection.interpreter import WORDS, Lines
from tests.unit.resources.plans import base, example_text, model
from toolkit.projection.engine import base_case
from toolkit.projection.model import Model
from toolkit.projection.workbook import Values, workbook
from toolkit.projection.workbook_model import DefinedName, Sheet, Workbook
from toolkit.projection.workbook_places import FIRST_ROW, NAME, OPENING
from toolkit.report.writers.xlsx import render
from toolkit.text import Text

needs_calc = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice Calc (soffice) is not installed")
COMPANY = Text("Inkwell", "墨池")


def wrong(found: Model, values: Values) -> Values:
    """Cached values that are all wrong: what is right in the end was computed."""
    return {
        name: path if found.lines[name].formula is None else tuple(value + 12345.0 for value in path)
        for name, path in values.items()
    }


def lines_of(sheet: Sheet, model: Model) -> dict[str, int]:
    """The row of each line that stands on a sheet with months."""
    rows = {row: cells for row, cells in enumerate(sheet.rows) if row >= FIRST_ROW and len(cells) > OPENING}
    return {str(cells[NAME].value): row for row, cells in rows.items() if cells[NAME].value in model.lines}


def differences(book: Workbook, grids: dict[str, Grid], found: Model, values: Values) -> list[str]:
    """Cells that differ from the engine by more than a cent (or a millionth part of a millionth)."""
    bad, seen = [], set()
    for sheet in book.sheets:
        for name, row in lines_of(sheet, found).items():
            seen.add(name)
            cells = grids[sheet.name][row][OPENING:]
            for month, value in enumerate(values[name]):
                cell = cells[month] if month < len(cells) else None
                if month == 0 and sheet.rows[row][OPENING].formula is None:
                    continue
                if not isinstance(cell, int | float) or not math.isclose(
                    cell, value, rel_tol=1e-12, abs_tol=0.01
                ):
                    bad.append(f"{sheet.name} {name} month {month}: {cell} instead of {value}")
    missing = {name for name, line in found.lines.items() if line.quantity is None} - seen
    return bad + [f"{name} stands nowhere" for name in missing]


def checks(book: Workbook, grids: dict[str, Grid]) -> set[object]:
    sheet = book.sheets[-1]
    rows = grids[sheet.name][FIRST_ROW : len(sheet.rows)]
    return {cell for row in rows for cell in row[OPENING + 1 :]}


CONSTRUCTS = Lines(
    inputs={"half": 2.5, "low": -2.5, "a.b_c": 3.0, "a_b.c": 4.0},
    series={"s": (0.0, 1.0, 0.0, 2.0, 0.0, 1.0)},
    formulas={
        "least": "min(up[-2], s[-2], 9)", "most": "max(-up[-3], s[-4], -9)",
        "any": "up[-4] or s[-5]", "all": "up[-1] and s[-1]", "up": "up[-1] + 1",
        "cash": "cash[-1] * 2 - s", "sum": "sum(cash, 4) + sum(s, 3)",
        "inputs": "sum(half, 3) + a.b_c * a_b.c",
        "power": "(-low) ** 2 - low ** 2 + -half ** 2 + 2 ** -half",
        "round": "round(half) + round(low) * 100 + floor(low) * 1e4 + ceil(low) * 1e6",
        "logic": "(half > 2) + (not low < 0) + (half == 2.5) * (low != 1)",
        "choice": "where(s, half, where(t >= 3 and t < 5, low, 1 / t))",
        "roots": "log(exp(half)) + abs(low)", "time": "t * 100 + fiscal_month",
        "lookup": "lookup(rates, t - 1) + lookup(rates, low)",
        "brackets": "brackets(rates, 3 * t) + brackets(rates, low)",
        "next": "total[-1] + 1", "total": "total[-1] + sum(up, 2)",
    },
    openings={"cash": "half * 4 + sum(half, 2)", "total": "cash - 1"},
    fiscal_start=4,
)  # fmt: skip
# Inputs that are typed into the file, and the same edits of the plan.
EDITS = {
    "talent.seed_engineers.count": (
        "count: 2\n      salary: {value: 140k",
        "count: 4\n      salary: {value: 140k",
        4,
    ),
    "operations.legal.once": ("once: 18k", "once: 28k", 28_000),
    "funding.pre_seed.month": ("month: 2027-02", "month: 2027-05", 5),
}


@dataclass(frozen=True)
class Case:
    """A model, the workbook that was written of it, and what the engine computes."""

    model: Model
    book: Workbook
    values: Values


def typed(book: Workbook) -> bytes:
    """The file with the inputs of `EDITS` typed in; it holds no cached values any more."""
    names: dict[str, DefinedName] = {name.name: name for name in book.names}
    file = openpyxl.load_workbook(io.BytesIO(render(book)))
    for line, (_, _, value) in EDITS.items():
        place = names[f"in_{line}"]
        file[place.sheet].cell(place.row + 1, place.column + 1).value = value
    content = io.BytesIO()
    file.save(content)
    return content.getvalue()


def cases() -> dict[str, Case]:
    example, edited = model(example_text()), example_text()
    for old, new, _ in EDITS.values():
        assert edited.count(old) == 1
        edited = edited.replace(old, new)
    values, constructs = base_case(example), CONSTRUCTS.model()
    english, chinese = (
        workbook(example, wrong(example, values), COMPANY, "2027-01-01", language)
        for language in ("en", "zh")
    )
    book = workbook(constructs, wrong(constructs, base_case(constructs)), COMPANY, "2027-01-01")
    return {
        "english": Case(example, english, values),
        "chinese": Case(example, chinese, values),
        "typed": Case(example, english, base(edited)),
        "constructs": Case(constructs, book, base_case(constructs)),
    }


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Case], dict[str, dict[str, Grid]]]:
    every = cases()
    files = {name: typed(case.book) if name == "typed" else render(case.book) for name, case in every.items()}
    return every, recalculated(files, tmp_path_factory.mktemp("calc"))


@needs_calc
@pytest.mark.libreoffice
@pytest.mark.parametrize("name", ["english", "chinese", "typed", "constructs"])
def test_calc_computes_what_the_engine_computes(
    computed: tuple[dict[str, Case], dict[str, dict[str, Grid]]], name: str
) -> None:
    """Every line of the example in both languages; after inputs were typed in; and every construct of the
    language: blank cells, windows before the first month, powers of negative numbers, halves, tables."""
    case, grids = computed[0][name], computed[1][name]
    assert differences(case.book, grids, case.model, case.values) == []
    if name != "constructs":
        assert checks(case.book, grids) == {0}


def test_every_formula_carries_its_value() -> None:
    found = model(example_text())
    values = base_case(found)
    book = workbook(found, values, COMPANY, "2027-01-01")
    for sheet in book.sheets[:-1]:
        for name, row in lines_of(sheet, found).items():
            cells = sheet.rows[row][OPENING:]
            assert all(
                cell.value == value for cell, value in zip(cells, values[name], strict=True) if cell.formula
            )
    assert {cell.value for _, _, cell in book.sheets[-1].cells() if cell.formula} == {0.0}


def test_no_formula_looks_at_an_empty_cell() -> None:
    found = model(example_text())
    book = workbook(found, base_case(found), COMPANY, "2027-01-01")
    for sheet in book.sheets[3:-1]:
        for row in lines_of(sheet, found).values():
            assert all(cell.value is not None for cell in sheet.rows[row][OPENING:])


def test_names_of_inputs_never_meet() -> None:
    lines = Lines(inputs={"a.b_c": 1.0, "a_b.c": 2.0, "a.b.c": 3.0}, formulas={"x": "1"})
    book = workbook(lines.model(), base_case(lines.model()), COMPANY, "2027-01-01")
    assert len({name.name for name in book.names}) == 3


def test_words_of_both_languages() -> None:
    found = model(example_text())
    values = base_case(found)
    english, chinese = (workbook(found, values, COMPANY, "2027-01-01", language) for language in ("en", "zh"))
    assert [sheet.name for sheet in english.sheets][:3] == ["Profit and loss", "Cash flow", "Balance sheet"]
    assert [sheet.name for sheet in chinese.sheets][:3] == ["利润表", "现金流量表", "资产负债表"]
    assert chinese.author == "墨池"
    assert [sheet.size for sheet in english.sheets] == [sheet.size for sheet in chinese.sheets]
    assert WORDS.en not in {cell.value for _, _, cell in english.sheets[0].cells()}


def test_a_sheet_of_months_begins_a_page_with_each_fiscal_year() -> None:
    found = model(example_text())
    book = workbook(found, base_case(found), COMPANY, "2027-01-01")
    begins = [month for month, number in zip(found.months, found.fiscal_months(), strict=True) if number == 1]
    for sheet in book.sheets:
        if len(sheet.rows[2]) > len(found.months):
            heads = [sheet.rows[2][column].value for column in sheet.page_columns]
            assert heads == sorted({found.months[0], *begins})


def test_heads_stand_over_what_they_name() -> None:
    found = model(example_text())
    for sheet in workbook(found, base_case(found), COMPANY, "2027-01-01").sheets:
        for column, head in enumerate(sheet.rows[2]):
            below = [row[column].value for row in sheet.rows[5:] if column < len(row)]
            is_words = any(isinstance(value, str) for value in below)
            if head.value and any(value is not None for value in below):
                assert (head.style.number == "text") == is_words


def test_a_column_without_definitions_has_no_head() -> None:
    found = model(example_text())
    book = workbook(found, base_case(found), COMPANY, "2027-01-01")
    for sheet in book.sheets:
        if sheet.page_columns:
            defined = [row[3].value for row in sheet.rows[5:] if row[3].value]
            assert bool(sheet.rows[2][3].value) == bool(defined)
