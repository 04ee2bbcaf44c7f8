"""The server: the pages behind headers that keep the reader's browser at home.

Where a proxy names the readers, whoever it has not named gets no answer at all (`KnownReaders`).

A page is one entry of the browser's history, whatever is chosen on it, so that "back" leads to the page
before. Streamlit makes an entry each time that a script writes the address, and has no setting for it; so the
HTML that it serves for every page carries `assets/history.js` here, before Streamlit's own scripts.

The content policy allows this server and nothing else, so a picture in somebody's plan, a font or a script
from elsewhere is not fetched even if one slipped into a page. Streamlit draws charts with generated functions
and styles of its own: `unsafe-eval` and inline styles stay allowed, other people's frames do not.

    GROUNDPLAN_WORKSPACE=groundplan.duckdb streamlit run dashboards/server.py
"""

from __future__ import annotations

import gc
import importlib
import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util

from toolkit.app.access import PROXY_VARIABLE
from toolkit.app.serving import ATTENDED_VARIABLE
from toolkit.errors import GroundplanError

HERE = Path(__file__).parent
ROOT = '<div id="root">'  # where Streamlit's scripts draw; they run after every script that stands before it
POLICY = "; ".join(
    (
        "default-src 'self'",
        "frame-src 'self' data:",
        "script-src 'self' 'unsafe-eval' 'unsafe-inline' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


CLOSED = ("/_stcore/metrics", "/_stcore/agent")  # of Streamlit; nobody needs them here
HEALTH = "/_stcore/health"
NOT_FOUND, UNAUTHORISED = 404, 401


class KnownReaders:
    """Answers nobody whom the proxy in front has not named, over HTTP or WebSocket; without a `header`,
    everybody.

    A header that comes twice names nobody: a proxy that adds its own to the client's does not protect.
    """

    def __init__(self, app: ASGIApp, header: str | None) -> None:
        self.app = app
        self.header = None if header is None else header.lower().encode("latin-1")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
        elif scope["path"].startswith(CLOSED):
            await _refuse(scope, receive, send, NOT_FOUND)
        elif scope["path"] != HEALTH and not self._is_named(scope):
            await _refuse(scope, receive, send, UNAUTHORISED)
        else:
            await self.app(scope, receive, send)

    def _is_named(self, scope: Scope) -> bool:
        if self.header is None:
            return True
        found = [value.strip() for name, value in scope["headers"] if name == self.header]
        return len(found) == 1 and bool(found[0])


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await PlainTextResponse("", status)(scope, receive, send)


class SafeHeaders:
    """Adds `HEADERS` to every answer over HTTP."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def html_of_the_pages() -> str:
    """Streamlit's HTML with our script in it. Raises RuntimeError when there is no place for it any more."""
    html = Path(file_util.get_static_dir(), "index.html").read_text(encoding="utf-8")
    script = (HERE / "assets" / "history.js").read_text(encoding="utf-8")
    if html.count(ROOT) != 1:
        raise RuntimeError(f"Streamlit's HTML has no single {ROOT}")
    return html.replace(ROOT, f"<script>\n{script}</script>\n{ROOT}")


def page_routes() -> list[Route]:
    """The address of every page, and that of the first, before Streamlit's own routes."""
    html = html_of_the_pages()

    def answer(_request: Request) -> Response:
        return HTMLResponse(html, headers={"Cache-Control": "no-cache"})

    names = sorted(path.stem for path in (HERE / "app_pages").glob("*.py"))
    return [Route(f"/{name}", answer) for name in ("", *names)]


def end_with_the_command() -> None:
    """End when the command that started this server has ended, in whatever way: it holds the other end of our
    standard input."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def prepare() -> None:
    """Load what every page needs and read what the first one shows before the first reader asks, and keep it
    out of later garbage collections: it stays as long as the server does."""
    if str(HERE) not in sys.path:
        sys.path.insert(0, str(HERE))
    for name in PREPARED:
        with suppress(ImportError):  # Streamlit's own modules may be called otherwise one day
            importlib.import_module(name)
    from board import place, reading

    # Streamlit warns of a cache that is filled outside of a reader's run: here that is what is meant.
    name = threading.current_thread().name
    logging.getLogger(CONTEXT_LOGGER).addFilter(lambda record: record.threadName != name)
    with suppress(GroundplanError):  # the page says it
        reading.read_ahead(place.workspace())
    gc.collect()
    gc.freeze()


CONTEXT_LOGGER = "streamlit.runtime.scriptrunner_utils.script_run_context"
PREPARED = (
    *("board.frame", "board.figures", "board.panels", "board.charts", "board.tables"),
    *("streamlit.emojis", "streamlit.material_icon_names", "babel.dates", "babel.numbers", "PIL.Image"),
)
threading.Thread(target=prepare, daemon=True).start()
if os.environ.get(ATTENDED_VARIABLE):
    threading.Thread(target=end_with_the_command, daemon=True).start()

app = st.App(
    HERE / "app.py",
    routes=page_routes(),
    middleware=[Middleware(SafeHeaders), Middleware(KnownReaders, header=os.environ.get(PROXY_VARIABLE))],
)
