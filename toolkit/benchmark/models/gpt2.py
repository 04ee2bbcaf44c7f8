"""GPT-2, small to XL: the decoder with learned positions, tied embeddings and GELU (Radford et al. 2019).

Dropout is 0, as in current pre-training recipes; attention is PyTorch's fused one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.benchmark.causal_lm import CausalLanguageModel
from toolkit.shapes.decoder import Decoder
from toolkit.text import Text

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def _build(shape: Decoder) -> PreTrainedModel:
    from transformers import GPT2Config, GPT2LMHeadModel

    return GPT2LMHeadModel(
        GPT2Config(
            vocab_size=shape.vocab,
            n_positions=shape.positions,
            n_embd=shape.hidden,
            n_layer=shape.layers,
            n_head=shape.heads,
            n_inner=shape.ffn,
            bos_token_id=shape.vocab - 1,
            eos_token_id=shape.vocab - 1,
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
        )
    )


MODEL = CausalLanguageModel(
    family="decoder",
    task=Text("text generation", "文本生成"),
    sizes=("gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl", "tiny-gpt2"),
    build=_build,
)
