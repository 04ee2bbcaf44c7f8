"""Whisper, tiny to large: speech recognition from spectrograms, 30 s a clip (Radford et al. 2022).

`tokens` of a workload is the text of each clip; the unit of work is a second of audio. Dropout is 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.benchmark.supervised import Inputs, SupervisedModel
from toolkit.shapes.records import Workload
from toolkit.shapes.speech import WHISPERS, Whisper
from toolkit.text import Text

if TYPE_CHECKING:
    import torch
    from torch import nn


def _build(shape: Whisper, _workload: Workload) -> nn.Module:
    from transformers import WhisperConfig, WhisperForConditionalGeneration

    config = WhisperConfig(
        vocab_size=shape.vocab,
        num_mel_bins=shape.mels,
        d_model=shape.hidden,
        encoder_layers=shape.layers,
        decoder_layers=shape.layers,
        encoder_attention_heads=shape.heads,
        decoder_attention_heads=shape.heads,
        encoder_ffn_dim=shape.ffn,
        decoder_ffn_dim=shape.ffn,
        max_source_positions=shape.audio_positions,
        max_target_positions=shape.positions,
        pad_token_id=shape.vocab - 1,
        bos_token_id=shape.vocab - 1,
        eos_token_id=shape.vocab - 1,
        decoder_start_token_id=shape.vocab - 1,
        suppress_tokens=None,
        begin_suppress_tokens=None,
        dropout=0.0,
        attention_dropout=0.0,
        activation_dropout=0.0,
    )
    model: nn.Module = WhisperForConditionalGeneration(config)
    return model


def _inputs(shape: Whisper, workload: Workload, generator: torch.Generator) -> Inputs:
    import torch

    frames = 2 * shape.audio_positions
    text = (workload.batch, workload.tokens)
    return {
        "input_features": torch.randn(workload.batch, shape.mels, frames, generator=generator),
        "decoder_input_ids": torch.randint(shape.vocab - 1, text, generator=generator),
        "labels": torch.randint(shape.vocab - 1, text, generator=generator),
    }


def _output(model: nn.Module, batch: Inputs) -> torch.Tensor:
    logits: torch.Tensor = model(
        input_features=batch["input_features"], decoder_input_ids=batch["decoder_input_ids"], use_cache=False
    ).logits
    return logits


def _loss(model: nn.Module, batch: Inputs, _workload: Workload) -> torch.Tensor:
    from torch.nn.functional import cross_entropy

    return cross_entropy(_output(model, batch).flatten(0, 1).float(), batch["labels"].flatten())


MODEL = SupervisedModel(
    task=Text("speech recognition", "语音识别"),
    shapes=WHISPERS,
    build=_build,
    inputs=_inputs,
    output=_output,
    loss=_loss,
)
