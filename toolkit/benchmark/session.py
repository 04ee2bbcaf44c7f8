"""One worker process at work: set every case up, then run their blocks in turn.

Blocks of all cases are interleaved round-robin, so that the blocks of one case lie apart in time and the
drift of the machine shows as spread between them instead of hiding as bias. The session reports raw events
and judges nothing: medians, intervals and flags are made from the events afterwards (`results`), so a file of
events from any machine gives the same measurements.

    hello     device, environment, thread check
    begin     a case starts a phase: what was under way when a process died
    ready     a case is set up: load time, first step, warm-up, work, FLOPs, memory
    block     seconds of each step, and what the machine said meanwhile
    done      a case has its blocks in this process, and why it stopped
    failed    a case cannot run here, with the reason
    end       the process is through
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any

from toolkit.benchmark import ceilings
from toolkit.benchmark.batch_search import BatchSearch
from toolkit.benchmark.device_memory import DeviceMemory
from toolkit.benchmark.intervals import process_half_width
from toolkit.benchmark.known_duration import KNOWN_DURATION, prepare_known_duration
from toolkit.benchmark.lockstep import Together, processes, rank
from toolkit.benchmark.meters import DeviceMeter, Reading
from toolkit.benchmark.meters import process as host
from toolkit.benchmark.meters.reading import energy_between
from toolkit.benchmark.models import reference_models
from toolkit.benchmark.reference_model import CannotRunError, Pool, Prepared
from toolkit.benchmark.spec import Spec
from toolkit.benchmark.timing import StepTimer, WarmUp, run_block, step_timer, steps_per_block, warm_up
from toolkit.shapes.records import Workload

if TYPE_CHECKING:
    import torch

Emit = Callable[[str, Mapping[str, Any]], None]

# The share of its time, late blocks included, after which a process sets up no further case.
_SETUP_SHARE = 0.7
# With fewer blocks a case has no interval, so each gets these even late: at the cost of later processes, and
# in the last one a little beyond its time.
_BLOCKS_AT_LEAST = 2
_GRACE_SHARE, _GRACE_S = 0.3, 5.0


@dataclass(slots=True)
class _Case:
    """A case that is set up, and the block medians it has so far."""

    workload: Workload
    prepared: Prepared
    warm: WarmUp
    medians: list[float] = field(default_factory=list)
    stopped: str | None = None

    @property
    def name(self) -> str:
        return self.workload.name

    def next_seconds(self, spec: Spec) -> float:
        """What its next block will take, judging by the newest steps."""
        step = self.medians[-1] if self.medians else self.warm.step_seconds
        return step * steps_per_block(step, spec.pace)


class Session:
    """The cases of one process.

    `born` and `deadline` are on the monotonic clock; `emit` takes an event and its fields.
    """

    def __init__(
        self,
        spec: Spec,
        device: torch.device,
        meter: DeviceMeter,
        threads: int,
        born: float,
        deadline: float,
        emit: Emit,
    ) -> None:
        self._spec, self._device, self._meter, self._threads = spec, device, meter, threads
        self._deadline, self._emit = deadline, emit
        self._latest = born + spec.alone_s + min(_GRACE_S, _GRACE_SHARE * spec.budget_s)
        self._together = Together(device, step_timer(device)) if processes() > 1 else None
        self._timer: StepTimer = self._together or step_timer(device)
        self._memory = DeviceMemory(device)
        self._pool: Pool = {}
        self._cases: list[_Case] = []

    def run(self) -> None:
        """Set up and measure everything there is time for; one of several processes follows the first."""
        if self._together is None:
            self._lead()
            return
        try:
            if rank() == 0:
                self._lead()
            else:
                self._together.follow(self._build, _failure)
        finally:
            self._together.end()

    def _lead(self) -> None:
        if self._spec.search:
            self._search().run()
            return
        begun = time.perf_counter()
        setup_ends = begun + _SETUP_SHARE * (self._latest - begun)
        for workload in self._spec.cases:
            if time.perf_counter() > setup_ends:
                self._fail(workload, "bench.no_time", {"seconds": round(self._spec.budget_s)})
            else:
                self._set_up(workload)
        for _ in range(self._spec.pace.blocks_max):
            for case in self._cases:
                if case.stopped is None:
                    self._advance(case)
        for case in self._cases:
            self._stop(case, "blocks")

    def _search(self) -> BatchSearch:
        def prepare(workload: Workload) -> Prepared:
            self._memory.watch_peak()
            set_precision(workload.dtype)
            self._pool.clear()
            return self._prepare(workload)

        def peak() -> int | None:
            self._pool.clear()
            return self._memory.peak_since(0)[0]

        return BatchSearch(self._spec, self._deadline, prepare, _failure, peak, self._device, self._emit)

    def _set_up(self, workload: Workload) -> None:
        self._emit("begin", {"case": workload.name, "phase": "build"})
        begun = time.perf_counter()
        try:
            before = self._memory.in_use()
            prepared = self._prepare(workload)
            loaded = time.perf_counter() - begun
            held = self._memory.in_use()
            self._emit("begin", {"case": workload.name, "phase": "warm-up"})
            self._memory.watch_peak()
            set_precision(workload.dtype)
            warm = warm_up(prepared.step, self._timer, self._spec.device, self._spec.pace.warmup_seconds)
        except Exception as error:
            self._fail(workload, *_failure(error))
            return
        prepared.phases()  # those of the warm-up are not kept
        self._emit("ready", self._ready(workload, prepared, warm, loaded, before, held))
        self._cases.append(_Case(workload, prepared, warm))

    def _prepare(self, workload: Workload) -> Prepared:
        if workload.model == KNOWN_DURATION:
            return prepare_known_duration()
        if self._together is not None:
            return self._together.lead_build(workload, self._build, _failure)
        return self._build(workload)

    def _build(self, workload: Workload) -> Prepared:
        set_precision(workload.dtype)
        if workload.mode == "ceiling":
            return ceilings.prepare_ceiling(workload, self._device, self._spec.choices)
        if workload.model in self._spec.own:
            return _own_model(self._spec.own[workload.model], workload, self._device, self._pool)
        return reference_models()[workload.model].prepare(workload, self._device, self._pool)

    def _ready(
        self,
        workload: Workload,
        prepared: Prepared,
        warm: WarmUp,
        loaded: float,
        before: int | None,
        held: int | None,
    ) -> dict[str, Any]:
        peak, why = self._memory.peak_since(held)
        return {
            "case": workload.name,
            "workload": asdict(workload),
            "load_seconds": round(loaded, 6),
            "load_growth_bytes": None if before is None or held is None else held - before,
            "warm_up": asdict(warm),
            "work": prepared.work,
            "flops": prepared.flops,
            "peak_bytes": None if peak is None else prepared.resident_bytes + peak,
            "unknown": {"peak_bytes": why} if why else {},
            "detail": dict(prepared.detail),
        }

    def _advance(self, case: _Case) -> None:
        """Run one more block, unless the case is finished or time is up."""
        pace, blocks = self._spec.pace, len(case.medians)
        if blocks >= pace.blocks_min and process_half_width(case.medians) <= pace.target:
            self._stop(case, "precision")
            return
        latest = self._deadline if blocks >= _BLOCKS_AT_LEAST else self._latest
        if time.perf_counter() + case.next_seconds(self._spec) > latest:
            self._stop(case, "cap")
            return
        self._emit("begin", {"case": case.name, "phase": "block"})
        try:
            self._block(case)
        except Exception as error:
            self._fail(case.workload, *_failure(error))
            case.stopped = "failed"

    def _block(self, case: _Case) -> None:
        step = case.medians[-1] if case.medians else case.warm.step_seconds
        count = steps_per_block(step, self._spec.pace)
        set_precision(case.workload.dtype)
        first, mark = self._meter.read(), host.look()
        steps, wall = run_block(case.prepared.step, self._timer, count)
        also = 0.0 if self._together is None else self._together.take_cpu_of_others()
        evidence = host.between(mark, host.look(), self._threads * processes(), also)
        then = self._meter.read()
        wrong = case.prepared.check()
        if wrong is not None:
            raise CannotRunError("bench.wrong_result", reason=wrong)
        case.medians.append(median(steps))
        phases = {name: seconds for name, seconds in case.prepared.phases().items() if seconds}
        block = {"case": case.name, "index": len(case.medians) - 1, "wall": wall, "steps": steps}
        if phases:
            block["phases"] = phases
        self._emit("block", {**block, "host": evidence, "device": _device_evidence(first, then)})

    def _stop(self, case: _Case, reason: str) -> None:
        if case.stopped is not None:
            return
        case.stopped = reason
        if case.medians:
            self._emit("done", {"case": case.name, "stop": reason, "blocks": len(case.medians)})
        else:
            self._fail(case.workload, "bench.no_time", {"seconds": round(self._spec.budget_s)})

    def _fail(self, workload: Workload, problem: str, values: Mapping[str, Any]) -> None:
        self._emit("failed", {"case": workload.name, "problem": problem, "values": dict(values)})
        gc.collect()
        if self._device.type == "cuda":
            import torch

            torch.cuda.empty_cache()  # after an out-of-memory error the next case needs the room


def _own_model(own: Mapping[str, Any], workload: Workload, device: torch.device, pool: Pool) -> Prepared:
    """A model of the user's own: `{"config": {…}}` or `{"module": "package:function", "folder": …}`."""
    if "config" in own:
        from toolkit.benchmark.own_config import prepare_config

        return prepare_config(own["config"], workload, device, pool)
    from toolkit.benchmark.own_module import prepare_module

    return prepare_module(own["module"], own["folder"], workload, device)


def set_precision(dtype: str) -> None:
    """Allow TF32 products for a `tf32` case and for no other."""
    import torch

    torch.set_float32_matmul_precision("high" if dtype == "tf32" else "highest")
    torch.backends.cudnn.allow_tf32 = dtype == "tf32"


def _device_evidence(first: Reading, then: Reading) -> dict[str, Any]:
    """The reading after a block (the device still hot from it), with the energy of the block."""
    joules, why = energy_between(first, then)
    if processes() > 1 and joules is not None:
        joules, why = None, "only the first of several GPUs is metered"
    fields = {key: value for key, value in asdict(then).items() if key != "seconds" and value is not None}
    if why is not None and not then.unknown:
        fields["unknown"] = {"energy_j": why}
    return {**fields, "seconds": then.seconds - first.seconds, "joules": joules}


def _failure(error: Exception) -> tuple[str, dict[str, Any]]:
    """The problem of an exception: out of memory is a result, anything else is told with its first line."""
    if isinstance(error, CannotRunError):
        return error.problem, dict(error.values)
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text:
        return "bench.out_of_memory", {"reason": text[:200]}
    return "bench.case_failed", {"reason": f"{type(error).__name__}: {text[:200]}"}
