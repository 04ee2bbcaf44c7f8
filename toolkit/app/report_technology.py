"""The technology of a plan: the shape of each workload's model, the work of a run, and its rates."""

from __future__ import annotations

import re
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
# Families as their authors write them.
FAMILIES: Mapping[str, str] = {
    "gpt2": "GPT-2",
    "gpt3": "GPT-3",
    "llama": "Llama",
    "llama2": "Llama 2",
    "tinyllama": "TinyLlama",
    "mistral": "Mistral",
    "mixtral": "Mixtral",
    "qwen2.5": "Qwen2.5",
    "granite": "Granite",
    "gato": "Gato",
    "bert": "BERT",
    "vit": "ViT",
    "resnet50": "ResNet-50",
    "resnet101": "ResNet-101",
    "vae": "VAE",
    "dcgan": "DCGAN",
    "whisper": "Whisper",
    "wav2vec2": "wav2vec 2.0",
    "wavenet": "WaveNet",
    "dlrm": "DLRM",
    "mlp": "MLP",
}
SIZE = re.compile(r"((?:\d+x)?[\d.]+)([bm])")
VIT = re.compile(r"([blh])(\d+)")


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
                unit=one.named.unit,
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
    """A shape's slug as people write it: `GPT-2 XL`, `Llama 8B`, `ViT-L/16`, `Whisper medium`."""
    family, _, rest = slug.partition("-")
    family = FAMILIES.get(family, family)
    if patch := VIT.fullmatch(rest):
        return f"{family}-{patch[1].upper()}/{patch[2]}"
    parts = rest.replace("xl", "XL").split("-")
    size = " ".join(SIZE.sub(lambda found: found[1] + found[2].upper(), part) for part in parts)
    return f"{family} {size}".strip()


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
