"""Where the report's fonts and templates are: in the checkout, or inside the installed wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


@cache
def reports_dir() -> Path:
    """The folder with `templates/` and `fonts/`: `toolkit/_bundle/reports` in a wheel, else `reports/`."""
    bundled = PACKAGE / "_bundle" / "reports"
    return bundled if bundled.is_dir() else PACKAGE.parent / "reports"


def fonts_dir() -> Path:
    """The shipped fonts (OFL): Inter and a subset of Noto Sans CJK SC."""
    return reports_dir() / "fonts"


def templates_dir() -> Path:
    """The Typst and HTML templates: fixed files that take their content as data."""
    return reports_dir() / "templates"
