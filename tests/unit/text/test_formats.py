"""Numbers, money and dates against what people write in English and in Chinese."""

from __future__ import annotations

import pytest

from toolkit.text import formats

THIN = "\u2009"


@pytest.mark.parametrize(
    ("value", "currency", "english", "chinese"),
    [
        (2_400_000, "USD", "$2.4M", "240万美元"),
        (2_400_000, "CNY", "CN¥2.4M", "240万元"),
        (108_234, "USD", "$108K", "10.82万美元"),
        (950, "USD", "$950", "950美元"),
        (12.34, "EUR", "€12.34", "12.34欧元"),
        (123_456_789, "CNY", "CN¥123M", "1.23亿元"),
        (12_345_678, "USD", "$12.3M", "1,235万美元"),
        (-54_321.5, "USD", "−$54.3K", "−5.43万美元"),
        (0, "USD", "$0", "0美元"),
        (999_999, "USD", "$1M", "100万美元"),
        (99_999_999, "CNY", "CN¥100M", "1亿元"),
        (None, "USD", "—", "—"),
    ],
)
def test_compact_money(value: float | None, currency: str, english: str, chinese: str) -> None:
    assert formats.compact_money(value, currency, "en") == english
    assert formats.compact_money(value, currency, "zh") == chinese


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (2.85, "$2.85", "2.85美元"),
        (0.0312, "$0.0312", "0.0312美元"),
        (140_000, "$140,000", "14万美元"),
        (1_250, "$1,250", "1,250美元"),
    ],
)
def test_unit_price(value: float, english: str, chinese: str) -> None:
    assert formats.unit_price(value, "USD", "en") == english
    assert formats.unit_price(value, "USD", "zh") == chinese


def test_money_in_full() -> None:
    assert formats.money(1_234_567, "USD", "en") == "$1,234,567"
    assert formats.money(-0.4, "USD", "en") == "$0"
    assert formats.money(1_234_567.891, "CNY", "zh", 2) == "1,234,567.89元"


@pytest.mark.parametrize(
    ("values", "currency", "english", "chinese"),
    [
        ([90_000, -2], "USD", (1, 0, "USD"), (1, 0, "美元")),
        ([1_500_000, 20_000], "USD", (1e3, 0, "USD thousand"), (1e4, 1, "万美元")),
        ([1_500_000, 240], "CNY", (1e3, 1, "CNY thousand"), (1e4, 2, "万元")),
        ([2.5e10, 4e8], "CNY", (1e6, 1, "CNY million"), (1e8, 1, "亿元")),
        ([], "USD", (1, 0, "USD"), (1, 0, "美元")),
    ],
)
def test_money_scale(values: list[float], currency: str, english: tuple, chinese: tuple) -> None:
    assert formats.money_scale(values, currency, "en") == formats.MoneyScale(*english)
    assert formats.money_scale(values, currency, "zh") == formats.MoneyScale(*chinese)


def test_a_scale_prints_negatives_as_statements_do() -> None:
    scale = formats.MoneyScale(1e3, 0, "USD thousand")
    assert scale.format(-42_777, "en", accounting=True) == "(43)"
    assert scale.format(-42_777, "zh", accounting=True) == "−43"
    assert scale.format(-400, "en", accounting=True) == "0"  # not "(0)"
    assert scale.format(None, "en") == "—"


def test_numbers() -> None:
    assert formats.number(1_234_567.891, "en", 1) == "1,234,567.9"
    assert formats.number(float("nan"), "zh") == "—"
    assert formats.significant(12_432.2, "en") == "12,400"
    assert formats.significant(0.031249, "zh") == "0.0312"
    assert formats.significant(0, "en") == "0"
    assert formats.percent(0.125, "en", 1) == "12.5%"
    assert formats.percent(None, "zh") == "—"


def test_large_numbers() -> None:
    assert formats.compact_number(91_651_513_899, "en") == "91.65B"
    assert formats.compact_number(91_651_513_899, "zh") == "916.5亿"
    assert formats.compact_number(12_649_111, "en") == "12.65M"
    assert formats.compact_number(-12_649_111, "zh") == "−1,265万"


def test_grouping_is_what_the_locale_says() -> None:
    from babel.numbers import format_decimal

    for language, locale in (("en", "en_US"), ("zh", "zh_CN")):
        assert formats.number(1_234_567, language) == format_decimal(1_234_567, locale=locale)


def test_months_and_dates() -> None:
    assert formats.month("2027-01", "en") == "Jan 2027"
    assert formats.month("2027-01", "zh") == "2027年1月"
    assert formats.month_name("2027-11", "zh") == "11月"
    assert formats.year("2027-11", "zh") == "2027年"
    assert formats.day("2026-11-23", "en") == "November 23, 2026"
    assert formats.day("2026-11-23", "zh") == "2026年11月23日"
    assert formats.day("2026-11", "zh") == "2026年11月"
    assert formats.day("2026", "en") == "2026"


def test_ranges_and_bounds() -> None:
    assert formats.interval(2.1, 3.4, lambda value: f"{value}") == f"2.1{THIN}–{THIN}3.4"
    assert formats.interval(2.11, 2.12, lambda value: f"{value:.1f}") == "2.1"
    assert formats.at_least("36") == "≥\u00a036"
