"""Fields of a plan in words: what a scenario changes, as a reader would say it."""

from __future__ import annotations

import re
from typing import Any

from toolkit.errors import InputError
from toolkit.lines.quantity import Quantity
from toolkit.lines.quantity_text import parse_quantity
from toolkit.resources.plan import Plan
from toolkit.resources.policy.programme import load_programme
from toolkit.text import LANGUAGES, Text, bilingual
from toolkit.text.formats import UNKNOWN, compact_number, interval, month, number, percent, significant

MONTH = re.compile(r"\d{4}-\d{2}")
LARGE = 1e6
UNITS = ("1", "month", "hour")
SIGNS = {"en": " + ", "zh": "、"}


def label_of_row(plan: Plan, group: str) -> Text:
    """A group of an attribution: paths joined by ` + `, or sections of the plan."""
    parts = [label_of_path(plan, path) for path in group.split(" + ")]
    return Text(*(SIGNS[language].join(part[language] for part in parts) for language in LANGUAGES))


def label_of_path(plan: Plan, path: str) -> Text:
    """A path of a scenario (`talent.roles.ml_engineer.count`): whose field it is, and which."""
    node: Any = plan
    owner: Text | None = None
    parts = path.split(".")
    for part in parts[:-1]:
        if isinstance(node, list | tuple):
            node = next((one for one in node if part in _ids(one)), None)
            owner = _name(node) or owner
        else:
            node = getattr(node, part, None)
    if len(parts) == 1:
        return _words(f"group.{path}", path)
    field = _words(f"field.{parts[-1]}", parts[-1])
    return field if owner is None else bilingual("resources.label_of", name=owner, label=field)


def written(value: Any) -> Text:
    """A value of a plan file in both languages: a month, a number, a range, a share, or the words as they
    are."""
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
    is_share = "%" in text

    def one(language: Any) -> str:
        def write(number_: float) -> str:
            if is_share:
                return percent(number_, language, 0 if abs(number_) >= 0.1 else 1)
            if abs(number_) >= LARGE:
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


def _words(key: str, fallback: str) -> Text:
    """Words of the report's catalogue, else those of the plan's lines, else the name without underscores."""
    for area in ("report_plan", "resources", "report"):
        try:
            return bilingual(f"{area}.{key}")
        except KeyError:
            continue
    try:
        return bilingual(f"resources.{fallback}")
    except KeyError:
        return Text.of(fallback.replace("_", " "))
