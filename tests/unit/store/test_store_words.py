"""Every problem of the store has words in both languages, and no words lie unused."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import toolkit.store
from toolkit.text import LANGUAGES, load_catalogue

CODE = "\n".join(
    path.read_text(encoding="utf-8") for path in Path(toolkit.store.__file__).parent.glob("*.py")
)


def names() -> dict[str, set[str]]:
    return {language: set(load_catalogue("store", language)) for language in LANGUAGES}


def test_both_languages_have_the_same_words_and_values() -> None:
    assert names()["en"] == names()["zh"]
    for key in names()["en"]:
        values = [
            {field for _, field, _, _ in Formatter().parse(load_catalogue("store", language)[key]) if field}
            for language in LANGUAGES
        ]
        if key.endswith(".problem"):
            assert values[0] == values[1], key


def test_the_code_and_the_catalogue_know_the_same_problems() -> None:
    known = {key.rsplit(".", 1)[0] for key in names()["en"]}
    assert {name for name in known if not re.search(rf'"(store\.)?{name}"', CODE)} == set()
    assert set(re.findall(r'"store\.(\w+)"', CODE)) <= known
    assert set(re.findall(r'(?:refused|_wrong|WrongQueryError)\("(\w+)"', CODE)) <= known
