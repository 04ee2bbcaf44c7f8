"""A server that is killed while somebody saves loses at most the draft: what is stored stays whole."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import PATIENCE_MS, Server, chromium, serving
from tests.browser.grid import open_roles, type_people
from toolkit.app.building import build, example, reopen
from toolkit.app.drafts import check_draft
from toolkit.store.revisions import list_revisions
from toolkit.store.runs import list_runs
from toolkit.store.workspace import Workspace

pytestmark = pytest.mark.browser
MOMENTS_S = (0.0, 0.02, 0.1, 0.5)  # after the click: before it is read, while it is stored, while it is built


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    found = Workspace(tmp_path_factory.mktemp("killed") / "w.duckdb")
    build(example(), found)
    return found


@pytest.mark.parametrize("moment", MOMENTS_S)
def test_a_kill_loses_at_most_the_draft(browser: Browser, workspace: Workspace, moment: float) -> None:
    before, runs = list_revisions(workspace), list_runs(workspace)
    people = len(before) + 2 + MOMENTS_S.index(moment)  # a number that no revision has yet
    with serving(workspace.path) as server:
        page = browser.new_page(viewport={"width": 1440, "height": 1300})
        page.set_default_timeout(PATIENCE_MS)
        open_roles(page, server.url)
        type_people(page, 0, str(people))
        _press_save(page)
        time.sleep(moment)
        _kill(server)
        page.close()
    after = list_revisions(workspace)
    assert after[-len(before) :] == before, "what was saved before stays as it was"
    assert len(after) - len(before) in (0, 1)
    if len(after) > len(before):
        assert f"count: {people}" in after[0].text, "a revision is saved whole or not at all"
    assert all(check_draft(revision.text) == () for revision in after)
    kept = {run.id for run in list_runs(workspace)}
    assert {run.id for run in runs} <= kept
    for run in kept:
        reopen(workspace, run)
    with serving(workspace.path) as server:
        page = browser.new_page()
        page.goto(f"{server.url}/plan?room=text")
        expect(page.get_by_role("textbox").first).to_have_value(after[0].text, timeout=PATIENCE_MS)
        page.close()


def _press_save(page: Page) -> None:
    page.get_by_role("button", name=re.compile(r"Not saved yet: \d")).click()
    page.get_by_role("button", name=re.compile(r"Save as revision \d")).click(no_wait_after=True)


def _kill(server: Server) -> None:
    """Kill the process that serves the pages; the command that started it then ends by itself."""
    pid = server.process.pid
    (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    os.kill(int(child), signal.SIGKILL)
    server.process.wait(PATIENCE_MS / 1000)
