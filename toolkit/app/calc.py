"""Run a file of cases through the calculators and say which outputs differ from what was expected.

The calculators call the functions that the projection uses, so a case that passes here is a promise about
every plan.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from toolkit.app.calculators import CALCULATORS
from toolkit.app.case_file import Case, read_case_file
from toolkit.errors import InputError, Problem
from toolkit.text import Language

Plain = float | int | bool | str | None | dict[str, "Plain"]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of a case. `passed` is None without `expected`; `outputs` are plain JSON values."""

    id: str | None
    passed: bool | None
    outputs: Mapping[str, Plain]
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Nothing differs and nothing is wrong."""
        return self.passed is not False and not self.problems

    def as_dict(self, language: Language = "en") -> dict[str, Any]:
        """The JSON form: `id, passed, outputs, problems`."""
        problems = [problem.as_dict(language) for problem in self.problems]
        return {"id": self.id, "passed": self.passed, "outputs": dict(self.outputs), "problems": problems}


def calculate_file(path: Path) -> list[CaseResult]:
    """The result of every case of a file, in order; one result without an id when the file cannot be read."""
    try:
        cases = read_case_file(path)
    except InputError as error:
        return [CaseResult(None, None, {}, error.problems)]
    return [calculate(case) for case in cases]


def calculate(case: Case) -> CaseResult:
    """The outputs of a case, compared with `expected` where it is given."""
    asked = None if case.expected is None else False
    if case.problems or case.inputs is None or case.calculator is None:
        return CaseResult(case.id, asked, {}, case.problems)
    calculator = CALCULATORS.get(case.calculator)
    if calculator is None:
        nearest = difflib.get_close_matches(case.calculator, CALCULATORS, 3, 0.5) or sorted(CALCULATORS)
        values = {"name": case.calculator, "known": ", ".join(nearest)}
        return CaseResult(
            case.id, asked, {}, (case.problem("calc.unknown_calculator", "calculator", **values),)
        )
    try:
        outputs = {name: _plain(value) for name, value in calculator.run(case.inputs).items()}
    except InputError as error:
        return CaseResult(
            case.id, asked, {}, tuple(case.place(problem, "inputs") for problem in error.problems)
        )
    except (ArithmeticError, ValueError):  # inputs that no one has: an overflow, a rate that rounds to -1
        return CaseResult(case.id, asked, {}, (case.problem("calc.out_of_reach", "inputs"),))
    if case.expected is None:
        return CaseResult(case.id, None, outputs, ())
    differences = tuple(_differences(case, case.expected, outputs, "expected"))
    return CaseResult(case.id, not differences, outputs, differences)


def _plain(value: Any) -> Plain:
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, Fraction | float):
        number = float(value)
        if not math.isfinite(number):
            raise OverflowError
        return number
    plain: Plain = value
    return plain


def _differences(case: Case, expected: Any, got: Plain, path: str) -> Iterable[Problem]:
    if isinstance(expected, Mapping) and isinstance(got, dict):
        for name, value in expected.items():
            if name in got:
                yield from _differences(case, value, got[name], f"{path}.{name}")
            else:
                yield case.problem("calc.no_such_output", f"{path}.{name}", name=name, known=", ".join(got))
    elif not _agrees(case, expected, got):
        yield case.problem("calc.differs", path, expected=_shown(expected), got=_shown(got))


def _agrees(case: Case, expected: Any, got: Plain) -> bool:
    wanted, computed = _number(expected), _number(got)
    if wanted is None or computed is None or case.tolerance is None:
        return type(expected) is type(got) and bool(expected == got)
    return case.tolerance.allows(wanted, computed)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{…}"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    return f"{value:.12g}" if isinstance(value, float) else str(value)
