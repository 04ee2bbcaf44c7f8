"""Mixtures of experts: a LLaMA-style decoder that sends each token through a few of many feed-forward parts.

Mixtral 8x7B (Jiang et al. 2024), and the sizes of Granite 3.0 1B-A400M, small enough for one processor;
Granite's scalar multipliers, which cost nothing, are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.benchmark.causal_lm import CausalLanguageModel
from toolkit.shapes.decoder import Decoder
from toolkit.text import Text

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def _build(shape: Decoder) -> PreTrainedModel:
    import torch
    from transformers import MixtralConfig, MixtralForCausalLM

    config = MixtralConfig(
        vocab_size=shape.vocab,
        hidden_size=shape.hidden,
        intermediate_size=shape.ffn,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.kv_heads,
        num_local_experts=shape.experts,
        num_experts_per_tok=shape.active_experts,
        max_position_embeddings=shape.positions,
        tie_word_embeddings=shape.tied_embeddings,
        sliding_window=None,
        bos_token_id=shape.vocab - 2,
        eos_token_id=shape.vocab - 1,
    )
    if torch.get_default_device().type == "meta":  # tokens without values fall into no groups: one by one
        config._experts_implementation = "batched_mm"
    return MixtralForCausalLM(config)


MODEL = CausalLanguageModel(
    family="mixture of experts",
    task=Text("text generation", "文本生成"),
    sizes=("granite-1b-a400m", "mixtral-8x7b", "tiny-mixtral"),
    build=_build,
)
