"""The variational autoencoder of latent diffusion: residual convolutions, one attention layer in the middle.

The encoder halves the side between its stages and ends in the mean and the log-variance of the latent
grid; the decoder mirrors it with one more block a stage. A residual block from c to k channels is
two 3×3 convolutions, each after a group norm, and a 1×1 shortcut where c ≠ k. Principle: Kingma and Welling
2014 (arXiv:1312.6114); architecture and sizes: Rombach et al. 2022 (arXiv:2112.10752, autoencoder `kl-f8`),
as released with Stable Diffusion 1 (83,653,863 parameters).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.shapes.convolution import Convolution
from toolkit.shapes.decoder import BACKWARD_OVER_FORWARD


@dataclass(frozen=True, slots=True)
class VariationalAutoencoder:
    """`widths` are the channels of the stages from the largest grid to the latent one; `blocks` residual
    blocks in each stage of the encoder, one more in the decoder; `groups` of the group norms."""

    name: str
    widths: tuple[int, ...]
    blocks: int
    side: int
    latent: int = 4
    channels: int = 3
    groups: int = 32

    @property
    def latent_side(self) -> int:
        return self.side >> (len(self.widths) - 1)

    def encoder(self) -> list[Convolution]:
        """All convolutions in their order; the first reads the pixels."""
        inputs, side = self.widths[0], self.side
        found = [Convolution(self.channels, inputs, 3, side, bias=True)]
        for stage, width in enumerate(self.widths):
            for _ in range(self.blocks):
                found += _residual(inputs, width, side)
                inputs = width
            if stage < len(self.widths) - 1:
                side //= 2
                found.append(Convolution(width, width, 3, side, bias=True))
        found += [*_residual(inputs, inputs, side), *_residual(inputs, inputs, side)]
        found.append(Convolution(inputs, 2 * self.latent, 3, side, bias=True))
        return [*found, Convolution(2 * self.latent, 2 * self.latent, 1, side, bias=True)]

    def decoder(self) -> list[Convolution]:
        """All convolutions in their order; the first reads the latent grid."""
        inputs, side = self.widths[-1], self.latent_side
        found = [Convolution(self.latent, self.latent, 1, side, bias=True)]
        found.append(Convolution(self.latent, inputs, 3, side, bias=True))
        found += [*_residual(inputs, inputs, side), *_residual(inputs, inputs, side)]
        for stage, width in enumerate(reversed(self.widths)):
            for _ in range(self.blocks + 1):
                found += _residual(inputs, width, side)
                inputs = width
            if stage < len(self.widths) - 1:
                side *= 2
                found.append(Convolution(width, width, 3, side, bias=True))
        return [*found, Convolution(inputs, self.channels, 3, side, bias=True)]

    def parameters(self) -> int:
        convolutions = sum(layer.parameters for layer in (*self.encoder(), *self.decoder()))
        width = self.widths[-1]
        attention = 4 * width * (width + 1)
        return convolutions + 2 * attention + sum(2 * channels for channels in self._norms())

    def sampling_flops(self, batch: int) -> int:
        """Images from latent values: the decoder alone."""
        return batch * (sum(layer.flops for layer in self.decoder()) + self._attention_flops())

    def forward_flops(self, batch: int) -> int:
        """Images to latent values and back."""
        encoding = sum(layer.flops for layer in self.encoder()) + self._attention_flops()
        return batch * encoding + self.sampling_flops(batch)

    def training_flops(self, batch: int) -> int:
        """Three times forward, but nobody asks for the gradient of the pixels."""
        pixels = batch * self.encoder()[0].flops
        return (1 + BACKWARD_OVER_FORWARD) * self.forward_flops(batch) - pixels

    def _attention_flops(self) -> int:
        """One head over the latent grid, for one image."""
        width, cells = self.widths[-1], self.latent_side**2
        return 2 * cells * 4 * width**2 + 4 * width * cells**2

    def _norms(self) -> Iterator[int]:
        """Channels of every group norm: two a residual block, one at the attention, one before the output."""
        for blocks, widths in ((self.blocks, self.widths), (self.blocks + 1, self.widths[::-1])):
            inputs = widths[0]
            for width in widths:
                for _ in range(blocks):
                    yield from (inputs, width)
                    inputs = width
            yield from (self.widths[-1],) * 5  # two residual blocks and the attention in the middle
            yield widths[-1]


def _residual(inputs: int, outputs: int, side: int) -> list[Convolution]:
    layers = [
        Convolution(inputs, outputs, 3, side, bias=True),
        Convolution(outputs, outputs, 3, side, bias=True),
    ]
    return layers if inputs == outputs else [*layers, Convolution(inputs, outputs, 1, side, bias=True)]


AUTOENCODERS = {
    "vae-kl-f8": VariationalAutoencoder("vae-kl-f8", (128, 256, 512, 512), blocks=2, side=256),
    "tiny-vae": VariationalAutoencoder("tiny-vae", (16, 32), blocks=1, side=16, groups=8),
}
