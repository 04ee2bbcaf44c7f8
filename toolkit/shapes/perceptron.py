"""The multi-layer perceptron: a chain of dense layers with biases.

A layer from m to n values has m·n weights and costs 2·m·n FLOPs a sample; in training the first layer is
spared the gradient of its input.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from toolkit.shapes.decoder import BACKWARD_OVER_FORWARD


@dataclass(frozen=True, slots=True)
class Perceptron:
    """`widths` from the input to the output."""

    name: str
    widths: tuple[int, ...]

    def parameters(self) -> int:
        return sum(inputs * outputs + outputs for inputs, outputs in pairwise(self.widths))

    def forward_flops(self, batch: int) -> int:
        return batch * sum(2 * inputs * outputs for inputs, outputs in pairwise(self.widths))

    def training_flops(self, batch: int) -> int:
        first = 2 * batch * self.widths[0] * self.widths[1]
        return (1 + BACKWARD_OVER_FORWARD) * self.forward_flops(batch) - first


PERCEPTRONS = {
    "mlp": Perceptron("mlp", (784, 4096, 4096, 4096, 10)),
    "tiny-mlp": Perceptron("tiny-mlp", (32, 64, 64, 10)),
}
