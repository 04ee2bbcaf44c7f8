"""DCGAN: a generator that draws images from noise, and a discriminator that tells them from real ones.

Both are chains of 4×4 convolutions that double or halve the side, with batch norm between them. A training
step is one turn of both players on a batch (Goodfellow et al. 2014, algorithm 1, one discriminator step):

    discriminator   real and generated images, forward and backward:  2·(3·D − D₁)
    generator       through the frozen discriminator, forward and gradient of the image:  2·D
                    its own forward and backward:  3·G − G₁

D₁ and G₁ are the first layers, whose inputs nobody asks a gradient of. Architecture: Radford et al. 2016
(arXiv:1511.06434); sizes of PyTorch's DCGAN tutorial (64×64 images, 100 noise values, 64 features).
"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.shapes.convolution import Convolution

_KERNEL = 4


@dataclass(frozen=True, slots=True)
class AdversarialPair:
    """`side` is a power of two, at least 16; `features` the channels of the largest hidden grid."""

    name: str
    side: int = 64
    noise: int = 100
    features: int = 64
    channels: int = 3

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels of the hidden grids from the smallest (4×4) to the largest (side/2)."""
        doublings = (self.side // 8).bit_length() - 1
        return tuple(self.features * 2**power for power in range(doublings, -1, -1))

    def generator(self) -> list[Convolution]:
        """Transposed convolutions, noise first; each is evaluated on its input grid."""
        found, inputs, side = [], self.noise, 1
        for outputs in (*self.widths, self.channels):
            found.append(Convolution(inputs, outputs, _KERNEL, side))
            inputs, side = outputs, side * 2 if side > 1 else 4
        return found

    def discriminator(self) -> list[Convolution]:
        """Convolutions with stride 2 down to a 4×4 grid, then one value."""
        found, inputs, side = [], self.channels, self.side
        for outputs in reversed(self.widths):
            side //= 2
            found.append(Convolution(inputs, outputs, _KERNEL, side))
            inputs = outputs
        return [*found, Convolution(inputs, 1, _KERNEL, 1)]

    def generator_parameters(self) -> int:
        """Every layer but the last is followed by a batch norm."""
        return sum(layer.weights for layer in self.generator()) + 2 * sum(self.widths)

    def discriminator_parameters(self) -> int:
        """Every layer but the first and the last is followed by a batch norm."""
        return sum(layer.weights for layer in self.discriminator()) + 2 * sum(self.widths[:-1])

    def parameters(self) -> int:
        return self.generator_parameters() + self.discriminator_parameters()

    def forward_flops(self, batch: int) -> int:
        """Drawing `batch` images: the generator alone."""
        return batch * sum(layer.flops for layer in self.generator())

    def training_flops(self, batch: int) -> int:
        """One turn of both players on `batch` real and `batch` generated images."""
        drawing, judging = self.generator(), self.discriminator()
        judge = sum(layer.flops for layer in judging)
        draw = sum(layer.flops for layer in drawing)
        return batch * (2 * (3 * judge - judging[0].flops) + 2 * judge + 3 * draw - drawing[0].flops)


PAIRS = {
    "dcgan": AdversarialPair("dcgan"),
    "tiny-dcgan": AdversarialPair("tiny-dcgan", side=16, noise=16, features=8),
}
