"""A better device is never slower: what holds between two devices whatever was fitted.

A device is at least as good as another when its data sheet is, in every line that work is divided by. For a
device that was never measured, the time of the same row on measured ones is a bound: not below that of a
better one, not above that of a worse one. Effects that were learned for a generation or for one board could
otherwise break it by a few percent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set

from toolkit.estimate.capability import Capability, UnpredictableError


def at_least_as_good(one: Capability, other: Capability) -> bool:
    """Every format's peak, bandwidth, memory, link and power are at least those of the other."""
    if one.laptop and not other.laptop:
        return False
    return (
        all(one.peaks.get(name, 0.0) >= peak for name, peak in other.peaks.items())
        and one.bandwidth >= other.bandwidth
        and one.memory >= other.memory
        and one.link >= other.link
        and one.power_w >= other.power_w
    )


def bounded(
    log_seconds: float,
    gpu_id: str,
    gpus: Mapping[str, Capability],
    measured: Set[str],
    on: Callable[[str], float],
) -> float:
    """log seconds on `gpu_id`, between those of the `measured` devices that are better and worse; `on` gives
    them for the same row on another device. Untouched when it was measured itself, or when the measured ones
    contradict each other."""
    if gpu_id in measured:
        return log_seconds
    gpu = gpus[gpu_id]
    better = _seconds((name for name in measured if at_least_as_good(gpus[name], gpu)), on)
    worse = _seconds((name for name in measured if at_least_as_good(gpu, gpus[name])), on)
    least, most = max(better, default=-float("inf")), min(worse, default=float("inf"))
    return log_seconds if least > most else min(max(log_seconds, least), most)


def _seconds(names: Iterable[str], on: Callable[[str], float]) -> list[float]:
    found = []
    for name in sorted(names):
        try:
            found.append(on(name))
        except UnpredictableError:
            continue  # the row does not fit there
    return found
