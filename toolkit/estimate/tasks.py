"""The time models by the name of their task."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from toolkit.estimate import carry_over, decoding, kernels, parallel, runs, serving, training
from toolkit.estimate.task import Learner
from toolkit.reference.published import Task

TASKS: Mapping[Task, Learner] = MappingProxyType(
    {
        "train_step": training.TASK,
        "transfer": carry_over.TASK,
        "kernel_peer": kernels.TASK,
        "parallel": parallel.TASK,
        "decode": decoding.TASK,
        "serve": serving.TASK,
        "runs": runs.TASK,
    }
)
