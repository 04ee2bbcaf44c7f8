"""LibreOffice Calc over UNO: a workbook with live formulas; inputs are set and cash is read, draw by draw.

Runs in the Python that LibreOffice brings (`import uno`); the workbook is given as the argument.
"""

from __future__ import annotations

import array
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import uno

from tests.peers.formulas import load
from tests.peers.serve import serve

CHUNK = 20
STARTED = 60  # seconds that the office may take to start


def start(folder: str) -> tuple[subprocess.Popen[bytes], Any]:
    """A headless office with its own profile, and its desktop."""
    pipe = f"groundplan{os.getpid()}"
    process = subprocess.Popen(
        [
            "soffice", "--headless", "--norestore", "--nologo", f"-env:UserInstallation=file://{folder}",
            f"--accept=pipe,name={pipe};urp;",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    for _ in range(STARTED * 5):
        try:
            remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except Exception:  # NoConnectException has no class here until the bridge is up
            time.sleep(0.2)
            continue
        return process, remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)
    process.kill()
    raise RuntimeError("LibreOffice does not start")


def office_peak_mb(profile: str) -> float:
    """The most memory that the office has held (its launcher starts another process)."""
    peak = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if profile.encode() in (status.parent / "cmdline").read_bytes():
                found = re.search(r"VmHWM:\s+(\d+)", status.read_text())
                peak = max(peak, int(found[1]) / 1024 if found else 0.0)
        except OSError:
            continue
    return peak


def version() -> str:
    """The version of the office."""
    done = subprocess.run(["soffice", "--version"], capture_output=True, text=True, check=False)
    words = done.stdout.split()
    return words[1] if len(words) > 1 else "unknown"


def main() -> None:
    work = load()
    with tempfile.TemporaryDirectory(prefix="groundplan-peers-") as folder:
        process, desktop = start(folder)
        try:
            hidden = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
            hidden.Name, hidden.Value = "Hidden", True
            document = desktop.loadComponentFromURL(Path(sys.argv[1]).as_uri(), "_blank", 0, (hidden,))
            document.calculateAll()
            given = document.Sheets.getByName("Inputs").getCellRangeByName(f"B1:B{len(work.inputs)}")
            cash = document.Sheets.getByName("Cash").getCellRangeByPosition(1, 0, work.months, 0)

            def prepare(data: bytes, _count: int) -> list[Any]:
                values = array.array("d", data)
                size = len(work.inputs)
                return [tuple((x,) for x in values[i : i + size]) for i in range(0, len(values), size)]

            def run(draws: list[Any]) -> list[Any]:
                found = []
                for draw in draws:
                    given.setDataArray(draw)
                    found.append(cash.getDataArray()[0])
                return found

            def finish(found: list[Any]) -> bytes:
                return b"".join(array.array("d", row).tobytes() for row in found)

            serve("LibreOffice", version(), CHUNK, prepare, run, finish, lambda: office_peak_mb(folder))
            document.close(True)
        finally:
            process.terminate()
            process.wait(30)


if __name__ == "__main__":
    main()
