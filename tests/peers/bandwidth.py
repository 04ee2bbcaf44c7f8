"""Memory bandwidth by the triad of STREAM (a = b + s c), the roof over every engine that stores its output.

Arrays much larger than the last cache; three of them move per element (J. D. McCalpin, STREAM). NumPy needs
two passes (multiply, add), so that five arrays move.
"""

from __future__ import annotations

import threading
import time

import numpy as np

ELEMENTS = 16_000_000  # 128 MB an array
ROUNDS = 5
MOVED = 5 * 8  # bytes an element: read c, write a, read a, read b, write a


def triad(threads: int) -> float:
    """Bytes a second, the best of some rounds, with so many threads at once."""
    size = ELEMENTS // threads
    arrays = [(np.empty(size), np.ones(size), np.full(size, 2.0)) for _ in range(threads)]

    def work(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> None:
        np.multiply(c, 3.0, out=a)
        np.add(a, b, out=a)

    best = 0.0
    for _ in range(ROUNDS):
        pool = [threading.Thread(target=work, args=triple) for triple in arrays]
        start = time.perf_counter()
        for thread in pool:
            thread.start()
        for thread in pool:
            thread.join()
        best = max(best, MOVED * size * threads / (time.perf_counter() - start))
    return best
