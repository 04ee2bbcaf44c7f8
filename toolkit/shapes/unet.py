"""The U-Net of latent diffusion: residual convolutions with skips, and transformer blocks that read a text.

A stage of c channels has `blocks` residual blocks on the way down and one more on the way up, where each also
takes the skip of its mirror; the side halves between stages. A residual block from a to c channels is two 3×3
convolutions, each after a group norm, the time embedding added between them, and a 1×1 shortcut where a ≠ c.
After each, `depths` of the stage says how many transformer blocks follow (between two projections):

    attention over the grid         4·c² weights         8·c²·n + 4·c·n² FLOPs      n = cells of the grid
    attention to the text           2·c² + 2·c·t         4·c²·n + 4·c·t·w + 4·c·n·w  w = words, t = their
    width feed-forward, gated             12·c²                24·c²·n

Architecture and sizes: Rombach et al. 2022 (arXiv:2112.10752) as released with Stable Diffusion 1.5
(859,520,964 parameters) and 2.1 (865,910,724); Podell et al. 2023 (SDXL, arXiv:2307.01952: 2,567,463,684).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.shapes.convolution import Convolution
from toolkit.shapes.decoder import BACKWARD_OVER_FORWARD


@dataclass(frozen=True, slots=True)
class Transformer:
    """`depth` blocks on a grid of `side`, `channels` wide, that read `words` embeddings of `text_width`."""

    channels: int
    depth: int
    side: int
    text_width: int
    words: int

    def parameters(self) -> int:
        c = self.channels
        norm = 2 * c
        projection = 2 * (c * c + c)
        itself = 4 * c * c + c
        text = 2 * c * c + 2 * c * self.text_width + c
        gated = c * 8 * c + 8 * c + 4 * c * c + c
        return norm + projection + self.depth * (itself + text + gated + 3 * 2 * c)

    def flops(self) -> int:
        """Forward, one image."""
        c, cells = self.channels, self.side**2
        itself = 8 * c * c * cells + 4 * c * cells**2
        text = 4 * c * c * cells + 4 * c * self.text_width * self.words + 4 * c * cells * self.words
        gated = 24 * c * c * cells
        return 4 * c * c * cells + self.depth * (itself + text + gated)


@dataclass(frozen=True, slots=True)
class Residual:
    """One residual block on a grid of `side`, with the time embedding of `time_width` added inside."""

    inputs: int
    outputs: int
    side: int
    time_width: int

    def convolutions(self) -> list[Convolution]:
        found = [
            Convolution(self.inputs, self.outputs, 3, self.side, bias=True),
            Convolution(self.outputs, self.outputs, 3, self.side, bias=True),
        ]
        if self.inputs != self.outputs:
            found.append(Convolution(self.inputs, self.outputs, 1, self.side, bias=True))
        return found

    def parameters(self) -> int:
        time = (self.time_width + 1) * self.outputs
        norms = 2 * self.inputs + 2 * self.outputs
        return sum(one.parameters for one in self.convolutions()) + time + norms

    def flops(self) -> int:
        time = 2 * self.time_width * self.outputs
        return sum(one.flops for one in self.convolutions()) + time


Part = Transformer | Residual | Convolution


@dataclass(frozen=True, slots=True)
class UNet:
    """`widths` are the channels of the stages from the largest grid on, `depths` their transformer blocks
    after each residual one (0: none), `middle_depth` those in the middle. `added` is the width of further
    conditions (SDXL: pooled text and sizes), 0 for none; `side` that of the latent grid."""

    name: str
    widths: tuple[int, ...]
    depths: tuple[int, ...]
    middle_depth: int
    text_width: int
    blocks: int = 2
    added: int = 0
    side: int = 64
    channels: int = 4
    words: int = 77

    def __post_init__(self) -> None:
        if len(self.widths) != len(self.depths) or min(*self.widths, self.blocks, self.side) < 1:
            raise ValueError(f"shape {self.name}: one depth a stage, and every size at least 1")
        if self.side % 2 ** (len(self.widths) - 1):
            raise ValueError(f"shape {self.name}: the side must be halved {len(self.widths) - 1} times")

    @property
    def time_width(self) -> int:
        return 4 * self.widths[0]

    def parts(self) -> Iterator[Part]:
        """Everything on a grid, in its order; the first is the convolution that reads the latent grid."""
        yield Convolution(self.channels, self.widths[0], 3, self.side, bias=True)
        yield from self._down()
        last, least = self.widths[-1], self.side >> (len(self.widths) - 1)
        yield Residual(last, last, least, self.time_width)
        yield Transformer(last, self.middle_depth, least, self.text_width, self.words)
        yield Residual(last, last, least, self.time_width)
        yield from self._up()
        yield Convolution(self.widths[0], self.channels, 3, self.side, bias=True)

    def parameters(self) -> int:
        hidden = self.time_width
        embedding = (self.widths[0] + 1) * hidden + (hidden + 1) * hidden
        if self.added:
            embedding += (self.added + 1) * hidden + (hidden + 1) * hidden
        last_norm = 2 * self.widths[0]
        return embedding + last_norm + sum(_parameters(part) for part in self.parts())

    def forward_flops(self, batch: int) -> int:
        """One denoising step of `batch` latent images, the text already encoded."""
        hidden = self.time_width
        embedding = 2 * hidden * (self.widths[0] + hidden + (self.added + hidden if self.added else 0))
        return batch * (embedding + sum(_flops(part) for part in self.parts()))

    def training_flops(self, batch: int) -> int:
        """Three times forward, but nobody asks for the gradient of the latent grid."""
        first = next(self.parts())
        return (1 + BACKWARD_OVER_FORWARD) * self.forward_flops(batch) - batch * _flops(first)

    def sampling_flops(self, batch: int, steps: int, *, guided: bool = True) -> int:
        """`steps` of denoising; classifier-free guidance runs each twice (Ho and Salimans 2022,
        arXiv:2207.12598)."""
        return steps * self.forward_flops(batch) * (2 if guided else 1)

    def _down(self) -> Iterator[Part]:
        inputs, side = self.widths[0], self.side
        for stage, (width, depth) in enumerate(zip(self.widths, self.depths, strict=True)):
            for _ in range(self.blocks):
                yield Residual(inputs, width, side, self.time_width)
                yield from self._reading(width, depth, side)
                inputs = width
            if stage < len(self.widths) - 1:
                side //= 2
                yield Convolution(width, width, 3, side, bias=True)

    def _up(self) -> Iterator[Part]:
        skips, inputs = self._skips(), self.widths[-1]
        side = self.side >> (len(self.widths) - 1)
        for stage, (width, depth) in enumerate(zip(self.widths[::-1], self.depths[::-1], strict=True)):
            for _ in range(self.blocks + 1):
                yield Residual(inputs + skips.pop(), width, side, self.time_width)
                yield from self._reading(width, depth, side)
                inputs = width
            if stage < len(self.widths) - 1:
                side *= 2
                yield Convolution(width, width, 3, side, bias=True)

    def _skips(self) -> list[int]:
        """Channels of everything that the way up takes back, in the order in which it was put down."""
        found = [self.widths[0]]
        for stage, width in enumerate(self.widths):
            found += [width] * self.blocks + ([width] if stage < len(self.widths) - 1 else [])
        return found

    def _reading(self, width: int, depth: int, side: int) -> Iterator[Part]:
        if depth:
            yield Transformer(width, depth, side, self.text_width, self.words)


def _parameters(part: Part) -> int:
    return part.parameters if isinstance(part, Convolution) else part.parameters()


def _flops(part: Part) -> int:
    return part.flops if isinstance(part, Convolution) else part.flops()


UNETS = {
    "sd-1.5-unet": UNet("sd-1.5-unet", (320, 640, 1280, 1280), (1, 1, 1, 0), 1, 768),
    "sd-2.1-unet": UNet("sd-2.1-unet", (320, 640, 1280, 1280), (1, 1, 1, 0), 1, 1024, side=96),
    "sdxl-unet": UNet("sdxl-unet", (320, 640, 1280), (0, 2, 10), 10, 2048, added=2816, side=128),
    "tiny-unet": UNet("tiny-unet", (32, 64), (1, 0), 1, 16, blocks=1, side=8, words=5),
}
