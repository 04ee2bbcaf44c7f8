"""From a workload and a device to a rate with an interval, on the highest rung that can be reached.

    measured      this workload was measured on this device: the newest measurement and its own interval
    transferred   the same model was measured in the same mode on some GPU: the time model, moved by that
                  measurement part by part
    fitted        a decoder on a GPU of the catalogue: the time model learned from published measurements
    assumed       nothing fits: a stated share of the roofline, with a wide interval

A measurement on a CPU grounds work on that CPU, never on a GPU. The width of a transferred or fitted rate is
the model's own standard deviation times the conformal scale of what was never seen before (its GPU, its
generation, its model, its stack); no rate is above the roofline.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache

from toolkit.errors import InputError, Problem
from toolkit.estimate.assumed import assumed_cpu, assumed_gpu
from toolkit.estimate.calibration import Scales
from toolkit.estimate.capability import Capability, UnpredictableError, capabilities
from toolkit.estimate.fitted import Calibrated, calibrated, widest
from toolkit.estimate.groups import group
from toolkit.estimate.other_models import rate_of_other
from toolkit.estimate.posynomial import Prediction, Terms
from toolkit.estimate.quantiles import calibrated_quantiles, from_interval
from toolkit.estimate.task import LearnedTime, TimeTask
from toolkit.estimate.workload_rows import Question, job_gpus, question
from toolkit.reference.catalogue import Reference
from toolkit.reference.gpus import Gpu
from toolkit.reference.published import Task, load_published
from toolkit.shapes.catalogue import find_shape, shape
from toolkit.shapes.models import MODELS
from toolkit.shapes.records import Device, Measurement, Rate, Workload
from toolkit.text import Language, t

TRAINING_BYTES = 16  # a parameter: mixed precision with Adam, Rajbhandari et al. 2020 (arXiv:1910.02054) §3.1
# Options of a measured workload that change what is done, or how.
_OTHER_WORK = (
    "accumulate",
    "checkpointing",
    "compile",
    "config",
    "lora",
    "module",
    "new",
    "parallel",
    "program",
)
MEASURED_NOISE = 0.03  # of log seconds: published and own measurements differ by this between machines


def rate_for(
    workload: Workload, device: Device, measurements: Sequence[Measurement], reference: Reference
) -> Rate:
    """Units of work a second of the whole `device` (all of its GPUs or threads together).

    `workload.options` may hold `stack`, `activation_checkpointing`, `sharding`, `tp`, `pp`,
    `inter_node_gbps` (Gbit/s a machine of 8), `global_batch`, `gpu_count`
    (GPUs that work on the job together, at least `device.count`), and for a batched decode `prompt_tokens`
    and `output_tokens` of a request, or `state_bytes` a parameter where training keeps less than 16 (frozen
    weights with adapters); `batch` is sequences a GPU in training and requests in flight in decode.
    Raises InputError: an unknown model or GPU, a model that does not fit, a GPU without a known name.
    """
    found = measured(workload, device, measurements)
    if found is not None:
        return found
    decoder = find_shape(workload.model)
    if decoder is None and workload.model in MODELS:
        return rate_of_other(workload, device, measurements, reference)
    if decoder is None and device.kind == "cpu":
        raise InputError([Problem("estimate.nothing_known", values={"workload": workload.name})])
    if device.kind == "cpu":
        return assumed_cpu(workload, device)
    if device.gpu_id is None:
        raise InputError([Problem("estimate.unnamed_gpu", values={"device": device.name})])
    gpu = Capability.of(reference.gpu(device.gpu_id))
    _refuse_misfit(workload, device, gpu)
    asked = question(workload, device)
    model = _model(asked.task, reference.gpus)
    try:
        return _transferred(workload, device, asked, model, measurements) or _fitted(
            workload, device, asked, model
        )
    except UnpredictableError as reason:
        return assumed_gpu(workload, device, asked, gpu, str(reason))


def median_for(
    workload: Workload, device: Device, measurements: Sequence[Measurement], reference: Reference
) -> float:
    """The median of `rate_for` alone; where no measurement has a say it takes a tenth of the time.

    Raises InputError as `rate_for` does."""
    if find_shape(workload.model) is not None and device.gpu_id and not _related(workload, measurements):
        _refuse_misfit(workload, device, Capability.of(reference.gpu(device.gpu_id)))
        asked = question(workload, device)
        learned = _model(asked.task, reference.gpus).learned
        try:
            if isinstance(learned, LearnedTime):
                least = learned.task.least(asked.row, learned.gpus) or 0.0
                return asked.units(max(least, math.exp(learned.log_seconds(asked.row))))
        except UnpredictableError:
            pass
    return rate_for(workload, device, measurements, reference).median


def time_shares(workload: Workload, device: Device, reference: Reference) -> Mapping[str, float]:
    """Where the time goes by the fitted model, by part; empty where there is no model for it."""
    asked = question(workload, device)
    model = _model(asked.task, reference.gpus)
    try:
        return model.learned.posterior.parts(_terms(model, asked))
    except UnpredictableError:
        return {}


def measured(workload: Workload, device: Device, measurements: Sequence[Measurement]) -> Rate | None:
    """The newest measurement of exactly this workload on exactly this device, as a rate; None without one.
    What others published is no measurement of this rung."""
    own = [m for m in measurements if m.source != "cited" and m.workload == workload]
    same = [m for m in own if _same_device(m.device, device)]
    if not same:
        return None
    newest = max(same, key=lambda m: (m.measured_at, m.id))
    return Rate(
        workload=workload,
        device=device,
        unit=newest.unit,
        quantiles=from_interval(newest.value, newest.low, newest.high),
        rung="measured",
        method=f"Measured on {device.name}: this workload on this device.",
        basis=(newest.id,),
        measured_at=newest.measured_at,
    )


def describe(rate: Rate, language: Language = "en") -> str:
    """How a rate is known, in one sentence for a reader."""
    return t(
        f"estimate.rate.{rate.rung}",
        language,
        device=rate.device.name,
        sources=len(rate.basis),
        date=rate.measured_at or "",
    )


def _same_device(one: Device, other: Device) -> bool:
    if one.kind != other.kind or one.count != other.count:
        return False
    if one.gpu_id is not None or other.gpu_id is not None:
        return one.gpu_id == other.gpu_id
    return one.name == other.name


_MODELS: dict[tuple[Task, int], tuple[Mapping[str, Gpu], Calibrated]] = {}


def _model(task: Task, gpus: Mapping[str, Gpu]) -> Calibrated:
    """The model of a task, made once for a catalogue: known by its identity, since its rows take longer to
    compare than a prediction takes; it is kept beside the model, so that no other takes its place."""
    key = (task, id(gpus))
    if key not in _MODELS:
        _MODELS[key] = gpus, calibrated(task, capabilities(gpus))
    return _MODELS[key][1]


def _fitted(workload: Workload, device: Device, asked: Question, model: Calibrated) -> Rate:
    prediction, scales, new = model.predict(asked.row)
    unseen = f" Not seen in them: its {', '.join(new)}." if new else ""
    return Rate(
        workload=workload,
        device=device,
        unit=f"{workload.unit}/second",
        quantiles=_quantiles(asked, model, prediction, scales),
        rung="fitted",
        method=f"Time model fitted to {model.rows} published measurements; most of the time goes to "
        f"{prediction.largest}.{unseen}",
        basis=_sources(asked.task),
    )


def _transferred(
    workload: Workload,
    device: Device,
    asked: Question,
    model: Calibrated,
    measurements: Sequence[Measurement],
) -> Rate | None:
    """The time model once measurements of the same model in the same mode have moved it; None without any."""
    used = _related(workload, measurements)
    observed: list[tuple[Terms, float, float]] = []
    for one in used:
        its = question(one.workload, one.device)
        noise = max(MEASURED_NOISE, model.learned.posterior.sigma)
        observed.append((_terms(model, its), -math.log(its.answers(one.value)), noise))
    if not observed:
        return None
    prediction, _ = model.learned.posterior.given(_terms(model, asked), observed)
    scales = _known_scales(model, asked, [question(one.workload, one.device) for one in used])
    return Rate(
        workload=workload,
        device=device,
        unit=f"{workload.unit}/second",
        quantiles=_quantiles(asked, model, prediction, scales),
        rung="transferred",
        method=f"Carried over from {len(used)} measurements of the same model, part by part; most of the "
        f"time goes to {prediction.largest}.",
        basis=(*(one.id for one in used), *_sources(asked.task)),
        measured_at=max(one.measured_at for one in used),
    )


def _related(workload: Workload, measurements: Sequence[Measurement]) -> list[Measurement]:
    """The newest measurement of each workload and GPU with the same model, mode, format and kind of batch, in
    the same way: adapters, accumulation or compilation make it other work."""
    newest: dict[tuple[Workload, str | None, int], Measurement] = {}
    for one in sorted(measurements, key=lambda m: (m.measured_at, m.id)):
        its = one.workload
        alike = (its.model, its.mode, its.dtype) == (workload.model, workload.mode, workload.dtype)
        alike = alike and _recipe(its) == _recipe(workload)
        if alike and (its.batch > 1) == (workload.batch > 1) and one.device.gpu_id is not None:
            newest[its, one.device.gpu_id, one.device.count] = one
    return [newest[key] for key in sorted(newest, key=str)]


def _recipe(workload: Workload) -> set[tuple[str, str]]:
    """The options that make it other work; the rest say where and with what it is done."""
    return {(name, value) for name, value in workload.options if name in _OTHER_WORK}


def _known_scales(model: Calibrated, asked: Question, sources: Sequence[Question]) -> Scales:
    """The model, the format and the stack are known from the measurements; the GPU when it is among them."""
    gpus = {its.row.gpu_id for its in sources}
    generations = {group(its.row, "generation", model.gpus) for its in sources}
    new = set(model.seen.novelty(asked.row, model.gpus)) - {"model", "family", "dtype", "stack"}
    if asked.row.gpu_id in gpus:
        new -= {"gpu", "generation"}
    if group(asked.row, "generation", model.gpus) in generations and "generation" in new:
        new = (new - {"generation"}) | {"gpu"}
    return widest(model.scales.get(model.learner.part(asked.row), {}), tuple(sorted(new)))


def _terms(model: Calibrated, asked: Question) -> Terms:
    if not isinstance(model.learner, TimeTask):
        raise UnpredictableError(f"{asked.task} has no terms of its own")
    return model.learner.row_terms(asked.row, model.gpus)


def _quantiles(
    asked: Question, model: Calibrated, prediction: Prediction, scales: Scales
) -> tuple[tuple[float, float], ...]:
    least = model.learner.least(asked.row, model.gpus)
    most = asked.units(least) if least else math.inf
    return calibrated_quantiles(asked.units(math.exp(prediction.log_seconds)), prediction.sd, scales, most)


@cache
def _sources(task: Task) -> tuple[str, ...]:
    named = sorted({row.source for row in load_published(task)})
    return tuple(f"data/published/{task}.csv {source}" for source in named)


def _refuse_misfit(workload: Workload, device: Device, gpu: Capability) -> None:
    if find_shape(workload.model) is None:
        return
    decoder, training = shape(workload.model), workload.mode == "train"
    gpus = job_gpus(workload, device) if training else device.count
    state = float(dict(workload.options).get("state_bytes", TRAINING_BYTES))
    needed = decoder.parameters() * state if training else decoder.weight_bytes(workload.dtype)
    if needed > gpu.memory * gpus:
        least = math.ceil(needed / gpu.memory)
        values = {"model": workload.model, "gpu": gpu.id, "gpus": gpus, "least": least}
        raise InputError([Problem("estimate.does_not_fit", values=values)])
