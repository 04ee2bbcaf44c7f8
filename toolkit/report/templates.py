"""Templates: which sections a report has, in which order.

A business plan follows the western order in English; in Chinese that of a 商业计划书: 项目概况 first, then
market, technology, team and resources, the money asked for before the statements, and 退出方案 last.
Appendices come after the numbered sections and carry letters; `sources` is always last, because it lists what
the sections before it cite.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from toolkit.report.document import Block
from toolkit.report.scribe import Scribe
from toolkit.report.sections import (
    company,
    compute,
    exit_plan,
    financials,
    funding,
    inputs,
    market,
    risks,
    runway,
    sources,
    summary,
    support,
    team,
)
from toolkit.text import Language

Writer = Callable[[Scribe], list[Block]]

SECTIONS: Mapping[str, Writer] = {
    "summary": summary.blocks,
    "company": company.blocks,
    "market": market.blocks,
    "team": team.blocks,
    "compute": compute.blocks,
    "support": support.blocks,
    "financials": financials.blocks,
    "runway": runway.blocks,
    "funding": funding.blocks,
    "risks": risks.blocks,
    "exit": exit_plan.blocks,
    "inputs": inputs.blocks,
    "sources": sources.blocks,
}


@dataclass(frozen=True, slots=True)
class Template:
    """The order of a report's sections by language, and its appendices."""

    order: Mapping[Language, tuple[str, ...]]
    appendices: tuple[str, ...]


TEMPLATES: Mapping[str, Template] = {
    "business-plan": Template(
        order={
            "en": (
                "summary", "company", "market", "team", "compute", "support",
                "financials", "runway", "funding", "risks", "exit",
            ),
            "zh": (
                "summary", "company", "market", "compute", "team", "support",
                "funding", "financials", "runway", "risks", "exit",
            ),
        },
        appendices=("inputs", "sources"),
    ),
}  # fmt: skip
