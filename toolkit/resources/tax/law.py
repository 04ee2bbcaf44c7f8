"""Rates of a tax law as lines: brackets, reduced regimes, and what the lowest of them makes.

    slices   Σ (rate of a bracket − rate of the one below) × what is above the start of the bracket
    whole    rate × base, while the base is not above the limit of the regime
    tax      the lowest of the standard regime and every reduced one that holds

Figures that change within the plan are one value a month, so that each fiscal year has its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from toolkit.lines.quantity import Quantity
from toolkit.reference import TaxRate
from toolkit.resources.compilation import Scope
from toolkit.resources.exchange import exchange_line
from toolkit.resources.record import month_after
from toolkit.resources.tax.records import ReducedRate, Tax
from toolkit.text import bilingual
from toolkit.text.formats import place_name

LIMITS: dict[str, str] = {
    "max_headcount": "sum(talent.headcount, 12) / 12",
    "max_assets": "total.assets[-1]",
    "max_revenue": "sum(total.revenue, 12)",
}


@dataclass(frozen=True)
class Law:
    """The rates of a country while the lines of a plan's tax are written."""

    scope: Scope
    tax: Tax

    def formula(self, base: str) -> str:
        """Formula text of the tax on a base, local tax included: the lowest of what holds."""
        standard = self._regime("standard", base)
        options = [standard]
        for index, reduced in enumerate(self.tax.reduced):
            options.append(self._reduced(index, reduced, base, standard))
        lowest = standard if len(options) == 1 else f"min({', '.join(options)})"
        local = self._local(base)
        return f"{lowest} + {local}" if local else lowest

    def saved(self, base: str) -> str | None:
        """Formula text of what reduced regimes save against the standard one; None without any."""
        if not self.tax.reduced:
            return None
        return f"{self._regime('standard', base)} + {self._local(base) or '0'} - ({self.formula(base)})"

    def cliffs(self, base: str) -> list[tuple[str, str]]:
        """Regime and formula text of how much more income keeps it, for each that ends at a limit."""
        found = []
        for reduced in self.tax.reduced:
            if any(row.scope == "whole" and row.to_amount is not None for row in self._rows(reduced.regime)):
                found.append((reduced.regime, f"{self._limit(reduced.regime, 'to_amount')} - {base}"))
        return found

    def _rows(self, regime: str, component: str = "income") -> list[TaxRate]:
        return [
            row for row in self.scope.compilation.reference.tax_rates
            if (row.country, row.regime, row.component) == (self.tax.law, regime, component)
        ]  # fmt: skip

    def _held(self, rows: Sequence[TaxRate]) -> list[list[TaxRate]]:
        """The rows in force in each month of the plan, by bracket; the nearest where none is."""
        compilation, held = self.scope.compilation, []
        for number in range(1, compilation.months + 1):
            day = f"{month_after(compilation.plan.company.start, number)}-28"
            starts = sorted({row.valid_from for row in rows})
            begun = [start for start in starts if start <= day]
            start = begun[-1] if begun else starts[0]
            found = [row for row in rows if row.valid_from == start]
            held.append(sorted(found, key=lambda row: row.from_amount))
        return held

    def _figure(
        self, name: str, label: str, rows: Sequence[TaxRate], value: Callable[[TaxRate], float]
    ) -> str:
        """The line of one figure, from the row that holds in each month; written once."""
        line = self.scope.line(name)
        if line in self.scope.book.lines:
            return line
        values = [value(row) for row in rows]
        words = bilingual(
            "tax.figure",
            law=place_name(rows[0].country, None),
            regime=bilingual(f"tax.regimes.{rows[0].regime}"),
            figure=bilingual(f"tax.figures.{label}"),
        )
        unit = "1" if label in ("rate", "local") else rows[0].currency
        unit = "people" if label == "max_headcount" else unit
        source = rows[-1].source
        if len(set(values)) == 1:
            return self.scope.book.input(line, Quantity.constant(values[0]), unit, words, source)
        return self.scope.book.series(line, values, unit, words, source)

    def _money(self, line: str) -> str:
        """An amount of the law in the plan's currency."""
        currency = self.scope.book.lines[line].unit
        if currency == self.scope.currency:
            return line
        return f"({line} * {exchange_line(self.scope.compilation, currency)})"

    def _regime(self, regime: str, base: str) -> str:
        held = self._held(self._rows(regime))
        most = max(len(month) for month in held)
        terms, below = [], ""
        for place in range(most):
            rows = [month[min(place, len(month) - 1)] for month in held]
            number = place + 1
            rate = self._figure(f"law.{regime}.rate_{number}", "rate", rows, lambda row: row.rate)
            start = self._figure(
                f"law.{regime}.from_{number}", "from_amount", rows, lambda row: row.from_amount
            ) if place else ""  # fmt: skip
            above = f"max({base} - {self._money(start)}, 0)" if start else base
            terms.append(f"({rate} - {below}) * {above}" if below else f"{rate} * {above}")
            below = rate
        return " + ".join(terms)

    def _limit(self, regime: str, name: str) -> str:
        rows = [month[0] for month in self._held(self._rows(regime))]
        line = self._figure(f"law.{regime}.{name}", name, rows, lambda row: getattr(row, name) or 0.0)
        return line if name == "max_headcount" else self._money(line)

    def _reduced(self, index: int, reduced: ReducedRate, base: str, standard: str) -> str:
        """Formula text of the tax where the regime holds, else of the standard one."""
        tests = [self._holds(index, reduced)]
        if any(row.scope == "whole" and row.to_amount is not None for row in self._rows(reduced.regime)):
            tests.append(f"{base} <= {self._limit(reduced.regime, 'to_amount')}")
        return f"where({' and '.join(tests)}, {self._regime(reduced.regime, base)}, {standard})"

    def _holds(self, index: int, reduced: ReducedRate) -> str:
        """The line that is 1 while the company qualifies, apart from the limit of income."""
        compilation, prefix = self.scope.compilation, self.scope.line(f"reduced.{reduced.regime}")
        if f"{prefix}.holds" in self.scope.book.lines:
            return f"{prefix}.holds"
        inner = compilation.scope(f"tax.reduced[{index}]", prefix, reduced, area="tax")
        tests = [inner.active(reduced), f"{inner.optional('granted', 1.0)} > 0"]
        row = self._rows(reduced.regime)[0]
        for name, actual in LIMITS.items():
            if getattr(row, name) is not None:
                tests.append(f"{actual} <= {self._limit(reduced.regime, name)}")
        return inner.formula("holds", " and ".join(tests), "1")

    def _local(self, base: str) -> str | None:
        if self.tax.local_rate is not None:
            line = self.scope.line("local_rate")
            return f"{line if line in self.scope.book.lines else self.scope.input('local_rate')} * {base}"
        rows = self._rows("standard", "local")
        if not rows:
            return None
        held = [month[0] for month in self._held(rows)]
        return f"{self._figure('law.local_rate', 'local', held, lambda row: row.rate)} * {base}"
