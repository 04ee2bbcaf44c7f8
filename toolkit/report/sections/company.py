"""Problem and positioning: who the company is, which problem it solves, with what, and what it has shown."""

from __future__ import annotations

from toolkit.report.document import Block, Facts, Heading
from toolkit.report.references import narrative
from toolkit.report.scribe import Scribe

PARTS = ("problem", "product", "traction")


def blocks(scribe: Scribe) -> list[Block]:
    """The facts of the company, and the plan's own words on problem, product and traction."""
    company = scribe.context.company
    pairs = [
        (scribe.say("company.name"), company.name[scribe.language]),
        (scribe.say("company.place"), company.place[scribe.language]),
    ]
    if company.founded:
        pairs.append((scribe.say("company.founded"), scribe.day(company.founded)))
    if company.website:
        pairs.append((scribe.say("company.website"), company.website))
    if company.contact:
        pairs.append((scribe.say("company.contact"), company.contact))
    result: list[Block] = [Facts(tuple(pairs))]
    told = {part: narrative(scribe, part) for part in PARTS}
    for part, paragraphs in told.items():
        if paragraphs:
            result += [Heading(scribe.say(f"company.{part}")), *paragraphs]
    return result if any(told.values()) else [*result, scribe.absent()]
