"""Memory of one device of a training job: what each way of spreading a model takes away, and what it leaves.

With P parameters, d replicas, t tensor-parallel and p pipeline devices, s·b·h elements in one activation:

    state       ZeRO stage 1 divides the optimizer by d, stage 2 the gradients too, stage 3 (and FSDP, full
                shard) the weights too (Rajbhandari et al. 2020, arXiv:1910.02054, §5 and figure 1). t and p
                divide all of it first
    gathered    under stage 3 two layers are whole at a time: the one at work and the one that is fetched
    activations of a layer are those of `memory`. Tensor parallelism divides what lies between the two
                products of a block by t; the inputs, the norms and the dropouts of 10·s·b·h bytes are whole
                on every device, unless sequence parallelism divides them too (Korthikanti et al. 2022,
                arXiv:2205.05198, equations 2 and 4)
    pipeline    under 1F1B the first stage holds min(p, m) micro-batches at once, so p stages save no
                activations but spread the state (ibid., §4.2.3; Narayanan et al. 2021, arXiv:2104.04473)
    logits      on the last stage only, divided by t

The device that holds most is the first stage (activations) or the last (logits): `sharded_memory` answers for
the fuller of the two.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from toolkit.shapes.decoder import Decoder
from toolkit.shapes.dtypes import bytes_per_element
from toolkit.shapes.memory import RECIPES, AttentionKernel, Recipe

GATHERED_LAYERS = 2


@dataclass(frozen=True, slots=True)
class Sharding:
    """How a job is spread. `zero` is the stage, 0 to 3; FSDP with full shard is 3, with gradients only 2.

    `micro_batches`: of one step and replica, which matters under a pipeline only.
    """

    data: int = 1
    tensor: int = 1
    pipeline: int = 1
    zero: int = 0
    sequence_parallel: bool = False
    micro_batches: int = 1

    def __post_init__(self) -> None:
        if min(self.data, self.tensor, self.pipeline, self.micro_batches) < 1:
            raise ValueError("every degree and the number of micro-batches must be at least 1")
        if self.zero not in (0, 1, 2, 3):
            raise ValueError("a ZeRO stage is 0, 1, 2 or 3")

    @property
    def devices(self) -> int:
        return self.data * self.tensor * self.pipeline


@dataclass(frozen=True, slots=True)
class DeviceMemory:
    """Bytes on the device that holds most."""

    weights: float
    gradients: float
    optimizer: float
    gathered: float
    activations: float
    logits: float

    @property
    def state(self) -> float:
        return self.weights + self.gradients + self.optimizer

    @property
    def total(self) -> float:
        return self.state + self.gathered + self.activations + self.logits


def sharded_memory(
    decoder: Decoder,
    batch: int,
    tokens: int,
    sharding: Sharding,
    *,
    recipe: str = "mixed",
    attention: AttentionKernel = "fused",
    dropout: bool = False,
    checkpointing: bool = False,
) -> DeviceMemory:
    """Bytes that the fullest device holds at the end of a forward pass with `batch` sequences at a time.

    `recipe` is a key of `memory.RECIPES`. Raises KeyError for another, ValueError for more stages than
    layers.
    """
    if sharding.pipeline > decoder.layers:
        raise ValueError(f"{sharding.pipeline} stages for {decoder.layers} layers")
    kind = RECIPES[recipe]
    state = _state(decoder, sharding, kind)
    layer, entry = _layer(decoder, batch, tokens, sharding, kind, attention, dropout)
    depth = math.ceil(decoder.layers / sharding.pipeline)

    def kept(in_flight: int) -> float:
        if checkpointing:
            return in_flight * depth * entry + layer
        return in_flight * depth * layer

    flying = min(sharding.pipeline, sharding.micro_batches)
    logits = batch * tokens * decoder.vocab * (kind.activation + 4) / sharding.tensor
    first = DeviceMemory(*state, kept(flying), logits if sharding.pipeline == 1 else 0.0)
    last = DeviceMemory(*state, kept(1), logits)
    return first if first.total >= last.total else last


def _state(decoder: Decoder, sharding: Sharding, kind: Recipe) -> tuple[float, float, float, float]:
    """Weights, gradients, optimizer and gathered layers. A stage has its layers and at most one of the two
    tables: with several stages the input table lies on the first and the head on the last."""
    table = decoder.vocab * decoder.hidden
    body = decoder.parameters() - table * (1 if decoder.tied_embeddings else 2)
    alone = sharding.pipeline == 1
    held = (decoder.parameters() if alone else body / sharding.pipeline + table) / sharding.tensor
    shards = [sharding.data if sharding.zero >= stage else 1 for stage in (3, 2, 1)]
    weights, gradients, optimizer = (
        held * size / parts
        for size, parts in zip((kind.weight, kind.gradient, kind.optimizer), shards, strict=True)
    )
    whole = max(GATHERED_LAYERS * body / decoder.layers, table) * kind.activation / sharding.tensor
    return weights, gradients, optimizer, whole if sharding.zero == 3 and sharding.data > 1 else 0.0


def _layer(
    decoder: Decoder,
    batch: int,
    tokens: int,
    sharding: Sharding,
    kind: Recipe,
    attention: AttentionKernel,
    dropout: bool,
) -> tuple[float, float]:
    """Bytes of one layer's activations, and of its input alone, for one micro-batch."""
    hidden, size, split = decoder.hidden, kind.activation, sharding.tensor
    whole = 4 * hidden * size + (2 * hidden if dropout else 0)
    inside = (2 * decoder.query_width + 2 * decoder.kv_width) * size
    inside += decoder.ffn * decoder.active_experts * (4 if decoder.gated_mlp else 2) * size
    if attention == "eager":
        inside += decoder.heads * tokens * (size + (1 + size if dropout else 0))
    apart = split if sharding.sequence_parallel else 1
    entry = hidden * size / apart
    return batch * tokens * (whole / apart + inside / split), batch * tokens * entry


def serving_bytes(
    decoder: Decoder, dtype: str, cache_dtype: str, requests: int, context: int, tensor: int = 1
) -> tuple[float, float]:
    """Bytes of weights and of the caches of `requests` sequences with `context` tokens on one of `tensor`
    devices. Key heads can be split at most as often as there are some; beyond that they are copied (Ainslie
    et al. 2023, arXiv:2305.13245, §2.2)."""
    copies = max(1.0, tensor / decoder.kv_heads)
    cache = 2 * decoder.layers * decoder.kv_width * requests * context * bytes_per_element(cache_dtype)
    return decoder.weight_bytes(dtype) / tensor, cache * copies / tensor
