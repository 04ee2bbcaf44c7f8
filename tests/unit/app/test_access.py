"""Access: no address that others reach without knowing who they are, and no settings that cannot protect."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.app.access import OPEN, Access, allowed_hosts, host_of
from toolkit.app.serving import command_line, environment
from toolkit.errors import InputError
from toolkit.store.workspace import Workspace

SECRETS = """[auth]
redirect_uri = "https://plan.example.org/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "groundplan"
client_secret = "secret"
server_metadata_url = "https://id.example.org/.well-known/openid-configuration"
"""


def problems(access: Access, address: str = "127.0.0.1") -> list[str]:
    with pytest.raises(InputError) as refusal:
        host_of(address, access)
    return [one.id.removeprefix("dashboard.") for one in refusal.value.problems]


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    pytest.importorskip("authlib")
    file = tmp_path / "secrets.toml"
    file.write_text(SECRETS, encoding="utf-8")
    return file


def test_others_get_in_only_where_readers_are_known(secrets: Path) -> None:
    assert problems(OPEN, "0.0.0.0") == ["address"]
    assert problems(Access(read_only=True), "0.0.0.0") == ["address"], "read only is still everybody's"
    assert host_of("0.0.0.0", Access(proxy_header="X-Forwarded-Email")) == "0.0.0.0"
    assert host_of("0.0.0.0", Access(sign_in=secrets)) == "0.0.0.0"
    assert problems(Access(proxy_header="X-User"), "example.org") == ["address"]


def test_what_cannot_protect_is_refused_all_at_once(secrets: Path) -> None:
    assert problems(Access(proxy_header="X-User", sign_in=secrets)) == ["two_ways"]
    assert problems(Access(proxy_header="X User\r\nEvil: 1")) == ["header"]
    assert problems(Access(editors=("ada",))) == ["editors"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("nonsense =", ["secrets_unreadable"]),
        ("[auth]\nclient_id = 'x'", ["secrets"]),
        (SECRETS.replace("0123456789abcdef0123456789abcdef", "short"), ["cookie_secret"]),
    ],
)
def test_secrets_are_checked_before_anything_listens(secrets: Path, text: str, found: list[str]) -> None:
    secrets.write_text(text, encoding="utf-8")
    assert problems(Access(sign_in=secrets)) == found


def test_the_server_is_told_who_may_do_what(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GROUNDPLAN_EDITORS", "*")
    monkeypatch.setenv("GROUNDPLAN_PROXY_HEADER", "X-Anything")
    workspace = Workspace(tmp_path / "w.duckdb")
    told = environment(workspace, "en", Access(proxy_header="X-User", editors=("ada", "ben")))
    assert (told["GROUNDPLAN_PROXY_HEADER"], told["GROUNDPLAN_EDITORS"]) == ("X-User", "ada\nben")
    assert "GROUNDPLAN_PROXY_HEADER" not in environment(workspace, "en"), "the environment has no say"


def test_a_name_of_somebody_elses_is_not_answered_on_loopback(secrets: Path) -> None:
    assert allowed_hosts("127.0.0.1", OPEN) == ("127.0.0.1", "localhost", "::1")
    assert allowed_hosts("0.0.0.0", Access(proxy_header="X-User")) == ("*",)
    hosts = allowed_hosts("0.0.0.0", Access(proxy_header="X-User", hosts=("plan.example.org",)))
    assert "plan.example.org" in hosts
    assert "*" not in hosts
    assert f"--secrets.files={secrets}" in command_line("0.0.0.0", 8501, Access(sign_in=secrets))
