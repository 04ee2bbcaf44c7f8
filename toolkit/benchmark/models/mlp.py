"""The multi-layer perceptron, with the choices of a textbook as options of the workload.

The first of each is what is taken when a workload does not say: `activation`, `loss` and `optimizer`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from toolkit.benchmark.supervised import Inputs, SupervisedModel
from toolkit.shapes.perceptron import PERCEPTRONS, Perceptron
from toolkit.shapes.records import Workload
from toolkit.text import Text

if TYPE_CHECKING:
    import torch
    from torch import nn


def _build(shape: Perceptron, workload: Workload) -> nn.Module:
    from torch import nn

    activations = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}
    activation = activations[dict(workload.options).get("activation", "relu")]
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(shape.widths):
        layers += [nn.Linear(inputs, outputs), activation()]
    return nn.Sequential(*layers[:-1])


def _inputs(shape: Perceptron, workload: Workload, generator: torch.Generator) -> Inputs:
    import torch

    return {
        "values": torch.randn(workload.batch, shape.widths[0], generator=generator),
        "labels": torch.randint(shape.widths[-1], (workload.batch,), generator=generator),
    }


def _output(model: nn.Module, batch: Inputs) -> torch.Tensor:
    found: torch.Tensor = model(batch["values"])
    return found


def _loss(model: nn.Module, batch: Inputs, workload: Workload) -> torch.Tensor:
    from torch.nn import functional

    found, labels = _output(model, batch).float(), batch["labels"]
    if dict(workload.options).get("loss") == "mse":
        return functional.mse_loss(found, functional.one_hot(labels, found.shape[-1]).to(found.dtype))
    return functional.cross_entropy(found, labels)


MODEL = SupervisedModel(
    task=Text("classification or regression of vectors", "向量的分类或回归"),
    shapes=PERCEPTRONS,
    build=_build,
    inputs=_inputs,
    output=_output,
    loss=_loss,
    choices={"activation": ("relu", "sigmoid", "tanh"), "loss": ("cross_entropy", "mse")},
)
