"""Low-rank adapters: y = W·x + (s/r)·B·(A·x) with W frozen, A of r rows, B of r columns (Hu et al. 2021).

Every matrix of the layers gets one, as is usual since Dettmers et al. 2023 (QLoRA); the embeddings and the
output head get none. GPT-2's fused matrix for queries, keys and values counts as one matrix. A starts random
and B at zero, so that training starts from the model as it was. Parameters: r·(inputs + outputs) a matrix.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import nn

_SCALE = 2.0  # s of the formula over the rank: alpha = 2·r, a common choice; speed does not depend on it


def add_adapters(model: nn.Module, rank: int) -> int:
    """Freeze a transformer and give every matrix of its layers an adapter; returns the trained parameters.

    Raises ValueError when the model has no layer matrices.
    """
    from torch import nn
    from transformers.pytorch_utils import Conv1D

    for parameter in model.parameters():
        parameter.requires_grad_(False)
    head = output_head(model)
    found = [
        (parent, name, child)
        for parent in list(model.modules())
        for name, child in parent.named_children()
        if isinstance(child, nn.Linear | Conv1D) and child is not head
    ]
    if not found:
        raise ValueError("the model has no matrices to adapt")
    for parent, name, child in found:
        setattr(parent, name, _adapted(child, rank))
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def output_head(model: nn.Module) -> nn.Module | None:
    """The matrix that turns the last layer into logits; None for a model without one."""
    ask: Callable[[], nn.Module | None] = getattr(model, "get_output_embeddings", lambda: None)
    return ask()


def _adapted(matrix: nn.Module, rank: int) -> nn.Module:
    import torch
    from torch import nn

    weight: torch.Tensor = matrix.weight  # type: ignore[assignment]
    outputs, inputs = weight.shape if isinstance(matrix, nn.Linear) else weight.shape[::-1]

    class Adapted(nn.Module):
        """A frozen matrix and its adapter, which is kept in fp32."""

        def __init__(self) -> None:
            super().__init__()
            self.frozen = matrix
            self.down = nn.Linear(inputs, rank, bias=False, device=weight.device, dtype=torch.float32)
            self.up = nn.Linear(rank, outputs, bias=False, device=weight.device, dtype=torch.float32)
            nn.init.zeros_(self.up.weight)

        def forward(self, values: torch.Tensor) -> torch.Tensor:
            found: torch.Tensor = self.frozen(values) + _SCALE * self.up(self.down(values))
            return found

    return Adapted()
