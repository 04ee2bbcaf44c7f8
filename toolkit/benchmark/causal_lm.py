"""Causal language models: training, the forward pass, prefill, decode and generation of a decoder.

train      a training step on whole sequences, loss at every position
forward    logits at every position, no gradients
prefill    read a prompt, fill the key-value cache, logits of the last position only
decode     one token for each sequence with `tokens` tokens in the cache; the cache is cut back after every
           step, so that each step does the same work
generate   a prompt of `tokens` tokens and then `new` tokens, end to end

The unit of work is a token. How steps are made is described in `steps`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from toolkit.benchmark.arrangement import arranged, change, described
from toolkit.benchmark.generation import Generation
from toolkit.benchmark.recipe import ADAPTERS, COMPILE, GENERATION, TRAINING, Recipe
from toolkit.benchmark.reference_model import CannotRunError, Pool, Prepared
from toolkit.benchmark.steps import Step, inference_step, torch_format, training_step
from toolkit.benchmark.weights import random_model, resident_bytes
from toolkit.shapes.catalogue import SHAPES
from toolkit.shapes.decoder import Decoder
from toolkit.shapes.records import Mode, Workload
from toolkit.text import Text

if TYPE_CHECKING:
    import torch
    from torch import nn
    from transformers import PreTrainedModel


@dataclass(frozen=True, slots=True)
class CausalLanguageModel:
    """A family of decoders, built by `build` from a shape of the catalogue."""

    family: str
    task: Text
    sizes: tuple[str, ...]
    build: Callable[[Decoder], PreTrainedModel]
    unit: str = "token"
    modes: tuple[Mode, ...] = ("train", "forward", "prefill", "decode", "generate")
    options: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {**TRAINING, **ADAPTERS, **GENERATION, **COMPILE}
    )

    def parameters(self, name: str) -> int:
        return SHAPES[name].parameters()

    def work(self, workload: Workload) -> float:
        """Tokens of one step: one a sequence when decoding, the new ones when generating, else all."""
        recipe = Recipe.of(workload)
        a_sequence = {"decode": 1, "generate": recipe.new, "train": workload.tokens * recipe.accumulate}
        return float(workload.batch * a_sequence.get(workload.mode, workload.tokens))

    def flops(self, workload: Workload) -> float:
        shape, batch, tokens = SHAPES[workload.model], workload.batch, workload.tokens
        recipe = Recipe.of(workload)
        if workload.mode == "train":
            if recipe.lora is not None:
                return float(recipe.accumulate * shape.adapter_training_flops(batch, tokens, recipe.lora))
            return float(recipe.accumulate * shape.training_flops(batch, tokens))
        if workload.mode == "decode":
            return float(shape.decode_flops(batch, tokens))
        if workload.mode == "prefill":
            return float(shape.prefill_flops(batch, tokens))
        if workload.mode == "generate":
            return float(shape.generation_flops(batch, tokens, recipe.new))
        return float(shape.forward_flops(batch, tokens))

    def prepare(self, workload: Workload, device: torch.device, pool: Pool) -> Prepared:
        """Raises CannotRunError when the sequence is longer than the model's positions."""
        import torch

        shape, recipe = SHAPES[workload.model], Recipe.of(workload)
        longest = workload.tokens + {"decode": 1, "generate": recipe.new}.get(workload.mode, 0)
        if longest > shape.positions:
            raise CannotRunError("bench.too_long", tokens=longest, positions=shape.positions)
        model = self._model(shape, workload, recipe, device, pool)
        called = arranged(model, recipe, device)
        generator = torch.Generator(device="cpu").manual_seed(workload.batch * 100_003 + workload.tokens)
        ids = torch.randint(shape.vocab, (workload.batch, workload.tokens), generator=generator).to(device)
        step, phases = causal_step(called, ids, workload, recipe)
        attention = {"attention": model.config._attn_implementation, "parameters": shape.parameters()}
        return Prepared(
            step=step.run,
            work=self.work(workload),
            flops=self.flops(workload),
            resident_bytes=resident_bytes(model) + ids.numel() * ids.element_size(),
            check=step.check,
            phases=phases,
            detail={**step.detail, **described(recipe, workload.mode == "train"), **attention},
        )

    def _model(
        self, shape: Decoder, workload: Workload, recipe: Recipe, device: torch.device, pool: Pool
    ) -> PreTrainedModel:
        """The model in the format that its mode wants, built once for all cases that may share it."""
        import torch

        whole = workload.mode == "train" and recipe.lora is None
        weights = torch.float32 if whole else torch_format(workload.dtype)
        changed = "+fp8" if workload.dtype == "fp8" else ""
        key = (workload.model + recipe.variant + changed, str(weights))
        if key not in pool:
            model = random_model(lambda: self.build(shape), device, weights)
            built = sum(parameter.numel() for parameter in model.parameters())
            if built != shape.parameters():
                raise CannotRunError("bench.wrong_size", built=built, expected=shape.parameters())
            change(model, recipe, workload.dtype)
            pool[key] = model
        found: PreTrainedModel = pool[key]
        return found


def causal_step(
    model: nn.Module, ids: torch.Tensor, workload: Workload, recipe: Recipe
) -> tuple[Step, Callable[[], Mapping[str, list[float]]]]:
    """The step of any decoder in the mode of a workload, and where its parts are timed."""
    if workload.mode == "generate":
        generation = Generation(model, ids, recipe.new)  # type: ignore[arg-type]
        return inference_step(generation, workload.dtype), generation.phases
    model.train(workload.mode == "train")
    if workload.mode == "train":
        return _train(model, ids, workload.dtype, recipe), dict
    return _STEPS[workload.mode](model, ids, workload.dtype), dict


def _train(model: nn.Module, ids: torch.Tensor, dtype: str, recipe: Recipe) -> Step:
    def loss() -> torch.Tensor:
        found: torch.Tensor = model(input_ids=ids, labels=ids, use_cache=False).loss
        return found

    step = training_step(model, loss, dtype, optimizer=recipe.optimizer, accumulate=recipe.accumulate)
    if recipe.lora is None:
        return step
    return step._replace(detail={**step.detail, "recipe": f"frozen {dtype} weights, fp32 adapters"})


def _forward(model: nn.Module, ids: torch.Tensor, dtype: str) -> Step:
    return inference_step(lambda: model(input_ids=ids, use_cache=False).logits, dtype)


def _prefill(model: nn.Module, ids: torch.Tensor, dtype: str) -> Step:
    return inference_step(lambda: model(input_ids=ids, use_cache=True, logits_to_keep=1).logits, dtype)


def _decode(model: nn.Module, ids: torch.Tensor, dtype: str) -> Step:
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


_STEPS: dict[str, Callable[[nn.Module, torch.Tensor, str], Step]] = {
    "forward": _forward,
    "prefill": _prefill,
    "decode": _decode,
}
