"""Image classifiers of transformers: pixels in, class logits out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from toolkit.benchmark.supervised import Inputs
from toolkit.shapes.records import Workload

if TYPE_CHECKING:
    import torch
    from torch import nn


class ImageShape(Protocol):
    """An image network: square images of `side` pixels, `classes` labels."""

    @property
    def side(self) -> int: ...
    @property
    def classes(self) -> int: ...


def image_batch(shape: ImageShape, workload: Workload, generator: torch.Generator) -> Inputs:
    """Normal pixels and uniform labels."""
    import torch

    size = (workload.batch, 3, shape.side, shape.side)
    return {
        "pixel_values": torch.randn(size, generator=generator),
        "labels": torch.randint(shape.classes, (workload.batch,), generator=generator),
    }


def class_logits(model: nn.Module, batch: Inputs) -> torch.Tensor:
    """What the network says, without looking at the labels."""
    logits: torch.Tensor = model(pixel_values=batch["pixel_values"]).logits
    return logits


def class_loss(model: nn.Module, batch: Inputs, _workload: Workload) -> torch.Tensor:
    """Cross-entropy against the labels."""
    from torch.nn.functional import cross_entropy

    return cross_entropy(class_logits(model, batch).float(), batch["labels"])
