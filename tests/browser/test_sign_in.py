"""Signing in with an identity provider, in a real browser: strangers see nothing, who is listed edits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import PATIENCE_MS, chromium, free_port, serving
from tests.browser.provider import CLIENT, SECRET, provider
from toolkit.app.building import build, example
from toolkit.store.workspace import Workspace

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("sign-in")
    workspace = Workspace(folder / "w.duckdb")
    build(example(), workspace)
    port = free_port()
    with provider(free_port()) as issuer:
        options = ["--sign-in", str(_secrets(folder, issuer, port)), "--editor", "ada@example.org"]
        with serving(workspace.path, port=port, options=options) as server:
            yield server.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def _secrets(folder: Path, issuer: str, port: int) -> Path:
    file = folder / "secrets.toml"
    words = {
        "redirect_uri": f"http://127.0.0.1:{port}/oauth2callback",
        "cookie_secret": "thirty-two characters or some more",
        "client_id": CLIENT,
        "client_secret": SECRET,
        "server_metadata_url": f"{issuer}/.well-known/openid-configuration",
    }
    lines = [f'{key} = "{value}"' for key, value in words.items()]
    file.write_text("\n".join(["[auth]", *lines]) + "\n", encoding="utf-8")
    return file


def _sign_in(browser: Browser, address: str, name: str) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 1100}).new_page()
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    page.goto(f"{address}/plan")
    expect(page.get_by_text("Sign in to see this workspace")).to_be_visible()
    expect(page.get_by_text("Inkwell Labs")).to_have_count(0)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=name).click()
    expect(page.get_by_text("Inkwell Labs").first).to_be_visible()
    page.goto(f"{address}/plan")
    expect(page.get_by_role("button", name="Export")).to_be_visible()
    return page


def test_a_listed_reader_edits_and_signs_out(browser: Browser, address: str) -> None:
    page = _sign_in(browser, address, "Ada")
    expect(page.get_by_role("button", name="New plan")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("Sign in to see this workspace")).to_be_visible()
    expect(page.get_by_text("Inkwell Labs")).to_have_count(0)
    page.context.close()


def test_another_reader_only_reads(browser: Browser, address: str) -> None:
    page = _sign_in(browser, address, "Bob")
    expect(page.get_by_text("You may read this plan, not change it.").first).to_be_visible()
    expect(page.get_by_role("button", name="New plan")).to_have_count(0)
    page.context.close()
