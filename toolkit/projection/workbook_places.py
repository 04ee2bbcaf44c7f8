"""Where everything of a model stands in its workbook, and its formulas in these places.

Inputs have defined names, tables have ranges, every other line has a row with one cell a month: the opening
value first, then month 1, 2, … Months before the first are the opening value, as in the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.lines.language import TIME_NAMES, Window
from toolkit.projection.model import Model
from toolkit.projection.workbook_formula import FormulaWriter, unbracketed
from toolkit.projection.workbook_model import address, quoted

LABEL, NAME, UNIT, DEFINITION, OPENING = range(5)  # columns of a sheet with months; the months follow
T_ROW, FISCAL_ROW, FIRST_ROW = 3, 4, 5  # rows above the lines: title, subtitle, heads, t, fiscal month


@dataclass(frozen=True, slots=True)
class Places:
    """`rows`: line → (sheet, row). `names`: input → defined name. `tables`: table → (sheet, first row, last
    row); its columns are threshold, value and step."""

    model: Model
    rows: Mapping[str, tuple[str, int]]
    names: Mapping[str, str]
    tables: Mapping[str, tuple[str, int, int]]

    def formula(self, name: str, month: int) -> str:
        """The formula of a line's cell in a month (0 = opening), with its equals sign."""
        sheet = self.rows[name][0]
        tree = self.model.expressions[name] if month else self.model.openings[name]
        writer = FormulaWriter(
            lambda name: self.cell(name.name, month - name.lag, sheet),
            lambda window: self._window(window, month, sheet),
            self._ranges,
        )
        return "=" + unbracketed(writer.number(tree))

    def cell(self, name: str, month: int, sheet: str = "") -> str:
        """The address of a line's value in a month, as a formula on `sheet` writes it."""
        column = OPENING + max(month, 0)
        if name in TIME_NAMES:
            return address(T_ROW if name == "t" else FISCAL_ROW, column, fix_row=True)
        if name in self.names:
            return self.names[name]
        where, row = self.rows[name]
        return address(row, column) if where == sheet else f"{quoted(where)}!{address(row, column)}"

    def _window(self, window: Window, month: int, sheet: str) -> str:
        """The sum over the last months; those before the first count as the opening value each."""
        name = window.name
        inside = min(window.months, month)
        before = window.months - inside
        if name in self.names:
            return f"({window.months}*{self.names[name]})"
        terms = []
        if inside:
            start, end = self.cell(name, month - inside + 1, sheet), self.cell(name, month)
            terms.append(f"SUM({start}:{end.rpartition('!')[2]})")
        if before and name in self.model.openings:
            terms.append(f"{before}*{self.cell(name, 0, sheet)}")
        return f"({'+'.join(terms) or '0'})" if len(terms) != 1 or before else terms[0]

    def _ranges(self, table: str) -> tuple[str, str, str]:
        sheet, first, last = self.tables[table]
        threshold, value, step = (
            f"{quoted(sheet)}!{address(first, column, absolute=True)}:{address(last, column, absolute=True)}"
            for column in range(3)
        )
        return threshold, value, step
