"""Errors: wrong input is a list of problems; wrong code is an ordinary exception.

    GroundplanError
    ├── InputError    what the user gave (a plan, a data file, a flag) has problems
    ├── StoreError    the workspace cannot be used: locked, alien, or written by a newer version
    ├── DeviceError   a device or a meter cannot do what was asked
    └── ReportError   a document cannot be written

Each carries a tuple of `Problem`. A problem is data: the id of a text in the catalogues, the place, and
the values that the text names. It is put into words, in English or Chinese, only where it is shown, so
every command lists all problems at once, in the reader's language, with exit code 1 and no traceback.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from toolkit.text import Language, t


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where it is, what it is, how to mend it.

    `id` is `<area>.<name>`; the catalogue of that area holds `<name>: {problem: …, mend: …}`.
    `field` is a path such as `talent.roles[2].salary`; `line` counts from 1.
    """

    id: str
    field: str = ""
    file: str | None = None
    line: int | None = None
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def problem(self, language: Language = "en") -> str:
        """What is wrong, in words."""
        return t(f"{self.id}.problem", language, **self.values)

    def mend(self, language: Language = "en") -> str:
        """How to mend it, in words."""
        return t(f"{self.id}.mend", language, **self.values)

    def at(self, *, file: str | None = None, line: int | None = None) -> Problem:
        """The same problem with its place filled in where it was unknown."""
        return replace(self, file=self.file or file, line=self.line or line)

    def as_dict(self, language: Language = "en") -> dict[str, Any]:
        """The JSON form: `file, line, field, problem, mend`."""
        return {
            "file": self.file,
            "line": self.line,
            "field": self.field,
            "problem": self.problem(language),
            "mend": self.mend(language),
        }

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part)
        where = " ".join(part for part in (place, self.field) if part)
        return f"{where + ': ' if where else ''}{self.problem()} {self.mend()}"


class GroundplanError(Exception):
    """The root: carries every problem that was found, never only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class InputError(GroundplanError):
    """What the user gave has problems."""


class StoreError(GroundplanError):
    """The workspace cannot be used."""


class DeviceError(GroundplanError):
    """A device or a meter cannot do what was asked."""


class ReportError(GroundplanError):
    """A document cannot be written."""


def refuse(problems: Iterable[Problem]) -> None:
    """Raise `InputError` with all problems, or do nothing when there are none."""
    found = tuple(problems)
    if found:
        raise InputError(found)
