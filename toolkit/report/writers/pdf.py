"""PDF by Typst: tagged, PDF/UA-1 and PDF/A-2a, with embedded fonts, the same bytes for the same document.

The template (`reports/templates/report.typ`) is fixed; the document goes in as JSON through `sys.inputs`, so
that no word of a user is ever read as markup. Only the shipped fonts are used; packages and the network are
not. With the standards set, a missing glyph, title or alternative text is an error, not a silent gap.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from toolkit.errors import Problem, ReportError
from toolkit.report.assets import fonts_dir, templates_dir
from toolkit.report.document import Document
from toolkit.report.writers.payload import payload


def render(document: Document) -> bytes:
    """The PDF of a document. Raises ReportError when Typst cannot set it."""
    import typst

    data = json.dumps(payload(document), ensure_ascii=False)
    template = templates_dir() / "report.typ"
    try:
        result = typst.compile(
            str(template),
            root=str(template.parent),
            format="pdf",
            font_paths=[str(fonts_dir())],
            ignore_system_fonts=True,
            sys_inputs={"data": data},
            pdf_standards=["ua-1", "a-2a"],
            timestamp=_noon(document.meta["date"]),
        )
    except typst.TypstError as error:
        problem = Problem("report.not_compiled", values={"message": str(error)})
        raise ReportError([problem]) from error
    return bytes(result)


def _noon(iso: str) -> int:
    """Seconds since 1970 at noon UTC of the document's day: a fixed time of creation."""
    parts = [int(part) for part in iso.split("-")]
    year, month, day = [*parts, 1, 1][:3]
    return int(datetime(year, month, day, 12, tzinfo=UTC).timestamp())
