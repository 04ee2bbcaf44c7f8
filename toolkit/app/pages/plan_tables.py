"""A plan's text as tables to edit, and edited tables as a plan's text.

The tables follow the records of the plan: a room's own numbers are one table of fields, each list of entries
(roles, workloads, products, …) a table of rows. A cell shows what stands in the file: `155k to 200k` of
`{value: 155k to 200k, source: survey}`, the reader's language of `{en: …, zh: …}`, anything deeper as one
line of YAML. An edit goes back to the same place, so that comments, order, sources and the other language
stay as they are; a cell that is emptied takes its field away.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

from toolkit.app.plan_text import append, edit
from toolkit.resources.plan import Plan
from toolkit.resources.record import Record
from toolkit.resources.validation import bare, records_of
from toolkit.text import Language, t

ROOMS = (
    "company", "opening", "funding", "talent", "compute", "policy", "market", "partnerships", "operations",
    "tax",
)  # fmt: skip
WORDS = ("en", "zh")
FIRST = ("id", "programme", "kind", "label")
LAST = ("source", "assumption")
FIELD, VALUE = "field", "value"  # columns of a table of fields


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. `path` is where it stands (`talent.roles`; a room by its name for its own fields); `columns`
    have something in some row, `more` could have. `rows` hold the texts of the cells."""

    path: str
    is_list: bool
    columns: tuple[str, ...]
    more: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Edits:
    """What was done to a sheet: cells by row and column, new rows, rows taken away."""

    edited: Mapping[int, Mapping[str, str | None]] = field(default_factory=dict)
    added: Sequence[Mapping[str, str | None]] = ()
    deleted: Sequence[int] = ()

    def __bool__(self) -> bool:
        return bool(self.edited or self.deleted or any(any(row.values()) for row in self.added))


def sheets(text: str, room: str, language: Language) -> tuple[Sheet, ...]:
    """The tables of one room of a plan's text: its lists, then its own fields.

    Raises InputError for text that is no YAML mapping.
    """
    from toolkit.store.changes import read_tree

    tree = read_tree(text)
    node = tree.get(room) or {}
    record = records_of(Plan.model_fields[room].annotation)[0]
    found: list[Sheet] = []
    for name, entry in record.model_fields.items():
        forms = _entry_forms(entry.annotation)
        if forms:
            rows = node.get(name) if isinstance(node, Mapping) else None
            found.append(_entries(f"{room}.{name}", forms, rows or [], language))
    return (*found, _fields(room, record, node, language))


def apply_edits(text: str, edits: Mapping[str, Edits], language: Language) -> str:
    """The text with the edits of its sheets (by path) put in. Raises InputError for text that is no YAML."""
    if not any(edits.values()):
        return text

    def change(tree: Any) -> None:
        for path, found in edits.items():
            if found:
                _apply(tree, path, found, language)

    return edit(text, change)


def _entry_forms(annotation: Any) -> list[type[Record]]:
    """The records of a field that is a list of entries; none for any other field."""
    found = bare(annotation)
    return records_of(get_args(found)[0]) if get_origin(found) is list else []  # type: ignore[return-value]


def _fields(room: str, record: type[Any], node: Any, language: Language) -> Sheet:
    """A room's own fields: a row each."""
    own = [name for name, entry in record.model_fields.items() if not _entry_forms(entry.annotation)]
    own = [*[name for name in own if name not in LAST], *[name for name in LAST if name in own]]
    given = node if isinstance(node, Mapping) else {}
    rows: list[Mapping[str, str]] = []
    for name in own:
        value = given.get(name)
        if isinstance(value, Mapping) and not _is_leaf(value):
            rows += [{FIELD: f"{name}.{key}", VALUE: _cell(part, language)} for key, part in value.items()]
        else:
            rows.append({FIELD: name, VALUE: _cell(value, language)})
    return Sheet(room, False, (FIELD, VALUE), (), tuple(rows))


def _entries(path: str, forms: Sequence[type[Record]], rows: Sequence[Any], language: Language) -> Sheet:
    """A list of entries: a row each, a column a field."""
    known = list(dict.fromkeys(name for form in forms for name in form.model_fields))
    given = [row for row in rows if isinstance(row, Mapping)]
    used = {key for row in given for key in row}
    must = {
        name for form in forms for name, entry in form.model_fields.items() if entry.is_required()
    } if len(forms) == 1 else {"id", "kind"}  # fmt: skip
    order = [*FIRST, *[name for name in known if name not in (*FIRST, *LAST)], *LAST]
    everything = [*[name for name in order if name in known], *[key for key in used if key not in known]]
    columns = tuple(name for name in everything if name in used or name in must)
    more = tuple(name for name in everything if name not in columns)
    cells = tuple({name: _cell(row.get(name), language) for name in everything} for row in given)
    return Sheet(path, True, columns, more, cells)


def _is_leaf(value: Mapping[Any, Any]) -> bool:
    """A number with its basis, or words in two languages."""
    return "value" in value or (bool(value) and set(value) <= set(WORDS))


def _cell(value: Any, language: Language) -> str:
    """A value as it stands in the file."""
    if value is None:
        return ""
    if isinstance(value, Mapping) and "value" in value:
        return _cell(value["value"], language)
    if isinstance(value, Mapping) and value and set(value) <= set(WORDS):
        return str(value.get(language, next(iter(value.values()))))
    if isinstance(value, Mapping | list):
        return _flow(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _flow(value: Any) -> str:
    from ruamel.yaml import YAML

    out = io.StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = True
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.width = 1_000_000
    yaml.dump(value, out)
    return out.getvalue().strip().removesuffix("\n...")


def _apply(tree: Any, path: str, edits: Edits, language: Language) -> None:
    room, _, name = path.partition(".")
    node = tree.get(room)
    if node is None:
        node = tree[room] = _mapping()
    if not name:
        _apply_fields(node, edits, language)
        return
    rows = node.get(name)
    if rows is None:
        rows = node[name] = []
    for place, cells in edits.edited.items():
        for key, written in cells.items():
            if place < len(rows):
                _put(rows[place], key, written, language)
    for added in edits.added:
        if any(added.values()):
            entry = _mapping()
            for key, written in added.items():
                _put(entry, key, written, language)
            append(rows, entry)
    for place in sorted(edits.deleted, reverse=True):
        if place < len(rows):
            del rows[place]


def _apply_fields(node: Any, edits: Edits, language: Language) -> None:
    """Edits of a table of fields, whose rows are named by the column `field`."""
    for cells in edits.edited.values():
        holder, key = _holder(node, str(cells[FIELD]))
        _put(holder, key, cells.get(VALUE), language)


def _holder(node: Any, path: str) -> tuple[Any, str]:
    *above, key = path.split(".")
    for part in above:
        node = node[part]
    return node, key


def _put(entry: Any, key: str, written: str | None, language: Language) -> None:
    """Write a cell where its value stands; an empty one takes the field away."""
    text = (written or "").strip()
    present: Any = entry.get(key)
    if not text:
        entry.pop(key, None)
    elif isinstance(present, dict) and "value" in present:
        present["value"] = _scalar(text)
    elif isinstance(present, dict) and present and set(present) <= set(WORDS):
        present[language] = text
    else:
        entry[key] = _scalar(text)


def _scalar(text: str) -> Any:
    """A cell as a YAML value: a number, a yes or no, a mapping or list in flow style, else text."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        found = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError):
        return text
    if isinstance(found, Mapping | list) and text[0] in "{[":
        return YAML().load(text)
    return found if isinstance(found, bool | int | float) and not text.startswith("0x") else text


def _mapping() -> Any:
    from ruamel.yaml.comments import CommentedMap

    return CommentedMap()


def field_label(name: str, language: Language) -> str:
    """A field of a plan in words; its name where it has none."""
    for area in ("fields", "market", "partnerships", "resources"):
        try:
            label = t(f"{area}.{name}", language)
        except KeyError:
            continue
        return label[:1].upper() + label[1:]
    return name.replace("_", " ").capitalize()
