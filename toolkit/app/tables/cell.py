"""Cells: what people write in a spreadsheet, as a plan writes it.

`¥12,000` → 12000 · `20万-25万` → `200000 to 250000` · `15%` → `15 %` · a date or `2027年3月` → `2027-03` ·
`研发` → research · `CN Beijing` → country and region. What is understood by the plan already (`120k to 150k`,
`chance(0.7)`) stays as it is. What is not understood stays as it is too: the check of the plan says what is
wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from toolkit.app.tables.columns import Column, TableKind, months_of, numbers_of, vocabulary
from toolkit.errors import InputError
from toolkit.lines.quantity_text import parse_quantity

_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_NUMBER = r"[-+]?\d[\d,_]*(?:\.\d+)?"
_AMOUNT = re.compile(rf"({_NUMBER})\s*(万|亿|千|百万|[kKMB])?\s*(%)?")
_SCALE = {"万": 1e4, "亿": 1e8, "千": 1e3, "百万": 1e6, "k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9}
SIGNS: Mapping[str, tuple[str, ...]] = {  # of money, and the currencies that each may mean
    "人民币": ("CNY",), "美元": ("USD",), "欧元": ("EUR",), "英镑": ("GBP",), "元": ("CNY", "HKD", "TWD"),
    "€": ("EUR",), "£": ("GBP",), "¥": ("CNY", "JPY"), "￥": ("CNY", "JPY"),
    "$": ("USD", "CAD", "AUD", "SGD", "HKD", "TWD"),
}  # fmt: skip
_PART = rf"{_NUMBER}\s*(?:百万|[万亿千kKMB])?\s*%?"
_RANGE = re.compile(rf"({_PART})\s*(?:to|-|–|—|~|～|至|到)\s*({_PART})")


_PLACE = re.compile(r"(\w+)(?:\s*[,，/·]\s*|\s+)(.+)")


def read_cell(kind: TableKind, column: Column, raw: Any, currency: str) -> Any:
    """The value of a cell as a plan in `currency` writes it: a number, a text, or country and region."""
    if column.field in months_of(kind):
        return _month(raw)
    if isinstance(raw, str):
        raw = raw.strip()
        if raw[:1] == "'" and raw[1:2] in ("=", "+", "-", "@"):  # as exports guard such a text
            raw = raw[1:]
    if column.field in vocabulary()["choices"]:
        return _choice(column.field, str(raw).lower())
    if column.field == "location":
        return _location(str(raw))
    if column.field not in numbers_of(kind):
        return _name(raw)
    return _amount(raw, column, currency)


def _choice(field: str, word: str) -> str:
    """The choice of the plan that a word means; the word itself where it is none."""
    choices: Mapping[str, list[str]] = vocabulary()["choices"][field]
    return next((choice for choice, words in choices.items() if word in words), word)


def _location(text: str) -> dict[str, str]:
    match = _PLACE.fullmatch(text)
    country, region = match.groups() if match else (text, None)
    place = {"country": country.upper() if len(country) == 2 else country}
    return place | ({"region": region} if region else {})


def _name(raw: Any) -> str | bool:
    if isinstance(raw, bool) or str(raw).lower() in ("true", "false"):
        return str(raw).lower() == "true"
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw)


def _amount(raw: Any, column: Column, currency: str) -> Any:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        return str(raw)
    if not isinstance(raw, str):
        return f"{raw:.12g} %" if column.is_percent else _scaled(raw, column.factor)
    text, other = _without_sign(raw, currency)
    if text == raw.strip() and column.factor == 1 and not column.is_percent and _is_understood(text):
        return _number(text.replace(",", "")) if re.fullmatch(r"[-+]?[\d,]+(\.\d+)?", text) else text
    unit = f" {other}" if other else ""
    if match := _RANGE.fullmatch(text):
        low, high = (_one(part, column) for part in match.groups())
        if low is not None and high is not None:
            low += " %" if high.endswith("%") and not low.endswith("%") else ""
            return f"{low} to {high}{unit}"
    plain = _one(text, column)
    if plain is None:
        return raw
    return f"{plain}{unit}" if unit or plain.endswith("%") else _number(plain)


def _is_understood(text: str) -> bool:
    """Whether a plan reads the text as it is: then not a digit of it is touched."""
    try:
        parse_quantity(text)
    except InputError:
        return False
    return True


def _without_sign(text: str, currency: str) -> tuple[str, str]:
    """A text without the signs of money, and the currency that they mean where it is not the plan's: the
    check of the plan then says that it does not fit."""
    other = ""
    for sign, currencies in SIGNS.items():
        if sign in text:
            text = text.replace(sign, "")
            other = other if currency in currencies else currencies[0]
    return text.strip(), other


def _one(text: str, column: Column) -> str | None:
    """One number of a text in the plan's spelling; None where it is no single number."""
    match = _AMOUNT.fullmatch(text.strip())
    if match is None or not re.fullmatch(r"[-+]?(\d{1,3}(,\d{3})+|[\d_]+)(\.\d+)?", match[1]):
        return None
    number = float(match[1].replace(",", "").replace("_", "")) * _SCALE.get(match[2] or "", 1.0)
    if match[3] or column.is_percent:
        return f"{number:.12g} %"
    return f"{number * column.factor:.12g}"


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _scaled(number: float, factor: float) -> int | float:
    value = float(f"{number * factor:.12g}") if factor != 1 else number
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def _month(raw: Any) -> str:
    if isinstance(raw, date):  # a datetime too
        return f"{raw.year:04d}-{raw.month:02d}"
    text = str(raw).strip()
    for pattern in (r"(\d{4})[-/.年](\d{1,2})月?(?:[-/.]?\d{1,2}日?)?(?:[ T].*)?", r"(\d{4})(\d{2})"):
        if match := re.fullmatch(pattern, text):
            return f"{match[1]}-{int(match[2]):02d}"
    if match := re.fullmatch(r"(\d{1,2})[/.](\d{4})", text):
        return f"{match[2]}-{int(match[1]):02d}"
    if match := re.fullmatch(r"([A-Za-z]{3,9})\.?[\s-]+(\d{4})", text):
        named = [place for place, name in enumerate(_NAMES, 1) if name.startswith(match[1].lower())]
        if len(named) == 1:
            return f"{match[2]}-{named[0]:02d}"
    return text
