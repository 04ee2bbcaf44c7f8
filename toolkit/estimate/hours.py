"""Device-hours from a rate, with the formulas that a line of the plan states.

`rate` is units of work a second of one device (`Rate.median`, or any of its quantiles), so hours are hours of
that device: GPU-hours when the rate is that of one GPU, instance-hours when it is that of a whole instance.
`goodput` is the share of the time in which a run makes progress (restarts, evaluation and ramp-up take the
rest); `utilisation` the share of a service's capacity that its load fills. Both are apart from the speed of
the kernels: a run with a good step time can still be half idle.
"""

from __future__ import annotations

SECONDS_AN_HOUR = 3600.0
TRAINING_HOURS = "tokens * experiments / (rate * 3600 * goodput)"
SERVICE_HOURS = "tokens_per_month / (rate * 3600 * utilisation)"


def training_hours(rate: float, tokens: float, experiments: float = 1.0, goodput: float = 1.0) -> float:
    """Device-hours of training runs: `tokens` (or samples) in one full run, `experiments` runs in all, as a
    multiple that includes the trials before it. Raises ValueError unless rate and goodput are positive and
    goodput is at most 1."""
    _check_share(goodput, "goodput")
    _check_rate(rate)
    return tokens * experiments / (rate * SECONDS_AN_HOUR * goodput)


def service_hours(rate: float, tokens_per_month: float, utilisation: float = 1.0) -> float:
    """Device-hours a month that serve `tokens_per_month` when the capacity is filled to `utilisation`.
    Raises ValueError unless rate and utilisation are positive and utilisation is at most 1."""
    _check_share(utilisation, "utilisation")
    _check_rate(rate)
    return tokens_per_month / (rate * SECONDS_AN_HOUR * utilisation)


def _check_rate(rate: float) -> None:
    if not rate > 0:
        raise ValueError(f"a rate must be above 0, not {rate}")


def _check_share(share: float, name: str) -> None:
    if not 0 < share <= 1:
        raise ValueError(f"{name} must be above 0 and at most 1, not {share}")
