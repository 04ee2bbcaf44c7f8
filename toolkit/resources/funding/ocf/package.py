"""Open Cap Format (OCF): the files of a package, their names and their small types.

A package is a folder with a manifest that names its other files; each of those holds a list of objects of
one kind. Numbers are text with at most ten decimals. Format: Open Cap Table Coalition, Open Cap Format
1.2.x (https://github.com/Open-Cap-Table-Coalition/Open-Cap-Format-OCF), whose notice asks to name it:
Copyright Open Cap Table Coalition. Nothing of the schemas is copied here.

OCF ranks seniority upwards (the highest number is paid first), Groundplan downwards (0 first). A
participating class without a cap is written with a cap that no exit reaches, since OCF has no word for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any

from toolkit.errors import InputError, Problem
from toolkit.resources.finance.exact import half_up

VERSION = "1.2.1-alpha+main"
MANIFEST = "Manifest.ocf.json"
DECIMALS = 10
NO_CAP = Fraction(10**9)
FORECAST_MARK = "groundplan-scenario: "  # a manifest comment that says: this is a forecast, not a record
FILE_TYPES = {
    "stakeholders_files": "OCF_STAKEHOLDERS_FILE",
    "stock_classes_files": "OCF_STOCK_CLASSES_FILE",
    "stock_plans_files": "OCF_STOCK_PLANS_FILE",
    "transactions_files": "OCF_TRANSACTIONS_FILE",
}
EMPTY_FILES = ("stock_legend_templates_files", "vesting_terms_files", "valuations_files")


@dataclass(frozen=True, slots=True)
class Package:
    """The objects of a package: those of each kind with the file that they stand in, and the manifest."""

    manifest: Mapping[str, Any]
    items: Mapping[str, tuple[tuple[str, Mapping[str, Any]], ...]]
    texts: Mapping[str, str] = field(repr=False)

    def of(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """`(file, object)` of every object in the files of a kind such as `stakeholders_files`."""
        yield from self.items.get(kind, ())

    def problem(self, id: str, file: str, item: Mapping[str, Any], key: str, **values: Any) -> Problem:
        """A problem at a field of an object; the line is that of the field's value after the object's id."""
        text = self.texts[file]
        start = max(text.find(json.dumps(str(item.get("id", "")), ensure_ascii=False)), 0)
        needle = re.compile(rf'"{re.escape(key)}"\s*:\s*{re.escape(json.dumps(item.get(key)))}')
        found = needle.search(text, start) or needle.search(text)
        line = text.count("\n", 0, found.start() if found else start) + 1
        field = f"{item.get('object_type', 'object')} {item.get('id', '')}.{key}"
        return Problem(id, field, file, line, values)


def read_package(path: Path) -> Package:
    """The package in a folder, or beside a manifest. InputError where a file is missing or is no JSON
    object."""
    folder, name = (path, MANIFEST) if path.is_dir() else (path.parent, path.name)
    texts: dict[str, str] = {}
    manifest = _read(folder / name, texts)
    items: dict[str, tuple[tuple[str, Mapping[str, Any]], ...]] = {}
    problems: list[Problem] = []
    for kind in FILE_TYPES:
        found: list[tuple[str, Mapping[str, Any]]] = []
        for entry in manifest.get(kind, ()):
            target = folder / str(entry.get("filepath", ""))
            try:
                content = _read(target, texts)
            except InputError as error:
                problems += error.problems
                continue
            found += [(str(target), item) for item in content.get("items", ()) if isinstance(item, Mapping)]
        items[kind] = tuple(found)
    if problems:
        raise InputError(problems)
    return Package(manifest, items, texts)


def _read(path: Path, texts: dict[str, str]) -> Mapping[str, Any]:
    file = str(path)
    try:
        texts[file] = path.read_text(encoding="utf-8")
        content = json.loads(texts[file])
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "UTF-8"
        raise InputError([Problem("funding.ocf_unreadable", file=file, values={"reason": reason})]) from None
    except json.JSONDecodeError as error:
        values = {"words": error.msg}
        raise InputError(
            [Problem("funding.ocf_no_json", file=file, line=error.lineno, values=values)]
        ) from None
    if not isinstance(content, Mapping):
        raise InputError([Problem("funding.ocf_no_json", file=file, line=1, values={"words": "no object"})])
    return content


def numeric(value: Fraction) -> str:
    """A number as OCF text: fixed point, at most ten decimals, rounded half up."""
    rounded = half_up(value, DECIMALS)
    return f"{Decimal(rounded.numerator) / Decimal(rounded.denominator):f}"


def read_numeric(raw: Any) -> Fraction:
    """A number from OCF text. ValueError for anything else."""
    try:
        return Fraction(Decimal(str(raw)))
    except (InvalidOperation, OverflowError):
        raise ValueError(raw) from None


def monetary(value: Fraction, currency: str) -> dict[str, str]:
    """An amount of money in OCF."""
    return {"amount": numeric(value), "currency": currency}
