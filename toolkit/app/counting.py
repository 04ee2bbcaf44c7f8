"""What a model is: parameters, FLOPs and bytes by part, and memory, counted from its shape alone."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from toolkit.errors import InputError, Problem
from toolkit.lines.spelling import nearest
from toolkit.shapes.catalogue import find_shape, why_no_shape
from toolkit.shapes.components import Component, components
from toolkit.shapes.decoder import Decoder
from toolkit.shapes.dtypes import BITS
from toolkit.shapes.models import MODELS
from toolkit.shapes.spelled import is_spelled
from toolkit.shapes.unet import UNETS


@dataclass(frozen=True, slots=True)
class Count:
    """A model counted for `batch` samples of `tokens`. `parts`, `attention_causal_flops` (what of a forward
    pass is attention when a token meets only earlier ones), `weight_bytes` and `cache_bytes_per_token` are
    known of decoders only. `active_parameters` are those that one token meets."""

    name: str
    parameters: int
    active_parameters: int
    batch: int
    tokens: int
    forward_flops: int
    training_flops: int
    recomputed_flops: int | None = None
    attention_flops: int | None = None
    attention_causal_flops: int | None = None
    weight_bytes: int | None = None
    cache_bytes_per_token: int | None = None
    parts: tuple[Component, ...] = ()

    def document(self) -> dict[str, Any]:
        """The JSON document of `gpu count`."""
        return asdict(self)


def count(name: str, batch: int = 1, tokens: int = 1024, dtype: str = "bf16") -> Count:
    """Count the model of that name, or the decoder that it spells. Raises InputError: an unknown name or
    format, sizes below 1."""
    problems = [
        Problem("plan.too_small", f"--{field}", values={"text": value, "minimum": 1})
        for field, value in (("batch", batch), ("tokens", tokens))
        if value < 1
    ]
    if dtype not in BITS:
        values = {"text": dtype, "expected": ", ".join(BITS)}
        problems.append(Problem("plan.choice", "--dtype", values=values))
    if problems:
        raise InputError(problems)
    decoder = find_shape(name)
    return _decoder(decoder, batch, tokens, dtype) if decoder else _other(name, batch, tokens)


def _decoder(decoder: Decoder, batch: int, tokens: int, dtype: str) -> Count:
    lookup = 0 if decoder.tied_embeddings else decoder.vocab * decoder.hidden
    dense = decoder.experts == 1
    return Count(
        name=decoder.name,
        parameters=decoder.parameters(),
        active_parameters=decoder.parameters() if dense else decoder.matmul_parameters() + lookup,
        batch=batch,
        tokens=tokens,
        forward_flops=decoder.forward_flops(batch, tokens),
        training_flops=decoder.training_flops(batch, tokens),
        recomputed_flops=decoder.training_flops(batch, tokens, recompute=True),
        attention_flops=decoder.attention_flops(batch, tokens),
        attention_causal_flops=decoder.attention_flops(batch, tokens, "causal"),
        weight_bytes=decoder.weight_bytes(dtype),
        cache_bytes_per_token=decoder.kv_cache_bytes(1, 1, dtype),
        parts=components(decoder, batch, tokens, dtype),
    )


def _other(name: str, batch: int, tokens: int) -> Count:
    """A model of another family: its totals."""
    wanted = name.strip().lower()
    unet, known = UNETS.get(wanted), MODELS.get(wanted)
    if unet is not None:
        parameters, forward, training = (
            unet.parameters(),
            unet.forward_flops(batch),
            unet.training_flops(batch),
        )
        length = 1
    elif known is not None:
        length = min(tokens, known.longest)
        parameters = known.parameters()
        forward = known.flops("forward", batch, length)
        training = known.flops("train", batch, length)
    else:
        raise InputError([_unknown(name)])
    return Count(wanted, parameters, parameters, batch, length, forward, training)


def _unknown(name: str) -> Problem:
    if is_spelled(name):
        return why_no_shape(name)
    values = {"name": name, "near": nearest(name.lower(), (*MODELS, *UNETS))}
    return Problem("bench.unknown_shape", "MODEL", values=values)
