"""A model made ready for the options of its workload: adapters, recomputation, processes, compilation.

Order matters: adapters change the matrices, recomputation is switched on in the layers, sharding takes over
the parameters, and compilation comes last, because it sees everything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from toolkit.benchmark.recipe import Recipe
from toolkit.benchmark.reference_model import CannotRunError

if TYPE_CHECKING:
    import torch
    from torch import nn


def change(model: nn.Module, recipe: Recipe, dtype: str) -> None:
    """What is done once to a model that several cases share: fp8 products, adapters, recomputation, sharding.

    Raises CannotRunError when the model or this installation cannot do it.
    """
    if dtype == "fp8":
        from toolkit.benchmark.float8 import multiply_in_float8

        multiply_in_float8(model)
    if recipe.lora is not None:
        from toolkit.benchmark.lora import add_adapters

        add_adapters(model, recipe.lora)
    if recipe.checkpointing:
        _recompute(model)
    if recipe.parallel == "fsdp2":
        _shard(model)


def arranged(model: nn.Module, recipe: Recipe, device: torch.device) -> nn.Module:
    """The module that one case calls: replicated over processes and compiled where its recipe says so."""
    import torch

    if recipe.parallel == "ddp":
        _processes()
        from torch.nn.parallel import DistributedDataParallel

        model = DistributedDataParallel(model, device_ids=[device] if device.type == "cuda" else None)
    if recipe.compile and device.type != "meta":
        model = torch.compile(model)  # type: ignore[assignment]
    return model


def described(recipe: Recipe, training: bool) -> dict[str, Any]:
    """How the model was arranged, for the detail of a result."""
    found: dict[str, Any] = {"compiled": recipe.compile}
    if training:
        found |= {
            "checkpointing": recipe.checkpointing,
            "lora_rank": recipe.lora,
            "parallel": recipe.parallel,
        }
    return found


def _recompute(model: nn.Module) -> None:
    if not getattr(model, "supports_gradient_checkpointing", False):
        raise CannotRunError("bench.no_checkpointing", name=type(model).__name__)
    # Renamed in transformers 5.23; older ones warn of nothing.
    switch: Any = (
        getattr(model, "activation_checkpointing_enable", None) or model.gradient_checkpointing_enable
    )
    switch({"use_reentrant": False})
    model.train()


def _shard(model: nn.Module) -> None:
    """FSDP2: every layer is a unit that is gathered, used and let go, and the rest is one more."""
    _processes()
    from torch import nn
    from torch.distributed.fsdp import fully_shard

    for part in model.modules():
        if isinstance(part, nn.ModuleList):
            for layer in part:
                fully_shard(layer)
    fully_shard(model)


def _processes() -> None:
    from torch import distributed

    if not (distributed.is_available() and distributed.is_initialized()):
        raise CannotRunError("bench.one_process")
