"""DLRM: clicks from dense features and rows of large tables (Naumov et al. 2019), at its Criteo Kaggle size.

Only the rows that a batch reads have a gradient, so training updates them alone, by plain gradient descent as
the published benchmark does: a dense update would write every table whole in every step.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from toolkit.benchmark.supervised import Inputs, SupervisedModel
from toolkit.shapes.perceptron import Perceptron
from toolkit.shapes.recommender import RECOMMENDERS, Recommender
from toolkit.shapes.records import Workload
from toolkit.text import Text

if TYPE_CHECKING:
    import torch
    from torch import nn


def _build(shape: Recommender, _workload: Workload) -> nn.Module:
    import torch
    from torch import nn

    class Model(nn.Module):
        """Dense vector and table rows, met in pairs."""

        def __init__(self) -> None:
            super().__init__()
            bottom, top = shape.perceptrons
            self.tables = nn.ModuleList(nn.Embedding(rows, shape.width, sparse=True) for rows in shape.rows)
            self.bottom = nn.Sequential(*_layers(bottom))
            self.top = nn.Sequential(*_layers(top)[:-1])

        def forward(self, dense: torch.Tensor, rows: torch.Tensor) -> Any:
            felt = self.bottom(dense)
            looked_up = [table(rows[:, index]).to(felt.dtype) for index, table in enumerate(self.tables)]
            vectors = torch.stack([felt, *looked_up], dim=1)
            met = torch.bmm(vectors, vectors.transpose(1, 2))
            first, second = torch.tril_indices(shape.vectors, shape.vectors, offset=-1, device=met.device)
            return self.top(torch.cat([felt, met[:, first, second]], dim=1)).squeeze(1)

    return Model()


def _layers(perceptron: Perceptron) -> list[nn.Module]:
    from torch import nn

    found: list[nn.Module] = []
    for inputs, outputs in pairwise(perceptron.widths):
        found += [nn.Linear(inputs, outputs), nn.ReLU()]
    return found


def _inputs(shape: Recommender, workload: Workload, generator: torch.Generator) -> Inputs:
    import torch

    rows = [torch.randint(count, (workload.batch,), generator=generator) for count in shape.rows]
    return {
        "dense": torch.rand(workload.batch, shape.bottom[0], generator=generator),
        "rows": torch.stack(rows, dim=1),
        "clicked": torch.randint(2, (workload.batch,), generator=generator).float(),
    }


def _output(model: nn.Module, batch: Inputs) -> torch.Tensor:
    logits: torch.Tensor = model(batch["dense"], batch["rows"])
    return logits


def _loss(model: nn.Module, batch: Inputs, _workload: Workload) -> torch.Tensor:
    from torch.nn.functional import binary_cross_entropy_with_logits

    return binary_cross_entropy_with_logits(_output(model, batch).float(), batch["clicked"].float())


MODEL = SupervisedModel(
    task=Text("recommendation", "推荐"),
    shapes=RECOMMENDERS,
    build=_build,
    inputs=_inputs,
    output=_output,
    loss=_loss,
    training={"optimizer": ("sgd",)},
)
