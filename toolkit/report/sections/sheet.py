"""The one-pager: what the company does, what it asks for, and whether the cash lasts, on one page."""

from __future__ import annotations

import re

from toolkit.report.charts import Look, fan_chart
from toolkit.report.document import Block, Facts, Figure, KeyFigures, Paragraph
from toolkit.report.references import narrative
from toolkit.report.scribe import Scribe
from toolkit.report.sections import summary
from toolkit.report.sections.funding import use_bars
from toolkit.text import Language

PITCH = ("problem", "product", "market", "competition", "go_to_market", "team")
MOST_EVENTS = 7
MOST_LETTERS: dict[Language, int] = {"en": 240, "zh": 100}
SENTENCE = re.compile(r"(?<=[.!?] )|(?<=[。！？])")


def blocks(scribe: Scribe) -> list[Block]:
    """The summary in a few sentences and the key figures, over the whole width."""
    told = [
        Paragraph.of(shortened(one.text, scribe.language), "lead") for one in narrative(scribe, "summary")[:1]
    ]
    return [*told, KeyFigures(summary.key_figures(scribe))]


def pitch(scribe: Scribe) -> list[Block]:
    """The first paragraph on each part of the pitch, after its name."""
    pairs = []
    for part in PITCH:
        told = narrative(scribe, part)
        if told:
            pairs.append((scribe.say(f"sheet.{part}"), shortened(told[0].text, scribe.language)))
    return [Facts(tuple(pairs))] if pairs else [scribe.absent()]


def shortened(text: str, language: Language) -> str:
    """The first sentences of a paragraph, as many as a page has room for; one that is too long is cut."""
    most = MOST_LETTERS[language]
    sentences = [part for part in SENTENCE.split(text) if part]
    kept = sentences[0]
    for part in sentences[1:]:
        if len(kept) + len(part) > most:
            break
        kept += part
    return kept if len(kept) <= 2 * most else kept[: 2 * most].rstrip() + "…"


def ask(scribe: Scribe) -> list[Block]:
    """The open round, and what its money is spent on."""
    pairs = summary.ask_pairs(scribe)
    return [*([Facts(tuple(pairs))] if pairs else [scribe.absent()]), *use_bars(scribe, most=5, width=130)]


def cash(scribe: Scribe) -> list[Block]:
    """The answer and a small fan."""
    fan, run = scribe.cash_fan(), scribe.run
    answer = Paragraph.of(summary.answer(scribe))
    if fan is None:
        return [answer]
    look = Look(scribe.language, width=270, height=150)
    floor = scribe.context.company.cash_floor
    spec = fan_chart(
        fan, run.months, scribe.currency, look, floor=floor, tightest_month=run.metrics.tightest_month
    )
    alt = summary.answer(scribe)
    return [answer, Figure("sheet-fan", scribe.say("sheet.fan"), spec, alt)]


def glance(scribe: Scribe) -> list[Block]:
    """The plan by year."""
    return [summary.glance(scribe)]


def ahead(scribe: Scribe) -> list[Block]:
    """The next events of the plan."""
    rows = scribe.context.milestones[:MOST_EVENTS]
    pairs = tuple((scribe.month(row.month), row.label[scribe.language]) for row in rows)
    return [Facts(pairs)] if pairs else []
