"""Formulas as a flat register program.

Each line is compiled to steps `operation, operands → register`. A register holds one value a draw of the
block (it is *wide*), or a single value where nothing that it rests on differs between draws. Steps run at
three times:

    opening    before month 1: the opening values of lines
    once       then: what is the same in every month, since it rests on nothing but inputs
    monthly    in every month

Last month's values have registers of their own, which swap with this month's when the month ends; so no step
allocates memory, and the working set of a block stays in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from toolkit.lines.language import (
    TIME_NAMES,
    Binary,
    Call,
    Expression,
    Name,
    Number,
    TableLookup,
    Unary,
    Window,
    children,
    references,
)
from toolkit.lines.table import Table

Array: TypeAlias = NDArray[np.float64]
Operation: TypeAlias = Callable[..., Any]


def choose(condition: Array, yes: Array, no: Array, *, out: Array) -> None:
    """`yes` where the condition is not 0, else `no`."""
    if condition.size == 1:
        np.copyto(out, yes if condition[0] != 0 else no)
        return
    chosen = np.not_equal(condition, 0.0)
    np.copyto(out, no)
    np.copyto(out, yes, where=chosen)


def half_up(x: Array, *, out: Array) -> None:
    """The nearest whole number, halves up."""
    np.add(x, 0.5, out=out)
    np.floor(out, out=out)


def _table(table: Table, kind: str) -> Operation:
    def look_up(x: Array, *, out: Array) -> None:
        np.copyto(out, table.lookup(x) if kind == "lookup" else table.brackets(x))

    return look_up


_BINARY: dict[str, Operation] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power,
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
    "==": np.equal, "!=": np.not_equal, "and": np.logical_and, "or": np.logical_or,
}  # fmt: skip
_UNARY: dict[str, Operation] = {
    "-": np.negative, "not": np.logical_not, "abs": np.absolute, "floor": np.floor, "ceil": np.ceil,
    "exp": np.exp, "log": np.log, "round": half_up,
}  # fmt: skip
_FOLDS: dict[str, Operation] = {"min": np.minimum, "max": np.maximum}


class Step(NamedTuple):
    """`operation(*registers[operands], out=registers[target])`."""

    operation: Operation
    operands: tuple[int, ...]
    target: int


@dataclass
class Program:
    """What each register is, and the steps.

    `wide[r]`: the register holds one value a draw. `constants`: register → value. `lines[name][lag]`: the
    register of a line `lag` months ago. `clock`: the registers of `t` and `fiscal_month`.
    """

    wide: list[bool] = field(default_factory=list)
    constants: dict[int, float] = field(default_factory=dict)
    lines: dict[str, list[int]] = field(default_factory=dict)
    clock: dict[str, int] = field(default_factory=dict)
    opening: list[Step] = field(default_factory=list)
    once: list[Step] = field(default_factory=list)
    monthly: list[Step] = field(default_factory=list)


class Compiler:
    """Compiles lines to a program. A line is declared before any line that reads it is compiled."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self.program = Program()
        self._tables = tables
        self._steady: set[str] = set()
        self._kept: dict[Expression, int] = {}
        self._free: dict[bool, list[int]] = {True: [], False: []}
        self._temporary: set[int] = set()
        self._steps = self.program.monthly
        self._in_opening = False

    def declare(self, name: str, *, wide: bool, lags: int, steady: bool) -> None:
        """A line that is read up to `lags` months back. A `steady` one is the same in every month, and
        before the first."""
        if steady:
            self.program.lines[name] = [self._register(wide)] * (lags + 1)
            self._steady.add(name)
        else:
            self.program.lines[name] = [self._register(wide) for _ in range(lags + 1)]

    def opening(self, name: str, expression: Expression) -> None:
        """Compile the value of a line before month 1: every name stands for its own value then."""
        self._steps, self._in_opening = self.program.opening, True
        self._into(expression, self.program.lines[name][0])
        self._steps, self._in_opening = self.program.monthly, False

    def line(self, name: str, expression: Expression) -> None:
        """Compile the value of a line in a month."""
        target, *past = self.program.lines[name]
        if past or not self._is_steady(expression):
            self._into(expression, target)
        else:
            self._once(expression, target)
            self._steady.add(name)

    def _operand(self, expression: Expression) -> int:
        """The register that holds the value of an expression, with the steps that fill it."""
        match expression:
            case Number(value=value):
                return self._constant(value)
            case Name(name=name) if name in TIME_NAMES:
                return self._time(name)
            case Name(name=name, lag=lag):
                return self.program.lines[name][0 if self._in_opening else lag]
        if self._steps is self.program.monthly and self._is_steady(expression):
            return self._keep(expression)
        target = self._take(self._is_wide(expression))
        self._into(expression, target)
        return target

    def _keep(self, expression: Expression) -> int:
        """The register of an expression that is the same in every month: computed once, never reused."""
        if expression not in self._kept:
            self._kept[expression] = self._register(self._is_wide(expression))
            self._once(expression, self._kept[expression])
        return self._kept[expression]

    def _once(self, expression: Expression, target: int) -> None:
        self._steps = self.program.once
        self._into(expression, target)
        self._steps = self.program.monthly

    def _into(self, expression: Expression, target: int) -> None:
        match expression:
            case Binary(op=op, left=left, right=right):
                self._step(_BINARY[op], (left, right), target)
            case Unary(op=op, operand=operand):
                self._step(_UNARY[op], (operand,), target)
            case Call(function="where", arguments=arguments):
                self._step(choose, arguments, target)
            case Call(function=function, arguments=arguments) if function in _FOLDS:
                self._fold(_FOLDS[function], arguments, target)
            case Call(function=function, arguments=(argument,)):
                self._step(_UNARY[function], (argument,), target)
            case Window(name=name, months=months):
                self._fold(np.add, [Name(name, lag) for lag in range(months)], target)
            case TableLookup(kind=kind, table=table, argument=argument):
                self._step(_table(self._tables[table], kind), (argument,), target)
            case _:
                self._step(np.positive, (expression,), target)

    def _step(self, operation: Operation, operands: Iterable[Expression], target: int) -> None:
        registers = tuple([self._operand(operand) for operand in operands])
        self._steps.append(Step(operation, registers, target))
        self._give_back(registers)

    def _fold(self, operation: Operation, operands: Iterable[Expression], target: int) -> None:
        # Left to right, as the text reads: min(a, b, c) = min(min(a, b), c).
        first, *others = [self._operand(operand) for operand in operands]
        for number, register in enumerate(others, 1):
            is_last = number == len(others)
            out = target if is_last else self._take(self.program.wide[first] or self.program.wide[register])
            self._steps.append(Step(operation, (first, register), out))
            self._give_back((first, register))
            first = out
        if not others:
            self._steps.append(Step(np.positive, (first,), target))
            self._give_back((first,))

    def _is_steady(self, expression: Expression) -> bool:
        names = [reference.name for reference in references(expression)]
        return not _reads_time(expression) and all(name in self._steady for name in names)

    def _is_wide(self, expression: Expression) -> bool:
        lines = self.program.lines
        return any(self.program.wide[lines[reference.name][0]] for reference in references(expression))

    def _register(self, wide: bool) -> int:
        self.program.wide.append(wide)
        return len(self.program.wide) - 1

    def _take(self, wide: bool) -> int:
        register = self._free[wide].pop() if self._free[wide] else self._register(wide)
        self._temporary.add(register)
        return register

    def _give_back(self, registers: Iterable[int]) -> None:
        for register in set(registers) & self._temporary:
            self._free[self.program.wide[register]].append(register)

    def _constant(self, value: float) -> int:
        key = Number(value)
        if key not in self._kept:
            self._kept[key] = self._register(False)
            self.program.constants[self._kept[key]] = value
        return self._kept[key]

    def _time(self, name: str) -> int:
        if name not in self.program.clock:
            self.program.clock[name] = self._register(False)
        return self.program.clock[name]


def _reads_time(expression: Expression) -> bool:
    if isinstance(expression, Name):
        return expression.name in TIME_NAMES
    return any(_reads_time(child) for child in children(expression))
