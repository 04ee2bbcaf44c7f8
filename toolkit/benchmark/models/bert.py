"""BERT, base and large: an encoder that fills in masked words (Devlin et al. 2019). Dropout is 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.benchmark.supervised import Inputs, SupervisedModel
from toolkit.shapes.encoder import BERTS, MaskedLanguageModel
from toolkit.shapes.records import Workload
from toolkit.text import Text

if TYPE_CHECKING:
    import torch
    from torch import nn


def _build(shape: MaskedLanguageModel, _workload: Workload) -> nn.Module:
    from transformers import BertConfig, BertForMaskedLM

    model: nn.Module = BertForMaskedLM(
        BertConfig(
            vocab_size=shape.vocab,
            hidden_size=shape.stack.hidden,
            num_hidden_layers=shape.stack.layers,
            num_attention_heads=shape.stack.heads,
            intermediate_size=shape.stack.ffn,
            max_position_embeddings=shape.positions,
            type_vocab_size=shape.segments,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
    )
    return model


def _inputs(shape: MaskedLanguageModel, workload: Workload, generator: torch.Generator) -> Inputs:
    import torch

    size = (workload.batch, workload.tokens)
    return {"input_ids": torch.randint(shape.vocab, size, generator=generator)}


def _output(model: nn.Module, batch: Inputs) -> torch.Tensor:
    logits: torch.Tensor = model(**batch).logits
    return logits


def _loss(model: nn.Module, batch: Inputs, _workload: Workload) -> torch.Tensor:
    loss: torch.Tensor = model(**batch, labels=batch["input_ids"]).loss
    return loss


MODEL = SupervisedModel(
    task=Text("masked language modelling", "掩码语言模型"),
    shapes=BERTS,
    build=_build,
    inputs=_inputs,
    output=_output,
    loss=_loss,
)
