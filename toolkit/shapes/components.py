"""A decoder part by part: what each component holds, works and moves in a step, in place of one total.

Parameters and FLOPs of the parts add up to `Decoder.parameters()` and `Decoder.forward_flops()`. Bytes are
what a forward pass must move at least: weights once, and the inputs and outputs of each product once.
"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.shapes.decoder import Attention, Decoder
from toolkit.shapes.dtypes import bytes_per_element


@dataclass(frozen=True, slots=True)
class Component:
    """One part over all layers: parameters, FLOPs and bytes of a forward pass."""

    name: str
    parameters: int
    forward_flops: int
    forward_bytes: int


def components(
    decoder: Decoder, batch: int, tokens: int, dtype: str = "bf16", convention: Attention = "full"
) -> tuple[Component, ...]:
    """The parts of a decoder for `batch` sequences of `tokens` tokens. Fused attention keeps its scores on
    the chip, so it moves queries, keys, values and its output. Raises KeyError for an unknown format."""
    rows, size = batch * tokens, bytes_per_element(dtype)
    hidden, layers = decoder.hidden, decoder.layers
    query, kv, wide = decoder.query_width, decoder.kv_width, decoder.ffn * decoder.active_experts
    projections = hidden * (query + 2 * kv) + query * hidden
    router = hidden * decoder.experts if decoder.experts > 1 else 0
    expert = hidden * decoder.ffn * (3 if decoder.gated_mlp else 2)
    table = decoder.vocab * hidden
    lookups = table * (0 if decoder.tied_embeddings else 1)
    lookups += decoder.positions * hidden if decoder.learned_positions else 0

    def product(name: str, held: int, used: int, moved: int) -> Component:
        return Component(name, held, 2 * rows * used, (held + rows * moved) * size)

    parts = [
        Component("embedding", lookups, 0, 2 * rows * hidden * size),
        product(
            "projections",
            layers * projections,
            layers * projections,
            layers * (3 * hidden + 2 * query + 2 * kv),
        ),
        Component(
            "attention",
            0,
            decoder.attention_flops(batch, tokens, convention),
            layers * rows * (2 * query + 2 * kv) * size,
        ),
        product(
            "feed_forward" if decoder.experts == 1 else "experts",
            layers * decoder.experts * expert,
            layers * decoder.active_experts * expert,
            layers * (2 * hidden + (3 if decoder.gated_mlp else 2) * wide),
        ),
        product("head", table, table, hidden + decoder.vocab),
    ]
    if router:
        parts.insert(
            3, product("router", layers * router, layers * router, layers * (hidden + decoder.experts))
        )
    rest = decoder.parameters() - sum(part.parameters for part in parts)
    norms = (2 * layers + 1) * 2 * rows * hidden * size
    return (*parts, Component("norms_and_biases", rest, 0, norms))
