"""The largest batch that fits: doubled until memory runs out, then halved in on. Running out is a result.

One trial builds the case at a batch and runs two steps, because an optimizer takes its memory in the first
and the peak lies in the second. Which batches are tried follows from what is known about the others alone, so
a search goes on after a process died of one.

    trial     a batch, whether it fits, why not, and the memory at its peak
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from toolkit.benchmark.events import Event
from toolkit.benchmark.spec import Spec
from toolkit.shapes.records import Workload

if TYPE_CHECKING:
    import torch

    from toolkit.benchmark.reference_model import Prepared

Emit = Callable[[str, Mapping[str, Any]], None]

STEPS = 2
_MOST = 2**20
OUT_OF_MEMORY = "bench.out_of_memory"


@dataclass(frozen=True, slots=True)
class Trials:
    """What is known about one case: the largest batch that fits and the smallest that does not."""

    fits: int = 0
    fails: int | None = None

    @classmethod
    def of(cls, known: Iterable[tuple[int, bool]]) -> Trials:
        """From batches and whether they fitted."""
        pairs = list(known)
        fails = min((batch for batch, fits in pairs if not fits), default=None)
        # One that fitted beyond one that did not was lucky: memory is not the same twice.
        fitting = (batch for batch, fits in pairs if fits and (fails is None or batch < fails))
        return cls(max(fitting, default=0), fails)

    @property
    def next_batch(self) -> int | None:
        """What to try next; None when the answer is known."""
        if self.fails is None:
            return None if self.fits >= _MOST else max(1, 2 * self.fits)
        return None if self.settled else (self.fails + self.fits) // 2

    @property
    def settled(self) -> bool:
        """Whether the limit is known: to the last sample, or of large batches to 1/64, because memory is not
        the same twice."""
        return self.fails is not None and self.fails - self.fits <= max(1, self.fits // 64)


def known_trials(events: Iterable[Event], case: str) -> Trials:
    """What the events of a run say about a case."""
    found = (event for event in events if event["event"] == "trial" and event["case"] == case)
    return Trials.of((int(event["batch"]), bool(event["fits"])) for event in found)


class BatchSearch:
    """The search inside one worker process; `prepare` builds a case, `peak` and `reset` read its memory."""

    def __init__(
        self,
        spec: Spec,
        deadline: float,
        prepare: Callable[[Workload], Prepared],
        failure: Callable[[Exception], tuple[str, Mapping[str, Any]]],
        memory: Callable[[], int | None],
        device: torch.device,
        emit: Emit,
    ) -> None:
        self._spec, self._deadline, self._prepare, self._failure = spec, deadline, prepare, failure
        self._memory, self._device, self._emit = memory, device, emit

    def run(self) -> None:
        """Try batches of every case until all answers are known or time is up."""
        for case in self._spec.cases:
            trials = Trials.of((batch, fits) for batch, fits in self._spec.choices.get(case.name, ()))
            while (batch := trials.next_batch) is not None and time.perf_counter() < self._deadline:
                fits = self._try(case, batch)
                if fits is None:
                    break
                trials = Trials.of([(trials.fits, True), (batch, fits), *_fail(trials)])

    def _try(self, case: Workload, batch: int) -> bool | None:
        """Whether a batch fits; None when it failed for another reason than memory."""
        self._emit("begin", {"case": case.name, "phase": f"batch {batch}"})
        begun = time.perf_counter()
        problem: str | None = None
        values: Mapping[str, Any] = {}
        peak: int | None = None
        try:
            prepared = self._prepare(replace(case, batch=batch))
            for _ in range(STEPS):
                prepared.step()
            wrong = prepared.check()  # waits for the device
            if wrong is not None:
                problem, values = "bench.wrong_result", {"reason": wrong}
            peak = self._memory()
            del prepared
        except Exception as error:
            problem, values = self._failure(error)
        self._let_go()
        if problem not in (None, OUT_OF_MEMORY):
            self._emit("failed", {"case": case.name, "problem": problem, "values": dict(values)})
            return None
        found = {"case": case.name, "batch": batch, "fits": problem is None, "peak_bytes": peak}
        found |= {"seconds": round(time.perf_counter() - begun, 3), "reason": values.get("reason")}
        self._emit("trial", found)
        return problem is None

    def _let_go(self) -> None:
        gc.collect()
        if self._device.type == "cuda":
            import torch

            torch.cuda.empty_cache()


def _fail(trials: Trials) -> list[tuple[int, bool]]:
    return [] if trials.fails is None else [(trials.fails, False)]
