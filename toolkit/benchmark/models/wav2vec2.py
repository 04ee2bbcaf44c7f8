"""wav2vec 2.0 base with its head for letters: speech recognition from the wave form (Baevski et al. 2020).

`tokens` of a workload is seconds of audio a clip at 16 kHz, which is the unit of work too. The loss is
CTC over letters; dropout, layer drop and masking are 0, so that every step does the same work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.benchmark.supervised import Inputs, SupervisedModel
from toolkit.shapes.records import Workload
from toolkit.shapes.speech import SAMPLES_PER_SECOND, WAV2VECS, Wav2Vec2
from toolkit.text import Text

if TYPE_CHECKING:
    import torch
    from torch import nn

_LETTERS_PER_SECOND = 12  # a brisk reader


def _build(shape: Wav2Vec2, _workload: Workload) -> nn.Module:
    from transformers import Wav2Vec2Config, Wav2Vec2ForCTC

    config = Wav2Vec2Config(
        vocab_size=shape.letters,
        hidden_size=shape.stack.hidden,
        num_hidden_layers=shape.stack.layers,
        num_attention_heads=shape.stack.heads,
        intermediate_size=shape.stack.ffn,
        conv_dim=[shape.channels] * len(shape.kernels),
        conv_kernel=list(shape.kernels),
        conv_stride=list(shape.strides),
        num_conv_pos_embeddings=shape.position_kernel,
        num_conv_pos_embedding_groups=shape.position_groups,
        hidden_dropout=0.0,
        activation_dropout=0.0,
        attention_dropout=0.0,
        feat_proj_dropout=0.0,
        final_dropout=0.0,
        layerdrop=0.0,
        apply_spec_augment=False,  # the published model keeps the vector that masking would put in
    )
    model: nn.Module = Wav2Vec2ForCTC(config)
    return model


def _inputs(shape: Wav2Vec2, workload: Workload, generator: torch.Generator) -> Inputs:
    import torch

    samples, letters = workload.tokens * SAMPLES_PER_SECOND, workload.tokens * _LETTERS_PER_SECOND
    return {
        "input_values": torch.randn(workload.batch, samples, generator=generator),
        "labels": torch.randint(1, shape.letters, (workload.batch, letters), generator=generator),
    }


def _output(model: nn.Module, batch: Inputs) -> torch.Tensor:
    logits: torch.Tensor = model(input_values=batch["input_values"]).logits
    return logits


def _loss(model: nn.Module, batch: Inputs, _workload: Workload) -> torch.Tensor:
    import torch
    from torch.nn import functional

    likelihoods = functional.log_softmax(_output(model, batch).float(), dim=-1).transpose(0, 1)
    labels = batch["labels"]
    heard = torch.full((labels.shape[0],), likelihoods.shape[0], dtype=torch.long)
    written = torch.full((labels.shape[0],), labels.shape[1], dtype=torch.long)
    return functional.ctc_loss(likelihoods, labels, heard, written, blank=0)


MODEL = SupervisedModel(
    task=Text("speech recognition", "语音识别"),
    shapes=WAV2VECS,
    build=_build,
    inputs=_inputs,
    output=_output,
    loss=_loss,
)
