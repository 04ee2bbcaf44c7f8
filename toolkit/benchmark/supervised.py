"""Models that learn from samples: images, masked text, speech, vectors, clicks.

One file a family says how a model is built and what its inputs are; training and forward steps, parameters
and FLOPs come out the same way for all of them. Where a sample has no length, `tokens` of the workload is 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from toolkit.benchmark.arrangement import arranged, change, described
from toolkit.benchmark.recipe import TRAINING, Recipe
from toolkit.benchmark.reference_model import CannotRunError, Pool, Prepared
from toolkit.benchmark.steps import Step, inference_step, torch_format, training_step
from toolkit.benchmark.weights import random_model, resident_bytes
from toolkit.shapes.models import MODELS, StepKind
from toolkit.shapes.records import Mode, Workload
from toolkit.text import Text

if TYPE_CHECKING:
    import torch
    from torch import nn


class Shape(Protocol):
    """What a model costs, from its shape alone."""

    def parameters(self) -> int: ...


ShapeT = TypeVar("ShapeT", bound=Shape)
Inputs = Mapping[str, "torch.Tensor"]


@dataclass(frozen=True, slots=True)
class SupervisedModel(Generic[ShapeT]):
    """A family: its shapes by name, and how to build one, make a batch, get an output and a loss.

    `inputs` makes a batch on the CPU. Lengths are multiples of `multiple`. `training` are the options of a
    training step, `choices` those of the model itself. A mode in `steps` is done in the model's own way,
    all others alike; a model whose training is its own has no `loss`. What a pass costs says
    `toolkit.shapes.models`; `own_pass` gives units of work and FLOPs of one that is neither a whole training
    nor a whole forward pass.
    """

    task: Text
    shapes: Mapping[str, ShapeT]
    build: Callable[[ShapeT, Workload], nn.Module]
    inputs: Callable[[ShapeT, Workload, torch.Generator], Inputs]
    output: Callable[[nn.Module, Inputs], torch.Tensor]
    loss: Callable[[nn.Module, Inputs, Workload], torch.Tensor] | None = None
    multiple: Callable[[ShapeT], int] | None = None
    own_pass: Callable[[ShapeT, Workload], tuple[float, float] | None] = lambda _shape, _workload: None
    modes: tuple[Mode, ...] = ("train", "forward")
    steps: Mapping[Mode, Callable[[nn.Module, Inputs, Workload], Step]] = field(default_factory=dict)
    training: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: TRAINING)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def sizes(self) -> tuple[str, ...]:
        return tuple(self.shapes)

    @property
    def family(self) -> str:
        return MODELS[self.sizes[0]].family

    @property
    def unit(self) -> str:
        return MODELS[self.sizes[0]].unit

    @property
    def options(self) -> Mapping[str, tuple[str, ...]]:
        return {**self.training, **self.choices}

    def parameters(self, name: str) -> int:
        return self.shapes[name].parameters()

    def work(self, workload: Workload) -> float:
        return self._passes(workload)[0]

    def flops(self, workload: Workload) -> float:
        return self._passes(workload)[1]

    def _passes(self, workload: Workload) -> tuple[float, float]:
        """Units of work and FLOPs of the passes of one step."""
        passes = Recipe.of(workload).accumulate if workload.mode == "train" else 1
        own = self.own_pass(self.shapes[workload.model], workload)
        if own is not None:
            return passes * own[0], passes * own[1]
        named, batch, tokens = MODELS[workload.model], workload.batch, workload.tokens
        kind: StepKind = "train" if workload.mode == "train" else "forward"
        return passes * named.work(batch, tokens), float(passes * named.flops(kind, batch, tokens))

    def prepare(self, workload: Workload, device: torch.device, pool: Pool) -> Prepared:
        """Raises CannotRunError for a length that the model does not have."""
        import torch

        shape = self.shapes[workload.model]
        longest = MODELS[workload.model].longest
        if workload.tokens > longest:
            raise CannotRunError("bench.too_long", tokens=workload.tokens, positions=longest)
        if self.multiple is not None and workload.tokens % self.multiple(shape):
            raise CannotRunError("bench.odd_length", tokens=workload.tokens, multiple=self.multiple(shape))
        weights = torch.float32 if workload.mode == "train" else torch_format(workload.dtype)
        recipe = Recipe.of(workload)
        own = [word for word in workload.options if word[0] in self.choices]
        changed = recipe.variant + ("+fp8" if workload.dtype == "fp8" else "")
        key = (workload.model + repr(own) + changed, str(weights))
        if key not in pool:
            built = random_model(lambda: self.build(shape, workload), device, weights)
            count = sum(parameter.numel() for parameter in built.parameters())
            if count != shape.parameters():
                raise CannotRunError("bench.wrong_size", built=count, expected=shape.parameters())
            change(built, recipe, workload.dtype)
            pool[key] = built
        model: nn.Module = pool[key]
        batch = self._batch(shape, workload, device, weights)
        step = self._step(arranged(model, recipe, device), batch, workload)
        arrangement = described(recipe, workload.mode == "train")
        held = sum(tensor.numel() * tensor.element_size() for tensor in batch.values())
        return Prepared(
            step=step.run,
            work=self.work(workload),
            flops=self.flops(workload),
            resident_bytes=resident_bytes(model) + held,
            check=step.check,
            detail={**step.detail, **arrangement, "parameters": shape.parameters()},
        )

    def _batch(
        self, shape: ShapeT, workload: Workload, device: torch.device, weights: torch.dtype
    ) -> dict[str, torch.Tensor]:
        import torch

        generator = torch.Generator().manual_seed(workload.batch * 100_003 + workload.tokens)
        made = self.inputs(shape, workload, generator)
        return {
            name: tensor.to(device, weights if tensor.is_floating_point() else None)
            for name, tensor in made.items()
        }

    def _step(self, model: nn.Module, batch: Inputs, workload: Workload) -> Step:
        model.train(workload.mode == "train")
        if workload.mode in self.steps:
            return self.steps[workload.mode](model, batch, workload)
        if workload.mode == "forward" or self.loss is None:
            return inference_step(lambda: self.output(model, batch), workload.dtype)
        loss = self.loss
        return training_step(
            model,
            lambda: loss(model, batch, workload),
            workload.dtype,
            optimizer=dict(workload.options).get("optimizer", self.training["optimizer"][0]),
            accumulate=Recipe.of(workload).accumulate,
        )
