"""How fast a GPU does the work, on the highest rung of the ladder: `rate_for` where the work fits.

Training: tokens a second of all GPUs of the job. A service: output tokens a second of one machine, which
holds as many replicas as fit. A replica takes the fewest GPUs that hold the model and keep the goals; its
requests in flight are as many as memory holds and the goals allow, by halving. Goals are kept at the median:

    ms a token     = 1000 · requests in flight / output tokens a second      (the wait for the first included)
    first token ms = 1000 · prompt / prefill rate                            (an idle replica, no queue)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from toolkit.errors import InputError, Problem
from toolkit.estimate.cost.fitting import (
    TrainingFit,
    fit_training,
    gpus_to_serve,
    gpus_to_train,
    largest_concurrency,
    state_bytes_per_parameter,
)
from toolkit.estimate.cost.workload import Optimised, Service
from toolkit.estimate.rates import median_for, rate_for, time_shares
from toolkit.reference import Gpu, Reference
from toolkit.reference.gpus import PRECISIONS
from toolkit.shapes.records import Device, Measurement, Rate, Rung, Workload

WEIGHTS_ONLY = ("int8", "fp4")  # a GPU without such arithmetic unpacks them
FEWEST_REQUESTS = 2  # below that a service is a single stream
INFERENCE_ONLY = ("inferentia2",)  # the vendor's software compiles no backward pass for it
SLOW, MEDIAN, FAST = 0.1, 0.5, 0.9  # the 80 % interval


@dataclass(frozen=True, slots=True)
class Speed:
    """Units of work a second (`slow` ≤ `median` ≤ `fast`: the 80 % interval) of `gpus` devices together.

    `batch` is sequences a GPU at a time in training, requests in flight of one replica in a service, and
    `largest_batch` what would fit. `replicas` of `gpus_per_replica` are in the machine. `reading_share` is
    the share of a service's time that goes to prompts; None where no time model says it.
    """

    slow: float
    median: float
    fast: float
    rung: Rung
    method: str
    basis: tuple[str, ...]
    gpus: int
    batch: int
    largest_batch: int
    checkpointing: bool = False
    gpus_per_replica: int = 1
    replicas: int = 1
    ms_per_token: float | None = None
    first_token_ms: float | None = None
    reading_share: float | None = None


Answer = Speed | Problem


@dataclass(frozen=True)
class Speeds:
    """Speeds by GPU and count, each worked out once. What cannot be done is a problem, never an exception."""

    reference: Reference
    measurements: Sequence[Measurement] = ()
    _known: dict[object, Answer] = field(default_factory=dict, repr=False)

    def of(self, work: Optimised | Service, gpu_id: str, gpus: int) -> Answer:
        """The speed of so many GPUs of a kind, or why there is none."""
        key = (_steps(work), gpu_id, gpus)
        if key not in self._known:
            self._known[key] = self._find(work, self.reference.gpu(gpu_id), gpus)
        return self._known[key]

    def _find(self, work: Optimised | Service, gpu: Gpu, gpus: int) -> Answer:
        try:
            if (
                work.dtype in PRECISIONS
                and work.dtype not in WEIGHTS_ONLY
                and gpu.peak_flops(work.dtype) is None
            ):
                has = ", ".join(name for name in PRECISIONS if gpu.peak_flops(name) is not None)
                return Problem("gpu.lacks_precision", values={"gpu": gpu.id, "dtype": work.dtype, "has": has})
            return (
                self._service(work, gpu, gpus) if isinstance(work, Service) else self._train(work, gpu, gpus)
            )
        except InputError as error:
            return error.problems[0]

    def _train(self, work: Optimised, gpu: Gpu, gpus: int) -> Answer:
        if gpu.id in INFERENCE_ONLY:
            return Problem("gpu.inference_only", values={"gpu": gpu.id})
        if work.layout.on(gpus, 1) is None:
            apart = work.layout.tensor * work.layout.pipeline
            return Problem("gpu.layout_does_not_divide", values={"gpus": gpus, "apart": apart})
        fit = fit_training(work, gpu.memory_bytes, gpus)
        if fit is None:
            return _misfit(work, gpu, gpus, gpus_to_train(work, gpu.memory_bytes))
        rate = self._rate(_training_step(work, fit, gpus), gpu, gpus)
        quantiles = dict(rate.quantiles)
        return Speed(
            quantiles[SLOW],
            quantiles[MEDIAN],
            quantiles[FAST],
            rate.rung,
            rate.method,
            rate.basis,
            gpus,
            fit.micro_batch,
            fit.largest_batch,
            fit.checkpointing,
        )

    def _service(self, work: Service, gpu: Gpu, gpus: int) -> Answer:
        least = gpus_to_serve(work, gpu.memory_bytes)
        while largest_concurrency(work, gpu.memory_bytes, least) < FEWEST_REQUESTS:
            least *= 2
        if least > gpus:
            return _misfit(work, gpu, gpus, least)
        size, best = least, None
        while size <= gpus:
            found = self._replica(work, gpu, size)
            if isinstance(found, Speed):
                return _machine(found, gpus)
            best, size = found, size * 2
        return best or _misfit(work, gpu, gpus, least)

    def _replica(self, work: Service, gpu: Gpu, size: int) -> Answer:
        """The most requests in flight that keep the goals, by halving; the last miss when none do."""
        first = self._first_token_ms(work, gpu, size)
        if work.first_token_ms is not None and first > work.first_token_ms:
            values = {"gpu": gpu.id, "gpus": size, "reached": f"{first:.0f}", "goal": work.first_token_ms}
            return Problem("gpu.first_token_late", values=values)
        largest = largest_concurrency(work, gpu.memory_bytes, size)
        flying = max(FEWEST_REQUESTS, min(largest, work.max_concurrency))
        while True:
            step = _decode_step(work, flying)
            rate = self._rate(step, gpu, size)
            quantiles = dict(rate.quantiles)
            ms = 1e3 * flying / quantiles[MEDIAN]
            if work.ms_per_token is None or ms <= work.ms_per_token:
                figures = (quantiles[SLOW], quantiles[MEDIAN], quantiles[FAST], rate.rung, rate.method)
                reading = self._reading(step, work, gpu, size)
                how = {"gpus_per_replica": size, "ms_per_token": ms, "first_token_ms": first,
                       "reading_share": reading}  # fmt: skip
                return Speed(*figures, rate.basis, size, flying, largest, False, **how)  # type: ignore[arg-type]
            if flying <= FEWEST_REQUESTS:
                values = {"gpu": gpu.id, "gpus": size, "reached": f"{ms:.0f}", "goal": work.ms_per_token}
                return Problem("gpu.tokens_slow", values=values)
            flying = max(FEWEST_REQUESTS, flying // 2)

    def _first_token_ms(self, work: Service, gpu: Gpu, size: int) -> float:
        options = {"output_tokens": str(work.output_tokens)} | ({"stack": work.stack} if work.stack else {})
        pairs = tuple(sorted(options.items()))
        prompt = Workload(work.model, "prefill", work.dtype, 1, work.prompt_tokens, options=pairs)
        device = Device("cuda", gpu.name, gpu.id, size)
        return 1e3 * work.prompt_tokens / median_for(prompt, device, self.measurements, self.reference)

    def _reading(self, step: Workload, work: Service, gpu: Gpu, size: int) -> float | None:
        """The share of a replica's time that goes to prompts, with their part of what all tokens move."""
        shares = time_shares(step, Device("cuda", gpu.name, gpu.id, size), self.reference)
        if not shares:
            return None
        prompts = work.prompt_tokens / (work.prompt_tokens + work.output_tokens)
        moved = shares.get("activations", 0.0) + shares.get("tensor parallel", 0.0)
        return shares.get("prompt", 0.0) + prompts * moved

    def _rate(self, step: Workload, gpu: Gpu, gpus: int) -> Rate:
        return rate_for(step, Device("cuda", gpu.name, gpu.id, gpus), self.measurements, self.reference)


def _steps(work: Optimised | Service) -> tuple[object, ...]:
    """What the speed depends on: the steps, not how many there are."""
    step = (work.kind, work.model, work.dtype, work.stack)
    if isinstance(work, Service):
        goals = (work.max_concurrency, work.ms_per_token, work.first_token_ms)
        return (*step, work.prompt_tokens, work.output_tokens, *goals)
    return (*step, work.steps[1], work.adapters, work.micro_batch, work.checkpointing, work.layout)


def _training_step(work: Optimised, fit: TrainingFit, gpus: int) -> Workload:
    options = {"activation_checkpointing": "full"} if fit.checkpointing else {}
    sharding = work.layout.on(gpus, fit.micro_batch)
    options |= work.layout.options(sharding, fit.micro_batch) if sharding else {}
    if work.adapters:
        options["state_bytes"] = f"{state_bytes_per_parameter(work):g}"
    if work.stack:
        options["stack"] = work.stack
    pairs = tuple(sorted(options.items()))
    return Workload(work.model, "train", work.dtype, fit.micro_batch, work.steps[1], options=pairs)


def _decode_step(work: Service, flying: int) -> Workload:
    options = {"prompt_tokens": str(work.prompt_tokens), "output_tokens": str(work.output_tokens)}
    if work.stack:
        options["stack"] = work.stack
    context = work.prompt_tokens + work.output_tokens // 2
    return Workload(work.model, "decode", work.dtype, flying, context, options=tuple(sorted(options.items())))


def _machine(replica: Speed, gpus: int) -> Speed:
    """As many replicas as there is room for; GPUs that are left over do nothing."""
    count = gpus // replica.gpus_per_replica
    speeds = {name: count * getattr(replica, name) for name in ("slow", "median", "fast")}
    return replace(replica, **speeds, gpus=gpus, replicas=count)


def _misfit(work: Optimised | Service, gpu: Gpu, gpus: int, least: int | None) -> Problem:
    values = {"model": work.model, "gpu": gpu.id, "gpus": gpus, "least": least}
    return Problem("gpu.never_fits" if least is None else "estimate.does_not_fit", values=values)
