"""The answers as the data of a plan, section by section, with a downside and the words of its report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from toolkit.app.interview.business import compute, market, partnerships, policy
from toolkit.app.interview.company import MONTHS, company, funding, opening, operations, tax
from toolkit.app.interview.team import talent
from toolkit.app.interview.writer import Fields, Writer, words_of
from toolkit.lines.quantity_text import parse_quantity
from toolkit.text import t


def plan_of(writer: Writer) -> dict[str, Any]:
    """The data of the plan, section by section, in the order of the file."""
    rows: dict[str, Callable[[Writer], Any]] = {
        "company": company, "opening": opening, "funding": funding, "talent": talent, "compute": compute,
        "policy": policy, "market": market, "partnerships": partnerships, "operations": operations,
        "tax": tax, "scenarios": scenarios, "narrative": narrative,
    }  # fmt: skip
    sections = {name: section(writer) for name, section in rows.items()}
    plan: dict[str, Any] = {"format": 1, "company": sections.pop("company"), "sources": writer.sources}
    return plan | {name: section for name, section in sections.items() if section}


def scenarios(writer: Writer) -> list[Fields]:
    """A downside with another hiring plan, not with a discount on everything."""
    slow: Fields = {}
    if writer.value("round") != "none":
        slow["funding.instruments.next_round.delay"] = "triangular(4, 6, 12) months"
    for name in ("ml_engineers", "engineers", "sales", "support"):
        if writer.has(name):
            later = min(writer.value(f"{name}_from") + 8, MONTHS - 1)
            slow[f"talent.roles.{name}.start"] = writer.month(later)
    growth = parse_quantity(writer.value("growth")).median
    slow["market.products.product.organic_growth"] = f"{50 * growth:.3g} %"
    return [{"id": "downside", "label": words_of("downside"), "changes": slow}]


def narrative(writer: Writer) -> Fields:
    """The first words of the report."""
    del writer
    parts = ("summary", "risks")
    return {
        part: {language: t(f"interview.narrative_{part}", language) for language in ("en", "zh")}
        for part in parts
    }
