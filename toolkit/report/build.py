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

from toolkit.errors import Problem, ReportError, refuse
from toolkit.report.context import ReportContext
from toolkit.report.cover_art import cover_art
from toolkit.report.coverage import cover
from toolkit.report.document import Cover, Document, Section
from toolkit.report.references import narrative_problems
from toolkit.report.scribe import Scribe
from toolkit.report.templates import SECTIONS, TEMPLATES, Template
from toolkit.text import Language, load_catalogue

# A writer is loaded when its format is asked for: its library is heavy.
WRITERS: Mapping[str, str] = {
    "html": "toolkit.report.writers.html",
    "pdf": "toolkit.report.writers.pdf",
    "docx": "toolkit.report.writers.docx",
    "md": "toolkit.report.writers.markdown",
}
FORMATS: tuple[str, ...] = tuple(WRITERS)


def build_document(template: str, context: ReportContext, language: Language) -> Document:
    """The document of a template in one language.

    Raises InputError for an unknown template, and for every unknown reference in the plan's narrative.
    Characters that no shipped font draws do not stop it: they are in `Document.problems`.
    """
    if template not in TEMPLATES:
        values = {"name": template, "known": ", ".join(TEMPLATES)}
        refuse([Problem("report.unknown_template", field="template", values=values)])
    refuse(narrative_problems(context.narrative))
    context, problems = cover(context)
    scribe = Scribe(context, language)
    company = context.company
    return Document(
        id=template,
        title=company.name[language],
        subtitle=scribe.say("cover.kind"),
        language=language,
        cover=_cover(scribe),
        sections=_sections(TEMPLATES[template], scribe),
        meta={
            "author": company.name[language],
            "date": company.date,
            "run": context.run.id,
            "currency": context.run.currency,
        },
        words=_words(language),
        problems=tuple(problems),
        form=TEMPLATES[template].form,
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


def _sections(template: Template, scribe: Scribe) -> tuple[Section, ...]:
    sections: list[Section] = []
    for name in template.order[scribe.language]:
        blocks = SECTIONS[name](scribe)
        if blocks:
            number = f"{len(sections) + 1:02d}"
            sections.append(Section(name, number, scribe.say(f"section.{name}"), tuple(blocks)))
    for place, name in enumerate(template.appendices):
        number = chr(ord("A") + place)
        sections.append(
            Section(
                name, number, scribe.say(f"section.{name}"), tuple(SECTIONS[name](scribe)), is_appendix=True
            )
        )
    return tuple(sections)


def _cover(scribe: Scribe) -> Cover:
    company, ask = scribe.context.company, scribe.context.ask
    facts: list[tuple[str, str]] = []
    if ask is not None:
        facts.append((scribe.say("cover.raising"), scribe.compact(ask.amount)))
        if ask.stake is not None:
            facts.append((scribe.say("cover.stake"), scribe.percent(ask.stake)))
    if company.contact:
        facts.append((scribe.say("cover.contact"), company.contact))
    facts.append((scribe.say("cover.date"), scribe.day(company.date)))
    return Cover(
        company=company.name[scribe.language],
        tagline=company.one_liner[scribe.language],
        kind=scribe.say("cover.kind"),
        facts=tuple(facts),
        picture=cover_art(scribe.run.paths, scribe.run.metrics.cash),
        alt=scribe.say("cover.paths"),
        notice=scribe.say("document.notice"),
    )


def _words(language: Language) -> dict[str, str]:
    """The writers' own words: everything under `document` in the catalogue."""
    catalogue = load_catalogue("report", language)
    return {key.split(".", 1)[1]: text for key, text in catalogue.items() if key.startswith("document.")}
