"""People's words on a page: shown as they stand, whatever Markdown would make of them."""

from __future__ import annotations

import re

import pytest

from toolkit.projection.run import Figure

pytestmark = pytest.mark.usefixtures("board_on_path")


@pytest.mark.parametrize(
    "text",
    [
        "A $5 and $6",
        "**b**",
        "_u_",
        "`c`",
        ":red[x]",
        "![p](http://evil.example/p.png)",
        "<b>",
        "# 1",
        "1) x | y",
    ],
)
def test_every_sign_of_markdown_is_escaped(text: str) -> None:
    from board.words import plain

    found = plain(text)
    assert re.sub(r"\\(.)", r"\1", found).replace("\u2060", "") == text
    for sign in "$*_`[]<>#|!()":
        assert not re.search(rf"(?<!\\){re.escape(sign)}", found), sign


@pytest.mark.parametrize("text", [":material/home:", ":smile:", "x:tada:"])
def test_no_name_of_an_icon_is_left(text: str) -> None:
    from board.words import plain

    assert not re.search(r":[a-z]", plain(text).replace("\\", ""))


def test_a_bound_is_shown_as_one() -> None:
    from board.words import chance, months

    assert months(Figure(36, at_least=True), "en") == "≥\u00a036 months"
    assert months(Figure(1), "en") == "1 month"
    assert months(Figure(21), "zh") == "21 个月"
    assert chance(Figure(0.994), "en") == "99.4%"
    assert chance(Figure(1.0), "en") == "100%"
