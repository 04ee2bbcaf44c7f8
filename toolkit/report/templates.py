"""Templates: which sections a report has, in which order.

A business plan follows the western order in English; in Chinese that of a 商业计划书: 项目概况 first, then
market, technology, team and resources, the money asked for before the statements, and 退出方案 last.
Appendices come after the numbered sections and carry letters; `sources` is always last, because it lists what
the sections before it cite.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from toolkit.report.document import Block, Form
from toolkit.report.scribe import Scribe
from toolkit.report.sections import (
    business,
    company,
    compute,
    economics,
    exit_plan,
    financials,
    funding,
    growth,
    inputs,
    market,
    milestones,
    partnerships,
    policy,
    risks,
    runway,
    scenarios,
    sensitivity,
    sources,
    summary,
    team,
    technology,
)
from toolkit.text import Language

Writer = Callable[[Scribe], list[Block]]

SECTIONS: Mapping[str, Writer] = {
    "summary": summary.blocks,
    "company": company.blocks,
    "technology": technology.blocks,
    "market": market.blocks,
    "business": business.blocks,
    "growth": growth.blocks,
    "team": team.blocks,
    "compute": compute.blocks,
    "policy": policy.blocks,
    "partnerships": partnerships.blocks,
    "financials": financials.blocks,
    "economics": economics.blocks,
    "runway": runway.blocks,
    "scenarios": scenarios.blocks,
    "sensitivity": sensitivity.blocks,
    "funding": funding.blocks,
    "milestones": milestones.blocks,
    "risks": risks.blocks,
    "exit": exit_plan.blocks,
    "inputs": inputs.blocks,
    "sources": sources.blocks,
}


@dataclass(frozen=True, slots=True)
class Template:
    """The order of a report's sections by language, its appendices, and its form."""

    order: Mapping[Language, tuple[str, ...]]
    appendices: tuple[str, ...]
    form: Form = "book"


TEMPLATES: Mapping[str, Template] = {
    "business-plan": Template(
        order={
            "en": (
                "summary", "company", "technology", "market", "business", "growth", "team", "compute",
                "policy", "partnerships", "financials", "economics", "runway", "scenarios", "sensitivity",
                "funding", "milestones", "risks", "exit",
            ),
            "zh": (
                "summary", "company", "market", "business", "technology", "growth", "team", "compute",
                "policy", "partnerships", "funding", "financials", "economics", "runway", "scenarios",
                "sensitivity", "milestones", "risks", "exit",
            ),
        },
        appendices=("inputs", "sources"),
    ),
}  # fmt: skip
