"""A real Chromium on the dashboards: a server on a free port, a browser that notes every request, waiting for
charts. Shared by the smoke test and by the script that takes the README's screenshots."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from toolkit.reference.paths import CHECKOUT

DEBIAN = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHART = "[data-testid=stVegaLiteChart] svg"
PATIENCE_MS = 60_000
BUSY = "[data-testid=stStatusWidget], [data-testid=stProgress], [data-testid=stSkeleton]"
REST_MS, RESTS = 250, 3  # it rests when it is quiet so many times in a row


@dataclass(frozen=True)
class Server:
    """The command `groundplan dashboard`, and where it serves."""

    process: subprocess.Popen[str]
    url: str


@contextmanager
def served(workspace: Path, language: str = "en") -> Iterator[str]:
    """`groundplan dashboard` on a workspace; gives its address."""
    with serving(workspace, language) as server:
        yield server.url


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def serving(
    workspace: Path, language: str = "en", port: int | None = None, options: Sequence[str] = ()
) -> Iterator[Server]:
    """`groundplan dashboard` on a workspace, with its process."""
    port = port or free_port()
    command = [sys.executable, "-P", "-m", "toolkit.cli.main", "dashboard", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--workspace", str(workspace), "--lang", language, *options],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        first = process.stderr.readline() if process.stderr else ""
        if str(port) not in first:
            raise RuntimeError(f"the dashboards did not start: {first}")
        yield Server(process, f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait()
        if process.stderr:
            process.stderr.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, else Playwright's own. Raises playwright's Error when there is neither."""
    with sync_playwright() as playwright:
        path = str(DEBIAN) if DEBIAN.exists() else None
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def requests_outside(page: Page, address: str) -> list[str]:
    """A list that fills with every address outside the server that the page asks for."""
    found: list[str] = []

    def note(url: str) -> None:
        if not url.startswith((address, address.replace("http", "ws"), "data:", "blob:")):
            found.append(url)

    page.on("request", lambda request: note(request.url))
    page.on("websocket", lambda socket: note(socket.url))
    return found


def wait_until_drawn(page: Page) -> None:
    """Until the first chart stands and the script rests."""
    page.locator(CHART).first.wait_for(timeout=PATIENCE_MS)
    page.locator("[data-testid=stStatusWidget]").wait_for(state="detached", timeout=PATIENCE_MS)


def wait_until_at_rest(page: Page) -> None:
    """Until the script rests and no job of the page is under way; a page may ask several in turn."""
    quiet = 0
    for _ in range(PATIENCE_MS // REST_MS):
        page.wait_for_timeout(REST_MS)
        busy = page.locator(BUSY).count()
        quiet = 0 if busy else quiet + 1
        if quiet >= RESTS:
            return
    raise TimeoutError(page.url)
