"""Sobol points from Joe and Kuo's direction numbers.

`data/constants/sobol_direction_numbers.csv` holds, for each dimension, a primitive polynomial over GF(2) (as
an integer, its highest power first) and the first direction numbers (S. Joe and F. Y. Kuo, "Constructing
Sobol sequences with better two-dimensional projections", SIAM J. Sci. Comput. 30, 2008; their table
new-joe-kuo-6). The points equal those of `scipy.stats.qmc.Sobol`, with which the tests compare them; they are
made here because loading scipy.stats takes longer than a whole projection.
"""

from __future__ import annotations

import csv
from functools import cache

import numpy as np
from numpy.typing import NDArray

from toolkit.reference.paths import data_dir

BITS = 32


@cache
def _direction_numbers() -> tuple[tuple[int, tuple[int, ...]], ...]:
    with (data_dir() / "constants" / "sobol_direction_numbers.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        rows = csv.DictReader(file)
        return tuple(
            (int(row["polynomial"]), tuple(int(m) for m in row["direction_numbers"].split())) for row in rows
        )


def sobol(dimension: int, index: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The points of one dimension at `index` (0, 1, … in the order of the Gray code), as 32-bit integers.

    Beyond the last dimension known the points are those of a hash of dimension and index: independent random
    ones, which are as good as a plan with more than a thousand uncertain numbers can have.
    """
    known = _direction_numbers()
    if dimension >= len(known):
        return _hashed(dimension, index)
    first = [1 << (BITS - 1 - bit) for bit in range(BITS)]
    directions = _directions(*known[dimension]) if dimension else first
    points = np.zeros(index.size, dtype=np.uint32)
    gray = index ^ (index >> np.uint32(1))
    for bit in range(int(index.max(initial=0)).bit_length()):
        chosen = (gray >> np.uint32(bit)) & np.uint32(1)
        points ^= chosen * np.uint32(directions[bit])
    return points


def _hashed(dimension: int, index: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The finaliser of SplitMix64 (G. L. Steele et al., OOPSLA 2014) of dimension and index."""
    x = (index.astype(np.uint64) << np.uint64(24)) ^ np.uint64(dimension)
    with np.errstate(over="ignore"):
        x *= np.uint64(0x9E3779B97F4A7C15)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            x ^= x >> np.uint64(shift)
            x *= np.uint64(factor)
    x ^= x >> np.uint64(31)
    return (x >> np.uint64(32)).astype(np.uint32)


def _directions(polynomial: int, start: tuple[int, ...]) -> list[int]:
    """Direction numbers, shifted to the left end of 32 bits, by the recurrence of the polynomial."""
    degree = polynomial.bit_length() - 1
    m = list(start[:degree])
    while len(m) < BITS:
        new = m[-degree] ^ (m[-degree] << degree)
        for k in range(1, degree):
            if (polynomial >> (degree - k)) & 1:
                new ^= m[-k] << k
        m.append(new)
    return [value << (BITS - 1 - bit) for bit, value in enumerate(m)]
