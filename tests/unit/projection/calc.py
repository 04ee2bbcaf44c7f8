"""LibreOffice Calc as an oracle: it computes every formula of a file anew, whatever values the file holds."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import openpyxl

# Without this setting the converter trusts the cached values of a file that it did not write itself.
ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
  <item oor:path="/org.openoffice.Office.Calc/Formula/Load">
    <prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
  </item>
</oor:items>
"""
SOFFICE = shutil.which("soffice")
Grid = list[tuple[object, ...]]


def recalculated(files: Mapping[str, bytes], folder: Path) -> dict[str, dict[str, Grid]]:
    """Values after a hard recalculation: file → sheet → rows of cells. One process does all."""
    profile, given, out = (folder / name for name in ("profile", "given", "out"))
    for path in (profile / "user", given):
        path.mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, encoding="utf-8")
    for name, content in files.items():
        (given / f"{name}.xlsx").write_bytes(content)
    command = [
        str(SOFFICE), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx",
        "--outdir", str(out), *(str(given / f"{name}.xlsx") for name in files),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    missing = [name for name in files if not (out / f"{name}.xlsx").exists()]
    if missing:
        raise RuntimeError(f"{missing}: {done.stdout}{done.stderr}")
    return {name: _grids(out / f"{name}.xlsx") for name in files}


def _grids(path: Path) -> dict[str, Grid]:
    book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
