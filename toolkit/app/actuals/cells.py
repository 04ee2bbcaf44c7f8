"""What a cell of a table of figures says: a month, or a number."""

from __future__ import annotations

import re

from toolkit.app.tables.cell import SIGNS

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.]\d{1,2})?(?:[T ].*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})")
_CHINESE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月(?:份)?(?:\s*\d{1,2}\s*日)?")
_MONTH_FIRST = re.compile(r"(\d{1,2})[-/.](\d{4})")
_WORDS = re.compile(r"([A-Za-z]{3,9})\.?[\s,'’-]*(\d{4}|\d{2})")
_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE][-+]?\d+)?")
LARGEST = 1e15  # no company has more of anything: a slip of the keyboard
_CURRENCY = re.compile(r"^(?:[$¥€£￥]|[A-Z]{3}\s)|(?:\s?[$¥€£]|\s?[A-Z]{3}|元)$")


def month_of(text: str) -> str | None:
    """The ISO month that a cell names (`2027-05`, `2027/5/31`, `05/2027`, `May 2027`, `2027年5月`)."""
    for pattern in (_ISO, _CHINESE, _COMPACT):
        if match := pattern.fullmatch(text):
            return _iso(int(match[1]), int(match[2]))
    if match := _MONTH_FIRST.fullmatch(text):
        return _iso(int(match[2]), int(match[1]))
    if match := _WORDS.fullmatch(text):
        word = match[1].lower()
        numbers = [place for place, name in enumerate(_NAMES, 1) if name.startswith(word[:3])]
        known = [place for place in numbers if _NAMES[place - 1].startswith(word) or word == "sept"]
        year = int(match[2]) + (2000 if len(match[2]) == 2 else 0)
        return _iso(year, known[0]) if known else None
    return None


def _iso(year: int, month: int) -> str | None:
    return f"{year:04d}-{month:02d}" if 1 <= month <= 12 and year >= 1900 else None


def number_of(text: str) -> float | None:
    """The number in a cell (`1,234.50`, `(1,234)`, `−12`, `$3,000`, `12 %`), or None where it is text."""
    plain = _plain(text)
    negative = plain.startswith("(") and plain.endswith(")")
    if negative:
        plain = plain[1:-1].strip()
    sign = -1.0 if negative else 1.0
    if plain.startswith("-"):
        sign, plain = -sign, plain[1:].strip()
    share = plain.endswith("%")
    plain = _CURRENCY.sub("", plain.removesuffix("%").strip()).strip()
    if not plain or not _NUMBER.fullmatch(plain) or not any(letter.isdigit() for letter in plain):
        return None
    value = sign * float(plain.replace(",", ""))
    if value in (float("inf"), float("-inf")):
        return None
    return value / 100 if share else value


def other_currency(text: str, currency: str) -> str | None:
    """The money that a cell says its number is in (`€3,000`, `3000 GBP`), where that is not `currency`."""
    named = (match[0].strip() for match in _CURRENCY.finditer(_plain(text).strip("(-) ")))
    return next((one for one in named if currency not in SIGNS.get(one, (one,))), None)


def _plain(text: str) -> str:
    return text.replace("−", "-").replace("，", ",").replace("\u00a0", " ").strip()
