"""Plans to begin with: commented files with a basis for every number."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from string import Template

from toolkit.errors import InputError, Problem
from toolkit.reference.paths import data_dir
from toolkit.resources.record import month_after

MONTHS = 120  # placeholders `$month_0`, `$month_1`, …: months after the start


def template_names() -> tuple[str, ...]:
    """The templates that `init` offers."""
    return tuple(sorted(path.stem for path in (data_dir() / "templates").glob("*.yaml")))


def write_template(file: Path, template: str, name: str, today: date | None = None) -> Path:
    """Write a plan for the company `name`, starting next month. Never overwrites a file.

    Raises InputError for an unknown template, a file that exists, or a folder that cannot be written.
    """
    known = template_names()
    if template not in known:
        values = {"template": template, "known": ", ".join(known)}
        raise InputError([Problem("app.unknown_init_template", "template", values=values)])
    text = (data_dir() / "templates" / f"{template}.yaml").read_text(encoding="utf-8")
    day = today or date.today()
    start = month_after(f"{day.year:04d}-{day.month:02d}", 2)
    months = {f"month_{offset}": month_after(start, offset + 1) for offset in range(MONTHS)}
    words = {
        "name": json.dumps(name, ensure_ascii=False),
        "comment_name": " ".join(name.split()),
        "id": _slug(name),
        "file": str(file),
    }
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(Template(text).substitute(months | words))
    except FileExistsError:
        raise InputError([Problem("app.file_exists", file=str(file))]) from None
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        raise InputError([Problem("app.unwritable", file=str(file), values=values)]) from None
    return file


def _slug(name: str) -> str:
    """An id from a name; a name without Latin letters becomes `company`."""
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return slug if slug and slug[0].isalpha() else "company"
