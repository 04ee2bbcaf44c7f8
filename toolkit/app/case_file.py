"""Case files: a YAML list of cases, each with inputs and what is expected of them (format version 1).

    id, calculator, title, inputs          always
    expected                               optional: without it a case only wants its outputs
    tolerance, source, tier                with `expected`
    note                                   optional words

The frame of a case is checked here, with the line of every field; its inputs belong to the calculator.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from toolkit.errors import InputError, Problem
from toolkit.resources.reading import Positions

_ALWAYS = ("id", "calculator", "title", "inputs")
_WITH_EXPECTED = ("tolerance", "source", "tier")
_KEYS = (*_ALWAYS, "expected", *_WITH_EXPECTED, "note")
_TIERS = ("A", "B")
_NEAR_ZERO = 1e-9  # how far an output may be off an expected 0 when the tolerance is relative


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far an output may be off: absolutely, or relative to the expected value."""

    kind: str
    size: float

    def allows(self, expected: float, got: float) -> bool:
        """Whether a number is near enough."""
        if self.kind == "abs":
            return abs(got - expected) <= self.size
        return abs(got - expected) <= (self.size * abs(expected) if expected else _NEAR_ZERO)


@dataclass(frozen=True, slots=True)
class Case:
    """One case as it stands in the file. `problems` are those of its frame; what could not be read is None.

    `path` is its place in the file (`[3]`), `positions` gives the line of a path.
    """

    id: str | None
    calculator: str | None
    inputs: Mapping[str, Any] | None
    expected: Mapping[str, Any] | None
    tolerance: Tolerance | None
    path: str
    positions: Positions
    problems: tuple[Problem, ...]

    def problem(self, id: str, field: str, **values: Any) -> Problem:
        """A problem at a field of the case, with file and line."""
        return _placed(self.positions, self.path, Problem(id, field, values=values))

    def place(self, problem: Problem, inside: str) -> Problem:
        """A problem whose field is a path inside `inside`, placed in the file."""
        field = f"{inside}.{problem.field}" if problem.field else inside
        return _placed(self.positions, self.path, Problem(problem.id, field, values=problem.values))


def read_case_file(path: Path) -> list[Case]:
    """Every case of a file. InputError where the file is missing, no YAML, or no list."""
    file = str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "UTF-8"
        raise InputError([Problem("calc.unreadable", file=file, values={"reason": reason})]) from None
    data, positions = _parse(text, file)
    if not isinstance(data, list):
        raise InputError([Problem("calc.not_a_list_of_cases", file=file, line=1)])
    return list(_cases(data, positions))


def _parse(text: str, file: str) -> tuple[Any, Positions]:
    try:
        loader = YAML(typ="safe", pure=True)
        node = loader.compose(text)
        lines: dict[str, int] = {}
        data = None if node is None else _plain(loader, node, "", lines, file)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = str(error.problem or error.context).split("\n")[0]
        raise InputError([_syntax(file, words, mark.line + 1 if mark else None)]) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise InputError([_syntax(file, str(error).split("\n")[0], None)]) from None
    return data, Positions(file, lines)


def _syntax(file: str, words: str, line: int | None) -> Problem:
    return Problem("calc.syntax", file=file, line=line, values={"words": words})


def _plain(loader: YAML, node: Node, path: str, lines: dict[str, int], file: str) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, SequenceNode):
        return [
            _plain(loader, item, f"{path}[{index}]", lines, file) for index, item in enumerate(node.value)
        ]
    if isinstance(node, MappingNode):
        result: dict[str, Any] = {}
        for key_node, value in node.value:
            key = str(loader.constructor.construct_object(key_node, deep=True))
            child = f"{path}.{key}" if path else key
            line = key_node.start_mark.line + 1
            if key in result:
                raise InputError([Problem("calc.duplicate_key", child, file, line, {"name": key})])
            lines[child] = line
            result[key] = _plain(loader, value, child, lines, file)
        return result
    return loader.constructor.construct_object(node, deep=True)


def _placed(positions: Positions, path: str, problem: Problem) -> Problem:
    return problem.at(file=positions.file, line=positions.line(f"{path}.{problem.field}"))


def _cases(data: Sequence[Any], positions: Positions) -> Iterator[Case]:
    seen: set[str] = set()
    for index, raw in enumerate(data):
        path = f"[{index}]"
        if not isinstance(raw, Mapping):
            problem = Problem("calc.case_not_mapping", path, positions.file, positions.line(path))
            yield Case(None, None, None, None, None, path, positions, (problem,))
            continue
        problems = list(_frame_problems(raw))
        name = raw["id"] if isinstance(raw.get("id"), str) else None
        if name is not None and name in seen:
            problems.append(Problem("calc.duplicate_id", "id", values={"name": name}))
        seen.add(name or "")
        yield Case(
            name,
            raw["calculator"] if isinstance(raw.get("calculator"), str) else None,
            _mapping(raw.get("inputs")),
            _mapping(raw.get("expected")),
            _tolerance(raw.get("tolerance")),
            path,
            positions,
            tuple(_placed(positions, path, problem) for problem in problems),
        )


def _mapping(raw: Any) -> Mapping[str, Any] | None:
    return raw if isinstance(raw, Mapping) else None


def _tolerance(raw: Any) -> Tolerance | None:
    if not isinstance(raw, Mapping) or len(raw) != 1:
        return None
    [(kind, size)] = raw.items()
    number = isinstance(size, int | float) and not isinstance(size, bool)
    if kind not in ("abs", "rel") or not number or not 0 <= size < math.inf:
        return None
    return Tolerance(kind, float(size))


def _frame_problems(raw: Mapping[str, Any]) -> Iterator[Problem]:
    required = (*_ALWAYS, *_WITH_EXPECTED) if "expected" in raw else _ALWAYS
    for key in required:
        if key not in raw:
            yield Problem("calc.missing_field", key, values={"name": key})
    for key in raw:
        if key not in _KEYS:
            yield Problem("calc.unknown_field", key, values={"name": key, "known": ", ".join(_KEYS)})
    for key in ("id", "calculator", "title"):
        if key in raw and not (isinstance(raw[key], str) and raw[key].strip()):
            yield Problem("calc.not_text", key, values={"text": str(raw[key])})
    for key in ("inputs", "expected", "source"):
        if key in raw and not isinstance(raw[key], Mapping):
            yield Problem("calc.not_mapping", key, values={"text": str(raw[key])})
    if "tolerance" in raw and _tolerance(raw["tolerance"]) is None:
        yield Problem("calc.bad_tolerance", "tolerance")
    if "tier" in raw and raw["tier"] not in _TIERS:
        yield Problem(
            "calc.not_one_of", "tier", values={"text": str(raw["tier"]), "allowed": ", ".join(_TIERS)}
        )
