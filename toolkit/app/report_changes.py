"""Fields of a plan in words: what a scenario changes, as a reader would say it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, get_args

from toolkit.errors import InputError
from toolkit.lines.quantity import Quantity
from toolkit.lines.quantity_text import parse_quantity
from toolkit.report.exhibits import ChangeRow
from toolkit.resources.plan import Plan
from toolkit.resources.policy.programme import load_programme
from toolkit.resources.record import Record
from toolkit.resources.values import Counted
from toolkit.text import LANGUAGES, Text, bilingual
from toolkit.text.formats import UNKNOWN, compact_number, interval, month, number, percent, significant
from toolkit.units import CURRENCIES

MONTH = re.compile(r"\d{4}-\d{2}")
LARGE = 1e6
UNITS = ("1", "month", "hour")
SECTIONS = ("compute", "funding", "market", "operations", "partnerships", "policy", "talent")
AREAS = ("resources", "fields")  # catalogues that hold words for a field of any section
SIGNS = {"en": " + ", "zh": "、"}


def label_of_row(plan: Plan, group: str) -> Text:
    """A group of an attribution: paths joined by ` + `, or sections of the plan."""
    parts = [label_of_path(plan, path) for path in group.split(" + ")]
    return Text(*(SIGNS[language].join(part[language] for part in parts) for language in LANGUAGES))


def label_of_path(plan: Plan, path: str) -> Text:
    """A path of a scenario (`talent.roles.ml_engineer.count`): whose field it is, and which."""
    parts = path.split(".")
    if len(parts) == 1:
        return _words(path, f"group.{path}")
    owner, _ = _find(plan, parts)
    field = _words(parts[-1], f"field.{parts[-1]}", parts[0])
    return field if owner is None else bilingual("resources.label_of", name=owner, label=field)


def change_of(plan: Plan, path: str, before: Any, after: Any) -> ChangeRow:
    """A change of a scenario at a path, with what the plan's data has there and what the scenario says."""
    _, counted = _find(plan, path.split("."))
    is_share = counted is not None and counted.unit == "1" and counted.maximum == 1
    unit = "" if counted is None else counted.unit.replace("{currency}", plan.company.currency)
    named = unit if unit.partition("/")[0] in (*CURRENCIES, "month") else ""
    old, new = (written(value, is_share=is_share) for value in (before, after))
    return ChangeRow(label_of_path(plan, path), old, new, named)


def _find(plan: Plan, parts: Sequence[str]) -> tuple[Text | None, Counted | None]:
    """Who owns the field at a path, and what its number is counted in (None where it is no number)."""
    node: Any = plan
    owner: Text | None = None
    for part in parts[:-1]:
        if isinstance(node, list | tuple):
            node = next((one for one in node if part in _ids(one)), None)
            owner = _name(node) or owner
        else:
            node = getattr(node, part, None)
    field = type(node).model_fields.get(parts[-1]) if isinstance(node, Record) else None
    return owner, None if field is None else _counted(field.metadata, field.annotation)


def _counted(metadata: Sequence[Any], annotation: Any) -> Counted | None:
    """What the type of a field counts in, also where it may be left out (`Money | None`)."""
    for one in metadata:
        if isinstance(one, Counted):
            return one
    for part in get_args(annotation):
        found = _counted(getattr(part, "__metadata__", ()), None)
        if found is not None:
            return found
    return None


def written(value: Any, *, is_share: bool = False) -> Text:
    """A value of a plan file in both languages: a month, a number, a range, a share (which `0.4` may be as
    well as `40 %`), or the words as they are."""
    if value is None:
        return Text(UNKNOWN, UNKNOWN)
    if isinstance(value, bool):
        return bilingual(f"report_plan.truth.{'yes' if value else 'no'}")
    if isinstance(value, dict):
        value = value.get("value", ", ".join(str(part) for part in value.values()))
    text = str(value)
    if MONTH.fullmatch(text):
        return Text(month(text, "en"), month(text, "zh"))
    try:
        quantity = _quantity(value if isinstance(value, int | float) else text)
    except InputError:
        return Text.of(text)
    if quantity.distribution == "discrete":  # something that happens or not: how likely it is
        pairs = zip(quantity.parameters[::2], quantity.parameters[1::2], strict=True)
        chance = sum(value * share for value, share in pairs)
        return Text(percent(chance, "en"), percent(chance, "zh"))
    ends = quantity.interval_90 if quantity.is_uncertain else (quantity.median, quantity.median)
    is_share = is_share or "%" in text

    large = max(map(abs, ends)) >= LARGE

    def one(language: Any) -> str:
        def write(number_: float) -> str:
            if is_share:
                return percent(number_, language, 1 if 0 < abs(number_) < 0.1 else 0)
            if large:
                return compact_number(number_, language)
            whole = float(number_).is_integer()
            if whole:
                return number(number_, language)
            words = significant(number_, language)
            return words.rstrip("0").rstrip(".") if "." in words else words

        return interval(*ends, write)

    return Text(one("en"), one("zh"))


def _name(entry: Any) -> Text | None:
    """What people call an entry of a list; of a claim the programme."""
    if getattr(entry, "programme", None) is not None:
        try:
            return load_programme(entry.programme).name
        except InputError:
            return None
    found = getattr(entry, "words", None)
    return found if isinstance(found, Text) else None


def _quantity(value: int | float | str) -> Quantity:
    """A number as a plan writes it, in whatever unit. Raises InputError."""
    for unit in UNITS[:-1]:
        try:
            return parse_quantity(value, unit)
        except InputError:
            continue
    return parse_quantity(value, UNITS[-1])


def _ids(entry: Any) -> tuple[Any, ...]:
    return getattr(entry, "id", None), getattr(entry, "programme", None)


def _words(name: str, key: str, section: str = "") -> Text:
    """Words of the report's catalogue, else those of the section's lines, of all lines and of fields; else
    the name without underscores."""
    areas = (section, *AREAS) if section in SECTIONS else AREAS
    for known in (f"report_plan.{key}", f"report.{key}", *(f"{area}.{name}" for area in areas)):
        try:
            return bilingual(known)
        except KeyError:
            continue
    return Text.of(name.replace("_", " "))
