"""Environments of the peers: one virtual environment each, made when it is first needed."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".venv" / "peers"  # git ignores it
SYSTEM_PYTHON = "/usr/bin/python3"  # the one for which Debian packages UNO

REQUIREMENTS = {
    "modelx": ("modelx==0.33.0", "numpy==2.4.6", "pandas==3.1.1"),
    "cashflower": ("cashflower==0.10.9",),
}


class MissingError(Exception):
    """A peer cannot be run here; the text says why."""


def environment(name: str) -> str:
    """The Python of a peer's environment, which is made unless it is there. Raises MissingError."""
    wanted = REQUIREMENTS[name]
    folder = CACHE / f"{name}-{hashlib.sha256(repr((wanted, sys.version)).encode()).hexdigest()[:8]}"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        print(f"· making the environment of {name}", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(folder)])
        _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted])
        (folder / "complete").touch()
    return str(python)


def libreoffice() -> str:
    """A Python that reaches LibreOffice; installs Debian's packages where that is possible. Raises
    MissingError."""
    if not _has_uno():
        script = ROOT / "tests" / "system-packages.sh"
        subprocess.run(["sh", str(script), "libreoffice-calc", "python3-uno"], stdout=sys.stderr, check=False)
    if not _has_uno():
        raise MissingError("LibreOffice Calc and python3-uno are needed")
    return SYSTEM_PYTHON


def _has_uno() -> bool:
    if shutil.which("soffice") is None or not Path(SYSTEM_PYTHON).exists():
        return False
    done = subprocess.run([SYSTEM_PYTHON, "-c", "import uno"], capture_output=True, check=False)
    return done.returncode == 0


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise MissingError(" ".join(reason) or f"{command[0]} failed")
