"""The technology of a plan: the shape of each workload's model, the work of a run, and its rates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolkit.app.building import Built
from toolkit.report.exhibits import TechnologyRow, WorkKind
from toolkit.shapes.catalogue import shape
from toolkit.shapes.records import Rate

KINDS: Mapping[str, WorkKind] = {"training": "training", "service": "service", "batch": "batch"}


def technology_rows(built: Built) -> tuple[TechnologyRow, ...]:
    """One row a workload of the plan that runs a model of its own."""
    rows = []
    for index, one in enumerate(built.plan.compute.workloads):
        kind, slug = KINDS.get(one.kind), getattr(one, "model", None)
        if kind is None or slug is None:  # bought from an API, or no model at all
            continue
        model, line = shape(slug), f"compute.{one.id}"
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
                run_flops=_run_flops(built, line, one, model),
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


def _run_flops(built: Built, line: str, workload: Any, model: Any) -> float | None:
    """FLOPs of one training run in the base case: those of a step times the steps of its tokens."""
    tokens = built.run.base.get(f"{line}.tokens_per_run")
    if tokens is None or not hasattr(model, "training_flops"):
        return None
    step = model.training_flops(1, workload.sequence)
    return float(step) * tokens[1] / float(workload.sequence)


def _rates(built: Built, workload: str) -> tuple[tuple[str, Rate], ...]:
    """The rates of a workload by part: `rate`, or `prefill` and `decode`."""
    found = []
    for name, rate in built.compilation.rates.items():
        if name == workload:
            found.append(("rate", rate))
        elif name.startswith(f"{workload}."):
            found.append((name.removeprefix(f"{workload}."), rate))
    return tuple(found)
