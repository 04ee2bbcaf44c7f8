"""Every field of a plan that the tables of the page Plan show has words in both languages."""

from __future__ import annotations

import re

import pytest

from toolkit.app.building import example
from toolkit.app.pages.plan_tables import FIELD, ROOMS, VALUE, field_label, sheets
from toolkit.reference.paths import data_dir

EXAMPLES = sorted(path.stem for path in (data_dir() / "examples").glob("*-startup.yaml"))
HAN = re.compile(r"[\u4e00-\u9fff]")


def fields_of(text: str) -> set[str]:
    """Columns, those that can be added, and the parts of a room's own fields."""
    found: set[str] = set()
    for room in ROOMS:
        for sheet in sheets(text, room, "zh"):
            found |= {*sheet.columns, *sheet.more}
            if not sheet.is_list:
                found |= {part for row in sheet.rows for part in row[FIELD].split(".")}
    return found - {FIELD, VALUE}


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_field_has_words(name: str) -> None:
    found = fields_of(example(name).read_text(encoding="utf-8"))
    assert len(found) > 100
    assert not [field for field in sorted(found) if not HAN.search(field_label(field, "zh"))]
    assert not [field for field in sorted(found) if "_" in field_label(field, "en")]
