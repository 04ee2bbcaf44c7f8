"""A workspace with many measurements and runs: every page draws, and reads only what it shows."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Example
from tests.peers.dashboard import enlarge
from toolkit.app.pages.survey import survey
from toolkit.reference.paths import dashboards_dir
from toolkit.store.measurements import measured_days, newest_measurements
from toolkit.store.workspace import Workspace

MEASUREMENTS, RUNS = 20_000, 200
PAGES = sorted(path.stem for path in (dashboards_dir() / "app_pages").glob("*.py"))
LANGUAGES = ("en", "zh")


@pytest.fixture(scope="module")
def large(example_runs: Example, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    found = Workspace(tmp_path_factory.mktemp("large") / "w.duckdb")
    shutil.copy(example_runs.workspace.path, found.path)
    enlarge(found, MEASUREMENTS, RUNS)
    return found


def test_many_measurements_are_read_as_few(large: Workspace) -> None:
    found = newest_measurements(large)
    peer = [(one, earlier) for one, earlier in found if one.device.name == "peer"]
    assert [earlier for _, earlier in peer] == [MEASUREMENTS - 1]
    assert peer[0][0].measured_at == "2026-01-01T05:33:19+00:00"
    assert sum(one.count for one in measured_days(large) if one.device == "peer") == MEASUREMENTS


def test_what_is_shown_stays_what_was_built(large: Workspace, example_runs: Example) -> None:
    (plan,) = survey(large)
    assert plan.base.run is not None
    assert plan.base.run.id == example_runs.base.run.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_draws(large: Workspace, language: str, open_app: Callable[..., AppTest]) -> None:
    app = open_app(large.path, language).run()
    for page in PAGES:
        app.switch_page(f"app_pages/{page}.py").run()
        assert not app.exception, page
        assert not app.error, page
