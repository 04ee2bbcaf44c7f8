"""Writes roles, costs or revenue of a plan as a table that `merge_table` reads back without a change.

Texts that a spreadsheet would take for a formula get a leading apostrophe. What no cell can hold (a nested
record) stays in the plan only.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.app.tables.columns import PLACES, TableKind, headers
from toolkit.resources.reading import read_yaml
from toolkit.text import Language

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_table(kind: TableKind, plan: str, file: str | None = None, language: Language = "en") -> str:
    """The entries of a plan text as CSV, with a header in `language`; only columns that are used.

    Raises InputError where the text is no plan.
    """
    place = PLACES[kind]
    raw, _ = read_yaml(plan, file)
    section = raw.get(place.section)
    entries = section.get(place.list) if isinstance(section, Mapping) else None
    rows = [dict(_cells(entry)) for entry in entries or () if isinstance(entry, Mapping)]
    used = {name for row in rows for name in row}
    names = {field: header for field, header in headers(kind, language).items() if field in used}
    out = io.StringIO()
    writer = csv.DictWriter(out, list(names), lineterminator="\n")
    writer.writerow(names)
    writer.writerows({name: row[name] for name in names if name in row} for row in rows)
    return out.getvalue()


def _cells(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, written in entry.items():
        value = written.get("value") if isinstance(written, Mapping) and "value" in written else written
        if name == "label":
            words = value if isinstance(value, Mapping) else {"en" if str(value).isascii() else "zh": value}
            yield from ((f"label.{language}", _guarded(words[language])) for language in words)
        elif name == "location" and isinstance(value, Mapping):
            parts = [str(value[part]) for part in ("country", "region") if part in value]
            yield name, _guarded(" ".join(parts))
        elif value is not None and not isinstance(value, Mapping | list):
            yield name, _guarded(value)


def _guarded(value: Any) -> str:
    text = str(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"'{text}" if not is_number and text.startswith(_FORMULA) else text
