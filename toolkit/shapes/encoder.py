"""Encoders with full attention: BERT (text) and ViT (images).

With B sequences of S tokens, width h, L layers and feed-forward width f:

    matrix parameters of a layer   4·h² + 2·h·f
    forward FLOPs of the layers    2·B·S·L·(4·h² + 2·h·f) + 4·L·h·B·S²

The counting rules are those of `decoder`. Architecture and sizes: Devlin et al. 2019 (BERT,
arXiv:1810.04805), Dosovitskiy et al. 2021 (ViT, arXiv:2010.11929, table 1).
"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.shapes.decoder import BACKWARD_OVER_FORWARD


@dataclass(frozen=True, slots=True)
class EncoderLayers:
    """The stack that BERT and ViT share: biases everywhere, two layer norms a layer."""

    layers: int
    hidden: int
    heads: int
    ffn: int

    def matmul_parameters(self) -> int:
        return self.layers * (4 * self.hidden**2 + 2 * self.hidden * self.ffn)

    def parameters(self) -> int:
        biases_and_norms = 4 * self.hidden + self.ffn + self.hidden + 2 * 2 * self.hidden
        return self.matmul_parameters() + self.layers * biases_and_norms

    def forward_flops(self, batch: int, tokens: int) -> int:
        attention = 4 * self.layers * self.hidden * batch * tokens**2
        return 2 * batch * tokens * self.matmul_parameters() + attention


@dataclass(frozen=True, slots=True)
class MaskedLanguageModel:
    """BERT with its head for masked words: a dense layer, a norm, and the tied word embedding."""

    name: str
    stack: EncoderLayers
    vocab: int
    positions: int
    segments: int = 2

    def parameters(self) -> int:
        hidden = self.stack.hidden
        embeddings = (self.vocab + self.positions + self.segments) * hidden + 2 * hidden
        head = hidden**2 + hidden + 2 * hidden + self.vocab
        return embeddings + self.stack.parameters() + head

    def forward_flops(self, batch: int, tokens: int) -> int:
        """Logits at every position, as the training loss takes them."""
        head = 2 * batch * tokens * (self.stack.hidden**2 + self.stack.hidden * self.vocab)
        return self.stack.forward_flops(batch, tokens) + head

    def training_flops(self, batch: int, tokens: int) -> int:
        return (1 + BACKWARD_OVER_FORWARD) * self.forward_flops(batch, tokens)


@dataclass(frozen=True, slots=True)
class VisionTransformer:
    """ViT: square patches as tokens, one class token, a linear head on it."""

    name: str
    stack: EncoderLayers
    side: int
    patch: int
    classes: int
    channels: int = 3

    @property
    def patches(self) -> int:
        return (self.side // self.patch) ** 2

    def parameters(self) -> int:
        hidden, tokens = self.stack.hidden, self.patches + 1
        patching = self.channels * self.patch**2 * hidden + hidden
        head = hidden * self.classes + self.classes
        return patching + hidden + tokens * hidden + self.stack.parameters() + 2 * hidden + head

    def forward_flops(self, batch: int) -> int:
        head = 2 * batch * self.stack.hidden * self.classes
        return self._patching_flops(batch) + self.stack.forward_flops(batch, self.patches + 1) + head

    def training_flops(self, batch: int) -> int:
        """Three times forward, but nobody asks for the gradient of the pixels."""
        return (1 + BACKWARD_OVER_FORWARD) * self.forward_flops(batch) - self._patching_flops(batch)

    def _patching_flops(self, batch: int) -> int:
        return 2 * batch * self.patches * self.channels * self.patch**2 * self.stack.hidden


_BASE = EncoderLayers(layers=12, hidden=768, heads=12, ffn=3072)
_TINY = EncoderLayers(layers=2, hidden=64, heads=4, ffn=128)

BERTS = {
    "bert-base": MaskedLanguageModel("bert-base", _BASE, vocab=30522, positions=512),
    "bert-large": MaskedLanguageModel("bert-large", EncoderLayers(24, 1024, 16, 4096), 30522, 512),
    "tiny-bert": MaskedLanguageModel("tiny-bert", _TINY, vocab=512, positions=128),
}
VITS = {
    "vit-b16": VisionTransformer("vit-b16", _BASE, side=224, patch=16, classes=1000),
    "vit-l16": VisionTransformer("vit-l16", EncoderLayers(24, 1024, 16, 4096), 224, 16, 1000),
    "tiny-vit": VisionTransformer("tiny-vit", _TINY, side=32, patch=8, classes=10),
}
