"""Readings recorded once on a GPU machine, played back one after another.

The file is JSON Lines: first `{"describe": {...}}`, then one `Reading` a line. Whatever is measured with it
is marked `recorded` and never mixed with live results. After the last reading the recording is over: it is
not repeated, because a counter that starts again would be a made-up energy.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.benchmark.meters.reading import MeterSource, Reading


@dataclass(slots=True)
class ReplayMeter:
    """Plays readings back in their order, with their own clock."""

    description: Mapping[str, Any]
    readings: Iterator[Reading]
    source: MeterSource = "recorded"

    @classmethod
    def from_file(cls, path: str | Path) -> ReplayMeter:
        """Raises OSError when there is no such file, ValueError when a line is no reading."""
        lines = Path(path).read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines if line.strip()]
        if not rows or "describe" not in rows[0]:
            raise ValueError(f"{path}: the first line must hold `describe`")
        try:
            readings = [reading_from(row) for row in rows[1:]]
        except TypeError as error:
            raise ValueError(f"{path}: {error}") from error
        return cls(rows[0]["describe"], iter(readings))

    def read(self) -> Reading:
        ended = Reading(seconds=time.perf_counter(), unknown={"energy_j": "the recording is over"})
        return next(self.readings, ended)

    def describe(self) -> Mapping[str, Any]:
        return self.description

    def close(self) -> None:
        """Nothing to let go of."""


def reading_from(row: Mapping[str, Any]) -> Reading:
    """A reading from its JSON form. Raises TypeError for an unknown field."""
    tuples = {key: tuple(row[key]) for key in ("throttle", "foreign_pids") if row.get(key) is not None}
    return Reading(**{**row, **tuples})
