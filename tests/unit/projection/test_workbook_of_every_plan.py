"""LibreOffice computes what the engine computes: every example plan, as it is and after inputs were typed
into the sheet; a plan with paths and correlations; a plan whose first months are closed books."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from tests.unit.market.everything import everything
from tests.unit.projection.calc import SOFFICE, Grid, recalculated
from tests.unit.projection.test_paths_and_correlations import correlated
from tests.unit.projection.test_workbook import COMPANY, checks, differences, wrong
from tests.unit.resources.plans import compiled, example_text, model
from toolkit.lines.quantity import Quantity
from toolkit.projection.closed_books import Actual, ClosedBooks
from toolkit.projection.engine import base_case
from toolkit.projection.model import Model
from toolkit.projection.project import model_of
from toolkit.projection.workbook import Values, workbook
from toolkit.projection.workbook_model import Workbook
from toolkit.reference.paths import data_dir
from toolkit.report.writers.xlsx import render

pytestmark = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice Calc (soffice) is not installed"),
]
PLANS = sorted((data_dir() / "examples").glob("*.yaml"))
CHANGED = 3  # inputs that are typed into each plan
NAMES = [f"{path.stem}, {how}" for path in PLANS for how in ("as it is", "typed")]
NAMES += ["paths", "closed books", "everything sold, shared and claimed"]
Case = tuple[Model, Workbook, Values]


def changes(found: Model) -> dict[str, float]:
    """A tenth more of some amounts of money, spread over the plan."""
    amounts = [
        name for name, line in found.lines.items()
        if line.quantity is not None and not line.quantity.is_path and line.quantity.median > 0
        and line.unit.startswith(found.currency) and not name.startswith(("opening.", "funding."))
    ]  # fmt: skip
    step = max(1, len(amounts) // CHANGED)
    values = {name: found.lines[name].quantity for name in amounts[::step][:CHANGED]}
    return {name: 1.1 * quantity.median for name, quantity in values.items() if quantity is not None}


def edited(found: Model, values: dict[str, float]) -> Model:
    """The model with these inputs certain."""
    lines = {
        name: replace(line, quantity=Quantity.constant(values[name])) if name in values else line
        for name, line in found.lines.items()
    }
    return replace(found, lines=lines)


def typed(book: Workbook, values: dict[str, float]) -> bytes:
    """The file with values typed into its inputs; it holds no cached values any more."""
    names = {name.name: name for name in book.names}
    file = openpyxl.load_workbook(io.BytesIO(render(book)))
    for line, value in values.items():
        place = names[f"in_{line}"]
        file[place.sheet].cell(place.row + 1, place.column + 1).value = value
    content = io.BytesIO()
    file.save(content)
    return content.getvalue()


def closed() -> Model:
    months = [f"2027-{month:02d}" for month in range(1, 6)]
    figures = [Actual("account.cash", month, 1.1e6 - 1e4 * i, "a") for i, month in enumerate(months)]
    figures += [
        Actual("account.sales", "2027-05", 2500.0, "a"),
        Actual("market.customers", "2027-05", 9.0, "a"),
    ]
    return model_of(compiled(example_text()), ClosedBooks.until("2027-05", figures))


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Case, dict[str, Grid]]]:
    cases: dict[str, Case] = {}
    files: dict[str, bytes] = {}
    models = {path.stem: model(path.read_text(encoding="utf-8")) for path in PLANS}
    others = {
        "paths": model(correlated()),
        "closed books": closed(),
        "everything sold, shared and claimed": model(everything()),
    }
    for name, found in {**models, **others}.items():
        values = base_case(found)
        book = workbook(found, wrong(found, values), COMPANY, "2027-01-01")
        first = f"{name}, as it is" if name in models else name
        cases[first], files[first] = (found, book, values), render(book)
        if name in models:
            new = changes(found)
            assert len(new) == CHANGED
            second = f"{name}, typed"
            cases[second] = found, book, base_case(edited(found, new))
            files[second] = typed(book, new)
            assert cases[second][2]["account.cash"] != values["account.cash"]
    keys = {name: f"file{number}" for number, name in enumerate(files)}
    grids = recalculated(
        {keys[name]: content for name, content in files.items()}, tmp_path_factory.mktemp("calc")
    )
    return {name: (case, grids[keys[name]]) for name, case in cases.items()}


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_is_that_of_the_engine(
    computed: dict[str, tuple[Case, dict[str, Grid]]], name: str
) -> None:
    (found, book, values), grids = computed[name]
    assert differences(book, grids, found, values) == []
    assert checks(book, grids) == {0}


def test_every_example_is_here() -> None:
    assert {Path(path).stem for path in PLANS} >= {"llm-startup", "funding-instruments"}
