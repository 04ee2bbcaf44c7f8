"""Exact numbers: what a person wrote, as a fraction, and the named roundings.

A price that decides which term of a SAFE binds, or a score that is compared with a threshold, must not
depend on the last bit of a float: 0.6 - 0.2 is 0.4 for the reader and 0.39999999999999997 for the machine.
So a float is read as the shortest decimal that stands for it (the one that was typed), and rounding happens
only by name.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

Number: TypeAlias = int | float | Decimal | Fraction


def exact(value: Number) -> Fraction:
    """The fraction of a number as it is written: 0.07 is 7/100. ValueError for a value that is not finite."""
    if isinstance(value, float):
        return Fraction(float.__repr__(value))
    return Fraction(value)


def half_up(value: Fraction, decimals: int = 0) -> Fraction:
    """Rounded to `decimals` places; a half goes up (towards plus infinity)."""
    scale = 10**decimals
    return Fraction((value * scale + Fraction(1, 2)).__floor__(), scale)


def floor(value: Fraction) -> Fraction:
    """The largest whole number that is not above the value."""
    return Fraction(value.__floor__())
