"""The two kinds of steps that every model is timed in: training and inference.

training     zero gradients, forward with loss, backward (`accumulate` times), optimizer; no clipping.
             fp32 weights; `bf16`, `fp16` and `fp8` multiply under autocast (fp16 with a gradient scaler).
inference    a forward pass without gradients; weights are held in the format of the workload.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, NamedTuple

from toolkit.benchmark.recipe import OPTIMIZERS

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["OPTIMIZERS", "Step", "inference_step", "torch_format", "training_step"]

_LEARNING_RATE = 1e-4
_MIXED = ("bf16", "fp16", "fp8")


class Step(NamedTuple):
    """What is timed, what is wrong with its last result (None when nothing is), and how it was run."""

    run: Callable[[], object]
    check: Callable[[], str | None]
    detail: dict[str, Any]


def torch_format(dtype: str) -> torch.dtype:
    """The format of stored numbers: `tf32` is a way to multiply fp32, `fp8` one to multiply bf16."""
    import torch

    return {"bf16": torch.bfloat16, "fp8": torch.bfloat16, "fp16": torch.float16}.get(dtype, torch.float32)


def training_step(
    model: nn.Module,
    loss: Callable[[], torch.Tensor],
    dtype: str,
    *,
    optimizer: str = "adamw",
    accumulate: int = 1,
) -> Step:
    """One step of training; `loss` runs the forward pass on inputs that it holds. Frozen weights stay."""
    import torch

    device = next(model.parameters()).device
    counting = device.type == "meta"  # a meta tensor has no values to update
    rule = _optimizer(optimizer, model, fused=not counting)
    mixed = dtype in _MIXED
    place = "cpu" if counting else device.type
    scaler = torch.amp.GradScaler(place, enabled=dtype == "fp16" and not counting)
    last: list[torch.Tensor] = []

    def one_pass() -> torch.Tensor:
        with torch.autocast(place, torch_format(dtype), enabled=mixed):
            found = loss()
        scaler.scale(found / accumulate if accumulate > 1 else found).backward()  # type: ignore[no-untyped-call]
        return found.detach()

    def step() -> None:
        rule.zero_grad(set_to_none=True)
        with _gradients_stay_here(model, accumulate):
            for _ in range(accumulate - 1):
                one_pass()
        last[:] = [one_pass()]
        if not counting:
            scaler.step(rule)
            scaler.update()

    def check() -> str | None:
        return None if last and bool(torch.isfinite(last[0])) else "loss is not finite"

    recipe = f"fp32 weights, {dtype} autocast" if mixed else "fp32 weights"
    rule_words = f"{optimizer}, rows that were read" if _has_sparse_rows(model) else f"{optimizer}, fused"
    return Step(step, check, {"recipe": recipe, "optimizer": rule_words, "accumulate": accumulate})


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


def _gradients_stay_here(model: nn.Module, accumulate: int) -> AbstractContextManager[None]:
    """Processes that train together exchange gradients once an update, not once a pass."""
    if accumulate > 1 and hasattr(model, "no_sync"):
        return model.no_sync()  # type: ignore[no-any-return, operator]
    if accumulate > 1 and hasattr(model, "set_requires_gradient_sync"):
        return _held_back(model)
    return nullcontext()


@contextmanager
def _held_back(model: Any) -> Iterator[None]:
    model.set_requires_gradient_sync(False)
    try:
        yield
    finally:
        model.set_requires_gradient_sync(True)


def _optimizer(name: str, model: nn.Module, *, fused: bool) -> torch.optim.Optimizer:
    import torch

    rules: dict[str, Callable[..., torch.optim.Optimizer]] = {
        "adamw": torch.optim.AdamW,
        "adam": torch.optim.Adam,
        "sgd": torch.optim.SGD,
    }
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return rules[name](trained, lr=_LEARNING_RATE, fused=fused and not _has_sparse_rows(model))


def _has_sparse_rows(model: nn.Module) -> bool:
    """Whether a table has gradients of single rows, which fused rules do not take."""
    return any(getattr(module, "sparse", False) for module in model.modules())
