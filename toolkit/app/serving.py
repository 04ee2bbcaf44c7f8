"""Serve the dashboards: Streamlit as a child process, on this machine only unless readers are known.

Whoever reaches the port can read the whole workspace, so any address but a loopback one is refused before
anything listens, unless the server knows who is there (`toolkit.app.access`). Everything that can be wrong is
found first and said in one sentence: the address, a workspace that cannot be used, a port that is taken. A
workspace that is not there yet is no fault: the pages then say how to begin.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from toolkit.app.access import (
    EDITORS_VARIABLE,
    OPEN,
    PROXY_VARIABLE,
    READ_ONLY_VARIABLE,
    SIGN_IN_VARIABLE,
    Access,
    allowed_hosts,
    host_of,
)
from toolkit.errors import DeviceError, InputError, Problem
from toolkit.reference.paths import CHECKOUT, dashboards_dir
from toolkit.store.workspace import Workspace, schema_version
from toolkit.text import Language, t

WORKSPACE_VARIABLE = "GROUNDPLAN_WORKSPACE"  # how the pages learn where the workspace is
LANGUAGE_VARIABLE = "GROUNDPLAN_LANG"
ATTENDED_VARIABLE = "GROUNDPLAN_ATTENDED"  # set: the server ends when its standard input does
# Who may do what is said by the command alone, not by what happens to stand in the environment.
_ACCESS_VARIABLES = (READ_ONLY_VARIABLE, PROXY_VARIABLE, SIGN_IN_VARIABLE, EDITORS_VARIABLE)
ENTRY = "server.py"
START_S = 60.0  # until the server answers: a cold machine loads Streamlit from disk first
STOP_S = 5.0
# Said again as flags, which no file and no variable of the reader's machine overrides.
SAFE_SETTINGS = {
    "server.headless": "true",
    "server.enableCORS": "true",
    "server.enableXsrfProtection": "true",
    "server.enableStaticServing": "true",
    "server.enableAgentApi": "false",
    "server.fileWatcherType": "none",
    "server.maxUploadSize": "20",
    "browser.gatherUsageStats": "false",
    "client.showErrorDetails": "type",
    "client.toolbarMode": "minimal",
    "global.developmentMode": "false",
    "global.disableWidgetStateDuplicationWarning": "true",  # a choice kept in the session is what is meant
    "logger.level": "warning",
    "logger.enableRich": "false",  # rich writes a traceback to standard output, which nobody reads
}


def serve(
    workspace: Workspace,
    port: int,
    address: str = "127.0.0.1",
    language: Language = "en",
    access: Access = OPEN,
) -> int:
    """Serve the pages until Ctrl-C; returns 0 then.

    Raises InputError for an address that others could reach and for a port that cannot be had, StoreError for
    a workspace that cannot be used, DeviceError when the server does not start.
    """
    host = host_of(address, access)
    if workspace.exists:
        schema_version(workspace)
    check_port(host, port)
    with _stopped_by_signals(), _server(workspace, host, port, language, access) as server:
        try:
            _wait_until_ready(server, host, port)
            _say(t("dashboard.serving.ready", language, url=address_of(host, port)))
            if not workspace.exists:
                _say(t("store.missing.problem", language, file=workspace.path))
            code = server.wait()
        except KeyboardInterrupt:
            _say(t("dashboard.serving.stopped", language))
            return 0
    raise DeviceError([Problem("dashboard.not_running", values={"code": code})])


def check_port(host: str, port: int) -> None:
    """Raise InputError when the port cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name == "posix":  # a port that was closed a moment ago is free; on Windows the flag means more
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = error.strerror or str(error)
            values = {"port": port, "address": host, "reason": reason}
            raise InputError([Problem("dashboard.port", "port", values=values)]) from None


def address_of(host: str, port: int) -> str:
    """What to open in a browser."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def command_line(host: str, port: int, access: Access = OPEN) -> list[str]:
    """How Streamlit is started."""
    settings = {**SAFE_SETTINGS, "server.address": host, "server.port": str(port)}
    if access.sign_in is not None:
        settings["secrets.files"] = str(access.sign_in.resolve())
    flags = [f"--{name}={value}" for name, value in settings.items()]
    flags += [f"--server.allowedHosts={name}" for name in allowed_hosts(host, access)]
    # -P: a file in the folder where the command was called must not stand in for a library.
    return [sys.executable, "-P", "-m", "streamlit", "run", str(dashboards_dir() / ENTRY), *flags]


def environment(workspace: Workspace, language: Language, access: Access = OPEN) -> dict[str, str]:
    """What the server's process knows: the workspace, the language, and this very toolkit."""
    foreign = ("STREAMLIT_", *_ACCESS_VARIABLES)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    paths = [str(CHECKOUT), *kept.get("PYTHONPATH", "").split(os.pathsep)]
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        WORKSPACE_VARIABLE: str(workspace.path),
        LANGUAGE_VARIABLE: language,
        ATTENDED_VARIABLE: "1",
        **access.environment(),
    }


@contextmanager
def _server(
    workspace: Workspace, host: str, port: int, language: Language, access: Access
) -> Iterator[subprocess.Popen[bytes]]:
    """The server's process, stopped at the end.

    It runs in the folder of the pages, so that no `.streamlit` folder of the place where the command was
    called has a say. Ctrl-C reaches this process only, which ends the server; should this process be killed,
    the server's standard input ends, and with it the server.
    """
    process = subprocess.Popen(
        command_line(host, port, access),
        cwd=dashboards_dir(),
        env=environment(workspace, language, access),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.kill()
        process.wait()
    if process.stdin:
        process.stdin.close()


def _wait_until_ready(process: subprocess.Popen[bytes], host: str, port: int) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if (code := process.poll()) is not None:
            raise DeviceError([Problem("dashboard.not_running", values={"code": code})])
        if _answers(host, port):
            return
        time.sleep(0.1)
    raise DeviceError([Problem("dashboard.not_ready", values={"seconds": START_S})])


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == http.client.OK
    return False


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Treat a request to end (`kill`, a closed terminal) as Ctrl-C, unless it is to be ignored (`nohup`)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    known = [
        getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
    ]  # not on Windows
    heeded = [one for one in known if signal.getsignal(one) is not signal.SIG_IGN]
    before = {one: signal.signal(one, interrupt) for one in heeded}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
