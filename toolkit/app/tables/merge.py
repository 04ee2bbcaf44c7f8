"""Merges a table into a plan: all rows or none.

Filled cells replace what the plan says, empty ones leave it. The merged plan is checked as a whole, and what
is wrong with an imported field is said at its file, row and column. A row that names no basis gets one: its
place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import Any

from toolkit.app.building import read_text
from toolkit.app.plan_text import append, edit, inline, record, write_text
from toolkit.app.tables.columns import PLACES, TABLES, Column, Table, TableKind, numbers_of, recognise
from toolkit.app.tables.rows import LABELS, Entry, match_entries, read_entry
from toolkit.app.tables.sheet import read_sheet
from toolkit.errors import InputError, Problem, refuse
from toolkit.lines.quantity_text import parse_quantity
from toolkit.reference import load_reference
from toolkit.resources.compile import read_plan
from toolkit.resources.reading import read_yaml
from toolkit.store.changes import Change, changes_between
from toolkit.text import Language, t


@dataclass(frozen=True, slots=True)
class Merged:
    """A plan text with a table merged in: the ids that are new, changed and as before, and every change."""

    text: str
    added: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    changes: tuple[Change, ...]

    def as_dict(self) -> dict[str, Any]:
        """The JSON form, without the text."""
        changes = [asdict(one) for one in self.changes]
        return {
            "added": self.added, "updated": self.updated, "unchanged": self.unchanged, "changes": changes,
        }  # fmt: skip


def merge_table(
    kind: TableKind,
    content: bytes,
    file: str,
    plan: str,
    plan_file: str | None = None,
    *,
    sheet: str | None = None,
    skip: Sequence[str] = (),
    language: Language = "en",
) -> Merged:
    """The plan text `plan` with the table in `content` (a CSV or XLSX file called `file`) merged in.

    Headers in `skip` are left out. Raises InputError with every problem of the table and of the merged plan.
    """
    place = PLACES[kind]
    table = read_sheet(content, file, sheet)
    raw, _ = read_yaml(plan, plan_file)
    columns, faults = recognise(kind, table.header, skip)
    problems = [Problem(f"tables.{name}", header, file, 1, values) for header, name, values in faults]
    problems += _other_currencies(columns, raw, file)
    refuse(problems)
    entries = [read_entry(kind, row, columns, _currency(raw)) for row in table.rows]
    existing = _existing(raw, place)
    problems = list(match_entries(entries, existing, file, kind))
    for entry in entries:
        before = {} if entry.is_new else existing[entry.index]
        entry.basis = _basis(entry, file, language)
        entry.changed = _changes(entry, before)
    text = edit(plan, lambda tree: _apply(tree, kind, entries), plan_file)
    refuse([*problems, *_faults(text, plan_file, place, entries, file)])
    return Merged(
        text,
        added=tuple(entry.id for entry in entries if entry.is_new),
        updated=tuple(entry.id for entry in entries if not entry.is_new and entry.changed),
        unchanged=tuple(entry.id for entry in entries if not entry.changed),
        changes=changes_between(plan, text),
    )


def import_table(
    kind: str,
    file: Path,
    plan: Path,
    *,
    sheet: str | None = None,
    skip: Sequence[str] = (),
    is_trial: bool = False,
    language: Language = "en",
) -> Merged:
    """Merge a table file into a plan file, which is replaced at once, or (`is_trial`) not touched.

    Raises InputError with every problem; the plan is as before then.
    """
    known = next((one for one in TABLES if one == kind), None)
    if known is None:
        values = {"kind": kind, "known": ", ".join(TABLES)}
        raise InputError([Problem("tables.unknown_kind", "kind", values=values)])
    text = read_text(plan)
    try:
        content = file.read_bytes()
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        raise InputError([Problem("app.unreadable", file=str(file), values=values)]) from None
    merged = merge_table(
        known, content, str(file), text, str(plan), sheet=sheet, skip=skip, language=language
    )
    if not is_trial and merged.text != text:
        write_text(plan, merged.text)
    return merged


def _other_currencies(columns: Iterable[Column], raw: Any, file: str) -> Iterator[Problem]:
    own = _currency(raw)
    for column in columns:
        if column.currency is not None and column.currency != own:
            values = {"currency": column.currency, "plan": own}
            yield Problem("tables.other_currency", column.header, file, 1, values)


def _currency(raw: Mapping[str, Any]) -> str:
    company = raw.get("company")
    return str(company.get("currency")) if isinstance(company, Mapping) else ""


def _existing(raw: Mapping[str, Any], place: Table) -> list[Mapping[str, Any]]:
    section = raw.get(place.section)
    entries = section.get(place.list) if isinstance(section, Mapping) else None
    return (
        [entry if isinstance(entry, Mapping) else {} for entry in entries]
        if isinstance(entries, list)
        else []
    )


def _basis(entry: Entry, file: str, language: Language) -> dict[str, str]:
    given = {name: str(entry.fields[name]) for name in _LAST if name in entry.fields}
    words = {"file": PurePath(file).name, "row": entry.row.number}
    return given or {"assumption": t("tables.row_basis", language, **words)}


def _changes(entry: Entry, before: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a row that say something else than the plan; of a new entry also its id and basis."""
    found: dict[str, Any] = {}
    label = _label(entry.fields, before.get("label"))
    if entry.is_new:
        found["id"] = entry.id
    if label is not None:
        found["label"] = label
    for name, value in entry.fields.items():
        if name not in ("id", *LABELS) and not _same(_value(before.get(name)), value):
            found[name] = value
    return {**found, **entry.basis} if entry.is_new else found


def _label(fields: Mapping[str, Any], before: Any) -> Any:
    """The label that the row gives, None where the plan has it already."""
    given = {name[-2:]: str(fields[name]) for name in LABELS if name in fields}
    if not given:
        return None
    if isinstance(before, Mapping):
        merged = {**before, **given}
        return None if merged == dict(before) else merged
    if len(given) == 2:
        return None if set(given.values()) == {before} else given
    (only,) = given.values()
    return None if only == before else only


def _value(written: Any) -> Any:
    return written.get("value") if isinstance(written, Mapping) and "value" in written else written


def _same(before: Any, after: Any) -> bool:
    if before == after:
        return True
    if before is None or isinstance(before, Mapping | list):
        return False
    if str(before) == str(after):
        return True
    try:
        first, second = parse_quantity(before), parse_quantity(after)
    except InputError:
        return False
    return (first.distribution, first.parameters) == (second.distribution, second.parameters)


def _apply(tree: Any, kind: TableKind, entries: Sequence[Entry]) -> None:
    place = PLACES[kind]
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if not isinstance(tree.get(place.section), Mapping):
        tree[place.section] = CommentedMap()
    section = tree[place.section]
    if not isinstance(section.get(place.list), list):
        section[place.list] = CommentedSeq()
    found = section[place.list]
    for entry in entries:
        if entry.is_new:
            ordered = [name for name in place.record.model_fields if name not in (*_FIRST, *_LAST)]
            names = (*_FIRST, *ordered, *_LAST)
            append(found, record({name: entry.changed[name] for name in names if name in entry.changed}))
            continue
        written = found[entry.index]
        for name, value in entry.changed.items():
            _put(kind, written, name, value, entry.basis)


_FIRST, _LAST = ("id", "label"), ("source", "assumption")
# What a plan may say in place of a field; where a table gives the field, it holds.
_INSTEAD = {
    "salary": "salary_from", "start": "search_start", "price": "tiers", "organic_customers": "adoption",
}  # fmt: skip


def _put(kind: TableKind, written: Any, name: str, value: Any, basis: Mapping[str, str]) -> None:
    """Set a field of an entry. A number that had a source loses it: it no longer is what the source says."""
    written.pop(_INSTEAD.get(name, ""), None)
    before: Any = written.get(name)
    is_record = isinstance(before, Mapping)
    if name == "label" and is_record and isinstance(value, Mapping):
        before.update(value)
    elif (is_record and "value" in before) or ("source" in written and name in numbers_of(kind)):
        written[name] = inline({"value": value, **basis})
    else:
        written[name] = inline(value) if isinstance(value, Mapping) else value


def _faults(
    text: str, plan_file: str | None, place: Table, entries: Sequence[Entry], file: str
) -> list[Problem]:
    """What is wrong with the merged plan."""
    try:
        read_plan(text, load_reference(), plan_file)
    except InputError as error:
        return [_placed(problem, place, entries, file) for problem in error.problems]
    return []


def _placed(problem: Problem, place: Table, entries: Sequence[Entry], file: str) -> Problem:
    """A problem of the merged plan, at the row and column where it came from."""
    match = re.fullmatch(rf"{re.escape(place.path)}\[(\d+)\](?:\.(\w+)(?:\.(\w+))?.*)?", problem.field)
    if match is None:
        return problem
    entry = next((one for one in entries if one.index == int(match[1])), None)
    name = match[2] or ""
    if entry is None or not (entry.is_new or name in entry.changed):
        return problem
    names = (f"{name}.{match[3]}", name, "label.en", "label.zh") if name == "label" else (name,)
    header = next((entry.headers[one] for one in names if one in entry.headers), name)
    return Problem(problem.id, header, file, entry.row.number, problem.values)
