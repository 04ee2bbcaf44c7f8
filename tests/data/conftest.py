"""The data files as plain rows, read without the toolkit: these tests are a second pair of eyes."""

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "data"
TABLES = sorted(path.name for path in DATA.glob("*.csv"))
Row = dict[str, str]


def read_rows(name: str) -> list[Row]:
    """The rows of a table, each with its file and line under the key ``""``."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return [{**row, "": f"{name}:{reader.line_num}"} for row in reader]


@pytest.fixture(scope="session")
def rows() -> Callable[[str], list[Row]]:
    cache: dict[str, list[Row]] = {}

    def table(name: str) -> list[Row]:
        return cache.setdefault(name, read_rows(name))

    return table


@pytest.fixture
def expect_none() -> Callable[[Iterable[Row]], None]:
    """Fail with every row that is given: place first, then the whole row."""

    def check(offenders: Iterable[Row]) -> None:
        shown = [f"{row['']} {dict(list(row.items())[:-1])}" for row in offenders]
        assert not shown, "\n".join(shown)

    return check


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `table` runs once for every CSV of `data/`."""
    if "table" in metafunc.fixturenames:
        metafunc.parametrize("table", TABLES)
