"""What a virtual machine cannot see of its host.

Other guests share its caches, its memory and the other half of its cores, and for minutes at a time all is
slower or faster. No counter inside tells of it, and processes within a minute of each other share it. The
intervals of runs repeated on one such machine held the median of the others as often as they should from a
standard deviation of 0.12 of the logarithm on (tests/README.md). How much of it the processes behind a number
have seen themselves follows from how far apart they began:

    drift = 0.12 · exp(−seconds between the first and the last start / 300)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from toolkit.benchmark.events import Event

_SD, _MEMORY_S = 0.12, 300.0
SAID_FROM = 0.02  # less is not worth a flag


def drift(hellos: Sequence[Event]) -> float:
    """Standard deviation of log time between runs that these processes cannot show; 0 on a GPU, and on
    processors that are not virtual."""
    first = hellos[0]
    if first["device"] != "cpu" or not first["environment"].get("cpu", {}).get("virtual"):
        return 0.0
    starts = [datetime.fromisoformat(str(hello["measured_at"])) for hello in hellos]
    return _SD * math.exp(-(max(starts) - min(starts)).total_seconds() / _MEMORY_S)
