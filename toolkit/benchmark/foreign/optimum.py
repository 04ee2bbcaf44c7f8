"""optimum-benchmark: `benchmark.json`, that is configuration and report (seen: 0.6.0).

Three of its figures are known to be wrong, and its report holds what is needed to mend two of them:

training      its volume is that of all steps, its time that of one: as many times too high as steps were
              measured. Here: samples of one step over the median step.
generate      with time by token, it divides decoded tokens by the time and calls them samples. Here: new
              tokens over the median time of a generation.
per token     gaps of earlier runs are counted again in every later one, and those between runs with them: its
              raw values cannot be told apart, so it is refused.

A multi-process run reports the mean over its processes; here the work of all processes is counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from toolkit.benchmark.foreign.citation import NOT_SAID, Citation, RefusedError, cited, slug
from toolkit.errors import Problem
from toolkit.shapes.records import Measurement, Mode, Workload

_FORMATS = {"float32": "fp32", "float16": "fp16", "bfloat16": "bf16"}
# Targets that tell how it was prepared, not how fast it is.
_LEFT_OUT = (
    "load_model",
    "load",
    "first_generate",
    "first_forward",
    "first_call",
    "warmup",
    "overall",
    "per_step",
)


def is_optimum(document: Mapping[str, Any]) -> bool:
    """Whether a document is what optimum-benchmark calls a benchmark."""
    config = document.get("config")
    return isinstance(config, dict) and {"backend", "scenario"} <= config.keys() and "report" in document


def read_optimum(document: Mapping[str, Any], citation: Citation) -> tuple[list[Measurement], list[Problem]]:
    """The measurements of a document, and its targets that were refused."""
    found: list[Measurement] = []
    problems: list[Problem] = []
    for target, measured in document["report"].items():
        if target in _LEFT_OUT or not (measured or {}).get("latency"):
            continue
        try:
            if target == "per_token":
                raise RefusedError(target, "gaps of earlier runs are counted again in every later one")
            one = _measurement(target, measured, document["config"], citation)
            by_token = (document["report"].get("per_token") or {}).get("latency")
            if (
                target == "decode" and not by_token
            ):  # a generation minus the mean prefill, whose error it shares
                one = replace(one, flags=(*one.flags, "by_difference"))
            found.append(one)
        except RefusedError as refusal:
            values = {"reason": refusal.reason}
            problems.append(Problem("bench.refused_result", refusal.field, values=values))
    return found, problems


def _measurement(
    target: str, measured: Mapping[str, Any], config: Mapping[str, Any], citation: Citation
) -> Measurement:
    seconds = [float(value) for value in measured["latency"]["values"]]
    if measured["latency"].get("unit") != "s":
        raise RefusedError(target, f"its times are in {measured['latency'].get('unit')}, not in seconds")
    processes = int(config.get("launcher", {}).get("nproc_per_node") or 1)
    workload, work = _workload(target, config, processes)
    environment = config.get("environment", {})
    names = environment.get("gpu") or []
    on_gpu = config["backend"].get("device") == "cuda"
    device = citation.device(
        str(names[0]) if on_gpu and names else None,
        processes,
        cpu=None
        if on_gpu
        else str(environment.get("cpu") or environment.get("processor") or NOT_SAID).strip(),
    )
    return cited(
        citation,
        f"optimum-benchmark {environment.get('optimum_benchmark_version', NOT_SAID)}",
        workload,
        device,
        seconds,
        work,
        measured_at=str(config.get("date", "")) or NOT_SAID,
        environment=environment,
        detail=_mended(measured.get("throughput"), work, seconds, processes),
    )


def _workload(target: str, config: Mapping[str, Any], processes: int) -> tuple[Workload, float]:
    """The case of a target and its units of work in one step of all processes."""
    backend, scenario = config["backend"], config["scenario"]
    dtype = _FORMATS.get(backend.get("torch_dtype") or "float32", NOT_SAID)
    if backend.get("autocast_enabled"):
        dtype = _FORMATS.get(backend.get("autocast_dtype") or "", NOT_SAID)
    model, options = slug(str(backend["model"])), [("backend", str(backend["name"]))]
    if target == "train":
        arguments = scenario["training_arguments"]
        batch = int(arguments["per_device_train_batch_size"])
        passes = int(arguments.get("gradient_accumulation_steps", 1))
        if passes > 1:
            options.append(("accumulate", str(passes)))
        if processes > 1:
            options.append(("parallel", "ddp"))
        length = int(scenario.get("dataset_shapes", {}).get("sequence_length", 1))
        case = Workload(model, "train", dtype, batch, length, "sample", tuple(sorted(options)))
        return case, float(batch * passes * processes)
    shapes, generating = scenario["input_shapes"], scenario.get("generate_kwargs", {})
    batch = int(shapes["batch_size"])
    length = int(shapes.get("sequence_length", 1))
    new, beams = int(generating.get("max_new_tokens", 1)), int(generating.get("num_beams", 1))
    tokens_of = {"forward": 1, "call": 1, "prefill": length, "generate": new, "decode": (new - 1) * beams}
    if target not in tokens_of:
        raise RefusedError(target, "this target is not known here")
    if target == "generate":
        options.append(("new", str(new)))
    unit = "sample" if target in ("forward", "call") else "token"
    mode = cast(Mode, "forward" if target == "call" else target)
    case = Workload(model, mode, dtype, batch, length, unit, tuple(sorted(options)))
    return case, float(batch * tokens_of[target] * processes)


def _mended(
    reported: Mapping[str, Any] | None, work: float, seconds: Sequence[float], processes: int
) -> dict[str, Any]:
    """What the file claims beside what its own times give."""
    ours = work / (sum(seconds) / len(seconds))
    if not reported:
        return {"reported": None, "processes": processes}
    claimed = float(reported["value"])
    return {
        "reported": {"value": claimed, "unit": reported.get("unit")},
        "reported_over_true": claimed / ours,
        "processes": processes,
    }
