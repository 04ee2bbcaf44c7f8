"""Roles: decided by the server in every run; who only reads finds nothing to change, and cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Example
from toolkit.app.access import EDITORS_VARIABLE, PROXY_VARIABLE, READ_ONLY_VARIABLE
from toolkit.errors import InputError

pytestmark = pytest.mark.usefixtures("board_on_path")
Open = Callable[..., AppTest]


def test_a_reader_of_a_read_only_server_has_nothing_to_press(
    open_app: Open, example_runs: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(READ_ONLY_VARIABLE, "1")
    app = open_app(example_runs.workspace.path, scenario="push").run()
    assert not [button for button in app.button if (button.key or "").startswith("build.")]
    app.switch_page("app_pages/plan.py").run()
    assert not app.exception
    assert "You may read this plan, not change it." in [element.value for element in app.caption]
    assert not [button for button in app.button if button.key in ("plan.save", "begin.import")]


@pytest.mark.parametrize(
    ("name", "editors", "read_only", "may_edit"),
    [
        ("ada@x.org", "ada@x.org\nben@x.org", "", True),
        ("Ada@X.org", "ada@x.org", "", True),
        ("eve@x.org", "ada@x.org", "", False),
        ("eve@x.org", "*", "", True),
        ("ada@x.org", "ada@x.org", "1", False),
        ("ada@x.org", "", "", False),
        ("", "*", "", False),
    ],
)
def test_a_named_reader_edits_only_where_listed(
    name: str, editors: str, read_only: str, may_edit: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from board import reader

    monkeypatch.setenv(EDITORS_VARIABLE, editors)
    monkeypatch.setenv(READ_ONLY_VARIABLE, read_only)
    found = reader._named(name or None)
    assert (found.name, found.may_edit) == (name or None, may_edit)
    if not may_edit:
        with pytest.raises(InputError):
            found.require_editor()


def test_nobody_without_a_name_sees_anything(
    open_app: Open, example_runs: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PROXY_VARIABLE, "X-Forwarded-Email")
    app = open_app(example_runs.workspace.path).run()
    assert not app.exception
    assert not app.metric
    assert app.subheader[0].value == "Sign in to see this workspace"


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", [], 401),
        ("/", [("X-User", "")], 401),
        ("/", [("X-User", "eve"), ("X-User", "ada")], 401),
        ("/", [("x-user", "ada")], 200),
        ("/_stcore/health", [], 200),
        ("/_stcore/metrics", [("X-User", "ada")], 404),
        ("/_stcore/agent/runs", [("X-User", "ada")], 404),
    ],
)
def test_the_server_itself_answers_only_who_is_named(
    path: str, headers: list[tuple[str, str]], status: int
) -> None:
    answer = asyncio.run(_answer(path, headers))
    assert answer.status_code == status
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


async def _answer(path: str, headers: list[tuple[str, str]]) -> httpx.Response:
    import server

    def everything(_request: object) -> PlainTextResponse:
        return PlainTextResponse("here")

    inner = Starlette(routes=[Route("/{rest:path}", everything)])
    guarded = server.SafeHeaders(server.KnownReaders(inner, "X-User"))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=guarded), base_url="http://testserver"
    ) as client:
        return await client.get(path, headers=headers)
