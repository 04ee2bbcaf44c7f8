"""Serving: what is refused before anything listens, and an end that leaves nothing behind."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolkit.app.access import OPEN, host_of
from toolkit.app.serving import _stopped_by_signals, address_of, check_port, command_line, environment, serve
from toolkit.errors import InputError, StoreError
from toolkit.reference.paths import CHECKOUT
from toolkit.store.workspace import Workspace
from toolkit.text import LANGUAGES


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    "address", ["0.0.0.0", "::", "192.168.1.7", "10.0.0.1", "example.org", "", "127.0.0.1.example.org", "*"]
)
def test_an_address_that_others_reach_is_refused_before_listening(address: str, tmp_path: Path) -> None:
    port = free_port()
    with pytest.raises(InputError) as refusal:
        serve(Workspace(tmp_path / "w.duckdb"), port, address, "en")
    (problem,) = refusal.value.problems
    assert problem.id == "dashboard.address"
    assert all("127.0.0.1" in problem.mend(language) for language in LANGUAGES)
    check_port("127.0.0.1", port)  # nobody listens


@pytest.mark.parametrize(
    ("address", "meant"),
    [("127.0.0.1", "127.0.0.1"), ("localhost", "127.0.0.1"), ("127.0.0.2", "127.0.0.2"), ("::1", "::1")],
)
def test_loopback_addresses_are_taken(address: str, meant: str) -> None:
    assert host_of(address, OPEN) == meant


def test_the_command_refuses_with_exit_code_1() -> None:
    command = [sys.executable, "-m", "toolkit.cli.main", "dashboard", "--address", "0.0.0.0", "--json"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert '"field": "address"' in done.stdout
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(InputError) as refusal:
            serve(Workspace(tmp_path / "w.duckdb"), port)
    assert refusal.value.problems[0].values["port"] == port


def test_an_alien_workspace_is_refused_and_left_alone(tmp_path: Path) -> None:
    alien = tmp_path / "notes.txt"
    alien.write_text("not a database", encoding="utf-8")
    with pytest.raises(StoreError) as refusal:
        serve(Workspace(alien), free_port())
    assert refusal.value.problems[0].id == "store.not_a_workspace"
    assert alien.read_text(encoding="utf-8") == "not a database"


def test_the_reader_s_own_settings_have_no_say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", "0.0.0.0")
    assert not [
        name for name in environment(Workspace(tmp_path / "w.duckdb"), "en") if name.startswith("STREAMLIT")
    ]
    flags = command_line("127.0.0.1", 8501)
    assert "--server.address=127.0.0.1" in flags
    assert "--browser.gatherUsageStats=false" in flags


def test_a_fault_of_a_page_is_told_where_the_command_was_called() -> None:
    """Streamlit's handler, under the settings of the server: standard output is thrown away there."""
    flags = [flag for flag in command_line("127.0.0.1", 8501) if flag.startswith("--logger")]
    options = "".join(
        f"config.set_option({name!r}, {text!r})\n" for name, text in (flag[2:].split("=") for flag in flags)
    ).replace("'false'", "False")
    script = (
        f"from streamlit import config\n{options}from streamlit import error_util\n"
        "try:\n    {}['nowhere']\n"
        "except KeyError as error:\n    error_util.handle_uncaught_app_exception(error)"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "KeyError: 'nowhere'" in found.stderr


def test_an_address_is_written_as_a_browser_takes_it() -> None:
    assert address_of("127.0.0.1", 8501) == "http://127.0.0.1:8501"
    assert address_of("::1", 8501) == "http://[::1]:8501"


def heed_interrupts() -> None:
    """In the child: where the tests run in the background, it would inherit that Ctrl-C is to be ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_a_closed_terminal_is_ignored_where_it_is_to_be() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with _stopped_by_signals():
            signal.raise_signal(signal.SIGHUP)
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`groundplan dashboard` on no workspace, called in a folder with settings and a trap of its own."""
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text('[server]\naddress = "0.0.0.0"\n', encoding="utf-8")
    (tmp_path / "streamlit.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    port = free_port()
    command = [sys.executable, "-P", "-m", "toolkit.cli.main", "dashboard"]
    process = subprocess.Popen(
        [*command, "--workspace", "w.duckdb", "--port", str(port)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts,
    )
    try:
        yield process, port
    finally:
        process.kill()
        process.wait()
        process.stderr.close()  # type: ignore[union-attr]


def test_it_ends_even_when_its_command_is_killed(served: tuple[subprocess.Popen[str], int]) -> None:
    process, port = served
    assert process.stderr is not None
    process.stderr.readline()
    process.kill()
    assert not _still_listening(port)


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_only_here_and_ends_cleanly(
    served: tuple[subprocess.Popen[str], int], end: signal.Signals
) -> None:
    process, port = served
    assert process.stderr is not None
    assert process.stderr.readline().startswith(f"Dashboards: http://127.0.0.1:{port}")
    assert "no workspace" in process.stderr.readline()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/")
    answer = connection.getresponse()
    assert "frame-ancestors 'none'" in (answer.getheader("Content-Security-Policy") or "")
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    connection.close()
    assert _listeners(port) == {"127.0.0.1"}
    process.send_signal(end)
    assert process.wait(timeout=20) == 0
    assert process.stderr.read() == "The dashboards have ended.\n"
    assert not _still_listening(port)


def _still_listening(port: int) -> bool:
    """Whether somebody listens at `port` for ten seconds more: the server outlived its command."""
    deadline = time.monotonic() + 10
    while _listeners(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(_listeners(port))


def _listeners(port: int) -> set[str]:
    """The addresses on which somebody listens at `port` (Linux; elsewhere what can be connected to)."""
    table = Path("/proc/net/tcp")
    if not table.exists():
        with socket.socket() as probe:
            return {"127.0.0.1"} if probe.connect_ex(("127.0.0.1", port)) == 0 else set()
    rows = [
        row.split() for name in ("tcp", "tcp6") for row in table.with_name(name).read_text().splitlines()[1:]
    ]
    found = [row[1].split(":")[0] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port]
    return {".".join(str(int(found_one[i : i + 2], 16)) for i in (6, 4, 2, 0)) for found_one in found}
