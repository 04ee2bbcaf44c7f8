"""What the sections of a plan are written with: the answers, the facts, and the sources named so far.

A fact keeps its source: it becomes an entry of the plan's `sources`. What the founder said, and what was
assumed, is an assumption in words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from toolkit.app.interview.answers import Answer
from toolkit.app.interview.questions import BY_ID
from toolkit.lines.quantity_text import parse_quantity
from toolkit.provenance import Source
from toolkit.reference import Reference
from toolkit.resources.record import month_after
from toolkit.text import Language, bilingual, t

Fields = dict[str, Any]


@dataclass
class Writer:
    """The answers, and the sources that the plan names so far."""

    answers: Mapping[str, Answer]
    reference: Reference
    language: Language
    sources: dict[str, Fields] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        return self.answers[name].value

    @property
    def currency(self) -> str:
        return str(self.value("currency"))

    @property
    def yearly(self) -> str:
        """The unit of pay."""
        return f"{self.currency}/year"

    @property
    def country(self) -> str:
        return str(self.value("country"))

    def month(self, after: int) -> str:
        """The month so many after the start."""
        return month_after(self.value("start"), after + 1)

    def say(self, id: str, **values: Any) -> str:
        return t(f"interview.{id}", self.language, **values)

    def number(self, name: str, whole: str = "") -> Any:
        """The value of an answer: plain where its basis is `whole`, that of its record; else with its own."""
        answer = self.answers[name]
        return self.based(answer.value, answer.basis, whole)

    def based(self, value: Any, basis: Source, whole: str = "") -> Any:
        """A value with its basis."""
        if basis.kind == "assumption":
            return value if basis.title == whole else {"value": value, "assumption": basis.title}
        return {"value": value, "source": self.source(basis)}

    def source(self, basis: Source) -> str:
        """The key of a source in the plan; it is added when it is first named."""
        entry = {"title": basis.title, "url": basis.url, "date": basis.date, "confidence": basis.confidence}
        fields = {key: text for key, text in entry.items() if text is not None and text != "unknown"}
        for key, known in self.sources.items():
            if known == fields:
                return key
        words = re.findall(r"[a-z]+|\d{4}", (basis.place or basis.title).lower())
        stem = "_".join([word for word in words if word not in ("data", "csv")][:4]) or "source"
        key = next(
            name for name in (stem, *(f"{stem}_{n}" for n in range(2, 99))) if name not in self.sources
        )
        self.sources[key] = fields
        return key

    def has(self, name: str) -> bool:
        """Whether an answer is a quantity that can be above 0."""
        unit = BY_ID[name].unit.format(currency=self.currency)
        return parse_quantity(self.value(name), unit).interval_90[1] > 0


def words_of(id: str, /, **values: str) -> Fields:
    """A sentence of the catalogue `interview` in both languages, as the plan writes it."""
    words = bilingual(f"interview.{id}", **values)
    return {"en": words.en, "zh": words.zh}


def percent(share: float) -> str:
    """A share as the plan writes it."""
    return f"{100 * share:.5g} %"
