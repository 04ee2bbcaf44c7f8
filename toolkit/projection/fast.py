"""The fast path: a program run by the kernel, equal to NumPy's to the last bit.

NumPy is called once a step, which costs more than the arithmetic, and its blocks have to be long to make up
for that; the kernel takes some hundred draws through all months in one call, so that they stay in the
processor's own cache. What is the same in every draw is computed once; powers, exponentials, logarithms and
tables are NumPy's, before the months where they rest on inputs alone.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from toolkit.projection import kernel
from toolkit.projection.lowering import Origin, lower
from toolkit.projection.program import Array, Program, Step

CHUNK = 8192  # draws whose start and powers NumPy prepares at once
ROOM = 2**17  # bytes: the rows of a call stay in the cache of a core
LEAST, MOST = 96, 512  # draws a call
WITH_CALLS = 2048  # where Python is called back, a call has to be worth it
PAD = kernel.LANES  # doubles: rows of a power of two would fall on the same lines of the cache
WORTH = 1e9  # steps times draws of a process before the kernel is loaded: half a second of NumPy
_done = 0.0


def wanted(fast: bool | None, work: float) -> kernel.Run | None:
    """The kernel, where it is asked for, or where the work of this process so far makes loading it worth its
    time; None where NumPy does it."""
    global _done
    _done += work
    return kernel.load() if fast or (fast is None and _done >= WORTH) else None


def threads() -> int:
    """How many threads share the draws out: `OMP_NUM_THREADS` as elsewhere, else one a processor."""
    given = os.environ.get("OMP_NUM_THREADS", "")
    if given.isdecimal():
        return max(int(given), 1)
    own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(own or 1, 8)


@dataclass(frozen=True, eq=False)
class Outside:
    """What a program takes from outside, by register.

    `fixed`: one value in all months; `changing` and its `values` (months + 1, registers): lines known by
    month; `clock` and `times`: the same of `t` and the fiscal month; `rolling`: registers of a line, this
    month first; `paths`: inputs that change by month; `captured`: lines to keep.
    """

    fixed: Mapping[int, float]
    changing: tuple[int, ...]
    values: Array
    clock: tuple[int, ...]
    times: Array
    rolling: tuple[tuple[int, ...], ...]
    paths: tuple[int, ...]
    captured: tuple[int, ...]


class FastProgram:
    """A program made ready for the kernel."""

    def __init__(self, program: Program, outside: Outside, run: kernel.Run) -> None:
        wide = program.wide
        groups = [group for group in outside.rolling if wide[group[0]]]
        numbering = _numbering(len(wide), groups)
        self._run, self.outside = run, outside
        self.program = _renumbered(program, numbering)
        self._numbering = numbering
        self._groups = [[numbering[register] for register in group] for group in groups]
        self._rolling = [[numbering[register] for register in group] for group in outside.rolling]
        self.months = len(outside.times) - 1
        paths = {numbering[register]: number for number, register in enumerate(outside.paths)}
        captured = [numbering[register] for register in outside.captured]
        self.lowered = lower(self.program, paths, self._groups, captured, len(paths))
        self._slice = self.lowered.months.ground(self.lowered.ahead)
        for place in self._slice:
            step = self.program.monthly[place]
            for register, origin in zip(step.operands, self.lowered.months.origins[place], strict=True):
                if not self.program.wide[register]:
                    self.lowered.column(register, origin)
        with np.errstate(all="ignore"):
            self._table = _Narrow(self).table()
        self._captured, self._paths = captured, paths
        rows = self.lowered.rows + 3
        room = ROOM // (8 * rows) // kernel.LANES * kernel.LANES
        self.block = WITH_CALLS if self.lowered.calls else min(max(room, LEAST), MOST)

    def run(
        self, columns: Mapping[int, Array], paths: Mapping[int, Array], kept: Sequence[Array], part: slice
    ) -> None:
        """Fill in the draws `part` of the kept lines, each (months + 1, all draws). `columns` and `paths` are
        inputs by register, of all draws."""

        def chunk(first: int) -> None:
            last = min(first + CHUNK, part.stop)
            some = {self._numbering[one]: values[first:last] for one, values in columns.items()}
            by_month = {
                self._numbering[one]: np.ascontiguousarray(values[:, first:last])
                for one, values in paths.items()
            }
            with np.errstate(all="ignore"):  # a branch of `where` that is not chosen may divide by zero
                _Chunk(self, some, by_month, kept, first, last).run(self._run)

        firsts = range(part.start, part.stop, CHUNK)
        workers = min(threads(), len(firsts))
        if workers > 1:
            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(chunk, firsts))
        else:
            for first in firsts:
                chunk(first)


class _Narrow:
    """What is the same in every draw, month by month."""

    def __init__(self, program: FastProgram) -> None:
        self._fast, self._columns = program, program.lowered.columns
        self.registers = _registers(program, 1)

    def table(self) -> Array:
        """One row a month (row 0 is not read), one column a value."""
        fast, months = self._fast, self._fast.lowered.months
        narrow = [place for place, is_narrow in enumerate(months.narrow) if is_narrow]
        table = np.zeros((fast.months + 1, max(len(self._columns), 1)))
        rolling = [group for group in fast._rolling if not fast.program.wide[group[0]]]
        _open(fast, self.registers, narrow_only=True)
        _once(fast, self.registers, narrow_only=True)
        begins = [(column, key[1]) for key, column in self._columns.items() if key[0] == "begin"]
        for month in range(1, fast.months + 1):
            _set_month(fast, self.registers, month)
            for column, register in begins:
                table[month, column] = self.registers[register][0]
            for place in narrow:
                step = months.steps[place]
                value = np.empty(1)
                step.operation(*[self.registers[one] for one in step.operands], out=value)
                if not fast.program.wide[step.target]:
                    self.registers[step.target][0] = value[0]
                if ("step", place) in self._columns:
                    table[month, self._columns["step", place]] = value[0]
            for group in rolling:
                for later, earlier in zip(group[:0:-1], group[-2::-1], strict=True):
                    self.registers[later][0] = self.registers[earlier][0]
        return table


class _Chunk:
    """Some draws: their start and what is computed ahead, then the kernel, a block at a time."""

    def __init__(
        self, fast: FastProgram, columns: Mapping[int, Array], paths: Mapping[int, Array],
        kept: Sequence[Array], first: int, last: int,
    ) -> None:  # fmt: skip
        self._fast, self._lowered, self._size = fast, fast.lowered, last - first
        self._paths = paths
        self._start = _registers(fast, self._size)
        for register, values in columns.items():
            self._start[register][:] = values
        for register, values in paths.items():
            self._start[register][:] = values[0]
        _open(fast, self._start)
        for values, register in zip(kept, fast._captured, strict=True):
            values[0, first:last] = self._start[register]
        _once(fast, self._start)
        self._kept = [values.ctypes.data + 8 * first for values in kept]
        self._total = kept[0].shape[1] if kept else 0

    def run(self, run: kernel.Run) -> None:
        given = [*self._paths.values(), *self._ahead()]
        steps = [self._size] * len(given)
        start = []
        for register in self._lowered.live:
            start.append((kernel.CODES["load", ""], register, len(given), 0, 0))
            given.append(self._start[register])
            steps.append(0)
        rows, block = self._lowered.rows + 3, self._fast.block
        memory = np.empty((rows, block + PAD))
        places = np.arange(rows, dtype=np.int64)
        begin = np.array(start, dtype=np.int32).reshape(-1, kernel.STEP)
        monthly = np.array(self._lowered.steps, dtype=np.int32)
        bases = np.array([values.ctypes.data for values in given], dtype=np.int64)
        strides, kept = np.array(steps, dtype=np.int64), np.array(self._kept, dtype=np.int64)
        table = self._fast._table
        state = {"size": 0}
        callback = kernel.CALLBACK(self._caller(memory, places, state))
        context = dict.fromkeys(kernel.CONTEXT, 0) | {
            "start": begin.ctypes.data, "start_count": len(start), "monthly": monthly.ctypes.data,
            "monthly_count": len(self._lowered.steps), "months": self._fast.months,
            "places": places.ctypes.data, "registers": rows, "memory": memory.ctypes.data,
            "stride": block + PAD, "table": table.ctypes.data, "columns": table.shape[1],
            "given": bases.ctypes.data,
            "given_step": strides.ctypes.data, "kept": kept.ctypes.data, "draws": self._total,
            "callback": ctypes.cast(callback, ctypes.c_void_p).value or 0,
        }  # fmt: skip
        numbers = np.array(list(context.values()), dtype=np.int64)
        vectors, size, offset = (kernel.CONTEXT.index(name) for name in ("vectors", "bytes", "offset"))
        for first in range(0, self._size, block):
            state["size"] = count = min(block, self._size - first)
            numbers[vectors], numbers[size], numbers[offset] = -(-count // kernel.LANES), 8 * count, first
            run(numbers.ctypes.data)

    def _ahead(self) -> list[Array]:
        """What NumPy computes before the months: one array (months + 1, draws) a step."""
        fast, months = self._fast, self._lowered.months
        found = [np.empty((fast.months + 1, self._size)) for _ in self._lowered.ahead]
        for month in range(1, fast.months + 1) if found else ():
            values: dict[int, Array] = {}
            for place in fast._slice:
                step = months.steps[place]
                array = self._lowered.ahead.get(place)
                target = np.empty(self._size) if array is None else found[array - len(self._paths)][month]
                operands = [
                    self._operand(register, origin, month, values)
                    for register, origin in zip(step.operands, months.origins[place], strict=True)
                ]
                step.operation(*operands, out=target)
                values[place] = target
        return found

    def _operand(self, register: int, origin: Origin, month: int, values: Mapping[int, Array]) -> Array:
        if origin is not None and origin in values:
            return values[origin]
        if not self._fast.program.wide[register] or origin is not None:
            column = self._lowered.column(register, origin)
            return self._fast._table[month, column : column + 1]
        return self._paths[register][month] if register in self._paths else self._start[register]

    def _caller(
        self, memory: Array, places: NDArray[np.int64], state: Mapping[str, int]
    ) -> Callable[[int, int], None]:
        months, wide = self._lowered.months, self._fast.program.wide

        def call(number: int, month: int) -> None:
            place = self._lowered.calls[number]
            step = months.steps[place]
            operands = []
            for register, origin in zip(step.operands, months.origins[place], strict=True):
                if wide[register]:
                    operands.append(memory[places[register], : state["size"]])
                else:
                    column = self._lowered.column(register, origin)
                    operands.append(self._fast._table[month, column : column + 1])
            step.operation(*operands, out=memory[places[step.target], : state["size"]])

        return call


def _registers(fast: FastProgram, size: int) -> list[Array]:
    registers = [np.zeros(size if wide else 1) for wide in fast.program.wide]
    for register, value in fast.outside.fixed.items():
        registers[fast._numbering[register]][0] = value
    return registers


def _open(fast: FastProgram, registers: Sequence[Array], *, narrow_only: bool = False) -> None:
    """Registers as they are before month 1."""
    for register, value in zip(fast.outside.changing, fast.outside.values[0], strict=True):
        registers[fast._numbering[register]][0] = value
    _execute(fast, fast.program.opening, registers, narrow_only)
    for first, *past in fast._rolling:
        for register in past:
            registers[register][:] = registers[first]


def _once(fast: FastProgram, registers: Sequence[Array], *, narrow_only: bool = False) -> None:
    """What is the same in every month, added to them."""
    _execute(fast, fast.program.once, registers, narrow_only)


def _execute(fast: FastProgram, steps: Sequence[Step], registers: Sequence[Array], narrow_only: bool) -> None:
    for step in steps:
        if not (narrow_only and fast.program.wide[step.target]):
            step.operation(*[registers[one] for one in step.operands], out=registers[step.target])


def _set_month(fast: FastProgram, registers: Sequence[Array], month: int) -> None:
    number, outside = fast._numbering, fast.outside
    for names, values in ((outside.clock, outside.times), (outside.changing, outside.values)):
        for register, value in zip(names, values[month], strict=True):
            registers[number[register]][0] = value


def _numbering(count: int, groups: Sequence[Sequence[int]]) -> dict[int, int]:
    """Register → its number in the kernel, where those of a line with a past follow one another."""
    first = [register for group in groups for register in group]
    others = [register for register in range(count) if register not in set(first)]
    return {register: number for number, register in enumerate((*first, *others))}


def _renumbered(program: Program, numbering: Mapping[int, int]) -> Program:
    def steps(given: Sequence[Step]) -> list[Step]:
        return [
            Step(one.operation, tuple(numbering[place] for place in one.operands), numbering[one.target])
            for one in given
        ]

    wide = [False] * len(program.wide)
    for register, number in numbering.items():
        wide[number] = program.wide[register]
    return Program(
        wide=wide, opening=steps(program.opening), once=steps(program.once), monthly=steps(program.monthly)
    )
