"""Characters that no shipped font draws: written as code points, and listed as problems.

A missing glyph is a silent box in most writers and an error in archival PDF. So every word that came from
outside (names, labels, narrative, sources) is checked before a section uses it: `😀` becomes `[U+1F600]` in
every format alike, and the field that holds it is named. The covered code points are read from
`reports/fonts/coverage.json`, made together with the fonts.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any, TypeVar

from toolkit.errors import Problem
from toolkit.report.assets import fonts_dir
from toolkit.text import Text

Record = TypeVar("Record")
# Line breaks and tabs are layout, not glyphs.
LAYOUT = frozenset("\n\r\t")


def is_covered(character: str) -> bool:
    """Whether a shipped font draws it."""
    starts, ends = _ranges()
    place = bisect_right(starts, ord(character)) - 1
    return character in LAYOUT or (place >= 0 and ord(character) <= ends[place])


def written(text: str) -> str:
    """The text with every other character as its code point in brackets."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if is_covered(c) else f"[U+{ord(c):04X}]" for c in text)


def cover(record: Record, path: str = "") -> tuple[Record, list[Problem]]:
    """A record (a dataclass, at any depth) in words that can be drawn; one problem a field that had others.

    The place of a problem is the record's own `field` where it has one, else the path of attributes.
    """
    problems: list[Problem] = []
    return _cover(record, path, problems), problems


def _cover(value: Any, path: str, problems: list[Problem]) -> Any:
    if isinstance(value, str):
        return _text(value, path, problems)
    if isinstance(value, Text):
        english = _text(value.en, path, problems)
        chinese = _text(value.zh, path, problems if value.zh != value.en else [])
        return value if english is value.en and chinese is value.zh else Text(english, chinese)
    if is_dataclass(value) and not isinstance(value, type):
        return _record(value, path, problems)
    if isinstance(value, Mapping):
        items = {key: _cover(item, _join(path, str(key)), problems) for key, item in value.items()}
        return value if all(items[key] is value[key] for key in items) else items
    if isinstance(value, tuple) and value and not isinstance(value[0], float):
        parts = tuple(_cover(item, f"{path}[{place}]", problems) for place, item in enumerate(value))
        return value if all(a is b for a, b in zip(parts, value, strict=True)) else parts
    return value


def _record(value: Any, path: str, problems: list[Problem]) -> Any:
    place = getattr(value, "field", "") or path
    changed = {}
    for one in fields(value):
        before = getattr(value, one.name)
        after = before if one.name == "field" else _cover(before, _join(place, one.name), problems)
        if after is not before:
            changed[one.name] = after
    return replace(value, **changed) if changed else value


def _text(text: str, path: str, problems: list[Problem]) -> str:
    result = written(text)
    if result == text:
        return text
    missing = dict.fromkeys(c for c in text if not is_covered(c))
    names = ", ".join(f"U+{ord(c):04X}" for c in missing)
    problems.append(Problem("report.uncovered_character", field=path, values={"characters": names}))
    return result


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


@cache
def _ranges() -> tuple[list[int], list[int]]:
    ranges = json.loads((fonts_dir() / "coverage.json").read_text(encoding="utf-8"))
    return [first for first, _ in ranges], [last for _, last in ranges]
