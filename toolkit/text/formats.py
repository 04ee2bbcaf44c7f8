"""Numbers, money, percentages, months and dates as people write them, in English and Chinese.

Patterns and names come from Babel (CLDR). Two habits of Chinese finance that CLDR does not know are added:
money ends in the unit (`240万美元`, `1.2亿元`; yuan are 元), and large amounts are counted in 万 and 亿.
A negative number has a true minus sign; `accounting=True` sets it in brackets in English, as statements do.
An unknown number (None, or not finite) is an em dash, never 0. Babel is loaded on first use.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

from toolkit.text.catalogue import LANGUAGES, Language, Text

if TYPE_CHECKING:
    from babel import Locale
    from babel.numbers import NumberPattern

UNKNOWN = "—"
MINUS = "−"
AT_LEAST = "≥"
NARROW_SPACE = "\u2009"
ZH_YUAN = "元"  # CLDR says 人民币; after a number people write 元
WAN, YI = 1e4, 1e8
PRINTED_KEPT = 4096  # a page that is drawn again prints the same numbers

DateLength = Literal["short", "medium", "long", "full"]


@dataclass(frozen=True, slots=True)
class MoneyScale:
    """The one unit in which a table or an axis gives money: divide by `factor`, print `decimals`, state
    `label` once (`USD thousand`, `万美元`)."""

    factor: float
    decimals: int
    label: str

    def format(self, value: float | None, language: Language, *, accounting: bool = False) -> str:
        """The number alone, without its unit."""
        scaled = None if value is None else value / self.factor
        return number(scaled, language, self.decimals, accounting=accounting)


@cache
def locale_of(language: Language) -> Locale:
    """The Babel locale of a language: US English, or simplified Chinese of the mainland."""
    from babel import Locale

    return Locale("zh", "CN", script="Hans") if language == "zh" else Locale("en", "US")


@lru_cache(PRINTED_KEPT)
def number(value: float | None, language: Language, decimals: int = 0, *, accounting: bool = False) -> str:
    """A grouped number with a fixed number of decimals: `1,234.5`."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    text = str(_pattern(decimals).apply(abs(value), locale_of(language)))
    if value >= 0 or not any(digit in text for digit in "123456789"):  # -0.04 rounds to 0, not to -0
        return text
    return f"({text})" if accounting and language == "en" else MINUS + text


def significant(value: float | None, language: Language, digits: int = 3) -> str:
    """A grouped number with `digits` significant ones, without an exponent: `12,400`, `0.0312`."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    if value == 0:
        return number(0, language)
    places = digits - 1 - math.floor(math.log10(abs(value)))
    return number(round(value, places), language, max(places, 0))


def percent(value: float | None, language: Language, decimals: int = 0) -> str:
    """A share as a percentage: 0.125 is `12.5%`."""
    return UNKNOWN if value is None else _signed(f"{number(value * 100, language, decimals)}%")


@lru_cache(PRINTED_KEPT)
def money(value: float | None, currency: str, language: Language, decimals: int = 0) -> str:
    """Money in full: `$1,234,567`, `1,234,567美元`."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    if language == "zh":
        return number(value, language, decimals) + zh_currency(currency)
    from babel.numbers import format_currency

    pattern = "¤#,##0" + ("." + "0" * decimals if decimals else "")
    text = format_currency(abs(value), currency, pattern, locale_of(language), currency_digits=False)
    return MINUS + text if value < 0 and any(d in text for d in "123456789") else text


def unit_price(value: float | None, currency: str, language: Language) -> str:
    """A price with as many decimals as tell it apart: `$2.85`, `$0.0312`, `$140,000` or `14万美元`."""
    if value is None or not math.isfinite(value) or value == 0:
        return money(value, currency, language)
    if abs(value) >= 1000:
        whole = compact_money if language == "zh" and abs(value) >= WAN else money
        return whole(value, currency, language)
    decimals = 2 if abs(value) >= 1 else max(2, 2 - math.floor(math.log10(abs(value))))
    return money(value, currency, language, decimals)


@lru_cache(PRINTED_KEPT)
def compact_money(value: float | None, currency: str, language: Language) -> str:
    """Money to three figures, for cards and sentences: `$2.4M`, `$108K`; `240万美元`, `1.2亿元`."""
    if value is None or not math.isfinite(value):
        return UNKNOWN
    rounded = _round_to(abs(value), 3)
    if rounded < 1000:
        return money(value, currency, language, 0 if rounded >= 100 or rounded.is_integer() else 2)
    if language == "zh":
        return _compact_zh(value) + zh_currency(currency)
    from babel.numbers import format_compact_currency

    text = format_compact_currency(rounded, currency, locale=locale_of(language), fraction_digits=2)
    return MINUS + text if value < 0 and rounded else text


def compact_number(value: float, language: Language) -> str:
    """A large number to four figures: `91.65B`, `12.65M`; `916.5亿`, `1,265万`."""
    rounded = _round_to(abs(value), 4)
    if language == "zh":
        return _compact_zh(value)
    from babel.numbers import format_compact_decimal

    text = format_compact_decimal(rounded, locale=locale_of(language), fraction_digits=2)
    return MINUS + text if value < 0 and rounded else str(text)


def money_scale(values: Iterable[float], currency: str, language: Language) -> MoneyScale:
    """The unit that gives all `values` in few digits: thousands or millions; 万 or 亿 in Chinese.

    One more decimal is printed where a value would otherwise vanish.
    """
    sizes = [abs(value) for value in values if math.isfinite(value) and value]
    largest, smallest = max(sizes, default=0.0), min(sizes, default=0.0)
    factor, decimals, label = (
        _scale_zh(largest, currency) if language == "zh" else _scale_en(largest, currency)
    )
    if factor > 1 and sizes and smallest / factor < 0.5 * 10**-decimals:
        decimals += 1
    return MoneyScale(factor, decimals, label)


def _scale_en(largest: float, currency: str) -> tuple[float, int, str]:
    if largest >= 1e8:
        return 1e6, 1, f"{currency} million"
    return (1e3, 0, f"{currency} thousand") if largest >= 1e5 else (1.0, 0, currency)


def _scale_zh(largest: float, currency: str) -> tuple[float, int, str]:
    name = zh_currency(currency)
    if largest >= 100 * YI:
        return YI, 1, "亿" + name
    return (WAN, 1 if largest < YI else 0, "万" + name) if largest >= 10 * WAN else (1.0, 0, name)


def zh_currency(currency: str) -> str:
    """The unit after an amount in Chinese: 元 for CNY, else the currency's name (美元, 欧元)."""
    if currency == "CNY":
        return ZH_YUAN
    from babel.numbers import get_currency_name

    return str(get_currency_name(currency, locale=locale_of("zh")))


def country_name(code: str, language: Language) -> str:
    """A country by its ISO 3166 code: `Germany`, `德国`; the code itself where it is unknown."""
    return str(locale_of(language).territories.get(code, code))


def place_name(country: str, region: str | None) -> Text:
    """A country, or a region of it, in both languages: `Germany`, `China (Beijing)`, `中国（Beijing）`."""
    english, chinese = (country_name(country, language) for language in LANGUAGES)
    return Text(f"{english} ({region})", f"{chinese}（{region}）") if region else Text(english, chinese)


def month(iso: str, language: Language) -> str:
    """A month: `2027-01` is `Jan 2027` or `2027年1月`."""
    return _skeleton("yMMM", _day(iso), language)


def month_name(iso: str, language: Language) -> str:
    """A month without its year, for column heads below a year: `Jan`, `1月`."""
    return _skeleton("MMM", _day(iso), language)


def year(iso: str, language: Language) -> str:
    """The year of an ISO date: `2027`, `2027年`."""
    return _skeleton("y", _day(iso), language)


def day(iso: str, language: Language, length: DateLength = "long") -> str:
    """A date: `November 23, 2026`, `2026年11月23日`. A month or a year alone stays one."""
    if len(iso) <= 4:
        return year(iso, language)
    if len(iso) <= 7:
        return month(iso, language)
    from babel.dates import format_date

    return str(format_date(_day(iso), length, locale=locale_of(language)))


def interval(low: float, high: float, write: Callable[[float], str]) -> str:
    """Two ends as people write a range: `2.1 – 3.4`, one figure when both print the same."""
    first, last = write(low), write(high)
    return first if first == last else f"{first}{NARROW_SPACE}–{NARROW_SPACE}{last}"


def at_least(text: str) -> str:
    """A lower bound: `≥ 36`."""
    return f"{AT_LEAST}\u00a0{text}"


@cache
def _pattern(decimals: int) -> NumberPattern:
    from babel.numbers import parse_pattern

    return parse_pattern("#,##0" + ("." + "0" * decimals if decimals else ""))


def _compact_zh(value: float) -> str:
    size = abs(value)
    rounded = _round_to(size, 3 if YI <= size < 100 * YI else 4)
    if rounded >= YI:
        scaled, unit = rounded / YI, "亿"
    elif rounded >= WAN:
        scaled, unit = rounded / WAN, "万"
    else:
        scaled, unit = rounded, ""
    text = number(scaled, "zh", 2)
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return (MINUS if value < 0 and rounded else "") + text + unit


def _round_to(value: float, digits: int) -> float:
    return 0.0 if value == 0 else round(value, digits - 1 - math.floor(math.log10(abs(value))))


def _signed(text: str) -> str:
    return text.replace(f"{UNKNOWN}%", UNKNOWN)


def _day(iso: str) -> date:
    parts = [int(part) for part in iso.split("-")]
    return date(*[*parts, 1, 1][:3])


def _skeleton(skeleton: str, value: date, language: Language) -> str:
    from babel.dates import format_skeleton

    return str(format_skeleton(skeleton, value, locale=locale_of(language)))
