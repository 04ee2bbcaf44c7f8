"""The variational autoencoder in plain PyTorch, module by module as `shapes.autoencoder` counts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from toolkit.shapes.autoencoder import VariationalAutoencoder

if TYPE_CHECKING:
    import torch
    from torch import nn


def build_autoencoder(shape: VariationalAutoencoder) -> nn.Module:
    """A module that takes `pixels` there and back, to new pixels and the mean and log-variance of the latent
    grid (all `(batch, channels, side, side)`), or makes pixels alone from a given `latent` grid."""
    import torch
    from torch import nn

    class Autoencoder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder, self.decoder = _encoder(shape), _decoder(shape)

        def forward(self, pixels: torch.Tensor | None = None, latent: torch.Tensor | None = None) -> Any:
            if pixels is None:
                return self.decoder(latent)
            mean, log_variance = self.encoder(pixels).chunk(2, dim=1)
            log_variance = log_variance.clamp(-30.0, 20.0)
            drawn = mean + (0.5 * log_variance).exp() * torch.randn_like(mean)
            return self.decoder(drawn), mean, log_variance

    return Autoencoder()


def _encoder(shape: VariationalAutoencoder) -> nn.Module:
    from torch import nn

    inputs = shape.widths[0]
    layers: list[nn.Module] = [nn.Conv2d(shape.channels, inputs, 3, padding=1)]
    for stage, width in enumerate(shape.widths):
        for _ in range(shape.blocks):
            layers.append(_Residual(inputs, width, shape.groups))
            inputs = width
        if stage < len(shape.widths) - 1:
            layers += [nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(width, width, 3, stride=2)]
    moments = 2 * shape.latent
    layers += [*_middle(inputs, shape.groups), *_out(inputs, moments, shape.groups)]
    return nn.Sequential(*layers, nn.Conv2d(moments, moments, 1))


def _decoder(shape: VariationalAutoencoder) -> nn.Module:
    from torch import nn

    inputs = shape.widths[-1]
    layers: list[nn.Module] = [
        nn.Conv2d(shape.latent, shape.latent, 1),
        nn.Conv2d(shape.latent, inputs, 3, padding=1),
        *_middle(inputs, shape.groups),
    ]
    for stage, width in enumerate(reversed(shape.widths)):
        for _ in range(shape.blocks + 1):
            layers.append(_Residual(inputs, width, shape.groups))
            inputs = width
        if stage < len(shape.widths) - 1:
            layers += [nn.Upsample(scale_factor=2.0), nn.Conv2d(width, width, 3, padding=1)]
    return nn.Sequential(*layers, *_out(inputs, shape.channels, shape.groups))


def _middle(width: int, groups: int) -> list[nn.Module]:
    return [_Residual(width, width, groups), _Attention(width, groups), _Residual(width, width, groups)]


def _out(inputs: int, outputs: int, groups: int) -> list[nn.Module]:
    from torch import nn

    return [nn.GroupNorm(groups, inputs, eps=1e-6), nn.SiLU(), nn.Conv2d(inputs, outputs, 3, padding=1)]


def _Residual(inputs: int, outputs: int, groups: int) -> nn.Module:  # noqa: N802 - it makes a module
    """Two convolutions, each after norm and SiLU, beside a shortcut."""
    from torch import nn

    class Residual(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            first, second = _out(inputs, outputs, groups), _out(outputs, outputs, groups)
            self.branch = nn.Sequential(*first, *second)
            self.shortcut = nn.Identity() if inputs == outputs else nn.Conv2d(inputs, outputs, 1)

        def forward(self, grid: torch.Tensor) -> Any:
            return self.shortcut(grid) + self.branch(grid)

    return Residual()


def _Attention(width: int, groups: int) -> nn.Module:  # noqa: N802 - it makes a module
    """One head over all cells of the grid."""
    from torch import nn
    from torch.nn.functional import scaled_dot_product_attention

    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm = nn.GroupNorm(groups, width, eps=1e-6)
            self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))

        def forward(self, grid: torch.Tensor) -> Any:
            cells = self.norm(grid).flatten(2).transpose(1, 2)
            met = scaled_dot_product_attention(self.query(cells), self.key(cells), self.value(cells))
            return grid + self.out(met).transpose(1, 2).reshape(grid.shape)

    return Attention()
