"""References in the plan's own words: `{{runway.p50}}` becomes the number that the run found.

So no sentence of a plan states a number that the run does not hold. A reference is looked up in one closed
list; an unknown one is a problem with its place. Only narrative fields are read for references: in names
and labels braces are plain text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from toolkit.errors import Problem
from toolkit.projection.run import Run
from toolkit.report.context import NARRATIVE, Headline
from toolkit.report.document import Paragraph
from toolkit.report.scribe import Scribe
from toolkit.text import LANGUAGES, Text
from toolkit.text.formats import UNKNOWN

REFERENCE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
Fill = Callable[[Scribe], str]


def _runway(level: str) -> Fill:
    return lambda scribe: scribe.months(scribe.run.metrics.runway_months[level])


def _survive(months: int) -> Fill:
    def write(scribe: Scribe) -> str:
        figure = scribe.run.metrics.survive.get(months)
        return UNKNOWN if figure is None else scribe.chance(figure)

    return write


def _money(headline: Headline, pick: Callable[[Sequence[float]], float]) -> Fill:
    def write(scribe: Scribe) -> str:
        values = scribe.line(headline)
        return UNKNOWN if values is None else scribe.compact(pick(values))

    return write


def _count(headline: Headline, place: int = -1) -> Fill:
    def write(scribe: Scribe) -> str:
        values = scribe.line(headline)
        return UNKNOWN if values is None else scribe.number(values[place])

    return write


def _ask(scribe: Scribe) -> str:
    return UNKNOWN if scribe.context.ask is None else scribe.compact(scribe.context.ask.amount)


def _margin(scribe: Scribe) -> float | None:
    revenue, profit = scribe.line("revenue"), scribe.line("gross_profit")
    if revenue is None or profit is None or not sum(revenue[-12:]):
        return None
    return sum(profit[-12:]) / sum(revenue[-12:])


def _post_money(scribe: Scribe) -> float | None:
    ask = scribe.context.ask
    return None if ask is None or ask.pre_money is None else ask.pre_money + ask.amount


def _market(scribe: Scribe, layer: str) -> float | None:
    sizes = [getattr(row, layer) for row in scribe.context.markets]
    known = [size for size in sizes if size is not None]
    return sum(known) if known else None


def _compute_total(run: Run) -> float:
    return sum(run.compute_cost_by_rung.values())


def _measured_share(run: Run) -> float | None:
    total = _compute_total(run)
    return run.compute_cost_by_rung.get("measured", 0.0) / total if total else None


REFERENCES: Mapping[str, Fill] = {
    "company.name": lambda scribe: scribe.context.company.name[scribe.language],
    "cash": lambda scribe: scribe.compact(scribe.run.metrics.cash),
    "burn": lambda scribe: scribe.compact(scribe.run.metrics.monthly_burn.value),
    "runway.p5": _runway("p5"),
    "runway.p50": _runway("p50"),
    "runway.p95": _runway("p95"),
    "survive.12": _survive(12),
    "survive.18": _survive(18),
    "survive.24": _survive(24),
    "survive.36": _survive(36),
    "tightest.month": lambda scribe: scribe.month(scribe.run.months[scribe.run.metrics.tightest_month - 1]),
    "horizon": lambda scribe: scribe.horizon(),
    "month.start": lambda scribe: scribe.month(scribe.run.months[0]),
    "month.end": lambda scribe: scribe.month(scribe.run.months[-1]),
    "ask.amount": _ask,
    "revenue.first_year": _money("revenue", lambda values: sum(values[1:13])),
    "revenue.last_year": _money("revenue", lambda values: sum(values[-12:])),
    "customers.end": _count("customers"),
    "headcount.end": _count("headcount"),
    "compute.total": lambda scribe: scribe.compact(_compute_total(scribe.run)),
    "compute.measured_share": lambda scribe: scribe.percent(_measured_share(scribe.run)),
    "customers.start": _count("customers", 1),
    "headcount.start": _count("headcount", 1),
    "cash.end": _money("cash", lambda values: values[-1]),
    "gross_margin.last_year": lambda scribe: scribe.percent(_margin(scribe)),
    "ask.stake": lambda scribe: scribe.percent(scribe.context.ask.stake if scribe.context.ask else None),
    "ask.pre_money": lambda scribe: scribe.compact(
        scribe.context.ask.pre_money if scribe.context.ask else None
    ),
    "ask.post_money": lambda scribe: scribe.compact(_post_money(scribe)),
    "ask.month": lambda scribe: scribe.month(scribe.context.ask.month if scribe.context.ask else None),
    "market.total": lambda scribe: scribe.compact(_market(scribe, "total")),
    "market.serviceable": lambda scribe: scribe.compact(_market(scribe, "serviceable")),
    "market.obtainable": lambda scribe: scribe.compact(_market(scribe, "obtainable")),
    "compute.hours": lambda scribe: scribe.number(sum(sum(use.hours) for use in scribe.run.compute)),
    "draws": lambda scribe: scribe.number(scribe.run.draws),
}


def fill(words: str, scribe: Scribe) -> str:
    """The sentence with every reference filled. Raises KeyError for an unknown one: check the plan's words
    with `narrative_problems` first."""
    return REFERENCE.sub(lambda match: REFERENCES[match[1]](scribe), words)


def narrative(scribe: Scribe, name: str, *, leads: bool = False) -> list[Paragraph]:
    """The plan's own words on `name`, a paragraph for each blank line. Empty if there are none. The first
    paragraph is set larger where it `leads` a section."""
    words = scribe.context.narrative.get(name)
    parts = [] if words is None else words[scribe.language].split("\n\n")
    filled = [fill(" ".join(part.split()), scribe) for part in parts if part.strip()]
    return [
        Paragraph.of(text, "lead" if leads and not place else "body") for place, text in enumerate(filled)
    ]


def narrative_problems(narrative: Mapping[str, Text]) -> list[Problem]:
    """Unknown references and unknown parts of a plan's narrative, each with its field. Needs no run."""
    problems = [
        Problem(
            "report.unknown_narrative",
            field=f"narrative.{name}",
            values={"name": name, "known": ", ".join(NARRATIVE)},
        )
        for name in narrative
        if name not in NARRATIVE
    ]
    for name, words in narrative.items():
        found = {key: None for language in LANGUAGES for key in REFERENCE.findall(words[language])}
        problems += [
            Problem(
                "report.unknown_reference",
                field=f"narrative.{name}",
                values={"reference": key, "known": ", ".join(REFERENCES)},
            )
            for key in found
            if key not in REFERENCES
        ]
    return problems
