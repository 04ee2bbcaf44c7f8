"""A Gato-style generalist: text, image patches and actions in one sequence, one decoder over all of them
(Reed et al. 2022). `shapes.generalist` says what a sequence holds and how it differs from the paper.

The loss is taken where the next position is a word or an action; pictures are seen and not predicted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from toolkit.benchmark.supervised import Inputs, SupervisedModel
from toolkit.shapes.generalist import GENERALISTS, Generalist
from toolkit.shapes.records import Workload
from toolkit.text import Text

if TYPE_CHECKING:
    import torch
    from torch import nn


def _build(shape: Generalist, _workload: Workload) -> nn.Module:
    from torch import nn
    from transformers import GPT2Config, GPT2LMHeadModel

    decoder = shape.decoder
    config = GPT2Config(
        vocab_size=decoder.vocab,
        n_positions=decoder.positions,
        n_embd=decoder.hidden,
        n_layer=decoder.layers,
        n_head=decoder.heads,
        n_inner=decoder.ffn,
        bos_token_id=decoder.vocab - 1,
        eos_token_id=decoder.vocab - 1,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
    )

    class Model(nn.Module):
        """Embeds each part of a time step, puts them in order, and decodes."""

        def __init__(self) -> None:
            super().__init__()
            self.decoder = GPT2LMHeadModel(config)
            self.patches = nn.Linear(shape.patch_values, decoder.hidden)

        def forward(self, words: torch.Tensor, patches: torch.Tensor, actions: torch.Tensor) -> Any:
            import torch

            table = self.decoder.get_input_embeddings()
            parts = torch.cat([table(words), self.patches(patches), table(actions)], dim=2)
            return self.decoder(inputs_embeds=parts.flatten(1, 2), use_cache=False).logits

    return Model()


def _inputs(shape: Generalist, workload: Workload, generator: torch.Generator) -> Inputs:
    import torch

    layout, words = shape.layout, shape.decoder.vocab - shape.actions
    head = (workload.batch, workload.tokens // layout.length)
    made: dict[str, torch.Tensor] = {
        "words": torch.randint(words, (*head, layout.words), generator=generator),
        "patches": torch.randn(*head, layout.patches, shape.patch_values, generator=generator),
        "actions": torch.randint(words, shape.decoder.vocab, (*head, layout.actions), generator=generator),
    }
    unseen = torch.full((*head, layout.patches), -100)
    return {**made, "labels": torch.cat([made["words"], unseen, made["actions"]], dim=2).flatten(1)}


def _output(model: nn.Module, batch: Inputs) -> torch.Tensor:
    logits: torch.Tensor = model(batch["words"], batch["patches"], batch["actions"])
    return logits


def _loss(model: nn.Module, batch: Inputs, _workload: Workload) -> torch.Tensor:
    from torch.nn.functional import cross_entropy

    logits = _output(model, batch)[:, :-1].flatten(0, 1).float()
    return cross_entropy(logits, batch["labels"][:, 1:].flatten(), ignore_index=-100)


MODEL = SupervisedModel(
    task=Text("acting on text and pictures", "根据文本与图像行动"),
    shapes=GENERALISTS,
    build=_build,
    inputs=_inputs,
    output=_output,
    loss=_loss,
    multiple=lambda shape: shape.layout.length,
)
