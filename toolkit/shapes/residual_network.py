"""ResNet with bottleneck blocks: parameters and FLOPs as sums over the list of its convolutions.

A convolution of c inputs to k outputs with an n×n kernel has c·k·n² weights and 2·c·k·n² FLOPs for each of
its output pixels, and is followed by a batch norm (2·k parameters). Architecture: He et al. 2016
(arXiv:1512.03385, table 1) in the version 1.5 that benchmarks use: the stride of a stage is in the 3×3
convolution of its first block.
"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.shapes.convolution import Convolution
from toolkit.shapes.decoder import BACKWARD_OVER_FORWARD


@dataclass(frozen=True, slots=True)
class ResidualNetwork:
    """`depths` blocks in each stage, `widths` their output channels; a block is a quarter as wide inside."""

    name: str
    depths: tuple[int, ...]
    widths: tuple[int, ...]
    side: int = 224
    stem: int = 64
    classes: int = 1000

    def convolutions(self) -> list[Convolution]:
        """All convolutions in their order; the first is the 7×7 stem."""
        found = [Convolution(3, self.stem, 7, self.side // 2)]
        inputs, side = self.stem, self.side // 4  # the stem's stride and its pooling
        for stage, (depth, width) in enumerate(zip(self.depths, self.widths, strict=True)):
            for block in range(depth):
                before = side
                if block == 0 and stage > 0:
                    side //= 2
                inner = width // 4
                found.append(Convolution(inputs, inner, 1, before))
                found.append(Convolution(inner, inner, 3, side))
                found.append(Convolution(inner, width, 1, side))
                if block == 0:
                    found.append(Convolution(inputs, width, 1, side))  # the shortcut
                inputs = width
        return found

    def parameters(self) -> int:
        layers = sum(layer.weights + 2 * layer.outputs for layer in self.convolutions())
        return layers + self.widths[-1] * self.classes + self.classes

    def forward_flops(self, batch: int) -> int:
        head = 2 * self.widths[-1] * self.classes
        return batch * (sum(layer.flops for layer in self.convolutions()) + head)

    def training_flops(self, batch: int) -> int:
        """Three times forward, but nobody asks for the gradient of the pixels."""
        stem = batch * self.convolutions()[0].flops
        return (1 + BACKWARD_OVER_FORWARD) * self.forward_flops(batch) - stem


RESNETS = {
    "resnet50": ResidualNetwork("resnet50", (3, 4, 6, 3), (256, 512, 1024, 2048)),
    "resnet101": ResidualNetwork("resnet101", (3, 4, 23, 3), (256, 512, 1024, 2048)),
    "tiny-resnet": ResidualNetwork("tiny-resnet", (1, 1), (32, 64), side=32, stem=16, classes=10),
}
