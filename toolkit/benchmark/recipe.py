"""How a workload is run beyond its mode: the options that many models share, read from a workload.

optimizer       the update rule of a training step
accumulate      forward and backward passes of one update; `batch` is the samples of each
checkpointing   `on`: activations are computed again in the backward pass instead of kept
lora            rank of low-rank adapters that are trained instead of the frozen weights
compile         `on`: through torch.compile, whose time is told apart
parallel        `ddp` or `fsdp2`: several processes, one device each; `batch` is the samples of each device
new             tokens that a generation makes after its prompt

A model lists what it takes under `options`; the first word is the usual one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.shapes.records import Mode, Workload

WHOLE = "a whole number from 1"  # stands for its kind in a list of allowed words
OPTIMIZERS = ("adamw", "adam", "sgd")
NEW_TOKENS = 32

COMPILE: Mapping[str, tuple[str, ...]] = {"compile": ("off", "on")}
TRAINING: Mapping[str, tuple[str, ...]] = {
    "optimizer": OPTIMIZERS,
    "accumulate": (WHOLE,),
    "checkpointing": ("off", "on"),
    "parallel": ("ddp", "fsdp2"),
    **COMPILE,
}
ADAPTERS: Mapping[str, tuple[str, ...]] = {"lora": (WHOLE,)}
GENERATION: Mapping[str, tuple[str, ...]] = {"new": (WHOLE,)}

# Options that mean nothing in another mode; one that is not here changes every mode.
_ONLY_IN: Mapping[str, Mode] = {
    **dict.fromkeys(("optimizer", "accumulate", "checkpointing", "parallel", "lora", "loss"), "train"),
    "new": "generate",
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """The shared options of one workload."""

    optimizer: str = "adamw"
    accumulate: int = 1
    checkpointing: bool = False
    lora: int | None = None
    compile: bool = False
    parallel: str | None = None
    new: int = NEW_TOKENS

    @classmethod
    def of(cls, workload: Workload) -> Recipe:
        """Read the options of a workload that has been checked."""
        found = dict(workload.options)
        return cls(
            optimizer=found.get("optimizer", "adamw"),
            accumulate=int(found.get("accumulate", 1)),
            checkpointing=found.get("checkpointing") == "on",
            lora=int(found["lora"]) if "lora" in found else None,
            compile=found.get("compile") == "on",
            parallel=found.get("parallel"),
            new=int(found.get("new", NEW_TOKENS)),
        )

    @property
    def variant(self) -> str:
        """What changes a model in place, so that cases which differ in it do not share one."""
        changes = {"lora": self.lora, "checkpointing": self.checkpointing, "parallel": self.parallel}
        return "".join(f"+{name}={value}" for name, value in changes.items() if value)


def takes(words: tuple[str, ...], value: str) -> bool:
    """Whether an option with these allowed words takes a value."""
    return value in words or (WHOLE in words and value.isdecimal() and int(value) >= 1)


def out_of_place(option: str, mode: str) -> bool:
    """Whether an option means nothing in a mode."""
    return option in _ONLY_IN and _ONLY_IN[option] != mode
