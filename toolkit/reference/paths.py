"""Where the files beside the code lie: the checkout's folders, or the bundle inside an installed wheel.

In a checkout `data/`, `dashboards/` and `reports/` are the neighbours of the package `toolkit`. The wheel
installs `toolkit` only, so the same folders travel inside it as `toolkit/_bundle/…`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
CHECKOUT = PACKAGE.parent
BUNDLE = PACKAGE / "_bundle"
FACT_SUFFIXES = (".csv", ".yaml", ".json")
NOT_FACTS = ("examples", "templates", "corpus")


def root() -> Path:
    """The folder that holds `data/`, `dashboards/` and `reports/`: the checkout, else the wheel's bundle."""
    # `gpus.csv` and not `data` alone: site-packages may hold somebody else's folder of that name.
    return CHECKOUT if (CHECKOUT / "data" / "gpus.csv").is_file() else BUNDLE


def data_dir() -> Path:
    """The folder of the facts."""
    return root() / "data"


def templates_dir() -> Path:
    """The folder of the report templates (Typst, HTML)."""
    return root() / "reports" / "templates"


def fonts_dir() -> Path:
    """The folder of the fonts that reports embed."""
    return root() / "reports" / "fonts"


def dashboards_dir() -> Path:
    """The folder of the Streamlit pages."""
    return root() / "dashboards"


def fact_files(directory: Path) -> list[Path]:
    """Every file of facts under `directory`, in the order of its name; examples and corpora are not facts."""
    found = (path for path in directory.rglob("*") if path.suffix in FACT_SUFFIXES and path.is_file())
    return sorted(path for path in found if path.relative_to(directory).parts[0] not in NOT_FACTS)


@cache
def data_hash(directory: Path | None = None) -> str:
    """SHA-256 over names and bytes of the facts, as 64 hexadecimal digits.

    A run keeps it: the same hash means the same facts, on whatever machine the files lie.
    """
    import hashlib  # loaded late: it brings in OpenSSL

    directory = directory or data_dir()
    digest = hashlib.sha256()
    for path in fact_files(directory):
        content = path.read_bytes()
        name = path.relative_to(directory).as_posix()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
