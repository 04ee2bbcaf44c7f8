"""Several processes, one device each, that run every case together (torchrun).

The first process leads: it decides which case is built and how many steps are run, tells the others, and all
start together behind a barrier. A step has taken what it took the slowest. Work is that of all processes; a
case without the option `parallel` is as many independent copies at once, which is what a loaded machine
gives. Orders travel over gloo between steps, never inside what is timed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from toolkit.benchmark.reference_model import CannotRunError, Prepared
from toolkit.benchmark.spec import workload_from
from toolkit.benchmark.timing import Step, StepTimer
from toolkit.shapes.records import Workload

if TYPE_CHECKING:
    import torch

Prepare = Callable[[Workload], Prepared]
Failure = Callable[[Exception], tuple[str, Mapping[str, Any]]]

BUILD, RUN, END = "build", "run", "end"


def processes() -> int:
    """How many processes work together; 1 for a worker by itself."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def rank() -> int:
    """Which of them this is, from 0."""
    return int(os.environ.get("RANK", "0"))


def local_device(kind: str) -> torch.device:
    """The device of this process: the GPU of its number on this machine, or the CPU."""
    import torch

    if kind != "cuda":
        return torch.device("cpu")
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    torch.cuda.set_device(device)
    return device


class Together:
    """This process as one of several. `timer` times steps on its own device."""

    def __init__(self, device: torch.device, timer: StepTimer) -> None:
        from torch import distributed

        backend = "cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo"
        distributed.init_process_group(backend)
        self._orders = distributed.new_group(backend="gloo")
        self._timer = timer
        self._steps: dict[int, str] = {}
        self._cpu_of_others = 0.0
        self.size = distributed.get_world_size()

    def lead_build(self, workload: Workload, prepare: Prepare, failure: Failure) -> Prepared:
        """Build a case in all processes. Raises CannotRunError when one of them cannot."""
        self._tell(BUILD, asdict(workload))
        prepared, problem = _tried(workload, prepare, failure)
        first = next((each for each in self._collect(problem) if each is not None), None)
        if first is not None:
            raise CannotRunError(first[0], **first[1])
        if prepared is None:
            raise CannotRunError("bench.case_failed", reason="it was not built")
        self._steps[id(prepared.step)] = workload.name
        if prepared.detail.get("counts_all"):
            return prepared
        flops = None if prepared.flops is None else self.size * prepared.flops
        detail = {**prepared.detail, "processes": self.size}
        return replace(prepared, work=self.size * prepared.work, flops=flops, detail=detail)

    def __call__(self, step: Step, count: int) -> list[float]:
        """Seconds of each step by the slowest process; a step that only this one has runs here alone."""
        name = self._steps.get(id(step))
        if name is None:
            return self._timer(step, count)
        self._tell(RUN, (name, count))
        return self._timed(step, count)

    def take_cpu_of_others(self) -> float:
        """CPU seconds that the other processes spent in the steps since this was last asked."""
        spent, self._cpu_of_others = self._cpu_of_others, 0.0
        return spent

    def follow(self, prepare: Prepare, failure: Failure) -> None:
        """Do what the leader says until it ends."""
        built: dict[str, Prepared] = {}
        while True:
            order, what = self._hear()
            if order == END:
                return
            if order == BUILD:
                workload = workload_from(what)
                prepared, problem = _tried(workload, prepare, failure)
                self._collect(problem)
                if prepared is not None:
                    built[workload.name] = prepared
            elif order == RUN:
                name, count = what
                self._timed(built[name].step, count)
                built[name].phases()

    def end(self) -> None:
        """Let the others go, and the group with them."""
        from torch import distributed

        if rank() == 0:
            self._tell(END, None)
        distributed.destroy_process_group()

    def _timed(self, step: Step, count: int) -> list[float]:
        from torch import distributed

        distributed.barrier(self._orders)
        before = time.process_time()
        seconds = self._timer(step, count)
        found = self._collect((seconds, time.process_time() - before))
        self._cpu_of_others += sum(spent for _, spent in found) - found[rank()][1]
        return [max(each) for each in zip(*(times for times, _ in found), strict=True)]

    def _tell(self, order: str, what: Any) -> None:
        from torch import distributed

        distributed.broadcast_object_list([order, what], src=0, group=self._orders)

    def _hear(self) -> tuple[str, Any]:
        from torch import distributed

        heard: list[Any] = [None, None]
        distributed.broadcast_object_list(heard, src=0, group=self._orders)
        return str(heard[0]), heard[1]

    def _collect(self, own: Any) -> list[Any]:
        """What every process has, by rank, in all of them."""
        from torch import distributed

        found: list[Any] = [None] * self.size
        distributed.all_gather_object(found, own, group=self._orders)
        return found


def _tried(
    workload: Workload, prepare: Prepare, failure: Failure
) -> tuple[Prepared | None, tuple[str, dict[str, Any]] | None]:
    try:
        return prepare(workload), None
    except Exception as error:
        problem, values = failure(error)
        return None, (problem, dict(values))
