"""A Gato-style generalist: one decoder over text tokens, image patches and actions in a single sequence.

A sequence repeats a time step of `layout`: words of an instruction, the patches of a picture, and the actions
taken. Words and discretised actions share one table; a patch is projected from its pixels. Logits are taken
at every position. So parameters and FLOPs are those of the decoder, plus the projection of the patches.
Principle: Reed et al. 2022, "A Generalist Agent" (arXiv:2205.06175); layers, widths and heads of its table of
sizes, 32,000 words and 1,024 actions, 16×16 patches; the feed-forward part and the projection are the plain
ones of GPT-2 and ViT, so its counts (79 M, 364 M, 1.18 B) are met within a tenth, not exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from toolkit.shapes.decoder import BACKWARD_OVER_FORWARD, Decoder


class Layout(NamedTuple):
    """Positions of one time step."""

    words: int
    patches: int
    actions: int

    @property
    def length(self) -> int:
        return sum(self)


@dataclass(frozen=True, slots=True)
class Generalist:
    """`decoder.vocab` holds words first, then `actions`; a patch has `channels · patch²` values."""

    decoder: Decoder
    actions: int
    layout: Layout
    patch: int = 16
    channels: int = 3

    @property
    def name(self) -> str:
        return self.decoder.name

    @property
    def positions(self) -> int:
        return self.decoder.positions

    @property
    def patch_values(self) -> int:
        return self.channels * self.patch**2

    def parameters(self) -> int:
        return self.decoder.parameters() + self.patch_values * self.decoder.hidden + self.decoder.hidden

    def forward_flops(self, batch: int, tokens: int) -> int:
        """`tokens` positions a sequence, a multiple of the layout's length."""
        return self.decoder.forward_flops(batch, tokens) + self._projection_flops(batch, tokens)

    def training_flops(self, batch: int, tokens: int) -> int:
        """Three times forward, but nobody asks for the gradient of the pixels."""
        forward = self.forward_flops(batch, tokens)
        return (1 + BACKWARD_OVER_FORWARD) * forward - self._projection_flops(batch, tokens)

    def _projection_flops(self, batch: int, tokens: int) -> int:
        steps = tokens // self.layout.length
        return 2 * batch * steps * self.layout.patches * self.patch_values * self.decoder.hidden


def _generalist(name: str, layers: int, hidden: int, heads: int, ffn: int) -> Generalist:
    decoder = Decoder(
        name, layers, hidden, heads, kv_heads=heads, ffn=ffn, vocab=32_000 + 1_024, positions=1024,
        learned_positions=True, gated_mlp=False, tied_embeddings=True, biases="all", norm="layernorm",
    )  # fmt: skip
    return Generalist(decoder, actions=1_024, layout=Layout(words=8, patches=16, actions=8))


_TINY = Decoder(
    "tiny-gato", 2, 64, 4, kv_heads=4, ffn=128, vocab=96, positions=96,
    learned_positions=True, gated_mlp=False, tied_embeddings=True, biases="all", norm="layernorm",
)  # fmt: skip

GENERALISTS = {
    "gato-79m": _generalist("gato-79m", 8, 768, 24, 3072),
    "gato-364m": _generalist("gato-364m", 12, 1536, 12, 6144),
    "gato-1.2b": _generalist("gato-1.2b", 24, 2048, 16, 8192),
    "tiny-gato": Generalist(_TINY, actions=32, layout=Layout(words=2, patches=4, actions=2), patch=4),
}
