"""The suites: which cases are run, and at what pace.

quick      answers in under 50 s on two cores without a GPU: the ceilings and GPT-2 small in training, prefill
           and decode, in two fresh processes that all cases share. Its blocks may be as short as two steps,
           which its results say.
standard   every reference model at its published size, in training and in use, each case in processes of its
           own; on a CPU without the training steps of more than a trillion FLOPs
full       adds the other sizes, and sweeps over batch, context, number format and recipe

A GPU is given the batches of its trade, a CPU those of one user.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from toolkit.benchmark.ceilings import ALL_REDUCE, COPY, MATMUL, ceiling
from toolkit.benchmark.models import reference_models
from toolkit.benchmark.spec import DeviceKind, Pace
from toolkit.errors import InputError, Problem
from toolkit.shapes.records import Mode, Workload

# Relative half-width of the 95 % interval that a run aims at.
TARGET = {"cpu": 0.05, "cuda": 0.02}

_QUICK = {
    "cpu": Pace(0.25, 2, 3, 6, TARGET["cpu"], 1.5, processes_max=2),
    "cuda": Pace(0.25, 5, 5, 10, TARGET["cuda"], 4.0, processes_max=3),
}
_THOROUGH = {
    "cpu": Pace(0.5, 5, 5, 10, TARGET["cpu"], 20.0, processes_max=3),
    "cuda": Pace(0.5, 5, 5, 10, TARGET["cuda"], 10.0, processes_max=4),
}
_QUICK_BUDGET_S = 42.0
_PROCESSES = 8  # of few cases, while time remains and the target is not reached
_PROCESS_S = {"cpu": 90.0, "cuda": 60.0}  # of a process with one case, on average over a suite
_SILENCE_S = 300.0  # a compilation or a large model says nothing for a while


@dataclass(frozen=True, slots=True)
class Suite:
    """Cases, pace and the wall time that all processes together may take. The self-audit is no case of a
    suite: it runs along in every process.

    `isolated`: every case has processes of its own. `silence_s`: the longest pause between two events, after
    which a process counts as hung. `own` describes models of the user's own (see `own_config`).
    `memory_bytes` limits a process. `searched` are cases whose largest batch is looked for and then measured.
    `processes` of torchrun work together on every case, one device each.
    """

    name: str
    cases: tuple[Workload, ...]
    pace: Pace
    budget_s: float
    isolated: bool = False
    silence_s: float = 60.0
    own: Mapping[str, Any] = field(default_factory=dict)
    memory_bytes: int | None = None
    searched: tuple[Workload, ...] = ()
    processes: int = 1


@dataclass(frozen=True, slots=True)
class Setting:
    """How a published size is run: batches in training and in use by device (None: not on that one), and
    `tokens` by device. `modes` are those of its use."""

    train: tuple[int | None, int]
    use: tuple[int, int]
    tokens: tuple[int, int] = (1, 1)
    modes: tuple[Mode, ...] = ("forward",)

    def cases(self, name: str, device: DeviceKind, dtype: str) -> list[Workload]:
        """The cases of this size on a device."""
        place = ("cpu", "cuda").index(device)
        unit, tokens = reference_models()[name].unit, self.tokens[place]
        batch = self.train[place]
        found = [] if batch is None else [Workload(name, "train", dtype, batch, tokens, unit)]
        return found + [Workload(name, mode, dtype, self.use[place], tokens, unit) for mode in self.modes]


_DECODER: tuple[Mode, ...] = ("prefill", "decode", "generate")

# The published size of every family: (CPU, GPU).
SETTINGS: Mapping[str, Setting] = {
    "mlp": Setting(train=(128, 4096), use=(128, 4096)),
    "vae-kl-f8": Setting(train=(None, 8), use=(1, 8)),
    "dcgan": Setting(train=(16, 256), use=(16, 256)),
    "resnet50": Setting(train=(4, 128), use=(4, 128)),
    "vit-b16": Setting(train=(1, 128), use=(1, 128)),
    "bert-base": Setting(train=(1, 64), use=(1, 64), tokens=(128, 512)),
    "gpt2": Setting(train=(1, 16), use=(1, 16), tokens=(128, 512), modes=_DECODER),
    "llama-1b": Setting(train=(None, 4), use=(1, 8), tokens=(64, 1024), modes=_DECODER),
    "granite-1b-a400m": Setting(train=(None, 4), use=(1, 8), tokens=(64, 1024), modes=_DECODER),
    "whisper-small": Setting(train=(None, 16), use=(1, 16), tokens=(64, 64)),
    "wav2vec2-base": Setting(train=(1, 16), use=(1, 16), tokens=(5, 10)),
    "wavenet": Setting(train=(1, 8), use=(1, 8), tokens=(8000, 16000), modes=("forward", "decode")),
    "dlrm": Setting(train=(128, 8192), use=(128, 8192)),
    "gato-79m": Setting(train=(1, 32), use=(1, 32), tokens=(256, 1024)),
}

# What `full` adds: more sizes in use, and on a GPU in training where 80 GB hold them.
_LARGER: Mapping[str, Setting] = {
    "gpt2-medium": Setting(train=(None, 8), use=(1, 8), tokens=(128, 512), modes=_DECODER),
    "gpt2-xl": Setting(train=(None, 2), use=(1, 8), tokens=(64, 512), modes=_DECODER),
    "bert-large": Setting(train=(1, 32), use=(1, 32), tokens=(128, 512)),
    "vit-l16": Setting(train=(1, 64), use=(1, 64)),
    "resnet101": Setting(train=(4, 128), use=(4, 128)),
}
_GPU_ONLY: Mapping[str, Setting] = {
    "llama-8b": Setting(train=(None, 1), use=(1, 8), tokens=(64, 1024), modes=_DECODER),
    "gato-364m": Setting(train=(None, 8), use=(1, 8), tokens=(256, 1024)),
    "whisper-large-v2": Setting(train=(None, 4), use=(1, 8), tokens=(64, 64)),
}
_SWEEP = {
    "cpu": ("gpt2", (1, 4, 16), (64, 256, 960)),
    "cuda": ("llama-1b", (1, 8, 32, 128), (128, 1024, 4096)),
}


def quick(device: DeviceKind, half: str = "bf16") -> Suite:
    """The ground floor's cases on a device: the 16-bit format `half` on a GPU, fp32 on a CPU."""
    if device == "cuda":
        cases = (
            ceiling(MATMUL, half),
            ceiling(COPY, "fp32"),
            Workload("gpt2", "prefill", half, batch=8, tokens=1024),
            Workload("gpt2", "decode", half, batch=8, tokens=512),
            Workload("gpt2", "train", half, batch=8, tokens=1024),
        )
    else:
        cases = (
            ceiling(MATMUL, "fp32"),
            ceiling(COPY, "fp32"),
            Workload("gpt2", "prefill", "fp32", batch=1, tokens=128),
            Workload("gpt2", "decode", "fp32", batch=1, tokens=128),
            Workload("gpt2", "train", "fp32", batch=1, tokens=64),
        )
    return Suite("quick", cases, _QUICK[device], _QUICK_BUDGET_S)


def standard(device: DeviceKind, half: str = "bf16") -> Suite:
    """Every reference model at its published size: `half` on a GPU, fp32 on a CPU."""
    return thorough("standard", _standard_cases(device, half), device)


def full(device: DeviceKind, half: str = "bf16") -> Suite:
    """The standard suite, the other sizes and the sweeps."""
    dtype = "fp32" if device == "cpu" else half
    cases = _standard_cases(device, half)
    for name, setting in {**_LARGER, **(_GPU_ONLY if device == "cuda" else {})}.items():
        cases += setting.cases(name, device, dtype)
    return thorough("full", [*cases, *_sweeps(device, dtype)], device)


def thorough(name: str, cases: list[Workload], device: DeviceKind) -> Suite:
    """A suite whose cases have processes of their own, at the pace of the method: 5 to 10 blocks of at least
    half a second and five steps."""
    pace, unique = _THOROUGH[device], tuple(dict.fromkeys(cases))
    # A case alone borrows no other's spread between processes, so it needs more of its own.
    pace = replace(pace, processes_max=max(pace.processes_max, _PROCESSES // max(1, len(unique))))
    seconds = _PROCESS_S[device] * pace.processes_min * max(1, len(unique))
    return Suite(name, unique, pace, seconds, isolated=True, silence_s=_SILENCE_S)


def with_processes(suite: Suite, device: DeviceKind, processes: int) -> Suite:
    """The suite on several devices at once. A named one also trains one model over all of them and measures
    what they can exchange."""
    added: list[Workload] = []
    if suite.name in SUITES:
        trained = next((case for case in suite.cases if case.mode == "train" and case.model == "gpt2"), None)
        added.append(ceiling(ALL_REDUCE, "fp32"))
        if trained is not None:
            added += [replace(trained, options=(("parallel", way),)) for way in ("ddp", "fsdp2")]
    budget = suite.budget_s + len(added) * suite.pace.processes_min * _PROCESS_S[device]
    return replace(suite, cases=(*suite.cases, *added), processes=processes, budget_s=budget)


def _standard_cases(device: DeviceKind, half: str) -> list[Workload]:
    dtype = "fp32" if device == "cpu" else half
    cases = [ceiling(MATMUL, form) for form in ("fp32", half)] + [ceiling(COPY, "fp32")]
    for name, setting in SETTINGS.items():
        cases += setting.cases(name, device, dtype)
    return cases


def _sweeps(device: DeviceKind, dtype: str) -> list[Workload]:
    """Decode over batch and context; the training step over number formats and recipes."""
    model, batches, contexts = _SWEEP[device]
    cases = [Workload(model, "decode", dtype, batch, context) for batch in batches for context in contexts]
    place = ("cpu", "cuda").index(device)
    batch, tokens = SETTINGS["gpt2"].train[place] or 1, SETTINGS["gpt2"].tokens[place]
    formats = ("fp32", "bf16") if device == "cpu" else ("fp32", "tf32", "bf16", "fp16", "fp8")
    cases += [ceiling(MATMUL, form) for form in formats]
    cases += [Workload("gpt2", "train", form, batch, tokens) for form in formats]
    for option in (("checkpointing", "on"), ("accumulate", "4"), ("lora", "16"), ("compile", "on")):
        cases.append(Workload("gpt2", "train", dtype, batch, tokens, options=(option,)))
    return cases


def suite_named(name: str, device: DeviceKind, half: str = "bf16") -> Suite:
    """The suite called `name` on a device with the 16-bit format `half`. Raises InputError for no suite."""
    if name not in SUITES:
        known = ", ".join(SUITES)
        raise InputError([Problem("bench.unknown_suite", "suite", values={"name": name, "known": known})])
    return SUITES[name](device, half)


SUITES: Mapping[str, Callable[[DeviceKind, str], Suite]] = {
    "quick": quick,
    "standard": standard,
    "full": full,
}
