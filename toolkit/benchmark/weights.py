"""Random weights without a download, in a fraction of the usual time.

A model is constructed with its own initialisation switched off, then its matrices are filled from one block
of normal values whose length is a prime, so that no two rows are alike; norms are one, biases zero. Speed
depends on shapes and formats, not on what a model has learned, but zeros would draw less power and let
processors skip work.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import torch
    from torch import nn

_PATTERN_LENGTH = 1_048_573  # the largest prime below 2^20
_SCALE = 0.02  # the usual initialisation of transformers

ModelT = TypeVar("ModelT", bound="nn.Module")


def random_model(build: Callable[[], ModelT], device: torch.device, dtype: torch.dtype) -> ModelT:
    """Build a model on `device` (`meta` allowed) in `dtype`, with random weights."""
    import torch
    from transformers import PreTrainedModel
    from transformers.initialization import no_init_weights

    usual = torch.get_default_dtype()
    torch.set_default_dtype(dtype)  # as transformers does: tables that must stay in fp32 do
    try:
        with torch.device(device), no_init_weights():
            model = build().to(device)  # a few old constructors do not follow the context
    finally:
        torch.set_default_dtype(usual)
    for module in model.modules():
        if isinstance(module, PreTrainedModel):
            module.tie_weights()  # without initialisation a tied head is apart
    if device.type != "meta":
        _fill(model)
    return model


def resident_bytes(model: nn.Module) -> int:
    """Bytes of all parameters and buffers that this process holds; shared ones count once."""
    tensors = {id(tensor): tensor for tensor in (*model.parameters(), *model.buffers())}
    here = (tensor.to_local() if hasattr(tensor, "to_local") else tensor for tensor in tensors.values())
    return sum(tensor.numel() * tensor.element_size() for tensor in here)


def _fill(model: nn.Module) -> None:
    import torch

    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() > 1:
                _tile(parameter)
            elif name.endswith("weight"):
                parameter.fill_(1.0)  # the scale of a norm
            else:
                parameter.zero_()


def _tile(parameter: torch.Tensor) -> None:
    import torch

    generator = torch.Generator(device=parameter.device).manual_seed(20190214)
    flat = parameter.view(-1)
    pattern = torch.empty(min(_PATTERN_LENGTH, flat.numel()), device=parameter.device, dtype=torch.float32)
    pattern.normal_(0.0, _SCALE, generator=generator)
    pattern = pattern.to(parameter.dtype)
    for start in range(0, flat.numel(), pattern.numel()):
        part = flat[start : start + pattern.numel()]
        part.copy_(pattern[: part.numel()])
