"""ResNet-50 and ResNet-101, version 1.5 (He et al. 2016): the classic of image training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.benchmark.images import class_logits, class_loss, image_batch
from toolkit.benchmark.supervised import SupervisedModel
from toolkit.shapes.records import Workload
from toolkit.shapes.residual_network import RESNETS, ResidualNetwork
from toolkit.text import Text

if TYPE_CHECKING:
    from torch import nn


def _build(shape: ResidualNetwork, _workload: Workload) -> nn.Module:
    from transformers import ResNetConfig, ResNetForImageClassification

    config = ResNetConfig(
        embedding_size=shape.stem,
        hidden_sizes=list(shape.widths),
        depths=list(shape.depths),
        layer_type="bottleneck",
        downsample_in_bottleneck=False,
    )
    config.num_labels = shape.classes
    model: nn.Module = ResNetForImageClassification(config)
    return model


MODEL = SupervisedModel(
    task=Text("image classification", "图像分类"),
    shapes=RESNETS,
    build=_build,
    inputs=image_batch,
    output=class_logits,
    loss=class_loss,
)
