"""Characters outside the shipped fonts become code points, with a problem that names their field."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from toolkit.report.assets import fonts_dir
from toolkit.report.build import build_document
from toolkit.report.context import ReportContext
from toolkit.report.coverage import cover, is_covered, written
from toolkit.text import Text

# 通用规范汉字表 (2013), from the property kTGH of Unicode's Unihan database 15.0.
GENERAL_CHARACTERS = (
    (Path(__file__).parent / "general_characters.txt").read_text(encoding="utf-8").replace("\n", "")
)


def test_the_fonts_draw_every_general_character() -> None:
    assert len(set(GENERAL_CHARACTERS)) == 8105
    assert [c for c in GENERAL_CHARACTERS if not is_covered(c)] == []
    assert all(is_covered(c) for c in "昇喆镕")  # in names, but not in GB 2312


@pytest.mark.parametrize(
    "words",
    [
        "Straße Łódź Đắk Çelik",
        "Αθήνα",
        "Москва Київ",
        "€ £ ¥ ₩ ₹ ₽ ₺",
        "≥ ≤ ≈ ≠ × ÷ ± − ∑ √ ∞ ∫",
        "“”‘’—…·、，。（）《》【】￥",
    ],
)
def test_the_fonts_draw_other_scripts_and_signs(words: str) -> None:
    assert [c for c in words if not is_covered(c)] == []


def test_other_characters_become_code_points() -> None:
    assert written("ok 😀") == "ok [U+1F600]"
    assert written("مرحبا") == "[U+0645][U+0631][U+062D][U+0628][U+0627]"
    assert written("a\u202eb") == "a[U+202E]b"  # no reordering of what follows
    assert written("a\x00b") == "a[U+0000]b"
    assert written("plain\ntext") == "plain\ntext"
    assert written("中文 and English") == "中文 and English"


def test_the_field_is_named_once(context: ReportContext) -> None:
    role = replace(context.roles[1], label=Text("Engineer 🚀", "工程师🚀"))
    company = replace(context.company, name=Text("Acme 🚀🚀", "Acme 🚀🚀"))
    covered, problems = cover(replace(context, roles=(role,), company=company))
    assert [(p.field, p.values["characters"]) for p in problems] == [
        ("company.name", "U+1F680"),
        ("talent.roles[1].label", "U+1F680"),
        ("talent.roles[1].label", "U+1F680"),
    ]
    assert covered.roles[0].label == Text("Engineer [U+1F680]", "工程师[U+1F680]")
    assert covered.run is context.run  # nothing else was copied


def test_a_document_lists_them_and_is_still_written(context: ReportContext) -> None:
    company = replace(context.company, name=Text("Acme 🚀", "Acme 🚀"))
    document = build_document("business-plan", replace(context, company=company), "zh")
    assert document.title == "Acme [U+1F680]"
    assert [p.field for p in document.problems] == ["company.name"]


def test_the_list_of_ranges_is_sorted_and_apart() -> None:
    ranges = json.loads((fonts_dir() / "coverage.json").read_text(encoding="utf-8"))
    ends = [point for pair in ranges for point in pair]
    assert ends == sorted(ends)
    assert all(a[1] + 1 < b[0] for a, b in pairwise(ranges))
