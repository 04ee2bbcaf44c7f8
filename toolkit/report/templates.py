"""Templates: which sections a report has, in which order.

A business plan follows the western order in English; in Chinese that of a 商业计划书: 项目概况 first, then
market, technology, team and resources, the money asked for before the statements, and 退出方案 last.
A one-pager is a sheet; the GPU cost comparison, the benchmark report and the board update are papers.
Appendices come after the numbered sections and carry letters; `sources` is always last, because it lists what
the sections before it cite.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from toolkit.report.bench_scribe import BenchScribe
from toolkit.report.cost_scribe import CostScribe
from toolkit.report.document import Block, Form, Side
from toolkit.report.scribe import Scribe
from toolkit.report.sections import (
    benchmarks,
    board,
    business,
    company,
    compute,
    economics,
    exit_plan,
    financials,
    funding,
    gpu_cost,
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
    sheet,
    sources,
    summary,
    team,
    technology,
)
from toolkit.report.wording import Wording
from toolkit.text import LANGUAGES, Language

Writer = Callable[[Any], list[Block]]  # of the scribe that its template has

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
    "sources-list": sources.listed,
    "sheet": sheet.blocks,
    "pitch": sheet.pitch,
    "sheet-ask": sheet.ask,
    "sheet-cash": sheet.cash,
    "sheet-glance": sheet.glance,
    "sheet-next": sheet.ahead,
    "costs": gpu_cost.blocks,
    "devices": benchmarks.blocks,
    "method": benchmarks.method,
    "board": board.blocks,
    "variance": board.variance,
    "reforecast": board.reforecast,
    "ahead": board.ahead,
}


@dataclass(frozen=True, slots=True)
class Template:
    """The order of a report's sections by language, its appendices, its form, and the scribe that writes it
    (which says from which context). `sides` places the sections of a sheet."""

    order: Mapping[Language, tuple[str, ...]]
    appendices: tuple[str, ...] = ()
    form: Form = "book"
    scribe: Callable[[Any, Language], Wording] = Scribe
    sides: Mapping[str, Side] = field(default_factory=dict)


def _both(*names: str) -> Mapping[Language, tuple[str, ...]]:
    """The same order in every language."""
    return dict.fromkeys(LANGUAGES, names)


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
    "one-pager": Template(
        order=_both("sheet", "pitch", "sheet-ask", "sheet-cash", "sheet-glance", "sheet-next"),
        form="sheet",
        sides={
            "pitch": "left", "sheet-ask": "left", "sheet-cash": "right", "sheet-glance": "right",
            "sheet-next": "right",
        },
    ),
    "gpu-cost": Template(order=_both("costs", "sources-list"), form="paper", scribe=CostScribe),
    "benchmark": Template(order=_both("devices", "method"), form="paper", scribe=BenchScribe),
    "board-update": Template(
        order=_both("board", "variance", "reforecast", "ahead", "risks", "sources-list"), form="paper"
    ),
}  # fmt: skip
