"""Validation: raw data → records, or every problem with its place in the file.

pydantic checks each field against its type and its surroundings and says where in the tree something is
wrong; here its errors become our problems, in the words of the catalogues. The path of an error is found by
walking the records along its location: a step that only chooses between the forms of an entry is no part of
it.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from toolkit.errors import InputError, Problem, refuse
from toolkit.lines.spelling import nearest
from toolkit.resources.reading import Positions
from toolkit.resources.record import Record
from toolkit.resources.surroundings import PROBLEM, Surroundings

_Record = TypeVar("_Record", bound=Record)
_DICT_KEY = "[key]"  # pydantic's mark of an error in a key of a mapping


def validate(
    record: type[_Record], raw: Any, positions: Positions, context: Surroundings | None = None
) -> _Record:
    """The record in raw data. Raises InputError with every problem."""
    problems = list(_repeated_ids(raw, "", positions))
    try:
        result = record.model_validate(raw, context=context)
    except ValidationError as error:
        problems += [_problem(entry, record, positions) for entry in error.errors(include_url=False)]
        raise InputError(problems) from None
    refuse(problems)
    return result


def _repeated_ids(node: Any, path: str, positions: Positions) -> Iterator[Problem]:
    """Entries of one list that have the same `id` (or claim the same `programme`)."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _repeated_ids(value, f"{path}.{key}" if path else key, positions)
    elif isinstance(node, list):
        seen: set[tuple[str, Any]] = set()
        for index, entry in enumerate(node):
            yield from _repeated_ids(entry, f"{path}[{index}]", positions)
            for key in ("id", "programme"):
                name = entry.get(key) if isinstance(entry, dict) else None
                if isinstance(name, str) and (key, name) in seen:
                    yield positions.problem("plan.duplicate_id", f"{path}[{index}].{key}", name=name)
                seen.add((key, str(name)))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an error is: its path, and the type of what stands there and of what holds it."""

    path: str
    type: Any
    holder: Any


def _place(record: type[BaseModel], location: tuple[int | str, ...]) -> _Place:
    path = ""
    here: Any = record
    holder: Any = None
    for step in location:
        forms = records_of(here)
        if isinstance(step, int):
            path, here, holder = f"{path}[{step}]", _argument(here, 0), here
        elif step == _DICT_KEY:
            here = _argument(holder, 0)
        elif len(forms) > 1:  # not a part of the path: the form that the entry has
            here = next((form for form in forms if step in _kinds(form)), Any)
        else:
            path = f"{path}.{step}" if path else step
            field = forms[0].model_fields.get(step) if forms else None
            here, holder = (field.annotation if field else _argument(here, 1)), here
    return _Place(path, here, holder)


def _argument(annotation: Any, place: int) -> Any:
    """The type of a list's items (0), of a mapping's keys (0) or values (1)."""
    arguments = get_args(bare(annotation))
    return arguments[place] if len(arguments) > place else Any


def bare(annotation: Any) -> Any:
    """A type without `Annotated` and without `None`."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, types.UnionType):
        members = [one for one in get_args(annotation) if one is not type(None)]
        return bare(members[0]) if len(members) == 1 else annotation
    return annotation


def records_of(annotation: Any) -> list[type[BaseModel]]:
    """The records that a type allows: none, one, or the forms of an entry."""
    found = bare(annotation)
    members = get_args(found) if get_origin(found) in (Union, types.UnionType) else (found,)
    return [one for one in map(bare, members) if isinstance(one, type) and issubclass(one, BaseModel)]


def _kinds(form: type[BaseModel]) -> tuple[str, ...]:
    """What `kind` may be in this form of an entry."""
    field = form.model_fields.get("kind")
    return get_args(field.annotation) if field else ()


def _choices(annotation: Any) -> tuple[str, ...]:
    found = bare(annotation)
    return tuple(map(str, get_args(found))) if get_origin(found) is Literal else ()


def _problem(entry: Any, record: type[BaseModel], positions: Positions) -> Problem:
    """One error of pydantic as our problem."""
    place = _place(record, entry["loc"])
    kind, raw, context = entry["type"], entry["input"], entry.get("ctx", {})
    if kind == PROBLEM:
        return positions.problem(context["id"], place.path, **context["values"])
    key = str(entry["loc"][-1])
    if kind == "extra_forbidden":
        if key[:1].isdigit():  # the rest of a number: braces end an entry at a comma
            return positions.problem("plan.comma", place.path, key=key)
        known = [name for form in records_of(place.holder) for name in form.model_fields]
        return positions.problem("plan.unknown_key", place.path, key=key, nearest=nearest(key, known))
    if key == _DICT_KEY and kind == "literal_error":
        known = list(_choices(place.type))
        return positions.problem("plan.unknown_key", place.path, key=raw, nearest=nearest(raw, known))
    if kind == "missing":
        return positions.problem("plan.missing", place.path, key=key)
    if raw is None:
        return positions.problem("plan.empty", place.path)
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        kinds = [kind for form in records_of(place.type) for kind in _kinds(form)]
        values = {"text": context.get("tag", "—"), "expected": ", ".join(kinds)}
        return positions.problem("plan.choice", f"{place.path}.kind", **values)
    if kind == "literal_error":
        choices = ", ".join(_choices(place.type))
        return positions.problem("plan.choice", place.path, text=raw, expected=choices)
    name, values = _FORMS.get(kind, ("form", {}))
    limits = {limit: context[key] for limit, key in values.items()}
    return positions.problem(f"plan.{name}", place.path, text=_short(raw), **limits)


# pydantic's error → our problem, and what its text takes from the error's context.
_FORMS: dict[str, tuple[str, dict[str, str]]] = {
    "greater_than_equal": ("too_small", {"minimum": "ge"}),
    "less_than_equal": ("too_large", {"maximum": "le"}),
    "int_parsing": ("whole_number", {}),
    "int_type": ("whole_number", {}),
    "int_from_float": ("whole_number", {}),
    "string_type": ("text", {}),
    "list_type": ("list", {}),
    "dict_type": ("mapping", {}),
    "model_type": ("mapping", {}),
    "model_attributes_type": ("mapping", {}),
}


def _short(raw: Any) -> str:
    text = str(raw)
    return text if len(text) <= 60 else text[:59] + "…"
