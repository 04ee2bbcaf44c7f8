"""Memory of a training step: model state by recipe, and activations counted tensor by tensor.

State: ZeRO (Rajbhandari et al. 2020, arXiv:1910.02054, section 3.1) counts 16 bytes a parameter for mixed
precision with Adam: 2 weight + 2 gradient + 12 (fp32 master weight and two moments).

Activations: what the backward pass of one layer needs, in elements a token, with the letters of `decoder`:

    attention    h (input) + a·d (queries) + 2·k·d (keys, values) + a·d (input of the output matrix)
    feed-forward h (input) + 2·f (before and after the activation), or 4·f when gated
    two norms    2·h;   each of two dropouts: a mask of 1 byte per element
    eager attention adds the score matrix: a·S (after softmax), and with dropout its mask and its output

With k = a, f = 4h, 2 bytes and dropout this is the s·b·h·(34 + 5·a·s/h) of Korthikanti et al. 2022,
"Reducing Activation Recomputation in Large Transformer Models" (arXiv:2205.05198, section 4.1).
Fused attention keeps no score matrix; full checkpointing keeps each layer's input only.
Frameworks keep more where an activation is not fused, so this is a floor, close where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from toolkit.shapes.decoder import Decoder

AttentionKernel = Literal["fused", "eager"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Bytes a parameter for weight, gradient and optimizer, and bytes of one saved activation."""

    weight: int
    gradient: int
    optimizer: int
    activation: int


RECIPES = {
    "fp32": Recipe(4, 4, 8, 4),  # everything in fp32, AdamW's two moments
    "bf16-autocast": Recipe(4, 4, 8, 2),  # fp32 weights, products in bf16
    "mixed": Recipe(2, 2, 12, 2),  # 16-bit weights and gradients, fp32 master weights and moments
    "bf16": Recipe(2, 2, 4, 2),  # everything in bf16, moments too
}


@dataclass(frozen=True, slots=True)
class TrainingMemory:
    """Bytes of one training step, by what they hold."""

    weights: int
    gradients: int
    optimizer: int
    activations: int
    logits: int

    @property
    def total(self) -> int:
        return self.weights + self.gradients + self.optimizer + self.activations + self.logits


def training_memory(
    decoder: Decoder,
    batch: int,
    tokens: int,
    *,
    recipe: str = "bf16-autocast",
    attention: AttentionKernel = "fused",
    dropout: bool = False,
    checkpointing: bool = False,
) -> TrainingMemory:
    """Bytes that one device holds at the end of the forward pass of `batch` sequences of `tokens` tokens.

    `recipe` is a key of `RECIPES`. Logits are kept in the arithmetic format and, for the loss, in fp32.
    With `checkpointing` one layer at a time is recomputed, so one layer's activations are added to the
    inputs of all. Raises KeyError for an unknown recipe.
    """
    kind = RECIPES[recipe]
    parameters = decoder.parameters()
    layer = layer_activation_bytes(decoder, batch, tokens, kind.activation, attention, dropout)
    inputs = batch * tokens * decoder.hidden * kind.activation
    kept = decoder.layers * inputs + layer if checkpointing else decoder.layers * layer
    return TrainingMemory(
        weights=parameters * kind.weight,
        gradients=parameters * kind.gradient,
        optimizer=parameters * kind.optimizer,
        activations=kept,
        logits=batch * tokens * decoder.vocab * (kind.activation + 4),
    )


def layer_activation_bytes(
    decoder: Decoder, batch: int, tokens: int, size: int, attention: AttentionKernel, dropout: bool
) -> int:
    """Bytes that the backward pass of one layer needs, `size` bytes an element."""
    hidden, query, kv = decoder.hidden, decoder.query_width, decoder.kv_width
    ffn = decoder.ffn * decoder.active_experts
    elements = 4 * hidden + 2 * query + 2 * kv + ffn * (4 if decoder.gated_mlp else 2)
    token_bytes = elements * size + (2 * hidden if dropout else 0)
    if attention == "eager":
        token_bytes += decoder.heads * tokens * (size + (1 + size if dropout else 0))
    return batch * tokens * token_bytes
