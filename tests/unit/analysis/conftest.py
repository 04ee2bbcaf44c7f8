"""The example plan, built once, for analyses of a workspace."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.app.building import build, example
from toolkit.app.study import Study
from toolkit.store.workspace import Workspace


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose newest run is the base of the example plan; `push` was built before it."""
    path = tmp_path_factory.mktemp("analysis") / "w.duckdb"
    for scenario in ("push", "base"):
        build(example(), Workspace(path), scenario=scenario)
    return path


@pytest.fixture(scope="session")
def study(workspace: Path) -> Study:
    return Study(Workspace(workspace))
