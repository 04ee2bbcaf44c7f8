"""A program as steps of the kernel: what is the same in every draw goes to a table, what only NumPy can do
goes before the months or into calls.

    narrow steps     no operand differs between draws: computed once, their values stand in the table by month
    ahead            powers and the like of inputs and the month alone: computed by NumPy before the months
    calls            powers and the like of what the months bring: the kernel calls back
    all others       steps of the kernel
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from toolkit.projection import kernel
from toolkit.projection.program import Operation, Program, Step, choose, half_up

# What an operand is: a step of this month by its place in the list, or None for the value that a register has
# when the month begins.
Origin = int | None
Column = tuple[str, int]  # ("step", place) or ("begin", register)

_NAMES: dict[Operation, str] = {
    np.positive: "copy", np.negative: "negative", np.absolute: "absolute", np.floor: "floor",
    np.ceil: "ceil", half_up: "round", np.logical_not: "not", np.add: "add", np.subtract: "subtract",
    np.multiply: "multiply", np.divide: "divide", np.minimum: "minimum", np.maximum: "maximum",
    np.less: "less", np.less_equal: "less_equal", np.greater: "greater",
    np.greater_equal: "greater_equal", np.equal: "equal", np.not_equal: "not_equal",
    np.logical_and: "and", np.logical_or: "or", choose: "where",
}  # fmt: skip


@dataclass(frozen=True)
class Months:
    """The monthly steps with the origin of every operand. `narrow`, `ahead`: whether a step is."""

    steps: Sequence[Step]
    origins: tuple[tuple[Origin, ...], ...]
    narrow: tuple[bool, ...]
    ahead: tuple[bool, ...]

    @classmethod
    def of(cls, program: Program, paths: Iterable[int], moving: Iterable[int]) -> Months:
        """`paths` are registers of inputs that change by month, `moving` those of lines with a past."""
        written = {step.target for step in program.monthly} | set(moving)
        given = set(paths)
        latest: dict[int, int] = {}
        origins: list[tuple[Origin, ...]] = []
        narrow: list[bool] = []
        ahead: list[bool] = []
        for place, step in enumerate(program.monthly):
            found = tuple(latest.get(register) for register in step.operands)
            narrow.append(not any(program.wide[register] for register in step.operands))
            ahead.append(
                all(
                    not program.wide[register]
                    or (ahead[origin] if origin is not None else register in given or register not in written)
                    for register, origin in zip(step.operands, found, strict=True)
                )
            )
            origins.append(found)
            latest[step.target] = place
        return cls(program.monthly, tuple(origins), tuple(narrow), tuple(ahead))

    def ground(self, places: Iterable[int]) -> list[int]:
        """These steps and the steps that are not narrow on which they rest, in their order."""
        found: set[int] = set()
        stack = list(places)
        while stack:
            place = stack.pop()
            if place not in found and not self.narrow[place]:
                found.add(place)
                stack += [origin for origin in self.origins[place] if origin is not None]
        return sorted(found)


@dataclass
class Lowered:
    """What the kernel runs each month, and what has to be there for it.

    `columns`: what stands in each column of the table. `live`: registers whose value from before month 1 is
    read. `ahead`: steps that NumPy computes before the months, by the number of their array. `calls`: steps
    that are called back. `rows`: how many registers there are, those of the lowering included.
    """

    wide: Sequence[bool]
    months: Months
    rows: int = 0
    columns: dict[Column, int] = field(default_factory=dict)
    live: dict[int, None] = field(default_factory=dict)
    ahead: dict[int, int] = field(default_factory=dict)
    calls: list[int] = field(default_factory=list)
    steps: list[tuple[int, ...]] = field(default_factory=list)

    def column(self, register: int, origin: Origin) -> int:
        """The column of a narrow operand."""
        key = ("begin", register) if origin is None else ("step", origin)
        return self.columns.setdefault(key, len(self.columns))


def lower(
    program: Program,
    paths: Mapping[int, int],
    groups: Sequence[Sequence[int]],
    captured: Sequence[int],
    first_array: int,
) -> Lowered:
    """Lower the monthly steps. `paths`: registers of inputs by month → the number of their array; `groups`:
    registers of wide lines with a past, this month first, numbered one after the other; `captured`: registers
    to keep; `first_array`: number of the first array that steps ahead may take."""
    moving = [register for group in groups for register in group]
    months = Months.of(program, paths, moving)
    found = Lowered(program.wide, months, rows=len(program.wide))
    for register, array in paths.items():
        found.steps.append((kernel.CODES["load", ""], register, array, 0, 0))
    for place, step in enumerate(months.steps):
        _lower(found, place, step, first_array)
    for number, register in enumerate(captured):
        found.steps.append((kernel.CODES["store", ""], number, register, 0, 0))
    for group in groups:
        found.steps.append((kernel.CODES["turn", ""], group[0], len(group), 0, 0))
    written = {step.target for step in months.steps if program.wide[step.target]}
    needed = [register for register in captured if register not in written]
    found.live |= dict.fromkeys(register for register in (*moving, *needed) if register not in paths)
    return found


def _lower(found: Lowered, place: int, step: Step, first_array: int) -> None:
    months, origins = found.months, found.months.origins[place]
    if months.narrow[place]:
        if found.wide[step.target]:
            found.steps.append(_step("copy", "m", step.target, [found.column(0, place)]))
        return
    name = _NAMES.get(step.operation)
    if name is None:
        _outside(found, place, step, first_array)
        return
    operands, form = [], ""
    for register, origin in zip(step.operands, origins, strict=True):
        if found.wide[register]:
            operands.append(register)
            form += "v"
            _read(found, register, origin)
        elif name == "where":
            operands.append(found.rows + len(operands))  # a row of its own, filled with the value
            column = found.column(register, origin)
            found.steps.append(_step("copy", "m", operands[-1], [column]))
            form += "v"
        else:
            operands.append(found.column(register, origin))
            form += "m"
    found.steps.append(_step(name, form, step.target, operands))


def _outside(found: Lowered, place: int, step: Step, first_array: int) -> None:
    months = found.months
    if months.ahead[place]:
        array = found.ahead.setdefault(place, first_array + len(found.ahead))
        found.steps.append((kernel.CODES["load", ""], step.target, array, 0, 0))
        return
    for register, origin in zip(step.operands, months.origins[place], strict=True):
        if found.wide[register]:
            _read(found, register, origin)
        else:
            found.column(register, origin)
    found.steps.append((kernel.CODES["call", ""], len(found.calls), 0, 0, 0))
    found.calls.append(place)


def _read(found: Lowered, register: int, origin: Origin) -> None:
    if origin is None:
        found.live[register] = None


def _step(name: str, form: str, target: int, operands: Sequence[int]) -> tuple[int, ...]:
    return (kernel.CODES[name, form], target, *[*operands, 0, 0, 0][:3])
