"""Two plans in one workspace: every page draws each, and the switch between them shows in the address."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Example
from tests.pages.test_large_workspace import PAGES
from toolkit.app.building import build, example
from toolkit.store.workspace import Workspace
from toolkit.text import LANGUAGES

Open = Callable[..., AppTest]


@pytest.fixture(scope="module")
def both(example_runs: Example, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    found = Workspace(tmp_path_factory.mktemp("both") / "w.duckdb")
    shutil.copy(example_runs.workspace.path, found.path)
    build(example("cn-llm-startup"), found)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("plan", ["inkwell", "hengshi"])
def test_every_page_draws_each_plan(plan: str, language: str, both: Workspace, open_app: Open) -> None:
    app = open_app(both.path, language, plan=plan).run()
    for page in PAGES:
        app.switch_page(f"app_pages/{page}.py").run()
        assert not app.exception, page
        assert not app.error, page
        assert app.selectbox(key="plan").value == plan
        assert app.query_params["plan"] == plan


def test_the_switch_leads_to_the_other_plan(both: Workspace, open_app: Open) -> None:
    app = open_app(both.path, plan="inkwell").run()
    burn = app.metric[2].value
    app.selectbox(key="plan").set_value("hengshi").run()
    assert not app.exception
    assert app.query_params["plan"] == "hengshi"
    assert app.metric[2].value != burn
    assert any("CNY" in caption.value for caption in app.caption)
