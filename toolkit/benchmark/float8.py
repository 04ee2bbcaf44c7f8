"""Matrix products in fp8: E4M3 numbers with one scale a tensor, accumulated in fp32, results in bf16.

Forward and both backward products run through the device's scaled product. Scales follow the largest value of
each tensor at every step ("dynamic" scaling; Micikevicius et al. 2022, "FP8 formats for deep learning",
arXiv:2209.05433). Gradients use E4M3 too, which their own scale allows. The output head stays in bf16, as in
published recipes. Needs Ada, Hopper or newer.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from toolkit.benchmark.lora import output_head
from toolkit.benchmark.reference_model import CannotRunError

if TYPE_CHECKING:
    import torch
    from torch import nn

_MULTIPLE = 16  # the device's product wants sides that divide by this
_LARGEST = 448.0  # of E4M3
_CAPABILITY = (8, 9)


def check_float8(device: torch.device) -> None:
    """Raises CannotRunError where the device has no fp8 products."""
    import torch

    if device.type == "cuda" and torch.cuda.get_device_capability(device) < _CAPABILITY:
        major, minor = torch.cuda.get_device_capability(device)
        raise CannotRunError("bench.no_fp8", capability=f"{major}.{minor}")


def multiply_in_float8(model: nn.Module) -> int:
    """Let every matrix but the output head multiply in fp8; returns how many. One whose sides do not divide
    by 16 stays as it is. Raises CannotRunError when none could be changed."""
    from torch import nn
    from transformers.pytorch_utils import Conv1D

    head = output_head(model)
    parameters = list(model.parameters())
    if parameters:
        check_float8(parameters[0].device)
    changed = 0
    for part in model.modules():
        matrix = isinstance(part, nn.Linear | Conv1D) and part is not head
        if matrix and not any(side % _MULTIPLE for side in part.weight.shape):  # type: ignore[union-attr]
            part.forward = _forward_of(part, transposed=isinstance(part, nn.Linear))
            changed += 1
    if not changed:
        raise CannotRunError("bench.no_fp8_layers", name=type(model).__name__)
    return changed


def scaled_product(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """`left @ right` through fp8: both rounded to E4M3 with a scale each; bf16 out."""
    import torch

    rows, left_scale = _rounded(left)
    columns, right_scale = _rounded(right.t())  # the device wants the right side column by column
    found: torch.Tensor = torch._scaled_mm(
        rows, columns.t(), scale_a=left_scale, scale_b=right_scale, out_dtype=torch.bfloat16
    )
    return found


def _rounded(values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """E4M3 numbers in rows, and what one of them stands for."""
    import torch

    scale = (values.abs().amax().float() / _LARGEST).clamp(min=1e-12)
    return (values.float() / scale).to(torch.float8_e4m3fn).contiguous(), scale


def _forward_of(layer: Any, *, transposed: bool) -> Any:
    """The forward pass of a layer whose weight is (outputs, inputs) when `transposed`, else the other way."""

    def forward(values: torch.Tensor) -> torch.Tensor:
        weight = layer.weight.t() if transposed else layer.weight
        inputs, outputs = weight.shape
        found: torch.Tensor = _product()(values.reshape(-1, inputs), weight)
        if layer.bias is not None:
            found = found + layer.bias.to(found.dtype)
        return found.reshape(*values.shape[:-1], outputs)

    return forward


@cache
def _product() -> Any:
    import torch

    class Product(torch.autograd.Function):
        """Forward and both gradients in fp8; rows are padded to what the weight's gradient wants."""

        @staticmethod
        def forward(ctx: Any, values: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
            ctx.save_for_backward(values, weight)
            return scaled_product(values, weight)

        @staticmethod
        def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            values, weight = ctx.saved_tensors
            (gradient,) = gradients
            back = scaled_product(gradient, weight.t()).to(values.dtype)
            missing = -len(gradient) % _MULTIPLE
            pad = torch.nn.functional.pad
            rows, seen = pad(gradient, (0, 0, 0, missing)), pad(values, (0, 0, 0, missing))
            return back, scaled_product(seen.t(), rows).to(weight.dtype)

    return Product.apply
