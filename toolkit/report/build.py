"""From a context to a document, and from a document to a file.

    document = build_document("business-plan", context, "zh")
    write(document, "pdf", Path("plan.zh.pdf"))

A template is an ordered list of sections; a section is a function that asks the scribe for words and returns
blocks. The document is the same for every format. (XLSX is not a format of the document: its workbook comes
from the lines, see `toolkit.projection.workbook`.)
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from toolkit.errors import Problem, ReportError, refuse
from toolkit.report.coverage import cover
from toolkit.report.document import Cover, Document, Section
from toolkit.report.references import narrative_problems
from toolkit.report.templates import SECTIONS, TEMPLATES, Template
from toolkit.report.wording import Wording, catalogue
from toolkit.text import Language

# A writer is loaded when its format is asked for: its library is heavy.
WRITERS: Mapping[str, str] = {
    "html": "toolkit.report.writers.html",
    "pdf": "toolkit.report.writers.pdf",
    "docx": "toolkit.report.writers.docx",
    "md": "toolkit.report.writers.markdown",
}
FORMATS: tuple[str, ...] = tuple(WRITERS)


def build_document(template: str, context: Any, language: Language) -> Document:
    """The document of a template in one language, from the context that the template is written from.

    Raises InputError for an unknown template, and for every unknown reference in the plan's narrative.
    Characters that no shipped font draws do not stop it: they are in `Document.problems`.
    """
    if template not in TEMPLATES:
        values = {"name": template, "known": ", ".join(TEMPLATES)}
        refuse([Problem("report.unknown_template", field="template", values=values)])
    refuse(narrative_problems(getattr(context, "narrative", {})))
    chosen = TEMPLATES[template]
    context, problems = cover(context)
    scribe = chosen.scribe(context, language)
    subject = scribe.subject
    kind = scribe.say(f"template.{template}")
    return Document(
        id=template,
        title=subject.title[language],
        subtitle=kind,
        language=language,
        cover=_cover(scribe, kind),
        sections=_sections(chosen, scribe),
        meta={
            "author": subject.author[language],
            "date": subject.date,
            "run": subject.record,
            "currency": scribe.currency,
        },
        words=_words(language),
        problems=tuple(problems),
        form=chosen.form,
    )


def write(document: Document, format: str, path: Path) -> Path:
    """Write the document in one of `FORMATS` and return the path.

    Raises ReportError for an unknown format or a document that the writer cannot set.
    """
    if format not in WRITERS:
        values = {"name": format, "known": ", ".join(WRITERS)}
        raise ReportError([Problem("report.unknown_format", field="format", values=values)])
    data: bytes = import_module(WRITERS[format]).render(document)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def _sections(template: Template, scribe: Wording) -> tuple[Section, ...]:
    sections: list[Section] = []
    for name in template.order[scribe.language]:
        blocks = SECTIONS[name](scribe)
        if blocks:
            number = f"{len(sections) + 1:02d}"
            side = template.sides.get(name, "all")
            title = scribe.say(f"section.{name}")
            sections.append(Section(name, number, title, tuple(blocks), side=side))
    for place, name in enumerate(template.appendices):
        number = chr(ord("A") + place)
        blocks = SECTIONS[name](scribe)
        sections.append(Section(name, number, scribe.say(f"section.{name}"), tuple(blocks), is_appendix=True))
    return tuple(sections)


def _cover(scribe: Wording, kind: str) -> Cover:
    subject = scribe.subject
    return Cover(
        company=subject.title[scribe.language],
        tagline=subject.tagline[scribe.language],
        kind=kind,
        facts=scribe.cover_facts(),
        picture=scribe.cover_picture(),
        alt=scribe.say("cover.paths"),
        notice=scribe.say("document.notice"),
    )


def _words(language: Language) -> dict[str, str]:
    """The writers' own words: everything under `document` in the catalogue."""
    words = catalogue(language)
    return {key.split(".", 1)[1]: text for key, text in words.items() if key.startswith("document.")}
