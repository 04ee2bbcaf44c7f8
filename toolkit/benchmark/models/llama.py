"""LLaMA-style decoders: rotary positions, RMS norm, SwiGLU, grouped queries (Touvron et al. 2023).

Llama 2 and 3 and TinyLlama differ in their sizes only, so one file builds them all from their shapes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.benchmark.causal_lm import CausalLanguageModel
from toolkit.shapes.decoder import Decoder
from toolkit.text import Text

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def _build(shape: Decoder) -> PreTrainedModel:
    from transformers import LlamaConfig, LlamaForCausalLM

    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=shape.vocab,
            hidden_size=shape.hidden,
            intermediate_size=shape.ffn,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            num_key_value_heads=shape.kv_heads,
            head_dim=shape.query_width // shape.heads,
            max_position_embeddings=shape.positions,
            tie_word_embeddings=shape.tied_embeddings,
            bos_token_id=shape.vocab - 2,
            eos_token_id=shape.vocab - 1,
        )
    )


MODEL = CausalLanguageModel(
    family="decoder",
    task=Text("text generation", "文本生成"),
    sizes=("llama-1b", "llama-3b", "llama-8b", "tinyllama-1.1b", "llama2-7b", "llama2-13b", "tiny-llama"),
    build=_build,
)
