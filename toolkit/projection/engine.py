"""The engine: lines → numbers, for one case or for thousands of draws.

What no varying input reaches is computed once, as single values. The rest is computed in blocks of draws,
month by month, so that memory does not grow with draws × lines: only the lines that are asked for are kept.
Blocks and their size never change a number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np

from toolkit.errors import InputError, Problem
from toolkit.lines.language import references
from toolkit.projection import fast
from toolkit.projection.fast import FastProgram, Outside
from toolkit.projection.kernel import Run as Kernel
from toolkit.projection.model import Model
from toolkit.projection.program import Array, Compiler, Program, Step

BLOCK = 4096  # draws: long enough that calling NumPy costs little, short enough to stay in the cache
LARGEST = 1e150  # of a larger one the square, which every spread needs, is no number


class Engine:
    """A model made ready to compute `wanted` lines while the inputs `varying` differ between draws; all other
    inputs stand at their median.

    `fast` says whether the kernel does it (`toolkit.projection.fast`): by itself where the work is worth
    loading it. The numbers are the same.
    """

    def __init__(
        self, model: Model, varying: Iterable[str], wanted: Sequence[str], fast: bool | None = None
    ) -> None:
        self.model = model
        self._fast = fast
        self.wanted = tuple(wanted)
        needed = model.ground(self.wanted)
        wide = model.reached(varying) & needed
        self._narrow = _known(model, needed - wide)
        alone = _Runner(model, needed - wide, self._narrow, wide=())
        self._narrow |= {name: path[:, 0] for name, path in alone.run({}, 1, alone.computed).items()}
        self._runner = _Runner(model, needed, self._narrow, wide)

    def run(self, inputs: Mapping[str, Array], draws: int, block: int | None = None) -> dict[str, Array]:
        """The wanted lines: name → array (months + 1, draws); row 0 is the value before month 1.

        `inputs` maps every varying input to an array (draws,), a path to an array (months + 1, draws).
        """
        rows = len(self.model.months) + 1
        kept = {name: np.empty((rows, draws)) for name in self.wanted}
        for name in kept.keys() & self._narrow.keys():
            kept[name][:] = self._narrow[name][:, None]
        captured = [name for name in self.wanted if name not in self._narrow]
        if not captured:
            return kept
        if kernel := fast.wanted(self._fast, draws * self._runner.work):
            self._runner.run_fast(kernel, inputs, slice(0, draws), {name: kept[name] for name in captured})
            return kept
        for part in _blocks(draws, block or BLOCK):
            columns = {name: inputs[name][..., part] for name in self._runner.inputs}
            for name, values in self._runner.run(columns, part.stop - part.start, captured).items():
                kept[name][:, part] = values
        return kept


class _Runner:
    """A program, and what it takes from outside: lines whose values by month are known (`given`), and values
    a draw (of a path a month and a draw) for each of `inputs`. `computed` are the lines that it finds."""

    def __init__(
        self, model: Model, needed: Collection[str], given: Mapping[str, Array], wide: Collection[str]
    ) -> None:
        self.model = model
        unknown = [name for name in model.lines if name in needed and name not in given]
        self.inputs = tuple(name for name in unknown if name not in model.expressions)
        self.computed = tuple(name for name in unknown if name in model.expressions)
        read = {other for name in self.computed for other in model.reads[name]}
        self._given = {name: values for name, values in given.items() if name in read}
        self._steady = {name for name, values in self._given.items() if np.all(values == values[0])}
        self._paths = tuple(name for name in self.inputs if is_path(model, name))
        self._program = self._compile(wide)
        self._fast: FastProgram | None = None

    def _compile(self, wide: Collection[str]) -> Program:
        model, compiler = self.model, Compiler(self.model.tables)
        lags = _lags(model, self.computed)
        for name in (*self._given, *self.inputs, *self.computed):
            steady = name in self._steady or (name in self.inputs and name not in self._paths)
            compiler.declare(name, wide=name in wide, lags=lags.get(name, 0), steady=steady)
        for name, expression in model.openings.items():
            if name in self.computed:
                compiler.opening(name, expression)
        for name in self.computed:
            compiler.line(name, model.expressions[name])
        return compiler.program

    @cached_property
    def work(self) -> int:
        """Steps a draw."""
        return len(self.model.months) * len(self._program.monthly)

    def run_fast(
        self, kernel: Kernel, inputs: Mapping[str, Array], part: slice, kept: Mapping[str, Array]
    ) -> None:
        """Fill in the draws `part` of the kept lines: name → array (months + 1, draws)."""
        names, lines = tuple(kept), self._program.lines
        if self._fast is None:
            self._fast = FastProgram(self._program, self._outside(names), kernel)
        columns = {lines[name][0]: inputs[name] for name in self.inputs if name not in self._paths}
        paths = {lines[name][0]: inputs[name] for name in self._paths}
        self._fast.run(columns, paths, [kept[name] for name in names], part)

    def _outside(self, captured: Sequence[str]) -> Outside:
        program, months = self._program, len(self.model.months)
        fixed = dict(program.constants)
        fixed |= {program.lines[name][0]: values[0] for name, values in self._given.items()}
        changing = [name for name in self._given if name not in self._steady]
        times = {"t": range(1, months + 1), "fiscal_month": self.model.fiscal_months()}
        return Outside(
            fixed=fixed,
            changing=tuple(program.lines[name][0] for name in changing),
            values=_by_month([self._given[name] for name in changing], months),
            clock=tuple(program.clock.values()),
            times=_by_month([(0, *times[name]) for name in program.clock], months),
            rolling=tuple(tuple(places) for places in program.lines.values() if len(set(places)) > 1),
            paths=tuple(program.lines[name][0] for name in self._paths),
            captured=tuple(program.lines[name][0] for name in captured),
        )

    def run(self, inputs: Mapping[str, Array], size: int, captured: Iterable[str]) -> dict[str, Array]:
        """The captured lines: name → array (months + 1, size)."""
        program, fiscal = self._program, self.model.fiscal_months()
        registers = self._registers(inputs, size)
        kept = {name: np.empty((len(fiscal) + 1, size)) for name in captured}
        changing = [(program.lines[name], self._given[name]) for name in self._given.keys() - self._steady]
        changing += [(program.lines[name], inputs[name]) for name in self._paths]
        rolling = [places for places in program.lines.values() if len(set(places)) > 1]
        with np.errstate(all="ignore"):  # a branch of `where` that is not chosen may divide by zero
            _execute(program.opening, registers)
            for first, *past in rolling:
                for place in past:
                    registers[place][:] = registers[first]
            _keep(kept, 0, program, registers)
            _execute(program.once, registers)
            for month in range(1, len(fiscal) + 1):
                for name, register in program.clock.items():
                    registers[register][0] = month if name == "t" else fiscal[month - 1]
                for places, values in changing:
                    registers[places[0]][:] = values[month]
                _execute(program.monthly, registers)
                _keep(kept, month, program, registers)
                for places in rolling:
                    _roll(registers, places)
        return kept

    def _registers(self, inputs: Mapping[str, Array], size: int) -> list[Array]:
        """Registers as they are before month 1, without the opening values."""
        program = self._program
        registers = [np.zeros(size if wide else 1) for wide in program.wide]
        for register, value in program.constants.items():
            registers[register][0] = value
        for name, values in self._given.items():
            registers[program.lines[name][0]][0] = values[0]
        for name in self.inputs:
            values = inputs[name]
            registers[program.lines[name][0]][:] = values[0] if name in self._paths else values
        return registers


def is_path(model: Model, name: str) -> bool:
    """Whether a line is an input with another value in every month of a draw."""
    quantity = model.lines[name].quantity
    return quantity is not None and quantity.is_path


def _by_month(rows: Sequence[Sequence[float] | Array], months: int) -> Array:
    """Rows of values by month as an array (months + 1, rows), also of none."""
    return np.array(rows, dtype=float).reshape(len(rows), months + 1).T


def _blocks(draws: int, block: int) -> list[slice]:
    """Slices of about equal size, none longer than `block`. None is a single draw unless it must be: NumPy's
    powers of a single value may differ from those of an array in the last bit."""
    ends = np.linspace(0, draws, -(-draws // block) + 1).astype(int).tolist()
    return [slice(start, end) for start, end in pairwise(ends)]


def _execute(steps: Iterable[Step], registers: list[Array]) -> None:
    for operation, operands, target in steps:
        if len(operands) == 2:  # most steps: spelled out, since calling is what a short block costs
            left, right = operands
            operation(registers[left], registers[right], out=registers[target])
        else:
            operation(*[registers[operand] for operand in operands], out=registers[target])


def _keep(kept: Mapping[str, Array], month: int, program: Program, registers: list[Array]) -> None:
    for name, path in kept.items():
        path[month] = registers[program.lines[name][0]]


def _roll(registers: list[Array], places: Sequence[int]) -> None:
    """This month becomes last month; the oldest register is free for the next."""
    oldest = registers[places[-1]]
    for lag in range(len(places) - 1, 0, -1):
        registers[places[lag]] = registers[places[lag - 1]]
    registers[places[0]] = oldest


def _known(model: Model, names: Collection[str]) -> dict[str, Array]:
    """Inputs by month, the opening first: a quantity at its median (of a path that of each month); a series,
    and 0 before it."""
    months, known = len(model.months), {}
    for name, line in model.lines.items():
        if name in names and line.quantity is not None:
            known[name] = line.quantity.by_month(months)
        elif name in names and line.series is not None:
            known[name] = np.array([0.0, *line.series])
    return known


def _lags(model: Model, names: Iterable[str]) -> dict[str, int]:
    """How many months back each line is read by the lines `names`."""
    lags: dict[str, int] = {}
    for name in names:
        for reference in references(model.expressions[name]):
            lags[reference.name] = max(lags.get(reference.name, 0), reference.lag)
    return lags


def check_finite(model: Model, found: Mapping[str, Array | Sequence[float]]) -> None:
    """Raise InputError (`app.not_finite`) where a line, of shape (months + 1, …), is no number to reckon with
    in some month. The line of which that is true first is named; others follow from it."""
    endless = {
        name: int(np.argmin(finite))
        for name, values in found.items()
        if not (finite := (np.abs(values) <= LARGEST).reshape(len(model.months) + 1, -1).all(axis=1)).all()
    }
    if endless:
        line = min(endless, key=endless.__getitem__)
        month = model.months[max(endless[line] - 1, 0)]
        raise InputError([Problem("app.not_finite", line, values={"line": line, "month": month})])


def base_case(model: Model) -> dict[str, tuple[float, ...]]:
    """Every line with every quantity at its median: name → the opening value, then one value a month."""
    kept = Engine(model, (), tuple(model.lines)).run({}, 1)
    return {name: tuple(kept[name][:, 0].tolist()) for name in model.lines}
