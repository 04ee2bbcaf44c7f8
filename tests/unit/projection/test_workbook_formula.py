"""Formulas of lines as formulas of a workbook, as text."""

from __future__ import annotations

import pytest

from toolkit.lines.language import parse
from toolkit.projection.workbook_formula import FormulaWriter, unbracketed

WRITER = FormulaWriter(
    lambda name: f"{name.name.upper()}{5 - name.lag}",
    lambda window: f"SUM({window.name.upper()}{6 - window.months}:{window.name.upper()}5)",
    lambda _table: ("$A$1:$A$3", "$B$1:$B$3", "$C$1:$C$3"),
)


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        ("a + b * c", "(A5+(B5*C5))"),
        ("a[-2] - sum(b, 3)", "(A3-SUM(B3:B5))"),
        ("-a ** 2", "(-(A5^2))"),
        ("(-a) ** 2", "((-A5)^2)"),
        ("2 ** -a", "(2^(-A5))"),
        ("a < b", "((A5<B5)*1)"),
        ("a == b", "((A5=B5)*1)"),
        ("a != 0 and not b", "((AND(A5<>0,NOT(B5<>0)))*1)"),
        ("a or b", "((OR(A5<>0,B5<>0))*1)"),
        ("not a", "((A5=0)*1)"),
        ("where(a > 1, b, 0)", "IF(A5>1,B5,0)"),
        ("where(a, b, c)", "IF(A5<>0,B5,C5)"),
        ("min(a, b, 3)", "MIN(A5,B5,3)"),
        ("floor(a / 2)", "INT((A5/2))"),
        ("ceil(a)", "(-INT(-A5))"),
        ("round(a)", "INT(A5+0.5)"),
        ("log(a) + exp(b)", "(LN(A5)+EXP(B5))"),
        ("abs(1e-7)", "ABS(1e-07)"),
        ("lookup(steps, a)", "IFERROR(LOOKUP(A5,$A$1:$A$3,$B$1:$B$3),0)"),
        ("brackets(tax, a)", "SUMPRODUCT((A5>$A$1:$A$3)*(A5-$A$1:$A$3)*$C$1:$C$3)"),
    ],
)
def test_written(formula: str, written: str) -> None:
    assert WRITER.number(parse(formula)) == written


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("(A1+B1)", "A1+B1"),
        ("(A1)*(B1)", "(A1)*(B1)"),
        ("SUM(A1)", "SUM(A1)"),
        ("((A1))", "(A1)"),
        ("A1", "A1"),
    ],
)
def test_one_outer_pair_of_brackets_goes(text: str, short: str) -> None:
    assert unbracketed(text) == short
