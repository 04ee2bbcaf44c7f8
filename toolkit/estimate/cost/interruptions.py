"""Spot machines: how much longer work takes when machines are lost, and how often to write checkpoints.

With interruptions at random, λ an hour, a checkpoint that takes δ hours after every τ hours of work, and R
hours until a lost machine works again (Daly 2006, "A higher order estimate of the optimum checkpoint interval
for restart dumps", Future Generation Computer Systems 22, eq. 13, with the restart inside the loss):

    time / work = exp(λ·R) · (exp(λ·(τ + δ)) - 1) / (λ·τ)          → 1 + δ/τ without interruptions
    τ that loses least ≈ √(2·δ / λ)                                  (Young 1974)

A share p of machines lost in a month of 730 hours is λ = -ln(1 - p) / 730 for each machine; a job on k
machines is interrupted k times as often, since all wait for the one.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from toolkit.reference.offers import HOURS_PER_MONTH

Vector = NDArray[np.float64]
# A band that is open at its top (“more than 20 %”) is taken to end here.
OPEN_BAND_TOP = 0.5
LONGEST_INTERVAL_HOURS = 24.0


def hourly_interruptions(monthly_share: float) -> float:
    """Interruptions an hour of a machine of which this share is lost in a month (below 1)."""
    return -math.log1p(-monthly_share) / HOURS_PER_MONTH


def monthly_band(low: float | None, high: float | None, otherwise: float) -> tuple[float, float, float]:
    """Low, middle and high monthly share, from a provider's band or from an assumption, which is right to a
    factor of three."""
    if low is None and high is None:
        return otherwise / 3, otherwise, min(0.95, otherwise * 3)
    bottom = low or 0.0
    top = high if high is not None else max(OPEN_BAND_TOP, bottom)
    return bottom, (bottom + top) / 2, top


def best_interval(rate: float, write: float) -> float:
    """Hours of work between checkpoints that lose least (Young), at most a day."""
    return LONGEST_INTERVAL_HOURS if rate <= 0 else min(LONGEST_INTERVAL_HOURS, math.sqrt(2 * write / rate))


def slowdown(rate: Vector, interval: Vector, write: Vector, restart: float) -> Vector:
    """Time over work, element by element; 1 where `rate` and `write` are 0 (nothing is lost or written)."""
    lost = np.maximum(rate, 1e-15)
    exponent = np.minimum(lost * (interval + write), 700.0)
    return np.exp(np.minimum(lost * restart, 700.0)) * np.expm1(exponent) / (lost * interval)
