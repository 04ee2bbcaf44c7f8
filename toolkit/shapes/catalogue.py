"""Named shapes, every field as published, so that `shape("gpt2").parameters()` is 124,439,808.

Sources: GPT-2 Radford et al. 2019 (the released sizes); GPT-3 Brown et al. 2020, table 2.1; Llama 2 and 3,
Mistral, Mixtral, Granite, Qwen 2.5 and TinyLlama from the configurations that their makers published with
the weights.
Sizes that begin with `tiny-` exist for tests only and stand for no published model.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType

from toolkit.errors import InputError, Problem
from toolkit.shapes.decoder import Decoder
from toolkit.shapes.spelled import FLAGS, SIZES, is_spelled, spelled


def _gpt(name: str, layers: int, hidden: int, heads: int, *, vocab: int = 50257, positions: int) -> Decoder:
    return Decoder(
        name, layers, hidden, heads, kv_heads=heads, ffn=4 * hidden, vocab=vocab, positions=positions,
        learned_positions=True, gated_mlp=False, tied_embeddings=True, biases="all", norm="layernorm",
    )  # fmt: skip


_DECODERS = (
    _gpt("gpt2", 12, 768, 12, positions=1024),
    _gpt("gpt2-medium", 24, 1024, 16, positions=1024),
    _gpt("gpt2-large", 36, 1280, 20, positions=1024),
    _gpt("gpt2-xl", 48, 1600, 25, positions=1024),
    _gpt("gpt3-6.7b", 32, 4096, 32, positions=2048),
    _gpt("gpt3-13b", 40, 5120, 40, positions=2048),  # the table's 5140 is not a multiple of its head width
    _gpt("gpt3-175b", 96, 12288, 96, positions=2048),
    # name, layers, hidden, heads, kv_heads, ffn, vocab, positions
    Decoder("llama-1b", 16, 2048, 32, 8, 8192, 128256, 131072, tied_embeddings=True),
    Decoder("llama-3b", 28, 3072, 24, 8, 8192, 128256, 131072, tied_embeddings=True),
    Decoder("llama-8b", 32, 4096, 32, 8, 14336, 128256, 131072),
    Decoder("llama-70b", 80, 8192, 64, 8, 28672, 128256, 131072),
    Decoder("llama-405b", 126, 16384, 128, 8, 53248, 128256, 131072),
    Decoder("llama2-7b", 32, 4096, 32, 32, 11008, 32000, 4096),
    Decoder("llama2-13b", 40, 5120, 40, 40, 13824, 32000, 4096),
    Decoder("llama2-70b", 80, 8192, 64, 8, 28672, 32000, 4096),
    Decoder("tinyllama-1.1b", 22, 2048, 32, 4, 5632, 32000, 2048),
    Decoder("mistral-7b", 32, 4096, 32, 8, 14336, 32000, 32768),
    Decoder("qwen2.5-0.5b", 24, 896, 14, 2, 4864, 151936, 32768, tied_embeddings=True, biases="qkv"),
    Decoder("qwen2.5-7b", 28, 3584, 28, 4, 18944, 152064, 131072, biases="qkv"),
    Decoder("mixtral-8x7b", 32, 4096, 32, 8, 14336, 32000, 32768, experts=8, active_experts=2),
    Decoder(
        "granite-1b-a400m",
        24,
        1024,
        16,
        8,
        512,
        49155,
        4096,
        tied_embeddings=True,
        experts=32,
        active_experts=8,
    ),
    _gpt("tiny-gpt2", 2, 64, 4, vocab=512, positions=128),
    Decoder("tiny-llama", 2, 64, 4, 2, 192, 512, 128),
    Decoder("tiny-mixtral", 2, 64, 4, 2, 96, 512, 128, experts=4, active_experts=2),
)

SHAPES: Mapping[str, Decoder] = MappingProxyType({decoder.name: decoder for decoder in _DECODERS})


def find_shape(name: str) -> Decoder | None:
    """The published shape of that name, or the one that it spells (`spelled`); None for neither."""
    known = SHAPES.get(name.strip().lower())
    if known is not None or not is_spelled(name):
        return known
    try:
        return _spelled(name)
    except ValueError:
        return None


def why_no_shape(name: str) -> Problem:
    """Why `find_shape` finds none: with the nearest names, or with what is wrong with the spelling."""
    if is_spelled(name):
        try:
            spelled(name)
        except ValueError as error:
            values = {"part": str(error), "sizes": ", ".join(SIZES), "words": ", ".join(FLAGS)}
            return Problem("gpu.misspelled_shape", values=values)
    near = difflib.get_close_matches(name.lower(), SHAPES, n=3, cutoff=0.4) or sorted(SHAPES)
    return Problem("bench.unknown_shape", values={"name": name, "near": ", ".join(near)})


def shape(name: str, *, field: str = "model") -> Decoder:
    """The published or spelled shape called `name`.

    Raises `InputError` with the nearest names for one that is unknown; `field` says where it stood.
    """
    found = find_shape(name)
    if found is None:
        raise InputError([replace(why_no_shape(name), field=field)])
    return found


_spelled = cache(spelled)
