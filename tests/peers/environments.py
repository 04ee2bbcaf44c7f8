"""Environments of the peers: one virtual environment each, made when it is first needed."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".venv" / "peers"  # git ignores it
SYSTEM_PYTHON = "/usr/bin/python3"  # the one for which Debian packages UNO

REQUIREMENTS = {
    "modelx": ("modelx==0.33.0", "numpy==2.4.6", "pandas==3.1.1"),
    "cashflower": ("cashflower==0.10.9",),
    # Without their dependencies, of which torch is the largest: what is missing here is ours (see SHARED).
    "optimum-benchmark": (
        "--no-deps", "optimum-benchmark==0.6.0", "transformers==4.57.6", "huggingface_hub==0.36.2",
        "datasets==4.5.0", "tokenizers==0.22.2", "accelerate==1.12.0", "hydra-core==1.3.2",
        "omegaconf==2.3.0",
        "antlr4-python3-runtime==4.9.3", "flatten_dict==0.5.0", "colorlog==6.12.0", "dill==0.4.0",
        "multiprocess==0.70.18", "xxhash==4.1.0", "psutil==7.2.2", "fsspec==2025.10.0", "filelock==4.3.1",
        "PyYAML==6.0.4", "six==1.17.0", "requests==2.34.2", "tqdm==4.70.1", "httpx", "httpcore", "anyio",
        "h11", "certifi", "idna", "sniffio", "urllib3", "charset-normalizer", "aiohttp",
    ),
}  # fmt: skip
# Finds what it lacks (torch, numpy, pandas) in the environment of this Python.
SHARED = ("optimum-benchmark",)


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
        if name in SHARED:
            beside = python.parent.parent / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
            (beside / "site-packages" / "zz_shared.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
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
