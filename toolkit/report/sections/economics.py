"""Unit economics: what a customer pays, costs and is worth, and how much is burned for growth, by year.

Definitions are those of `toolkit.resources.finance.metrics`; the note under the table says them. The cost of
winning a customer is what is spent on sales and marketing (people and recruiting of sales included) over all
new customers; the margin takes compute at its price before credits.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from toolkit.errors import InputError
from toolkit.report.context import Headline
from toolkit.report.document import Block, Column, Table, TableCell, TableRow
from toolkit.report.references import narrative
from toolkit.report.scribe import Scribe, Year
from toolkit.resources.finance.metrics import (
    burn_multiple,
    cac_payback_months,
    ltv,
    ltv_to_cac,
    rule_of_40_score,
)

SALES = ("account.sales_payroll", "account.sales_marketing")


def blocks(scribe: Scribe) -> list[Block]:
    """Narrative and the table by year; absent where nobody pays."""
    told = narrative(scribe, "unit_economics", leads=True)
    customers, revenue = scribe.line("customers"), scribe.line("revenue")
    if customers is None or revenue is None or not any(revenue[1:]):
        return [*told] or [scribe.absent()]
    return [*told, _table(scribe)]


def _table(scribe: Scribe) -> Table:
    years = scribe.years()
    found = [_Year(scribe, year, before) for year, before in zip(years, (None, *years), strict=False)]
    rows: list[TableRow] = []
    for key, write in _WRITERS.items():
        cells = []
        for one in found:
            value = getattr(one, key)
            cells.append(TableCell(write(scribe, value), value=value))
        if any(cell.value is not None for cell in cells):
            rows.append(TableRow((TableCell(scribe.say(f"economics.{key}")), *cells)))
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
    "margin": _share,
    "churn": _share,
    "cac": _money,
    "ltv": _money,
    "ltv_to_cac": _factor,
    "payback": _factor,
    "arr": _money,
    "burn_multiple": _factor,
    "rule_of_40": _share,
    "revenue_per_head": _money,
}


class _Year:
    """The figures of one year in the base case; what cannot be said is None."""

    def __init__(self, scribe: Scribe, year: Year, before: Year | None) -> None:
        self._scribe, self._year, self._before = scribe, year, before
        self._revenue = self._over("revenue")
        months = scribe.line("customers") or ()
        self._customer_months = sum(months[place] for place in year.months)
        new = [f"{row.line}.new_customers" for row in scribe.context.products]
        self._is_flow_known = all(line in scribe.run.base for line in new)
        self._new = sum(self._sum(line) for line in new)

    def _sum(self, line: str) -> float:
        values = self._scribe.run.base.get(line)
        return 0.0 if values is None else self._scribe.over(values, self._year)

    def _over(self, headline: Headline, year: Year | None = None) -> float:
        values = self._scribe.line(headline)
        return 0.0 if values is None else self._scribe.over(values, year or self._year)

    @property
    def arpa(self) -> float | None:
        return self._revenue / self._customer_months if self._customer_months else None

    @property
    def margin(self) -> float | None:
        return self._over("gross_profit") / self._revenue if self._revenue else None

    @property
    def churn(self) -> float | None:
        """Customers who leave, over customers at the start of the month, a month."""
        if not self._is_flow_known:
            return None
        customers = self._scribe.line("customers") or ()
        at_start = sum(customers[place - 1] for place in self._year.months)
        first, last = customers[self._year.months[0] - 1], customers[self._year.months[-1]]
        return max(first + self._new - last, 0.0) / (at_start + self._new) if at_start else None

    @property
    def cac(self) -> float | None:
        spent = sum(self._sum(line) for line in SALES)
        return spent / self._new if self._new and spent else None

    @property
    def ltv(self) -> float | None:
        return _or_none(lambda: ltv(_exact(self.arpa), _exact(self.margin), _exact(self.churn)))

    @property
    def ltv_to_cac(self) -> float | None:
        return _or_none(lambda: ltv_to_cac(_exact(self.ltv), _exact(self.cac)))

    @property
    def payback(self) -> float | None:
        return _or_none(lambda: cac_payback_months(_exact(self.cac), _exact(self.arpa), _exact(self.margin)))

    @property
    def arr(self) -> float | None:
        """Twelve times the revenue of the year's last month."""
        return 12 * (self._scribe.line("revenue") or (0.0,))[self._year.months[-1]]

    @property
    def burn_multiple(self) -> float | None:
        revenue = self._scribe.line("revenue") or ()
        before = 12 * revenue[self._year.months[0] - 1]
        burn = self._over("net_burn")
        return _or_none(lambda: burn_multiple(_exact(burn), _exact((self.arr or 0.0) - before)))

    @property
    def rule_of_40(self) -> float | None:
        if self._before is None or len(self._before.months) < 12 or len(self._year.months) < 12:
            return None
        before = self._over("revenue", self._before)
        if not before or not self._revenue:
            return None
        growth = self._revenue / before - 1
        return float(rule_of_40_score(_exact(growth), _exact(-self._over("net_burn") / self._revenue)))

    @property
    def revenue_per_head(self) -> float | None:
        """Annual recurring revenue over people, both at the end of the year."""
        heads = (self._scribe.line("headcount") or (0.0,))[self._year.months[-1]]
        return (self.arr or 0.0) / heads if heads else None


def _exact(value: float | None) -> Fraction:
    """Raises TypeError for what is unknown."""
    if value is None:
        raise TypeError("unknown")
    return Fraction(value)


def _or_none(work: Callable[[], Fraction]) -> float | None:
    """What follows from what is known; None where it does not."""
    try:
        return float(work())
    except (TypeError, InputError):
        return None
