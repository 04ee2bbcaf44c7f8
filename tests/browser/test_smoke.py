"""The pages in a real browser: they draw, they ask nobody outside, and switches keep the reader's place."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.chromium import CHART, PATIENCE_MS, chromium, requests_outside, served, wait_until_drawn
from toolkit.app.building import build, example
from toolkit.store.workspace import Workspace
from toolkit.text.formats import percent

pytestmark = pytest.mark.browser
SURVIVE = 24


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    found = Workspace(tmp_path_factory.mktemp("browser") / "w.duckdb")
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


@pytest.fixture(scope="module")
def context(browser: Browser) -> BrowserContext:
    found = browser.new_context(viewport={"width": 1440, "height": 1100})
    found.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    return found


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    found = context.new_page()
    yield found
    found.close()


def test_a_link_to_a_page_is_followed_by_the_first_reader(page: Page, address: str) -> None:
    page.goto(f"{address}/statements?scenario=lean&lang=zh&statement=balance")
    expect(page.locator("h1")).to_have_text("账面会是什么样？")
    expect(page.get_by_role("radio", name="资产负债表")).to_be_checked()
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


def test_the_overview_draws_and_asks_nobody_outside(page: Page, address: str, workspace: Workspace) -> None:
    outside = requests_outside(page, address)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(address)
    wait_until_drawn(page)
    expect(page.locator("h1")).to_have_text("Will the cash last?")
    survive = build(example(), workspace).run.metrics.survive[SURVIVE].value
    expect(page.get_by_text(percent(survive, "en"), exact=True).first).to_be_visible()
    for words in ("Median", "P95", "Floor $150K", "Tightest"):
        expect(page.locator(CHART).first.get_by_text(re.compile(re.escape(words)))).not_to_have_count(0)
    for name in ("Statements", "Benchmarks", "Overview"):
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("link", name=name)).to_have_attribute("aria-current", "page")
    assert outside == []
    assert faults == []


def test_a_language_switch_keeps_the_place_and_so_does_a_reload(page: Page, address: str) -> None:
    page.goto(f"{address}/?scenario=lean")
    wait_until_drawn(page)
    page.get_by_role("radio", name="中文").click()
    expect(page.locator("h1")).to_have_text("钱够用吗？")
    page.get_by_role("link", name="财务报表").click()
    expect(page.locator("h1")).to_have_text("账面会是什么样？")
    page.wait_for_url(re.compile(r"/statements\?lang=zh&plan=inkwell&scenario=lean"))
    page.reload()
    expect(page.locator("h1")).to_have_text("账面会是什么样？")
    expect(page.get_by_role("radio", name="精简")).to_be_checked()


def test_a_click_on_a_month_leads_to_its_ground(page: Page, address: str) -> None:
    page.goto(address)
    wait_until_drawn(page)
    box = page.locator(CHART).first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
    page.get_by_role("button", name="Founders: pay").click()
    expect(page.get_by_role("button", name=re.compile(r"^Cash, "))).to_be_visible()
    expect(page.get_by_text("talent.founders.headcount").first).to_be_visible()


def test_charts_follow_the_switch_to_dark_at_once(page: Page, address: str) -> None:
    page.goto(address)
    wait_until_drawn(page)
    line = page.locator(f"{CHART} .mark-line path").first
    colour = "element => getComputedStyle(element).stroke"
    light = line.evaluate(colour)
    page.locator("[data-testid=stMainMenu] button").click()
    page.locator("[data-testid=stMainMenuPopover]").get_by_text("Dark").click()
    page.wait_for_function(
        f"([path, before]) => ({colour})(document.querySelector(path)) !== before",
        arg=[f"{CHART} .mark-line path", light],
    )
    assert line.evaluate(colour) == "rgb(139, 155, 255)"


def test_a_phone_reads_every_card(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page = context.new_page()
    page.goto(address)
    wait_until_drawn(page)
    for card in page.locator("[data-testid=stMetric]").all():
        box = card.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
