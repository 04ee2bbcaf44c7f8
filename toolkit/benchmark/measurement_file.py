"""Measurements as JSON Lines: one record a line, each with its content address.

Good lines of a damaged file are kept and the others listed by number, so that one cut-off line does not
cost a day on a rented machine. A line whose content no longer matches its id was altered: it is damaged too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from toolkit.errors import Problem
from toolkit.shapes.records import Measurement


def write_measurements(
    path: str | Path, measurements: Iterable[Measurement], *, append: bool = False
) -> None:
    """Write records, replacing the file in one step, or add them at its end. Raises OSError."""
    path = Path(path)
    text = "".join(json.dumps(each.to_json(), ensure_ascii=False) + "\n" for each in measurements)
    if append:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
        return
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)


def read_measurements(path: str | Path) -> tuple[list[Measurement], list[Problem]]:
    """The records of a file, each once, and a problem a line for those that cannot be read.

    Raises OSError when the file itself cannot be read.
    """
    found: dict[str, Measurement] = {}
    problems: list[Problem] = []
    with open(path, encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                measurement = _record(line)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                reason = f"{type(error).__name__}: {error}"
                problems.append(
                    Problem("bench.bad_line", file=str(path), line=number, values={"reason": reason})
                )
            else:
                found.setdefault(measurement.id, measurement)
    return list(found.values()), problems


def _record(line: str) -> Measurement:
    row = json.loads(line)
    measurement = Measurement.from_json(row)
    if row.get("id") not in (None, measurement.id):
        raise ValueError("the content does not match its id")
    if not 0 < measurement.low <= measurement.value <= measurement.high:
        raise ValueError("low, value and high are not ascending and positive")
    return measurement
