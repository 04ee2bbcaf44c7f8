"""DLRM: a recommender whose weight is in its tables and whose work is in two small perceptrons.

Dense features pass the bottom perceptron to a vector as wide as an embedding; it and one row of every table
meet in all pairs (one product of the n×d matrix with its transpose, n = tables + 1), and the distinct pairs
join the dense vector in the top perceptron. Look-ups count as no FLOPs, so a utilisation says little here:
throughput and bytes do. Architecture: Naumov et al. 2019 (arXiv:1906.00091); sizes of its Criteo Kaggle
benchmark: 26 tables with 33,762,577 rows of 16 values.
"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.shapes.decoder import BACKWARD_OVER_FORWARD
from toolkit.shapes.perceptron import Perceptron


@dataclass(frozen=True, slots=True)
class Recommender:
    """`rows` of each table, `width` of a row; `bottom` ends in `width`, `top` begins with `pairs + width`
    inputs, which are added here."""

    name: str
    rows: tuple[int, ...]
    width: int
    bottom: tuple[int, ...]
    top: tuple[int, ...]

    @property
    def vectors(self) -> int:
        """What meets in pairs: one row of each table, and the dense vector."""
        return len(self.rows) + 1

    @property
    def perceptrons(self) -> tuple[Perceptron, Perceptron]:
        """Bottom and top."""
        pairs = self.vectors * (self.vectors - 1) // 2
        return Perceptron("bottom", self.bottom), Perceptron("top", (pairs + self.width, *self.top))

    def parameters(self) -> int:
        tables = sum(self.rows) * self.width
        return tables + sum(perceptron.parameters() for perceptron in self.perceptrons)

    def forward_flops(self, batch: int) -> int:
        pairs = 2 * batch * self.vectors**2 * self.width
        return pairs + sum(perceptron.forward_flops(batch) for perceptron in self.perceptrons)

    def training_flops(self, batch: int) -> int:
        """Three times forward, but nobody asks for the gradient of the dense features."""
        first = 2 * batch * self.bottom[0] * self.bottom[1]
        return (1 + BACKWARD_OVER_FORWARD) * self.forward_flops(batch) - first


_CRITEO_ROWS = (
    1460, 583, 10131227, 2202608, 305, 24, 12517, 633, 3, 93145, 5683, 8351593, 3194, 27, 14992, 5461306, 10,
    5652, 2173, 4, 7046547, 18, 15, 286181, 105, 142572,
)  # fmt: skip

RECOMMENDERS = {
    "dlrm": Recommender("dlrm", _CRITEO_ROWS, 16, bottom=(13, 512, 256, 64, 16), top=(512, 256, 1)),
    "tiny-dlrm": Recommender("tiny-dlrm", (100, 50, 7), 8, bottom=(4, 16, 8), top=(16, 1)),
}
