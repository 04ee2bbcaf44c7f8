"""A model of the user's own, from a configuration of transformers, with random weights: nothing is fetched.

`architectures` of the configuration names the class; without it the first usual head that the model type has
is taken. A decoder is timed in all modes of a causal language model, any other in training and forward.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from toolkit.benchmark.arrangement import arranged, change, described
from toolkit.benchmark.causal_lm import causal_step
from toolkit.benchmark.counting import counted_flops
from toolkit.benchmark.recipe import Recipe
from toolkit.benchmark.reference_model import CannotRunError, Pool, Prepared
from toolkit.benchmark.steps import Step, inference_step, torch_format, training_step
from toolkit.benchmark.weights import random_model, resident_bytes
from toolkit.shapes.records import Workload

if TYPE_CHECKING:
    import torch
    from torch import nn
    from transformers import PreTrainedConfig

_HEADS = (
    "AutoModelForCausalLM",
    "AutoModelForMaskedLM",
    "AutoModelForSeq2SeqLM",
    "AutoModelForSpeechSeq2Seq",
    "AutoModelForCTC",
    "AutoModelForImageClassification",
    "AutoModelForAudioClassification",
)
_AUDIO_RATE = 16_000
_LABELS = 16  # letters of a transcript, tokens of a translation


def prepare_config(
    fields: Mapping[str, Any], workload: Workload, device: torch.device, pool: Pool
) -> Prepared:
    """Build the model of a configuration and the step of a workload.

    Raises CannotRunError when transformers does not know the type, or the model has no such mode.
    """
    import torch

    config = _config(fields)
    prepared = _prepared(config, workload, device, pool)
    try:
        flops: float | None = counted_flops(_prepared(config, workload, torch.device("meta"), {}).step)
        why = None
    except (RuntimeError, NotImplementedError, ValueError) as error:
        flops, why = None, f"it cannot be counted without values: {str(error).splitlines()[0][:120]}"
    detail = {**prepared.detail, "flops_from": "counted on the meta device", "flops_reason": why}
    return Prepared(
        prepared.step, prepared.work, flops, prepared.resident_bytes, prepared.check, prepared.phases, detail
    )


def _config(fields: Mapping[str, Any]) -> PreTrainedConfig:
    from transformers import AutoConfig

    rest = {key: value for key, value in fields.items() if key not in ("model_type", "transformers_version")}
    try:
        config: PreTrainedConfig = AutoConfig.for_model(fields["model_type"], **rest)
    except (KeyError, ValueError, TypeError) as error:
        raise CannotRunError("bench.bad_config", reason=str(error).splitlines()[0][:200]) from error
    return config


def _prepared(config: PreTrainedConfig, workload: Workload, device: torch.device, pool: Pool) -> Prepared:
    import torch

    recipe = Recipe.of(workload)
    whole = workload.mode == "train" and recipe.lora is None
    weights = torch.float32 if whole else torch_format(workload.dtype)
    training = workload.mode == "train"  # dropout and statistics differ, so the two share no model
    key = (f"{workload.model}{recipe.variant} {training} {workload.dtype}", str(weights))
    if key not in pool:
        pool[key] = random_model(lambda: _build(config), device, weights)
        change(pool[key], recipe, workload.dtype)
    model = pool[key]
    inputs = _inputs(model, workload, weights)
    batch = {name: tensor.to(device) for name, tensor in inputs.items()}
    step, phases = _step(arranged(model, recipe, device), model, batch, workload, recipe)
    return Prepared(
        step=step.run,
        work=_work(workload, recipe),
        flops=None,
        resident_bytes=resident_bytes(model) + sum(t.numel() * t.element_size() for t in batch.values()),
        check=step.check,
        phases=phases,
        detail={
            **step.detail,
            **described(recipe, workload.mode == "train"),
            "class": type(model).__name__,
            "parameters": sum(parameter.numel() for parameter in model.parameters()),
        },
    )


def _build(config: PreTrainedConfig) -> nn.Module:
    import transformers

    for name in config.architectures or ():
        if hasattr(transformers, name):
            model: nn.Module = getattr(transformers, name)(config)
            return model
    for name in _HEADS:
        head = getattr(transformers, name)
        if type(config) in head._model_mapping:
            built: nn.Module = head.from_config(config)
            return built
    raise CannotRunError("bench.no_head", name=config.model_type)


def _work(workload: Workload, recipe: Recipe) -> float:
    passes = recipe.accumulate if workload.mode == "train" else 1
    if workload.unit != "token":
        return float(workload.batch * passes)
    a_sequence = {"decode": 1, "generate": recipe.new}.get(workload.mode, workload.tokens)
    return float(workload.batch * a_sequence * passes)


def _inputs(model: Any, workload: Workload, weights: torch.dtype) -> dict[str, torch.Tensor]:
    """Random inputs and labels of the kind that the model takes, on the CPU."""
    import torch

    config, batch, name = model.config, workload.batch, model.main_input_name
    generator = torch.Generator().manual_seed(batch * 100_003 + workload.tokens)

    def words(high: int, *size: int) -> torch.Tensor:
        return torch.randint(1, max(2, high), size, generator=generator)

    def values(*size: int) -> torch.Tensor:
        return torch.randn(size, generator=generator).to(weights)

    if name == "input_ids":
        ids = words(config.vocab_size, batch, workload.tokens)
        return {"input_ids": ids, "labels": ids}
    if name == "pixel_values":
        side = getattr(config, "image_size", 224)
        height, width = side if isinstance(side, list | tuple) else (side, side)
        pixels = values(batch, getattr(config, "num_channels", 3), height, width)
        return {"pixel_values": pixels, "labels": words(config.num_labels, batch)}
    if name == "input_features":
        features = values(batch, config.num_mel_bins, 2 * config.max_source_positions)
        return {"input_features": features, "labels": words(config.vocab_size, batch, workload.tokens)}
    if name == "input_values":
        classes = type(model).__name__.endswith("Classification")
        labels = words(config.num_labels, batch) if classes else words(config.vocab_size, batch, _LABELS)
        return {"input_values": values(batch, workload.tokens * _AUDIO_RATE), "labels": labels}
    raise CannotRunError("bench.unknown_input", name=name)


def _step(
    called: nn.Module, model: Any, batch: Mapping[str, torch.Tensor], workload: Workload, recipe: Recipe
) -> tuple[Step, Callable[[], Mapping[str, list[float]]]]:
    decoder = type(model).__name__.endswith(("ForCausalLM", "LMHeadModel"))
    if decoder and workload.mode != "ceiling":
        return causal_step(called, batch["input_ids"], workload, recipe)
    if workload.mode not in ("train", "forward"):
        raise CannotRunError(
            "bench.unknown_mode", mode=workload.mode, name=workload.model, modes="train, forward"
        )
    called.train(workload.mode == "train")
    if workload.mode == "forward":
        # A model that writes its answer word by word needs the words so far, which labels give it.
        given = dict(batch) if model.config.is_encoder_decoder else _without(batch, "labels")
        return inference_step(lambda: called(**given).logits, workload.dtype), dict

    def loss() -> torch.Tensor:
        found: torch.Tensor = called(**batch).loss
        return found

    return (
        training_step(called, loss, workload.dtype, optimizer=recipe.optimizer, accumulate=recipe.accumulate),
        dict,
    )


def _without(batch: Mapping[str, torch.Tensor], name: str) -> dict[str, torch.Tensor]:
    return {key: tensor for key, tensor in batch.items() if key != name}
