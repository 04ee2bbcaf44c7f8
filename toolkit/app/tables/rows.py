"""Rows of a table as entries of a plan: what each says, and which entry it means.

A row belongs to the entry with its `id`, else with its label in either language; otherwise it is a new one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolkit.app.tables.cell import read_cell
from toolkit.app.tables.columns import Column, TableKind
from toolkit.app.tables.sheet import Row
from toolkit.errors import Problem

LABELS = ("label.en", "label.zh")


@dataclass
class Entry:
    """What a row says of one entry: its fields, and the header that each is from."""

    row: Row
    fields: dict[str, Any]
    headers: dict[str, str]
    id: str = ""
    basis: dict[str, str] = field(default_factory=dict)  # what its numbers rest on
    index: int = -1  # its place in the list
    is_new: bool = False
    changed: dict[str, Any] = field(default_factory=dict)


def read_entry(kind: TableKind, row: Row, columns: Sequence[Column], currency: str) -> Entry:
    """The fields of a row, as a plan in `currency` writes them."""
    fields, headers = {}, {}
    for column in columns:
        if column.header in row.cells:
            fields[column.field] = read_cell(kind, column, row.cells[column.header], currency)
            headers[column.field] = column.header
    return Entry(row, fields, headers)


def match_entries(
    entries: Sequence[Entry], existing: Sequence[Mapping[str, Any]], file: str, kind: TableKind
) -> Iterator[Problem]:
    """Find each row's entry in the plan, or a place for it; yields rows that mean the same entry."""
    by_id = {str(entry.get("id")): index for index, entry in enumerate(existing)}
    by_label = {word: index for index, entry in enumerate(existing) for word in _spoken(entry.get("label"))}
    taken: dict[str, int] = {}
    length = len(existing)
    for entry in entries:
        labels = [str(entry.fields[name]) for name in LABELS if name in entry.fields]
        if "id" in entry.fields:
            entry.id = entry.fields["id"]
            found = by_id.get(entry.id)
        else:
            found = next((by_label[word.lower()] for word in labels if word.lower() in by_label), None)
            entry.id = str(existing[found].get("id")) if found is not None else ""
            if not entry.id and (slug := _slug(labels)):
                found, entry.id = by_id.get(slug), slug
            entry.id = entry.id or _free_id(kind, (*by_id, *taken))
        entry.is_new = found is None
        entry.index = length if found is None else found
        length += found is None
        if entry.id in taken:
            values = {"name": entry.id, "other": taken[entry.id]}
            header = entry.headers.get("id") or next(iter(entry.headers.values()), "")
            yield Problem("tables.same_entry", header, file, entry.row.number, values)
            if entry.is_new:  # by an id of its own the rest of the row is checked, too
                entry.id = _free_id(kind, (*by_id, *taken))
        taken.setdefault(entry.id, entry.row.number)


def _spoken(label: Any) -> list[str]:
    words = label.values() if isinstance(label, Mapping) else [label]
    return [str(word).lower() for word in words if word is not None]


def _slug(labels: Sequence[str]) -> str:
    """An id from the first label in Latin letters; empty without one."""
    for label in filter(str.isascii, labels):
        slug = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")
        if slug and slug[0].isalpha():
            return slug
    return ""


def _free_id(kind: TableKind, taken: Sequence[str]) -> str:
    stem = {"roles": "role", "costs": "cost", "revenue": "product"}[kind]
    return next(f"{stem}_{number}" for number in range(1, 10**6) if f"{stem}_{number}" not in taken)
