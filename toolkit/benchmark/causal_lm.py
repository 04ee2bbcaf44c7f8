"""Causal language models: the training step, the forward pass, prefill and decode of a decoder.

train      a training step on whole sequences, loss at every position
forward    logits at every position, no gradients
prefill    read a prompt, fill the key-value cache, logits of the last position only
decode     one token for each sequence with `tokens` tokens in the cache; the cache is cut back after every
           step, so that each step does the same work

The unit of work is a token. How steps are made is described in `steps`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from toolkit.benchmark.reference_model import CannotRunError, Pool, Prepared
from toolkit.benchmark.steps import Step, inference_step, torch_format, training_step
from toolkit.benchmark.weights import random_model, resident_bytes
from toolkit.shapes.catalogue import SHAPES
from toolkit.shapes.decoder import Decoder
from toolkit.shapes.records import Mode, Workload
from toolkit.text import Text

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel


@dataclass(frozen=True, slots=True)
class CausalLanguageModel:
    """A family of decoders, built by `build` from a shape of the catalogue."""

    family: str
    task: Text
    sizes: tuple[str, ...]
    build: Callable[[Decoder], PreTrainedModel]
    unit: str = "token"
    modes: tuple[Mode, ...] = ("train", "forward", "prefill", "decode")
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def parameters(self, name: str) -> int:
        return SHAPES[name].parameters()

    def work(self, workload: Workload) -> float:
        """Tokens of one step: one a sequence when decoding, else all."""
        return float(workload.batch * (1 if workload.mode == "decode" else workload.tokens))

    def flops(self, workload: Workload) -> float:
        shape, batch, tokens = SHAPES[workload.model], workload.batch, workload.tokens
        if workload.mode == "train":
            return float(shape.training_flops(batch, tokens))
        if workload.mode == "decode":
            return float(shape.decode_flops(batch, tokens))
        if workload.mode == "prefill":
            return float(shape.prefill_flops(batch, tokens))
        return float(shape.forward_flops(batch, tokens))

    def prepare(self, workload: Workload, device: torch.device, pool: Pool) -> Prepared:
        """Raises CannotRunError when the sequence is longer than the model's positions."""
        import torch

        shape = SHAPES[workload.model]
        if workload.tokens + (workload.mode == "decode") > shape.positions:
            raise CannotRunError("bench.too_long", tokens=workload.tokens, positions=shape.positions)
        training = workload.mode == "train"
        weights = torch.float32 if training else torch_format(workload.dtype)
        key = (workload.model, str(weights))
        if key not in pool:
            pool[key] = random_model(lambda: self.build(shape), device, weights)
        model = pool[key]
        built = sum(parameter.numel() for parameter in model.parameters())
        if built != shape.parameters():
            raise CannotRunError("bench.wrong_size", built=built, expected=shape.parameters())
        generator = torch.Generator(device="cpu").manual_seed(workload.batch * 100_003 + workload.tokens)
        ids = torch.randint(shape.vocab, (workload.batch, workload.tokens), generator=generator).to(device)
        step = _STEPS[workload.mode](model, ids, workload.dtype)
        return Prepared(
            step=step.run,
            work=self.work(workload),
            flops=self.flops(workload),
            resident_bytes=resident_bytes(model) + ids.numel() * ids.element_size(),
            check=step.check,
            detail={**step.detail, "attention": model.config._attn_implementation, "parameters": built},
        )


def _train(model: PreTrainedModel, ids: torch.Tensor, dtype: str) -> Step:
    def loss() -> torch.Tensor:
        found: torch.Tensor = model(input_ids=ids, labels=ids, use_cache=False).loss
        return found

    return training_step(model, loss, dtype)


def _forward(model: PreTrainedModel, ids: torch.Tensor, dtype: str) -> Step:
    return inference_step(lambda: model(input_ids=ids, use_cache=False).logits, dtype)


def _prefill(model: PreTrainedModel, ids: torch.Tensor, dtype: str) -> Step:
    return inference_step(lambda: model(input_ids=ids, use_cache=True, logits_to_keep=1).logits, dtype)


def _decode(model: PreTrainedModel, ids: torch.Tensor, dtype: str) -> Step:
    import torch

    with torch.inference_mode():
        cache = model(input_ids=ids, use_cache=True, logits_to_keep=1).past_key_values
    newest = ids[:, -1:].clone()

    def one_token() -> torch.Tensor:
        logits: torch.Tensor = model(input_ids=newest, past_key_values=cache, use_cache=True).logits
        cache.crop(-1)
        return logits

    step = inference_step(one_token, dtype)
    return step._replace(detail={**step.detail, "cache": type(cache).__name__})


_STEPS: dict[str, Callable[[PreTrainedModel, torch.Tensor, str], Step]] = {
    "train": _train,
    "forward": _forward,
    "prefill": _prefill,
    "decode": _decode,
}
