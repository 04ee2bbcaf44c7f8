"""axe-core on every page in a real Chromium: no serious fault of ours, and nobody outside is asked.

Faults of Streamlit itself are listed in `OF_STREAMLIT` by the rule and what it complains about.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.browser.chromium import PATIENCE_MS, chromium, requests_outside, served, wait_until_at_rest
from toolkit.app.building import build, example
from toolkit.reference.paths import dashboards_dir
from toolkit.store.workspace import Workspace

pytestmark = pytest.mark.browser
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
PAGES = sorted(path.stem for path in (dashboards_dir() / "app_pages").glob("*.py"))
SERIOUS = ("serious", "critical")
OF_STREAMLIT = (
    (
        "svg-img-alt",
        "metric_chart_",
    ),  # the sparkline of st.metric holds a group for its pointer without a name
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Page, str]]:
    workspace = Workspace(tmp_path_factory.mktemp("axe") / "w.duckdb")
    build(example(), workspace)
    with served(workspace.path) as url, chromium() as browser:
        # axe is put into the page: the page's own policy would not let it run. Without the policy a request
        # to outside would go out, and be seen.
        context = browser.new_context(viewport={"width": 1440, "height": 1300}, bypass_csp=True)
        context.set_default_timeout(PATIENCE_MS)
        yield context.new_page(), url


@pytest.mark.parametrize("name", PAGES)
def test_no_serious_fault_of_ours_and_nobody_outside_is_asked(pages: tuple[Page, str], name: str) -> None:
    page, url = pages
    outside = requests_outside(page, url)
    page.goto(f"{url}/{'' if name == 'overview' else name}")
    page.locator("h1").first.wait_for()
    wait_until_at_rest(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    faults = [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in found["violations"]
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
        if not any(violation["id"] == rule and mark in node["html"] for rule, mark in OF_STREAMLIT)
    ]
    assert not faults
    assert outside == []
