"""The variational autoencoder of latent diffusion (Rombach et al. 2022, `kl-f8`): images to and from a grid.

Forward is the way there and back, or with the option `pass=sample` the way back from drawn latent values
alone. The loss is the squared error of the pixels and the divergence of the latent values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.benchmark.autoencoder import build_autoencoder
from toolkit.benchmark.supervised import Inputs, SupervisedModel
from toolkit.shapes.autoencoder import AUTOENCODERS, VariationalAutoencoder
from toolkit.shapes.records import Workload
from toolkit.text import Text

if TYPE_CHECKING:
    import torch
    from torch import nn

_DIVERGENCE_WEIGHT = 1e-6  # of the published training


def _sampling(workload: Workload) -> bool:
    return workload.mode == "forward" and dict(workload.options).get("pass") == "sample"


def _inputs(shape: VariationalAutoencoder, workload: Workload, generator: torch.Generator) -> Inputs:
    import torch

    if _sampling(workload):
        grid = (workload.batch, shape.latent, shape.latent_side, shape.latent_side)
        return {"latent": torch.randn(grid, generator=generator)}
    size = (workload.batch, shape.channels, shape.side, shape.side)
    return {"pixels": torch.randn(size, generator=generator)}


def _output(model: nn.Module, batch: Inputs) -> torch.Tensor:
    if "latent" in batch:
        drawn: torch.Tensor = model(latent=batch["latent"])
    else:
        drawn, _mean, _log_variance = model(batch["pixels"])
    return drawn


def _loss(model: nn.Module, batch: Inputs, _workload: Workload) -> torch.Tensor:
    from torch.nn.functional import mse_loss

    pixels, mean, log_variance = (tensor.float() for tensor in model(batch["pixels"]))
    divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum() / len(mean)
    loss: torch.Tensor = mse_loss(pixels, batch["pixels"]) + _DIVERGENCE_WEIGHT * divergence
    return loss


def _own_pass(shape: VariationalAutoencoder, workload: Workload) -> tuple[float, float] | None:
    if not _sampling(workload):
        return None
    return float(workload.batch), float(shape.sampling_flops(workload.batch))


MODEL = SupervisedModel(
    task=Text("image compression and generation", "图像压缩与生成"),
    shapes=AUTOENCODERS,
    build=lambda shape, _workload: build_autoencoder(shape),
    inputs=_inputs,
    output=_output,
    loss=_loss,
    own_pass=_own_pass,
    choices={"pass": ("reconstruct", "sample")},
)
