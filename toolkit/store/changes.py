"""What changed between two plan texts, by field path.

Both texts are read as YAML and compared as trees: comments, order of keys and style do not count. A list of
mappings that each have an `id` is compared by that id, so a role inserted at the top is one addition and not
a change of every role below it; other lists of equal length are compared place by place, and a list of plain
values is one value. Paths are those that problems use: `talent.roles[ml_engineer].salary`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from toolkit.errors import InputError, Problem

Kind = Literal["added", "removed", "changed", "reordered"]
_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. `before` is None for `added`, `after` is None for `removed`; both are values
    as JSON knows them (a date is its ISO text). `reordered` gives the ids of a list, in their order."""

    path: str
    kind: Kind
    before: Any = None
    after: Any = None


def read_tree(text: str) -> Mapping[str, Any]:
    """A plan text as a plain tree. Raises InputError with one problem where it is not a YAML mapping."""
    try:
        tree = YAML(typ="safe").load(text)
    except YAMLError as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        line = mark.line + 1 if mark else None
        raise InputError([Problem("store.not_yaml", line=line)]) from None
    if not isinstance(tree, Mapping):
        raise InputError([Problem("store.not_yaml", line=1)])
    return tree


def changes_between(before: str, after: str) -> tuple[Change, ...]:
    """Every field in which the plan text `after` differs from `before`. Raises InputError for bad YAML."""
    return tuple(_compare("", read_tree(before), read_tree(after)))


def _compare(path: str, before: Any, after: Any) -> Iterator[Change]:
    if before is _ABSENT:
        yield Change(path, "added", after=_plain(after))
    elif after is _ABSENT:
        yield Change(path, "removed", before=_plain(before))
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _compare_fields(before, after, f"{path}." if path else "", "")
    elif _has_ids(before) and _has_ids(after):
        yield from _compare_by_id(path, before, after)
    elif _is_list_of_trees(before) and _is_list_of_trees(after) and len(before) == len(after):
        for place, pair in enumerate(zip(before, after, strict=True)):
            yield from _compare(f"{path}[{place}]", *pair)
    elif _comparable(before) != _comparable(after):
        yield Change(path, "changed", _plain(before), _plain(after))


def _compare_fields(
    before: Mapping[Any, Any], after: Mapping[Any, Any], opening: str, closing: str
) -> Iterator[Change]:
    for key in [*before, *(key for key in after if key not in before)]:
        path = f"{opening}{key}{closing}"
        yield from _compare(path, before.get(key, _ABSENT), after.get(key, _ABSENT))


def _compare_by_id(
    path: str, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> Iterator[Change]:
    old, new = ({row["id"]: row for row in rows} for rows in (before, after))
    kept, kept_now = [key for key in old if key in new], [key for key in new if key in old]
    if kept != kept_now:
        yield Change(path, "reordered", _plain(list(old)), _plain(list(new)))
    yield from _compare_fields(old, new, f"{path}[", "]")


def _has_ids(value: Any) -> bool:
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        return False
    ids = [row.get("id") for row in value]
    return all(isinstance(key, str | int) for key in ids) and len(set(ids)) == len(ids)


def _is_list_of_trees(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(row, Mapping | list) for row in value)


def _comparable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _comparable(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_comparable(part) for part in value]
    # Python holds true for equal to 1; a reader of the plan does not.
    return (bool, value) if isinstance(value, bool) else _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(part) for part in value]
    if isinstance(value, date):  # a datetime too
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else str(value)
