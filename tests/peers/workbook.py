"""The speed model as a workbook with live formulas, for LibreOffice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from tests.peers.formulas import OUTPUT, load, rewrite

NAMES = {"min": "MIN", "max": "MAX", "where": "IF"}


def write(path: Path) -> None:
    """Sheets: Inputs (column B), Constants (column B), Model (a row a line, column B is month 0), Cash."""
    work = load()
    book = xlsxwriter.Workbook(str(path))
    inputs, constants, model, cash = (
        book.add_worksheet(name) for name in ("Inputs", "Constants", "Model", "Cash")
    )
    places = {name: f"Inputs!$B${row}" for row, name in enumerate(work.inputs, 1)}
    places |= {name: f"Constants!$B${row}" for row, name in enumerate(work.constants, 1)}
    rows = {line.name: row for row, line in enumerate(work.lines, 2)}
    for row, name in enumerate(work.inputs):
        inputs.write_string(row, 0, name)
        inputs.write_number(row, 1, 1.0)
    for row, (name, value) in enumerate(work.constants.items()):
        constants.write_string(row, 0, name)
        constants.write_number(row, 1, value)

    def call(name: str, arguments: Sequence[str]) -> str:
        return f"{NAMES[name]}({','.join(arguments)})"

    for month in range(work.months + 1):
        here, before = xl_col_to_name(month + 1), xl_col_to_name(month)
        model.write_number(0, month + 1, month)

        def present(name: str, column: str = here) -> str:
            if name == "t":
                return f"{column}$1"
            return f"{column}{rows[name]}" if name in rows else places[name]

        def past(name: str, column: str = before) -> str:
            return f"{column}{rows[name]}"

        for line in work.lines:
            text = line.formula if month else line.opening
            if text is not None:
                formula = rewrite(text, present, past, call, "=")
                model.write_formula(rows[line.name] - 1, month + 1, "=" + formula, None, "")
        cash.write_formula(0, month, f"=Model!{here}{rows[OUTPUT]}", None, "")
    book.close()
