"""The two kinds of steps that every model is timed in: training and inference.

training     zero gradients, forward with loss, backward, optimizer; no clipping, no accumulation.
             fp32 weights; `bf16` and `fp16` multiply under autocast (fp16 with a gradient scaler).
inference    a forward pass without gradients; weights are held in the format of the workload.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import torch
    from torch import nn

_LEARNING_RATE = 1e-4
OPTIMIZERS = ("adamw", "adam", "sgd")


class Step(NamedTuple):
    """What is timed, what is wrong with its last result (None when nothing is), and how it was run."""

    run: Callable[[], object]
    check: Callable[[], str | None]
    detail: dict[str, Any]


def torch_format(dtype: str) -> torch.dtype:
    """The format of stored numbers: `tf32` is a way to multiply fp32."""
    import torch

    return {"bf16": torch.bfloat16, "fp16": torch.float16}.get(dtype, torch.float32)


def training_step(
    model: nn.Module, loss: Callable[[], torch.Tensor], dtype: str, *, optimizer: str = "adamw"
) -> Step:
    """One step of training; `loss` runs the forward pass on inputs that it holds."""
    import torch

    device = next(model.parameters()).device
    counting = device.type == "meta"  # a meta tensor has no values to update
    rule = _optimizer(optimizer, model, fused=not counting)
    mixed = dtype in ("bf16", "fp16")
    place = "cpu" if counting else device.type
    scaler = torch.amp.GradScaler(place, enabled=dtype == "fp16" and not counting)
    last: list[torch.Tensor] = []

    def step() -> None:
        rule.zero_grad(set_to_none=True)
        with torch.autocast(place, torch_format(dtype), enabled=mixed):
            found = loss()
        scaler.scale(found).backward()  # type: ignore[no-untyped-call]
        if not counting:
            scaler.step(rule)
            scaler.update()
        last[:] = [found.detach()]

    def check() -> str | None:
        return None if last and bool(torch.isfinite(last[0])) else "loss is not finite"

    recipe = f"fp32 weights, {dtype} autocast" if mixed else "fp32 weights"
    return Step(step, check, {"recipe": recipe, "optimizer": f"{optimizer}, fused"})


def inference_step(run: Callable[[], torch.Tensor], dtype: str) -> Step:
    """One pass without gradients; `run` returns what was computed."""
    import torch

    last: list[torch.Tensor] = []

    def step() -> None:
        with torch.inference_mode():
            last[:] = [run()]

    def check() -> str | None:
        return None if last and bool(torch.isfinite(last[0]).all()) else "the output is not finite"

    return Step(step, check, {"recipe": f"{dtype} weights"})


def _optimizer(name: str, model: nn.Module, *, fused: bool) -> torch.optim.Optimizer:
    import torch

    rules: dict[str, Callable[..., torch.optim.Optimizer]] = {
        "adamw": torch.optim.AdamW,
        "adam": torch.optim.Adam,
        "sgd": torch.optim.SGD,
    }
    return rules[name](model.parameters(), lr=_LEARNING_RATE, fused=fused)
