"""DCGAN: a generator and a discriminator that learn against each other (Radford et al. 2016).

A training step is a turn of both: the discriminator on real and generated images, then the generator through
the discriminator, each with its own optimizer. Forward is drawing images from noise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.benchmark.recipe import OPTIMIZERS
from toolkit.benchmark.steps import Step, training_step
from toolkit.benchmark.supervised import Inputs, SupervisedModel
from toolkit.shapes.adversarial import PAIRS, AdversarialPair
from toolkit.shapes.records import Workload
from toolkit.text import Text

if TYPE_CHECKING:
    import torch
    from torch import nn


def _build(shape: AdversarialPair, _workload: Workload) -> nn.Module:
    from torch import nn

    return nn.ModuleDict({"generator": _generator(shape), "discriminator": _discriminator(shape)})


def _generator(shape: AdversarialPair) -> nn.Module:
    from torch import nn

    layers: list[nn.Module] = []
    for index, layer in enumerate(shape.generator()):
        stride, padding = (1, 0) if index == 0 else (2, 1)
        layers += [
            nn.ConvTranspose2d(layer.inputs, layer.outputs, layer.kernel, stride, padding, bias=False),
            nn.BatchNorm2d(layer.outputs),
            nn.ReLU(inplace=True),
        ]
    return nn.Sequential(*layers[:-2], nn.Tanh())


def _discriminator(shape: AdversarialPair) -> nn.Module:
    from torch import nn

    convolutions = shape.discriminator()
    layers: list[nn.Module] = []
    for index, layer in enumerate(convolutions):
        last = index == len(convolutions) - 1
        stride, padding = (1, 0) if last else (2, 1)
        layers.append(nn.Conv2d(layer.inputs, layer.outputs, layer.kernel, stride, padding, bias=False))
        if index > 0 and not last:
            layers.append(nn.BatchNorm2d(layer.outputs))
        if not last:
            layers.append(nn.LeakyReLU(0.2, inplace=True))
    return nn.Sequential(*layers, nn.Flatten(0))


def _inputs(shape: AdversarialPair, workload: Workload, generator: torch.Generator) -> Inputs:
    import torch

    noise = torch.randn(workload.batch, shape.noise, 1, 1, generator=generator)
    if workload.mode == "forward":
        return {"noise": noise}
    size = (workload.batch, shape.channels, shape.side, shape.side)
    return {"noise": noise, "real": torch.rand(size, generator=generator) * 2 - 1}


def _output(model: nn.Module, batch: Inputs) -> torch.Tensor:
    drawn: torch.Tensor = model.get_submodule("generator")(batch["noise"])
    return drawn


def _turn(model: nn.Module, batch: Inputs, workload: Workload) -> Step:
    """One turn of both players. What the generator draws in the discriminator's half serves both halves."""
    generator, discriminator = model.get_submodule("generator"), model.get_submodule("discriminator")
    optimizer = dict(workload.options).get("optimizer", "adam")
    drawn: list[torch.Tensor] = []

    def judging() -> torch.Tensor:
        discriminator.requires_grad_(True)
        drawn[:] = [generator(batch["noise"])]
        return _verdict(discriminator, batch["real"], 1.0) + _verdict(discriminator, drawn[0].detach(), 0.0)

    def deceiving() -> torch.Tensor:
        discriminator.requires_grad_(False)
        return _verdict(discriminator, drawn.pop(), 1.0)

    judge = training_step(discriminator, judging, workload.dtype, optimizer=optimizer)
    deceive = training_step(generator, deceiving, workload.dtype, optimizer=optimizer)

    def turn() -> None:
        judge.run()
        deceive.run()

    return Step(turn, lambda: judge.check() or deceive.check(), judge.detail)


def _verdict(discriminator: nn.Module, images: torch.Tensor, truth: float) -> torch.Tensor:
    """The loss of calling `images` real (1) or drawn (0)."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    found = discriminator(images).float()
    return binary_cross_entropy_with_logits(found, torch.full_like(found, truth))


MODEL = SupervisedModel(
    task=Text("image generation", "图像生成"),
    shapes=PAIRS,
    build=_build,
    inputs=_inputs,
    output=_output,
    steps={"train": _turn},
    training={"optimizer": ("adam", *(rule for rule in OPTIMIZERS if rule != "adam"))},
)
