"""A model of the user's own, from a function `package:function` that returns model, batch and loss.

    def training() -> tuple[nn.Module, Batch, Callable[[nn.Module, Batch], Tensor] | None]

The batch is a tensor, or a sequence or mapping of tensors; the loss takes model and batch and gives a scalar.
It may be None where only forward is asked for: then the model is called with the batch. A function that has
parameters called `batch` and `tokens` is given those of the workload.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from toolkit.benchmark.arrangement import arranged, change, described
from toolkit.benchmark.counting import counted_flops
from toolkit.benchmark.recipe import Recipe
from toolkit.benchmark.reference_model import CannotRunError, Prepared
from toolkit.benchmark.steps import inference_step, torch_format, training_step
from toolkit.benchmark.weights import resident_bytes
from toolkit.shapes.records import Workload

if TYPE_CHECKING:
    import torch
    from torch import nn


def prepare_module(name: str, folder: str, workload: Workload, device: torch.device) -> Prepared:
    """Call the function `name`, found from `folder`, and make the step of a workload of what it returns.

    Raises CannotRunError when there is no such function or it returns something else.
    """
    import torch

    recipe = Recipe.of(workload)
    model, batch, loss = _returned(_function(name, folder), name, workload)
    training = workload.mode == "train"
    if workload.mode not in ("train", "forward") or (training and loss is None):
        raise CannotRunError("bench.unknown_mode", mode=workload.mode, name=name, modes="train, forward")
    weights = torch.float32 if training else torch_format(workload.dtype)
    model = model.to(device, weights).train(training)
    change(model, recipe, workload.dtype)
    batch = _moved(batch, device, weights)
    called = arranged(model, recipe, device)
    if training and loss is not None:
        step = training_step(
            called,
            lambda: loss(called, batch),
            workload.dtype,
            optimizer=recipe.optimizer,
            accumulate=recipe.accumulate,
        )
    else:
        step = inference_step(lambda: _called(called, batch), workload.dtype)
    tensors = _tensors(batch)
    units = tensors[0].numel() if workload.unit == "token" else len(tensors[0])
    flops = counted_flops(step.run)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    return Prepared(
        step=step.run,
        work=float(units * (recipe.accumulate if training else 1)),
        flops=flops or None,
        resident_bytes=resident_bytes(model) + sum(each.numel() * each.element_size() for each in tensors),
        check=step.check,
        detail={
            **step.detail,
            **described(recipe, training),
            "parameters": parameters,
            "flops_from": "counted over one step",
            "flops_reason": None if flops else "no product or convolution was seen",
        },
    )


def _function(name: str, folder: str) -> Callable[..., Any]:
    package, _, attribute = name.partition(":")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        found = getattr(importlib.import_module(package), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise CannotRunError("bench.bad_module", name=name, reason=str(error)[:200]) from error
    if not callable(found):
        raise CannotRunError("bench.bad_module", name=name, reason="it is no function")
    function: Callable[..., Any] = found
    return function


def _returned(function: Callable[..., Any], name: str, workload: Workload) -> tuple[nn.Module, Any, Any]:
    from torch import nn

    given = {"batch": workload.batch, "tokens": workload.tokens}
    takes = inspect.signature(function).parameters
    found = function(**{key: value for key, value in given.items() if key in takes})
    if not isinstance(found, tuple) or len(found) != 3:
        raise CannotRunError("bench.bad_module", name=name, reason="it must return model, batch and loss")
    model, batch, loss = found
    if not isinstance(model, nn.Module) or not _tensors(batch) or not (loss is None or callable(loss)):
        reason = "a torch module, tensors and a function of both are wanted"
        raise CannotRunError("bench.bad_module", name=name, reason=reason)
    return model, batch, loss


def _called(model: nn.Module, batch: Any) -> torch.Tensor:
    if isinstance(batch, Mapping):
        found = model(**batch)
    elif isinstance(batch, Sequence):
        found = model(*batch)
    else:
        found = model(batch)
    logits = getattr(found, "logits", found)
    first: torch.Tensor = logits[0] if isinstance(logits, tuple) else logits
    return first


def _tensors(batch: Any) -> list[torch.Tensor]:
    import torch

    if isinstance(batch, torch.Tensor):
        return [batch]
    if isinstance(batch, Mapping):
        batch = list(batch.values())
    return [each for each in batch if isinstance(each, torch.Tensor)] if isinstance(batch, Sequence) else []


def _moved(batch: Any, device: torch.device, weights: torch.dtype) -> Any:
    import torch

    if isinstance(batch, torch.Tensor):
        return batch.to(device, weights if batch.is_floating_point() else None)
    if isinstance(batch, Mapping):
        return {key: _moved(value, device, weights) for key, value in batch.items()}
    if isinstance(batch, Sequence) and not isinstance(batch, str):
        return [_moved(value, device, weights) for value in batch]
    return batch
