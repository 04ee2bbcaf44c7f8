"""Speed of the dashboards: `python -m tests.peers dashboard [--large] [--seconds 30]`.

    first chart    from the request to the first chart, in a browser that never was here, and once more
    click          from a click on a scenario to the repainted figures, median of several
    20 clients     WebSocket clients on the overview that each click every two seconds: p50 and p95
    script         one run of each page's script with everything known, by itself
    memory         resident memory of the server after all of it, and of its workers

What happens in the browser is watched frame by frame in the page itself: the driver's own waiting asks again
after pauses of up to half a second. A click counts from the browser's event.

`--large` adds a million measurements and a thousand runs to the workspace first.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page
from rich.console import Console
from rich.table import Table

from tests.browser.chromium import CHART, chromium, served, wait_until_at_rest
from toolkit.app.access import READ_ONLY_VARIABLE
from toolkit.app.building import build, example
from toolkit.app.serving import LANGUAGE_VARIABLE, WORKSPACE_VARIABLE
from toolkit.reference.paths import dashboards_dir
from toolkit.store.workspace import Workspace

CLIENTS, PAUSE_S = 20, 2.0
CLICKS, SCRIPT_RUNS = 8, 5
BUSY_MS = 240_000  # a machine that others use is waited for; its figures say so themselves
MEASUREMENTS, RUNS = 1_000_000, 1_000
DRAWN = "selector => document.querySelector(selector)?.getBoundingClientRect().width > 0"  # asked each frame
WATCH_CLICK = """() => {
  const figure = () => document.querySelectorAll('[data-testid=stMetricValue]')[3]?.innerText;
  const before = figure();
  window.repainted = new Promise(resolve => addEventListener('click', event => {
    const look = () => {
      const now = figure();
      if (now && now !== before) resolve(performance.now() - event.timeStamp);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, {capture: true, once: true}));
}"""
LIMITS = {  # seconds, or megabytes
    "first chart, cold browser": 3.0,
    "first chart, warm": 1.0,
    "click, median": 0.2,
    "20 clients, p95": 0.8,
    "slowest script, warm": 0.1,
    "memory of the server, MB": 600.0,
}


@dataclass
class Found:
    """What was measured: name → value in seconds or megabytes; `scripts` by page."""

    values: dict[str, float] = field(default_factory=dict)
    scripts: dict[str, float] = field(default_factory=dict)


def show(large: bool, seconds: float) -> int:
    """Measure, print one table, and return 1 where a limit is passed."""
    with tempfile.TemporaryDirectory(prefix="groundplan-speed-") as folder:
        workspace = Workspace(Path(folder) / "w.duckdb")
        for scenario in ("lean", "base"):
            build(example(), workspace, scenario=scenario)
        if large:
            _say("a million measurements and a thousand runs")
            enlarge(workspace)
        found = Found()
        with served(workspace.path) as url:
            _say("a browser")
            with chromium() as browser:
                _in_browser(browser, url, found)
            _say(f"{CLIENTS} clients for {seconds:g} s")
            _clients(url, seconds, found)
            found.values["memory of the server, MB"], found.values["of its workers, MB"] = _memory(url)
        _say("the script of each page")
        found.scripts = _scripts(workspace)
        found.values["slowest script, warm"] = max(found.scripts.values())
    _print(found)
    return int(any(found.values[name] > limit for name, limit in LIMITS.items()))


def enlarge(workspace: Workspace, measurements: int = MEASUREMENTS, runs: int = RUNS) -> None:
    """Copies of one measurement under other ids and days, and of one run under other ids."""
    record = (
        '{"workload": {"model": "gpt2", "mode": "train", "dtype": "fp32", "batch": 4, "tokens": 128, '
        '"unit": "token", "options": []}, "device": {"kind": "cpu", "name": "peer", "gpu_id": null, '
        '"count": 1}, "value": 250.0, "low": 240.0, "high": 260.0, "work_per_step": 512.0, '
        '"block_seconds": [[2.0, 2.1]], "stop_reason": "precision", "measured_at": "'
    )
    with workspace.write() as connection:
        connection.execute(
            "insert into measurement select 'm-' || i, 'gpt2', 'train', 'fp32', 4, 128, 'token', 'cpu', "
            "'peer', null, 1, 250.0, 240.0, 260.0, null, null, null, 'live', moment, "
            "? || moment || '\"}', '[]' from (select i, strftime(timestamp '2026-01-01' + "
            "interval (i) second, '%Y-%m-%dT%H:%M:%S+00:00') as moment "
            f"from range({measurements}) t(i))",
            [record],
        )
        (run,) = connection.execute("select id from run limit 1").fetchall()[0]
        times = f"range(1, {runs}) copies(i)"
        # The copies are older: what is shown stays what was built.
        connection.execute("update build set number = number + ?", [runs])
        connection.execute(f"insert into build select i, 'r-copy' || i, timestamp '2026-01-01' from {times}")
        for table, key in (("run", "id"), ("run_line", "run"), ("run_fan", "run"), ("run_compute", "run")):
            connection.execute(
                f"insert into {table} select t.* replace ('r-copy' || i as {key}) from {table} t, {times} "
                f"where t.{key} = ?",
                [run],
            )


def _in_browser(browser: Browser, url: str, found: Found) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 1100})
    context.set_default_timeout(BUSY_MS)
    page = context.new_page()
    page.goto("about:blank")
    for name in ("first chart, cold browser", "first chart, warm"):
        began = time.perf_counter()
        page.goto(f"{url}/?scenario=base")
        page.wait_for_function(DRAWN, arg=CHART)
        found.values[name] = time.perf_counter() - began
        wait_until_at_rest(page)
    found.values["click, median"] = statistics.median(_clicks(page))
    context.close()


def _clicks(page: Page) -> Iterator[float]:
    """Seconds from a click on a scenario to its figures."""
    for count in range(CLICKS):
        page.evaluate(WATCH_CLICK)
        page.get_by_role("radio", name="Lean" if count % 2 == 0 else "Base").click()
        milliseconds: float = page.evaluate("() => window.repainted")
        yield milliseconds / 1000
        wait_until_at_rest(page)


def _clients(url: str, seconds: float, found: Found) -> None:
    """Many readers at once, each of whom changes the scenario again and again."""
    taken: list[float] = []
    threads = [
        threading.Thread(target=_client, args=(url, seconds, place * PAUSE_S / CLIENTS, taken))
        for place in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ordered = sorted(taken)
    found.values["20 clients, p50"] = ordered[len(ordered) // 2]
    found.values["20 clients, p95"] = ordered[int(0.95 * len(ordered))]
    found.values["clicks of clients"] = float(len(ordered))


def _client(url: str, seconds: float, delay: float, taken: list[float]) -> None:
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from websockets.sync.client import connect

    address = url.replace("http", "ws") + "/_stcore/stream"
    time.sleep(delay)
    with connect(address, subprotocols=["streamlit"], max_size=None, origin=url) as socket:  # type: ignore[list-item,arg-type]
        end = time.monotonic() + seconds
        count = 0
        while time.monotonic() < end:
            message = BackMsg()
            message.rerun_script.query_string = f"scenario={'lean' if count % 2 else 'base'}&lang=en"
            began = time.perf_counter()
            socket.send(message.SerializeToString())
            _until_finished(socket)
            if count:  # the first run opens the session
                taken.append(time.perf_counter() - began)
            count += 1
            time.sleep(PAUSE_S)


def _until_finished(socket: object) -> None:
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    while True:
        data = socket.recv(timeout=60)  # type: ignore[attr-defined]
        message = ForwardMsg()
        message.ParseFromString(data)
        if message.WhichOneof("type") == "script_finished":
            return


def _memory(url: str) -> tuple[float, float]:
    """Resident megabytes of the server that listens on the port of `url`, and of its children."""
    port = url.rpartition(":")[2]
    server = workers = 0.0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_text().replace("\0", " ")
                status = (entry / "status").read_text()
            except OSError:
                continue
            resident = int(status.split("VmRSS:")[1].split()[0]) / 1024 if "VmRSS:" in status else 0.0
            if f"--server.port={port}" in command:
                server += resident
            elif "toolkit.app.job_worker" in command and _is_ours(entry.name, port):
                workers += resident
    return server, workers


def _is_ours(process: str, port: str) -> bool:
    try:
        parent = Path(f"/proc/{process}/status").read_text().split("PPid:")[1].split()[0]
        return f"--server.port={port}" in Path(f"/proc/{parent}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return False


def _scripts(workspace: Workspace) -> dict[str, float]:
    """Processor seconds of one run of each page's script, everything known: the median of several."""
    from streamlit.testing.v1 import AppTest

    with _as_served(workspace):
        app = AppTest.from_file(str(dashboards_dir() / "app.py"), default_timeout=300)
        app.run()
        found = {}
        for page in sorted(path.stem for path in (dashboards_dir() / "app_pages").glob("*.py")):
            app.switch_page(f"app_pages/{page}.py").run()
            for _ in range(60):  # until its jobs are done
                if not any((button.key or "").startswith("work.") for button in app.button):
                    break
                time.sleep(0.5)
                app.run()
            times = []
            for _ in range(SCRIPT_RUNS):
                began = time.process_time()
                app.run()
                times.append(time.process_time() - began)
            found[page] = statistics.median(times)
    return found


@contextmanager
def _as_served(workspace: Workspace) -> Iterator[None]:
    os.environ[WORKSPACE_VARIABLE], os.environ[LANGUAGE_VARIABLE] = str(workspace.path), "en"
    os.environ.pop(READ_ONLY_VARIABLE, None)
    sys.path.insert(0, str(dashboards_dir()))
    yield


def _print(found: Found) -> None:
    table = Table(box=None, pad_edge=False)
    for head, side in (("what", "left"), ("measured", "right"), ("limit", "right")):
        table.add_column(head, justify=side)  # type: ignore[arg-type]
    for name, value in found.values.items():
        is_count = "MB" in name or name.startswith("clicks")
        limit = LIMITS.get(name)
        form = "{:,.0f}" if is_count else "{:.3f} s"
        table.add_row(name, form.format(value), "" if limit is None else form.format(limit))
    for page, value in sorted(found.scripts.items(), key=lambda item: -item[1]):
        table.add_row(f"script of {page}, warm", f"{value:.3f} s", f"{LIMITS['slowest script, warm']:.3f} s")
    Console(width=100).print(table)


def _say(words: str) -> None:
    print(f"· {words}", file=sys.stderr, flush=True)
