"""Markdown: read back by another parser, every word of the document is there and is only a word."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from toolkit.report.build import build_document
from toolkit.report.context import ReportContext
from toolkit.report.document import Figure, Heading, Table
from toolkit.report.writers.markdown import escaped, render

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script>",
        "![x](https://evil.example/x.png)",
        "*a* _b_ `c` ~~d~~ $x$ | \\ &lt; &amp;",
        "# no heading",
        "1. no list",
        "2) no list",
        "- no list",
        "+ no list",
        "=== no rule",
        "> no quote",
        "[no]: https://evil.example",
        "{{runway.p50}}",
    ],
)
def test_marks_are_words(words: str) -> None:
    tokens = PARSER.parse(escaped(words))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert all(child.type == "text" for child in tokens[1].children or [])
    assert tokens[1].children is not None
    assert "".join(child.content for child in tokens[1].children) == words


@pytest.mark.parametrize("language", ["en", "zh"])
def test_headings_and_tables_are_all_there(context: ReportContext, language: str) -> None:
    document = build_document("business-plan", context, language)
    tokens = PARSER.parse(render(document).decode())
    inside = [tokens[place + 1].content for place, one in enumerate(tokens) if one.type == "heading_open"]
    for section in document.sections:
        assert any(section.title in words for words in inside)
        for block in section.blocks:
            if isinstance(block, Heading):
                assert escaped(block.text) in inside
    tables = [one for one in document.blocks() if isinstance(one, Table)]
    charts = [one for one in document.blocks() if isinstance(one, Figure) and one.data is not None]
    assert sum(one.type == "table_open" for one in tokens) == len(tables) + len(charts)
