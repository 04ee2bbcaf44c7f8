"""The commitments of a run: what is signed, what is owed by when, and what the plan does not pay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.resources.operations.commitment_records import CommitmentKind
from toolkit.resources.plan import Plan
from toolkit.text import Language, Text, bilingual
from toolkit.text.formats import money
from toolkit.text.formats import month as month_of

Base = Mapping[str, Sequence[float]]
SMALLEST = 0.005  # of the currency: less is a rounding


@dataclass(frozen=True, slots=True)
class CommitmentRow:
    """One commitment in the base case. `due` and `uncovered` have one value a month; `left` is what is still
    owed at the end of each; `first_gap` the ISO month in which the plan first falls short, None where it
    never does."""

    id: str
    label: Text
    kind: CommitmentKind
    counterparty: Text | None
    start: str
    end: str
    due: tuple[float, ...]
    left: tuple[float, ...]
    uncovered: tuple[float, ...]
    first_gap: str | None

    @property
    def kind_words(self) -> Text:
        """The kind in words."""
        return bilingual(f"operations.commitment.{self.kind}")

    def as_dict(self, language: Language = "en") -> dict[str, Any]:
        """The JSON form."""
        return {
            "id": self.id, "label": self.label[language], "kind": self.kind,
            "counterparty": None if self.counterparty is None else self.counterparty[language],
            "start": self.start, "end": self.end, "due": list(self.due), "left": list(self.left),
            "uncovered": list(self.uncovered), "first_gap": self.first_gap,
        }  # fmt: skip


def commitments_of(plan: Plan, months: Sequence[str], base: Base) -> tuple[CommitmentRow, ...]:
    """The ledger of commitments; `base` has every line with its opening value first."""
    rows = []
    for one in plan.operations.commitments:
        due, left, uncovered = (
            tuple(base[f"commitments.{one.id}.{part}"][1:]) for part in ("due", "left", "uncovered")
        )
        gaps = [month for month, gap in zip(months, uncovered, strict=True) if gap > SMALLEST]
        rows.append(
            CommitmentRow(
                one.id, one.words, one.kind, one.counterparty, one.start, one.end, due, left, uncovered,
                gaps[0] if gaps else None,
            )
        )  # fmt: skip
    return tuple(rows)


def gap_warnings(plan: Plan, months: Sequence[str], base: Base) -> list[Text]:
    """A sentence for each commitment that the plan does not pay in full."""
    currency = plan.company.currency
    warnings = []
    for row in commitments_of(plan, months, base):
        if row.first_gap is not None:
            total = sum(row.uncovered)
            amount = Text(money(total, currency, "en"), money(total, currency, "zh"))
            when = Text(month_of(row.first_gap, "en"), month_of(row.first_gap, "zh"))
            warnings.append(bilingual("operations.gap", name=row.label, amount=amount, month=when))
    return warnings
