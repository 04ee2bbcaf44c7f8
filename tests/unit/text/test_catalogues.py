"""Both languages of every catalogue say the same things, and the Chinese ones in Chinese."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from toolkit.text import load_catalogue
from toolkit.text.catalogue import CATALOGUES

AREAS = sorted({path.name.split(".")[0] for path in CATALOGUES.glob("*.yaml")})
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Three English words in a row are a sentence, unless they name something: commands, formats, proper names.
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ][A-Za-z]{2,}){2,}")
FORMULA_WORDS = r"\b(?:and|or|not|min|max|where|abs|floor|ceil|round|exp|log|sum)\b"
ALLOWED = re.compile(
    r"`[^`]*`|\{[^{}]*\}|--[a-z-]+|groundplan [a-z]+|[\w./-]+\.(?:yaml|csv|json|duckdb|md)|" + FORMULA_WORDS
)


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("area", AREAS)
def test_both_languages_hold_the_same_ids_and_placeholders(area: str) -> None:
    english, chinese = load_catalogue(area, "en"), load_catalogue(area, "zh")
    assert english.keys() == chinese.keys()
    for key in english:
        assert placeholders(english[key]) == placeholders(chinese[key]), key
        assert bool(english[key].strip()) == bool(chinese[key].strip()), key


@pytest.mark.parametrize("area", AREAS)
def test_no_english_sentence_in_chinese(area: str) -> None:
    for key, sentence in load_catalogue(area, "zh").items():
        rest = ALLOWED.sub("·", sentence)
        assert not ENGLISH.search(rest), f"{area}.{key}: {sentence}"


@pytest.mark.parametrize("area", AREAS)
def test_no_chinese_in_english(area: str) -> None:
    for key, sentence in load_catalogue(area, "en").items():
        assert not CHINESE.search(sentence.replace("中文", "")), f"{area}.{key}: {sentence}"
