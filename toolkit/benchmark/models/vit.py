"""ViT-B/16 and ViT-L/16: an image as a sequence of patches (Dosovitskiy et al. 2021). Dropout is 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toolkit.benchmark.images import class_logits, class_loss, image_batch
from toolkit.benchmark.supervised import SupervisedModel
from toolkit.shapes.encoder import VITS, VisionTransformer
from toolkit.shapes.records import Workload
from toolkit.text import Text

if TYPE_CHECKING:
    from torch import nn


def _build(shape: VisionTransformer, _workload: Workload) -> nn.Module:
    from transformers import ViTConfig, ViTForImageClassification

    config = ViTConfig(
        hidden_size=shape.stack.hidden,
        num_hidden_layers=shape.stack.layers,
        num_attention_heads=shape.stack.heads,
        intermediate_size=shape.stack.ffn,
        image_size=shape.side,
        patch_size=shape.patch,
        num_channels=shape.channels,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    config.num_labels = shape.classes
    model: nn.Module = ViTForImageClassification(config)
    return model


MODEL = SupervisedModel(
    task=Text("image classification", "图像分类"),
    shapes=VITS,
    build=_build,
    inputs=image_batch,
    output=class_logits,
    loss=class_loss,
)
