"""The example plan, built once, and copies of its workspace to import into."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from toolkit.app.building import Built, build, example
from toolkit.store.workspace import Workspace


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Built]:
    """A workspace with one run of the example plan, and that run."""
    path = tmp_path_factory.mktemp("actuals") / "w.duckdb"
    return path, build(example(), Workspace(path))


@pytest.fixture
def workspace(planned: tuple[Path, Built], tmp_path: Path) -> Workspace:
    """A copy of its own."""
    return Workspace(Path(shutil.copy(planned[0], tmp_path / "w.duckdb")))


@pytest.fixture(scope="session")
def built(planned: tuple[Path, Built]) -> Built:
    return planned[1]
