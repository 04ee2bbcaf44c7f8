"""The workbook of a model: inputs, one row a line and one column a month, statements and checks, all live.

Change a blue input and every cell follows. Formulas come from the same lines that the engine computes, and
each carries the engine's value, so that viewers which do not calculate show it too. Uncertain inputs stand at
their median.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from toolkit.lines.line import Line
from toolkit.lines.table import Table
from toolkit.projection.ledger import StatementName, StatementRow
from toolkit.projection.model import Model
from toolkit.projection.workbook_model import (
    Cell,
    DefinedName,
    NumberFormat,
    Role,
    Sheet,
    Style,
    Workbook,
    address,
)
from toolkit.projection.workbook_places import DEFINITION, FIRST_ROW, OPENING, Places
from toolkit.text import Language, Text, t
from toolkit.units import CURRENCIES

Values = Mapping[str, tuple[float, ...]]
Row = tuple[Cell, ...]
INPUT_TAB, STATEMENT_TAB = "#0000FF", "#12182B"
NUMERIC = ("value", "threshold", "step", "opening")  # columns of numbers; all others hold words
LIST_HEAD = 3  # rows above the entries of a sheet without months: title, subtitle, heads
# Sheets of lines: which lines stand on them.
_SHEETS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("schedules", ("input",)),
    ("drivers", ("driver",)),
    ("money", ("amount",)),
    ("ledger", ("account", "flow")),
    ("totals", ("total", "metric")),
)
_ROLES: tuple[Role, Role, Role] = ("total", "subtotal", "link")  # of a statement row, by its level


def workbook(
    model: Model, values: Values, company: Text, created: str, language: Language = "en"
) -> Workbook:
    """The workbook of a model whose base case is `values`; `created` is an ISO date."""
    writer = _Writer(model, values, language)
    title = f"{company[language]} · {t('workbook.title', language)}"
    return Workbook(writer.sheets(), writer.defined_names(), title, company[language], created)


class _Writer:
    def __init__(self, model: Model, values: Values, language: Language) -> None:
        self.model, self.values, self.language = model, values, language
        self.inputs = [line for line in model.lines.values() if _is_single(line)]
        self.groups = {
            name: [line for line in model.lines.values() if line.statement in kinds and not _is_single(line)]
            for name, kinds in _SHEETS
        }
        tables, first = {}, LIST_HEAD
        for table in model.tables.values():
            tables[table.name] = (self.sheet_name("tables"), first, first + len(table.values) - 1)
            first += len(table.values)
        self.places = Places(
            model,
            rows={
                line.name: (self.sheet_name(group), row)
                for group, lines in self.groups.items()
                for row, line in enumerate(lines, FIRST_ROW)
            },
            # A line's name may stand in a formula as it is, once a prefix keeps it from being an address.
            names={line.name: f"in_{line.name}" for line in self.inputs},
            tables=tables,
        )

    def say(self, key: str) -> str:
        return t(f"workbook.{key}", self.language)

    def sheet_name(self, key: str) -> str:
        return self.say(f"sheet.{key}")

    def defined_names(self) -> tuple[DefinedName, ...]:
        sheet = self.sheet_name("inputs")
        return tuple(
            DefinedName(self.places.names[line.name], sheet, row, 1)
            for row, line in enumerate(self.inputs, LIST_HEAD)
        )

    def sheets(self) -> tuple[Sheet, ...]:
        """Statements first, then what they rest on, then the checks; a model without books has neither."""
        names = dict.fromkeys(row.statement for row in self.model.statements)
        sheets = [self._statement(name) for name in names]
        sheets.append(self._list("inputs", ("label", "value", "unit", "range", "source", "name"), (
            self._input(line) for line in self.inputs
        ), (44, 16, 16, 22, 70, 40)))  # fmt: skip
        if self.model.tables:
            sheets.append(self._list("tables", ("threshold", "value", "step", "name", "source"), (
                row for table in self.model.tables.values() for row in self._table(table)
            ), (16, 16, 16, 20, 70)))  # fmt: skip
        for group, lines in self.groups.items():
            if lines:
                rows = [(*self._words(line), *self._cells(line)) for line in lines]
                sheets.append(self._by_month(group, rows, (40, 34, 14, 44)))
        return (*sheets, self._checks()) if names else tuple(sheets)

    def _list(self, key: str, heads: Iterable[str], rows: Iterable[Row], widths: tuple[float, ...]) -> Sheet:
        """A sheet of inputs without months."""
        header = tuple(map(self._head, heads))
        freeze = (LIST_HEAD, 1 if key == "inputs" else 0)
        content = (*self._title(key), header, *rows)
        name = self.sheet_name(key)
        return Sheet(name, content, widths, freeze, repeat_rows=LIST_HEAD, tab_colour=INPUT_TAB)

    def _head(self, key: str) -> Cell:
        """The head of a column: over numbers as they stand, to the right; over words to the left."""
        style = Style("header") if key in NUMERIC else Style("header", "text")
        return Cell(self.say(f"column.{key}"), style=style) if key else Cell(style=style)

    def _input(self, line: Line) -> Row:
        quantity = line.quantity
        if quantity is None:
            raise ValueError(line.name)
        number = Style("input", _format(line, quantity.median))
        spread = quantity.text if quantity.is_uncertain else ""
        return (
            _word(line.label[self.language]), Cell(quantity.median, style=number),
            _note(line.unit), _note(spread), _note(_source(line)), _note(line.name),
        )  # fmt: skip

    def _table(self, table: Table) -> Iterable[Row]:
        first, before = self.places.tables[table.name][1], 0.0
        for row, (threshold, value) in enumerate(zip(table.thresholds, table.values, strict=True), first):
            above = f"-{address(row - 1, 1)}" if row > first else ""
            yield (
                Cell(threshold, style=Style("input", "number")),
                Cell(value, style=Style("input", "general")),
                Cell(value - before, f"={address(row, 1)}{above}", Style("formula", "general")),
                _note(table.name), _note(table.source.title),
            )  # fmt: skip
            before = value

    def _words(self, line: Line) -> Row:
        path = line.quantity.text if line.quantity is not None else ""
        definition = line.formula or " · ".join(part for part in (path, _source(line)) if part)
        return _word(line.label[self.language]), _note(line.name), _note(line.unit), _note(definition)

    def _cells(self, line: Line) -> Iterable[Cell]:
        values = self.values[line.name]
        number = _format(line, max(map(abs, values)))
        # Never an empty cell where a formula may look: MIN, MAX, AND and OR would pass over it.
        nothing = Cell(0.0, style=Style("note", number))
        if line.formula is None:
            yield Cell(values[0], style=Style("note", number))
            yield from (Cell(value, style=Style("input", number)) for value in values[1:])
            return
        style = Style("subtotal" if line.statement in ("total", "metric") else "formula", number)
        for month, value in enumerate(values):
            is_live = month or line.opening is not None
            yield Cell(value, self.places.formula(line.name, month), style) if is_live else nothing

    def _statement(self, statement: StatementName) -> Sheet:
        rows = [self._statement_row(row) for row in self.model.statements if row.statement == statement]
        name = t(f"statements.{statement}", self.language)
        return self._by_month(statement, rows, (44, 30, 8, 2), name, STATEMENT_TAB)

    def _statement_row(self, row: StatementRow) -> Row:
        role = _ROLES[row.level]
        cells = [
            Cell(value, "=" + self.places.cell(row.line, month), Style(role, "money"))
            for month, value in enumerate(self.values[row.line])
        ]
        if row.statement != "balance":
            cells[0] = Cell()
        style = Style("label" if row.level == 2 else role, indent=row.level)
        return Cell(row.label[self.language], style=style), _note(row.line), self._currency(), Cell(), *cells

    def _checks(self) -> Sheet:
        def balance(month: int) -> str:
            return f"{cell('total.assets', month)}-{cell('total.liabilities_and_equity', month)}"

        def cash(month: int) -> str:
            change = cell("total.cash_change", month)
            return f"{cell('account.cash', month)}-{cell('account.cash', month - 1)}-{change}"

        cell = self.places.cell
        rows = [self._check("check.balance", balance, 0), self._check("check.cash", cash, 1)]
        return self._by_month("checks", rows, (44, 30, 14, 2))

    def _check(self, key: str, formula: Callable[[int], str], first: int) -> Row:
        cells = [
            Cell(0.0, f"=ROUND({formula(month)},2)", Style("check", "money_cents"))
            if month >= first else Cell()
            for month in range(len(self.model.months) + 1)
        ]  # fmt: skip
        return _word(self.say(key)), Cell(), self._currency(), Cell(), *cells

    def _by_month(
        self,
        key: str,
        rows: Sequence[Row],
        widths: tuple[float, ...],
        name: str | None = None,
        tab: str | None = None,
    ) -> Sheet:
        """A sheet with one column a month below the heads, `t` and the fiscal month. It prints the words
        and the opening of the lines, then one page a fiscal year."""
        name = name or self.sheet_name(key)
        defined = any(row[DEFINITION].value for row in rows)
        heads = ("label", "name", "unit", "definition" if defined else "", "opening")
        header = (
            *map(self._head, heads),
            *(Cell(month, style=Style("header", "month")) for month in self.model.months),
        )
        clock = [
            self._clock("row.t", range(len(self.model.months) + 1)),
            self._clock("row.fiscal_month", (0, *self.model.fiscal_months())),
        ]
        content = (*self._title(key, name), header, *clock, *rows)
        widths = (*widths, 14.0, *[13.0] * len(self.model.months))
        freeze = (FIRST_ROW, OPENING)
        first = OPENING + 1  # the column of the first month
        months = enumerate(self.model.fiscal_months(), first)
        pages = tuple(column for column, month in months if month == 1 or column == first)
        return Sheet(
            name, content, widths, freeze, LIST_HEAD, repeat_columns=1, page_columns=pages, tab_colour=tab
        )

    def _clock(self, key: str, numbers: Iterable[int]) -> Row:
        cells = (Cell(number, style=Style("note", "integer")) for number in numbers)
        return _note(self.say(key)), *[Cell()] * (OPENING - 1), *cells

    def _title(self, key: str, name: str | None = None) -> list[Row]:
        return [
            (Cell(name or self.sheet_name(key), style=Style("title")),),
            (Cell(self.say(f"about.{key}"), style=Style("subtitle")),),
        ]

    def _currency(self) -> Cell:
        return _note(self.model.currency)


def _is_single(line: Line) -> bool:
    """Whether a line is an input with one value for all months."""
    return line.quantity is not None and not line.quantity.is_path


def _word(text: str) -> Cell:
    return Cell(text, style=Style("label"))


def _note(text: str) -> Cell:
    return Cell(text, style=Style("note")) if text else Cell()


def _source(line: Line) -> str:
    source = line.source
    return " · ".join(part for part in (source.title, source.place, source.date) if part)


def _format(line: Line, size: float) -> NumberFormat:
    if line.unit.partition("/")[0] in CURRENCIES:
        return "money" if size >= 1000 else "money_cents"
    if size >= 1e9:
        return "scientific"
    return "number" if size >= 1 else "general"
