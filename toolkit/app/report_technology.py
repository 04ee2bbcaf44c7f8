"""The technology of a plan: the shape of each workload's model, the work of a run, and its rates."""

from __future__ import annotations

from collections.abc import Mapping

from toolkit.app.building import Built
from toolkit.report.exhibits import TechnologyRow, WorkKind
from toolkit.resources.compute.workloads import Training, Workload
from toolkit.shapes.records import Rate

KINDS: Mapping[str, WorkKind] = {
    "training": "training",
    "service": "service",
    "inference": "service",
    "batch": "batch",
}


def technology_rows(built: Built) -> tuple[TechnologyRow, ...]:
    """One row a workload of the plan that runs a model of its own."""
    rows = []
    for index, one in enumerate(built.plan.compute.workloads):
        if not isinstance(one, Workload):  # bought from an API, or machines without a model
            continue
        kind, slug, line = KINDS[one.kind], one.model, f"compute.{one.id}"
        model = one.named.shape
        rows.append(
            TechnologyRow(
                line=line,
                kind=kind,
                label=one.words,
                model=model_name(slug),
                parameters=model.parameters(),
                layers=getattr(model, "layers", None),
                hidden=getattr(model, "hidden", None),
                context=getattr(model, "positions", None),
                dtype=one.dtype,
                batch=one.batch,
                sequence=getattr(one, "sequence", None),
                run_flops=_run_flops(built, line, one),
                rates=_rates(built, one.id),
                field=f"compute.workloads[{index}]",
            )
        )
    return tuple(rows)


def model_name(slug: str) -> str:
    """A shape's slug as people write it: `GPT-2 xl`."""
    words = (
        slug.replace("gpt2", "GPT-2")
        .replace("gpt3", "GPT-3")
        .replace("llama", "Llama")
        .replace("qwen", "Qwen")
        .replace("GPT-", "GPT~")
    )
    return words.replace("-", " ").replace("~", "-")


def _run_flops(built: Built, line: str, workload: Workload) -> float | None:
    """FLOPs of one training run in the base case: those of a step times the steps of its work."""
    if not isinstance(workload, Training):
        return None
    named, length = workload.named, workload.sequence or 1
    part = "tokens_per_run" if named.unit == "token" else "work_per_run"
    return named.flops("train", 1, length) * built.run.base[f"{line}.{part}"][1] / named.work(1, length)


def _rates(built: Built, workload: str) -> tuple[tuple[str, Rate], ...]:
    """The rates of a workload by part: `rate`, or `prefill` and `decode`."""
    found = []
    for name, rate in built.compilation.rates.items():
        if name == workload:
            found.append(("rate", rate))
        elif name.startswith(f"{workload}."):
            found.append((name.removeprefix(f"{workload}."), rate))
    return tuple(found)
