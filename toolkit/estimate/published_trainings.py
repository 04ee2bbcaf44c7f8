"""Published trainings of models that we know: what share of a GPU's peak they reached.

The figures of `data/published/transfer.csv` are of workloads with a name only; for three of them the model
and the length are known, and with them the FLOPs of a unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from statistics import median

from toolkit.estimate.capability import Capability
from toolkit.reference.gpus import Gpu
from toolkit.reference.published import TransferRow, load_published
from toolkit.shapes.models import MODELS

CONVOLUTION, ATTENTION = "convolutions", "encoders"
MOST = 0.9  # of the peak


@dataclass(frozen=True, slots=True)
class PublishedTraining:
    """A published training of one of our models, by the name of its workload; a sample has `tokens`."""

    workload: str
    model: str
    tokens: int
    kind: str

    @property
    def flops(self) -> float:
        """Of one published unit, which is a sample."""
        return float(MODELS[self.model].flops("train", 1, self.tokens))


SQUAD_TOKENS = 384  # max_seq_length of NVIDIA's DeepLearningExamples, which the figures were made with
PUBLISHED = (
    PublishedTraining("ResNet-50 v1.5 train", "resnet50", 1, CONVOLUTION),
    PublishedTraining("BERT-base SQuAD finetune train", "bert-base", SQUAD_TOKENS, ATTENTION),
    PublishedTraining("BERT-large SQuAD finetune train", "bert-large", SQUAD_TOKENS, ATTENTION),
)


def published_format(dtype: str) -> str:
    """A format as the table of transfers names it."""
    return "tf32|fp32" if dtype in ("fp32", "tf32") else "fp16-amp"


def published_rows(training: PublishedTraining, dtype: str) -> list[TransferRow]:
    """The figures of a training on single GPUs, in the order of their ids."""
    return [row for row in _single_gpu_rows() if (row.workload, row.dtype) == (training.workload, dtype)]


def share_of_peak(kind: str, dtype: str, gpu: Capability, gpus: Mapping[str, Gpu]) -> float:
    """The median share of the peak that trainings of a kind reached in a published format: on the same GPU
    where there are any, else in its generation, else anywhere."""
    known = {one.workload: one for one in PUBLISHED if one.kind == kind}
    reached = [
        (
            row.target_gpu_id,
            Capability.of(gpus[row.target_gpu_id]),
            (row.answer or 0.0) * known[row.workload].flops,
        )
        for row in _single_gpu_rows()
        if row.workload in known and row.dtype == dtype and row.target_gpu_id in gpus
    ]
    near = [
        [one for one in reached if one[0] == gpu.id],
        [one for one in reached if one[1].generation == gpu.generation],
        reached,
    ]
    return min(MOST, median(_shares(next(rows for rows in near if rows), dtype)))


def _shares(reached: Iterable[tuple[str, Capability, float]], dtype: str) -> list[float]:
    half = dtype == published_format("fp16")
    return [flops / (gpu.half if half else gpu.peak("tf32")) for _, gpu, flops in reached]


@cache
def _single_gpu_rows() -> tuple[TransferRow, ...]:
    rows = [row for row in load_published("transfer") if isinstance(row, TransferRow)]
    known = {one.workload for one in PUBLISHED}
    single = [row for row in rows if row.workload in known and row.answer and row.target_gpu_count == 1]
    return tuple(sorted(single, key=lambda row: row.id))
