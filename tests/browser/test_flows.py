"""What people come for, in a real browser: edit, save, compare, restore nobody's loss; filter; hand over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.chromium import PATIENCE_MS, chromium, requests_outside, served, wait_until_at_rest
from tests.browser.grid import GRID, open_roles, type_people
from toolkit.app.building import build, example
from toolkit.store.revisions import list_revisions
from toolkit.store.workspace import Workspace

pytestmark = pytest.mark.browser
FUNDING = "Where does the money come from, and who owns what?"
MARKET = "Who buys, and is a customer worth it?"
POLICY = "Which support can we count on, and when is it cash?"
REPORT_MS = 240_000  # two formats of a whole plan, on a machine that others use


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    found = Workspace(tmp_path_factory.mktemp("flows") / "w.duckdb")
    build(example(), found, scenario="lean")
    build(example(), found)
    return found


@pytest.fixture(scope="module")
def address(workspace: Workspace) -> Iterator[str]:
    with served(workspace.path) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    found = browser.new_context(viewport={"width": 1440, "height": 1300}, accept_downloads=True)
    found.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield found
    found.close()


def save(page: Page) -> None:
    page.get_by_role("button", name=re.compile(r"Not saved yet: \d")).click()
    page.get_by_role("button", name=re.compile(r"Save as revision \d")).click()


def test_two_people_edit_save_and_merge(context: BrowserContext, address: str, workspace: Workspace) -> None:
    mine = open_roles(context.new_page(), address)
    type_people(mine, 0, "3")
    expect(mine.get_by_role("button", name="Not saved yet: 1")).to_be_visible()
    theirs = open_roles(context.new_page(), address)
    type_people(theirs, 1, "2")
    save(theirs)
    expect(theirs.get_by_text("Saved as revision 2")).to_be_visible()
    save(mine)
    expect(mine.get_by_text("Somebody saved meanwhile")).to_be_visible()
    for path in ("talent.roles[ml_engineer].count", "talent.roles[founders].count"):
        expect(mine.get_by_text(path).first).to_be_visible()
    mine.get_by_role("button", name="Put mine on top and save").click()
    expect(mine.get_by_text("Saved as revision 3")).to_be_visible()
    newest = list_revisions(workspace)[0]
    assert {one.path for one in newest.changes} == {"talent.roles[founders].count"}
    assert "count: 3" in newest.text


def test_a_bad_number_is_said_as_it_is_typed(context: BrowserContext, address: str) -> None:
    page = open_roles(context.new_page(), address)
    type_people(page, 0, "many")
    expect(page.get_by_text(re.compile("founders · People"))).to_be_visible()
    page.get_by_role("button", name="Not saved yet: 1").click()
    expect(page.get_by_role("button", name=re.compile("Save as revision"))).to_be_disabled()
    page.get_by_role("button", name="Discard the draft").click()
    expect(page.get_by_role("button", name=re.compile("Not saved yet"))).to_have_count(0)


def test_a_reload_keeps_the_draft(context: BrowserContext, address: str) -> None:
    page = open_roles(context.new_page(), address)
    type_people(page, 2, "7")
    expect(page.get_by_role("button", name="Not saved yet: 1")).to_be_visible()
    page.wait_for_url(re.compile("draft="))
    page.reload()
    page.get_by_role("button", name="Not saved yet: 1").click()
    expect(page.get_by_text("talent.roles[software_engineer].count").first).to_be_visible()
    page.get_by_role("button", name="Discard the draft").click()
    expect(page.get_by_role("button", name=re.compile("Not saved yet"))).to_have_count(0)
    page.wait_for_url(re.compile(r"^(?!.*draft=)"))


def test_a_report_is_written_and_its_pdf_opens(context: BrowserContext, address: str, tmp_path: Path) -> None:
    page = context.new_page()
    outside = requests_outside(page, address)
    page.goto(f"{address}/reports?scenario=lean")
    page.get_by_role("button", name="Write it").click()
    link = page.get_by_role("button", name=re.compile(r"business-plan\.en\.pdf"))
    with page.expect_download(timeout=REPORT_MS) as download:
        link.click(timeout=REPORT_MS)
    file = tmp_path / "plan.pdf"
    download.value.save_as(file)
    assert file.read_bytes().startswith(b"%PDF-")
    assert download.value.suggested_filename == "inkwell-lean-business-plan.en.pdf"
    frame = page.frame_locator("iframe").first
    expect(frame.get_by_text("Inkwell Labs").first).to_be_visible()
    assert outside == []


def test_gpu_filters_narrow_the_options(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(f"{address}/gpu_costs?work=pretrain-8b")
    answer = page.get_by_text(re.compile(r"of ([\d,]+) options"))
    before = answer.first.inner_text()
    page.get_by_role("combobox", name="Provider").click()
    page.get_by_role("option", name="aws", exact=True).click()
    page.keyboard.press("Escape")
    wait_until_at_rest(page)
    after = answer.first.inner_text()

    def listed(text: str) -> int:
        found = re.search(r"of ([\d,]+) options", text)
        assert found is not None
        return int(found[1].replace(",", ""))

    assert 0 < listed(after) < listed(before)
    page.get_by_role("radio", name="中文").click()
    expect(page.locator("h1")).to_have_text("用哪种 GPU、向谁租、要花多少？")
    page.wait_for_url(re.compile("work=pretrain-8b"))


def test_back_returns_to_the_page_before(context: BrowserContext, address: str) -> None:
    """One press for each page, whatever was chosen on it; and forward again."""
    page = context.new_page()

    def rests_on(question: str, scenario: str) -> None:
        expect(page.locator("h1")).to_have_text(question)
        wait_until_at_rest(page)
        expect(page.get_by_role("radio", name=scenario)).to_be_checked()

    page.goto(f"{address}/funding?scenario=lean")
    rests_on(FUNDING, "Lean")
    page.get_by_role("link", name="Market").click()
    rests_on(MARKET, "Lean")
    page.get_by_role("radio", name="Base").click()
    rests_on(MARKET, "Base")
    page.get_by_role("link", name="Policy").click()
    rests_on(POLICY, "Base")
    page.go_back()
    rests_on(MARKET, "Base")
    page.go_back()
    rests_on(FUNDING, "Lean")
    page.go_forward()
    rests_on(MARKET, "Base")


@pytest.mark.parametrize("pause_ms", [0, 100, 300])
def test_who_goes_on_at_once_keeps_the_choice(context: BrowserContext, address: str, pause_ms: int) -> None:
    """The run of the first page is cut off somewhere on its way."""
    page = context.new_page()
    page.goto(f"{address}/funding?scenario=lean")
    expect(page.locator("h1")).to_have_text(FUNDING)
    page.wait_for_timeout(pause_ms)
    page.get_by_role("link", name="Market").click()
    expect(page.locator("h1")).to_have_text(MARKET)
    page.go_back()
    expect(page.locator("h1")).to_have_text(FUNDING)
    wait_until_at_rest(page)
    expect(page.get_by_role("radio", name="Lean")).to_be_checked()


def test_a_question_in_sql_is_answered_and_kept(
    context: BrowserContext, address: str, workspace: Workspace
) -> None:
    del workspace
    page = context.new_page()
    page.goto(f"{address}/data")
    box = page.get_by_role("textbox", name="Query")
    box.fill("select count(*) as n from run; drop table run")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("[data-testid=stAlert]").first).to_be_visible()
    box.fill("select scenario, count(*) as n from run group by all order by all")
    box.press("Control+Enter")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("[data-testid=stAlert]")).to_have_count(0)
    expect(page.locator(GRID)).to_have_count(3)


def test_a_benchmark_from_the_page_shows_its_progress_and_stops(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    page.goto(f"{address}/benchmarks")
    page.get_by_role("button", name="Measure").click()
    expect(page.get_by_text(re.compile("warmed up|block measured")).first).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped.")).to_be_visible()
    expect(page.locator("[data-testid=stProgress]")).to_have_count(0)
