"""Doctor: is this machine ready, and for what? Every check says what was found, and what to do where it is
not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from toolkit.benchmark.devices import catalogue_gpu
from toolkit.benchmark.supervisor import environment
from toolkit.errors import GroundplanError
from toolkit.reference import load_reference
from toolkit.store.workspace import Workspace
from toolkit.text import Language, bilingual, t

State = Literal["ready", "limited", "missing"]
NEEDED = ("torch", "transformers", "numpy", "nvidia-ml-py")
SURVEY_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: `id` names it in the catalogue `doctor`, `found` is what there is. What
    is not ready has a mend there, under `<id>.<state>`."""

    id: str
    state: State
    found: str
    values: dict[str, Any] = field(default_factory=dict)

    def name(self, language: Language) -> str:
        return bilingual(f"doctor.{self.id}.name")[language]

    def mend(self, language: Language) -> str | None:
        """What to do; None where nothing is."""
        return None if self.state == "ready" else t(f"doctor.{self.id}.mend", language, **self.values)

    def as_dict(self, language: Language) -> dict[str, Any]:
        return {
            "check": self.id,
            "name": self.name(language),
            "state": self.state,
            "found": self.found,
            "mend": self.mend(language),
        }


def examine(workspace: Path) -> list[Check]:
    """Every check, in the order in which they are shown. A workspace that is not there yet is not made."""
    found = _survey()
    return [*_software(found), *_devices(found), *_processor(found), _facts(), _workspace(workspace)]


def _survey() -> dict[str, Any]:
    """What a process of its own says about the machine; empty where it fails."""
    command = [sys.executable, "-P", "-m", "toolkit.benchmark.survey"]  # -P: no module of the current folder
    try:
        run = subprocess.run(
            command, env=environment(), capture_output=True, text=True, timeout=SURVEY_SECONDS, check=True
        )
        found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return {}
    return found


def _software(found: dict[str, Any]) -> Iterator[Check]:
    versions = found.get("software", {})
    missing = [name for name in NEEDED if not versions.get(name)]
    known = ", ".join(f"{name} {versions[name]}" for name in ("python", *NEEDED) if versions.get(name))
    yield Check("software", "missing" if missing else "ready", known or "-", {"missing": ", ".join(missing)})


def _devices(found: dict[str, Any]) -> Iterator[Check]:
    gpus = found.get("gpus", [])
    if not gpus:
        yield Check("gpu", "limited", str(found.get("cuda") or "-"))
        return
    for gpu in gpus:
        known = catalogue_gpu(gpu["name"])
        words = (
            f"{gpu['name']}, {gpu['memory_bytes'] / 2**30:.0f} GiB, CUDA {gpu['cuda']}, cuDNN {gpu['cudnn']}"
        )
        yield Check("gpu", "ready", words)
        yield Check("data_sheet", "ready" if known else "limited", known or "-", {"gpu": gpu["name"]})
        unread = gpu["unread"]
        state: State = "ready" if gpu["meter"] == "live" and not unread else "limited"
        yield Check("meter", state, gpu["meter"], {"unread": ", ".join(unread) or gpu["meter"]})


def _processor(found: dict[str, Any]) -> Iterator[Check]:
    cpu = found.get("cpu")
    if cpu is None:
        return
    memory = cpu["memory_bytes"]
    words = f"{cpu['model']}, {cpu['quota_cpus'] or cpu['cpus']:g} CPU"
    yield Check("processor", "ready", words + (f", {memory / 2**30:.0f} GiB" if memory else ""))
    yield Check("bf16", "ready" if found["native_bf16"] else "limited", ", ".join(cpu["instructions"]) or "-")


def _facts() -> Check:
    try:
        reference = load_reference()
    except GroundplanError as error:
        return Check("facts", "missing", str(error.problems[0]))
    newest = max((offer.as_of for offer in reference.offers if offer.as_of), default="-")
    words = f"{len(reference.gpus)} GPU, {len(reference.offers)} offers, {newest}"
    return Check("facts", "ready", words)


def _workspace(path: Path) -> Check:
    if not path.exists():
        return Check("workspace", "limited", str(path))
    try:
        with Workspace(path).read():
            pass
    except GroundplanError as error:
        return Check("workspace", "missing", str(error.problems[0]), {"reason": error.problems[0].mend()})
    return Check("workspace", "ready", str(path))
