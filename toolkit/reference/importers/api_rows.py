"""What the importers of API prices share: a row of `api_prices.csv`, and the line of a key in a JSON text."""

from __future__ import annotations

import json
import re
from typing import Any

from toolkit.errors import InputError, Problem

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def parsed(text: str, file: str, format: str) -> Any:
    """The JSON document. Raises InputError with the line when it is none."""
    try:
        return json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        values = {"format": format, "missing": "JSON"}
        raise InputError([Problem("gpu.other_format", file=file, line=line, values=values)]) from None


def needed_day(as_of: str | None) -> str:
    """A price of an API needs its day. Raises InputError without one."""
    if as_of is None or not DAY.fullmatch(as_of):
        raise InputError([Problem("gpu.needs_day", "--as-of")])
    return as_of


def line_of(text: str, key: str) -> int:
    """The line in which a key or a name first stands in quotation marks; 1 when it does not."""
    place = text.find(json.dumps(key, ensure_ascii=False))
    return text.count("\n", 0, max(place, 0)) + 1


def slug(name: str) -> str:
    """A provider's name as an id: small letters, digits, hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def api_row(as_of: str, title: str, url: str, **prices: Any) -> dict[str, Any]:
    """One list price with what all importers share; prices are USD per million tokens."""
    rounded = {
        key: float(f"{value:.9g}") if isinstance(value, float) else value for key, value in prices.items()
    }
    return {
        "as_of": as_of,
        "cross_check": "single_source",
        "confidence": "medium",
        "source_title": title,
        "source_url": url,
        **rounded,
    }
