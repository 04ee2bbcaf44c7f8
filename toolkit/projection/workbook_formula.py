"""Formulas of lines as formulas of a workbook.

The same expression tree that the engine computes is written in the words of a spreadsheet. Three traps: a
unary minus binds before a power there, so it stands in brackets; truth is not a number there, so comparisons
are multiplied by 1; `ROUND` rounds halves away from 0, so `round` is `INT(x + 0.5)`.
"""

from __future__ import annotations

from collections.abc import Callable

from toolkit.lines.language import Binary, Call, Expression, Name, Number, TableLookup, Unary, Window

CellOf = Callable[[Name], str]
WindowOf = Callable[[Window], str]
TableOf = Callable[[str], tuple[str, str, str]]

_COMPARISONS = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "==": "=", "!=": "<>"}


class FormulaWriter:
    """Writes expressions; `cell` gives the address of a name, `window` the sum of a window, `table` the
    ranges of thresholds, values and steps between values."""

    def __init__(self, cell: CellOf, window: WindowOf, table: TableOf) -> None:
        self.cell, self.window, self.table = cell, window, table

    def number(self, expression: Expression) -> str:
        """The expression as text with a number as its value, in brackets wherever it could bind wrongly."""
        match expression:
            case Number(value=value):
                text = f"{value:.15g}"
                return f"({text})" if value < 0 else text
            case Name():
                return self.cell(expression)
            case Window():
                return self.window(expression)
            case Unary(op="-", operand=operand):
                return f"(-{self.number(operand)})"
            case Unary(op="not", operand=operand):
                return f"(({self.number(operand)}=0)*1)"
            case Binary(op=op, left=left, right=right):
                return self._binary(op, left, right)
            case Call(function="where", arguments=(condition, yes, no)):
                return f"IF({self.truth(condition)},{self.number(yes)},{self.number(no)})"
            case Call(function=function, arguments=arguments):
                return self._call(function, [self.number(argument) for argument in arguments])
            case TableLookup(kind=kind, table=table, argument=argument):
                return self._table(kind, table, self.number(argument))
        raise TypeError(expression)

    def truth(self, expression: Expression) -> str:
        """The expression as a condition."""
        match expression:
            case Binary(op=op, left=left, right=right) if op in _COMPARISONS:
                return f"{self.number(left)}{_COMPARISONS[op]}{self.number(right)}"
            case Binary(op=("and" | "or") as op, left=left, right=right):
                return f"{op.upper()}({self.truth(left)},{self.truth(right)})"
            case Unary(op="not", operand=operand):
                return f"NOT({self.truth(operand)})"
        return f"{self.number(expression)}<>0"

    def _binary(self, op: str, left: Expression, right: Expression) -> str:
        if op in _COMPARISONS or op in ("and", "or"):
            return f"(({self.truth(Binary(op, left, right))})*1)"  # type: ignore[arg-type]
        return f"({self.number(left)}{'^' if op == '**' else op}{self.number(right)})"

    def _call(self, function: str, arguments: list[str]) -> str:
        match function:
            case "min" | "max" | "abs" | "exp":
                return f"{function.upper()}({','.join(arguments)})"
            case "log":
                return f"LN({arguments[0]})"
            case "floor":
                return f"INT({arguments[0]})"
            case "ceil":
                return f"(-INT(-{arguments[0]}))"
            case "round":
                return f"INT({arguments[0]}+0.5)"
        raise ValueError(function)

    def _table(self, kind: str, table: str, x: str) -> str:
        thresholds, values, steps = self.table(table)
        if kind == "brackets":
            return f"SUMPRODUCT(({x}>{thresholds})*({x}-{thresholds})*{steps})"
        return f"IFERROR(LOOKUP({x},{thresholds},{values}),0)"


def unbracketed(text: str) -> str:
    """The same formula without a pair of brackets around all of it."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for position, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and position < len(text) - 1:
            return text
    return text[1:-1]
