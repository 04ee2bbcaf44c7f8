"""The page: self-contained, escaped, with working anchors; and quiet in a real browser."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from toolkit.report.build import build_document, write
from toolkit.report.context import ReportContext
from toolkit.report.writers.html import render

VOID = {"meta", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """Collects what the tests look at."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.words.append(data)


@pytest.fixture(scope="module", params=["en", "zh"])
def page(request: pytest.FixtureRequest, context: ReportContext) -> str:
    return render(build_document("business-plan", context, request.param)).decode("utf-8")


def test_the_page_is_well_formed_and_says_its_language(page: str) -> None:
    parsed = Page(page)
    assert parsed.open == []
    language = dict(parsed.tags)["html"]["lang"]
    assert language in ("en", "zh-CN")


def test_nothing_is_requested_from_outside(page: str) -> None:
    for tag, attributes in Page(page).tags:
        assert tag not in ("link", "iframe", "object", "embed", "base", "form")
        assert "src" not in attributes
        assert not any(name.startswith("on") for name in attributes)
    styles = "".join(re.findall(r"<style>(.*?)</style>", page, re.S))
    assert set(re.findall(r"url\(([^)]{0,16})", styles)) == {"data:font/woff2;"}
    assert "@import" not in styles


def test_the_policy_allows_only_our_script(page: str) -> None:
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy.startswith("default-src 'none'")
    assert f"script-src 'sha256-{digest}'" in policy


def test_every_link_within_the_page_leads_somewhere(page: str) -> None:
    tags = Page(page).tags
    ids = [attributes["id"] for _, attributes in tags if attributes.get("id")]
    anchors = {a["href"] for tag, a in tags if tag == "a" and (a["href"] or "").startswith("#")}
    assert len(anchors) > 12
    assert {f"#{one}" for one in ids} >= anchors
    assert len(ids) == len(set(ids))


def test_figures_have_words_for_who_does_not_see_them(page: str) -> None:
    tags = Page(page).tags
    pictures = [a["aria-label"] for tag, a in tags if tag == "div" and a.get("role") == "img"]
    assert len(pictures) == 15  # the cover and fourteen charts
    assert all(pictures)


def test_the_same_document_gives_the_same_page(context: ReportContext, tmp_path: Path) -> None:
    first = write(build_document("business-plan", context, "en"), "html", tmp_path / "a" / "plan.html")
    again = write(build_document("business-plan", context, "en"), "html", tmp_path / "b" / "plan.html")
    assert first.read_bytes() == again.read_bytes()


@pytest.mark.browser
def test_a_browser_requests_nothing_and_reads_a_chart(context: ReportContext, tmp_path: Path) -> None:
    """Pointing at the fan shows the numbers of that month; nothing but the file itself is requested."""
    from playwright.sync_api import sync_playwright

    path = write(build_document("business-plan", context, "en"), "html", tmp_path / "plan.html")
    requested: list[str] = []
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-quic"]
        )
        view = browser.new_page(viewport={"width": 390, "height": 800})
        view.on("request", lambda request: requested.append(request.url))
        view.on("console", lambda message: complaints.append(message.text))
        view.on("pageerror", lambda error: complaints.append(str(error)))
        view.goto(path.as_uri())
        assert view.evaluate("document.documentElement.scrollWidth") <= 390
        view.set_viewport_size({"width": 1280, "height": 900})
        chart = view.locator("#cash-fan .chart")
        chart.scroll_into_view_if_needed()
        box = chart.locator("svg").bounding_box()
        assert box is not None
        view.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        tip = chart.locator(".tip").inner_text()
        browser.close()
    assert "2028" in tip
    assert "Median" in tip
    assert requested == [path.as_uri()]
    assert complaints == []


def chromium() -> str | None:
    """Debian's browser where it is installed, else Playwright's own."""
    debian = Path("/usr/bin/chromium")
    return str(debian) if debian.exists() else None
