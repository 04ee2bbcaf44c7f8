"""A workspace with the example plan built, once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.command import EXAMPLE, groundplan


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """The workspace, and the JSON of `build`. Tests that write take a copy."""
    workspace = tmp_path_factory.mktemp("workspace") / "w.duckdb"
    done = groundplan("build", EXAMPLE, "--workspace", workspace, "--json")
    assert done.code == 0, done.err
    return workspace, done.json
