"""Unit economics: what a customer pays, costs and is worth, and how much is burned for growth, by year.

The figures are those of `groundplan metrics` (`toolkit.projection.business`) in the base case, in the last
month of each fiscal year; the note under the table says what they mean.
"""

from __future__ import annotations

from collections.abc import Callable

from toolkit.report.document import Block, Column, Table, TableCell, TableRow
from toolkit.report.references import narrative
from toolkit.report.scribe import Scribe


def blocks(scribe: Scribe) -> list[Block]:
    """Narrative and the table by year; absent where nobody pays."""
    told = narrative(scribe, "unit_economics", leads=True)
    if not any(scribe.context.business.get("arpa", ())):
        return [*told] or [scribe.absent()]
    return [*told, _table(scribe)]


def _table(scribe: Scribe) -> Table:
    years, known = scribe.years(), scribe.context.business
    rows: list[TableRow] = []
    for name, write in _WRITERS.items():
        values = [known[name][year.months[-1] - 1] for year in years]
        if any(value is not None for value in values):
            cells = (TableCell(write(scribe, value), value=value) for value in values)
            rows.append(TableRow((TableCell(scribe.say(f"economics.{name}")), *cells)))
    columns = (Column("", share=2.6), *(Column(year.label, "number") for year in years))
    notes = (scribe.say("economics.note"),)
    return Table("unit-economics", scribe.say("economics.table"), columns, tuple(rows), notes=notes)


def _money(scribe: Scribe, value: float | None) -> str:
    return scribe.compact(value)


def _share(scribe: Scribe, value: float | None) -> str:
    return scribe.percent(value, 0 if value is None or abs(value) >= 0.1 else 1)


def _factor(scribe: Scribe, value: float | None) -> str:
    return scribe.number(value, 1)


_WRITERS: dict[str, Callable[[Scribe, float | None], str]] = {
    "arpa": _money,
    "gross_margin": _share,
    "churn": _share,
    "cac": _money,
    "ltv": _money,
    "ltv_to_cac": _factor,
    "cac_payback": _factor,
    "arr": _money,
    "burn_multiple": _factor,
    "rule_of_40": _share,
    "arr_per_head": _money,
}
