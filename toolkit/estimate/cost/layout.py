"""How a training job is spread over GPUs and machines, as a WORKLOAD.yaml says it.

    layout: {tensor: 4, pipeline: 2, sharding: zero1, network: infiniband-ndr, global_batch: 512}

Without it the state is sharded over all GPUs (FSDP, ZeRO stage 3), which needs no other choice.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator

from toolkit.estimate.cost.numbers import Positive
from toolkit.lines.spelling import nearest
from toolkit.reference import load_reference
from toolkit.resources.record import Record
from toolkit.resources.surroundings import complaint
from toolkit.shapes.sharding import Sharding

MACHINE = 8
MICRO_BATCHES_A_STAGE = 4  # of a step, where no global batch is given: a bubble of a quarter
# The words of the published rows for each way to shard.
PUBLISHED = {"fsdp": "fsdp-full_shard", "zero2": "fsdp-shard_grad_op", "zero1": "zero1", "none": "none"}
STAGES = {"fsdp": 3, "zero2": 2, "zero1": 1, "none": 0}


def _network(name: str) -> str:
    known = load_reference().networks
    if name not in known:
        raise complaint("gpu.unknown_network", name=name, nearest=nearest(name, known) or ", ".join(known))
    return name


class Layout(Record):
    """Degrees of tensor and pipeline parallelism; all other GPUs are replicas. `sharding`: what is divided
    between replicas (`fsdp`: everything, `zero2`: optimizer and gradients, `zero1`: the optimizer, `none`).
    `network` joins machines (`data/networks.csv`; by default the one that comes with the GPU's generation),
    `global_batch` is sequences of a step."""

    tensor: Positive = 1
    pipeline: Positive = 1
    sharding: Literal["fsdp", "zero2", "zero1", "none"] = "fsdp"
    sequence_parallel: bool = True
    network: Annotated[str, AfterValidator(_network)] | None = None
    global_batch: Positive | None = None

    def on(self, gpus: int, micro_batch: int) -> Sharding | None:
        """The sharding of `gpus` devices; None when the degrees do not divide them."""
        apart = self.tensor * self.pipeline
        if gpus % apart:
            return None
        data = gpus // apart
        return Sharding(
            data=data,
            tensor=self.tensor,
            pipeline=self.pipeline,
            zero=STAGES[self.sharding] if data > 1 else 0,
            sequence_parallel=self.sequence_parallel and self.tensor > 1,
            micro_batches=max(1, self._sequences(data, micro_batch) // (data * micro_batch)),
        )

    def _sequences(self, data: int, micro_batch: int) -> int:
        """Of one step."""
        if self.global_batch is not None:
            return self.global_batch
        return data * micro_batch * (MICRO_BATCHES_A_STAGE * self.pipeline if self.pipeline > 1 else 1)

    def options(self, sharding: Sharding, micro_batch: int) -> dict[str, str]:
        """The options of a workload with this layout; nothing for what is usual."""
        found: dict[str, str] = {}
        if sharding.tensor > 1:
            found["tp"] = str(sharding.tensor)
        if sharding.pipeline > 1:
            found["pp"] = str(sharding.pipeline)
        if self.pipeline > 1 or self.global_batch is not None:
            found["global_batch"] = str(self._sequences(sharding.data, micro_batch))
        if self.sharding != "fsdp" and sharding.data > 1:
            found["sharding"] = PUBLISHED[self.sharding]
        if self.network is not None:
            each = load_reference().networks[self.network].gbit_per_s_per_device
            found["inter_node_gbps"] = f"{each * MACHINE:g}"
        return found
