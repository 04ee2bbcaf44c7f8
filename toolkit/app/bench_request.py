"""What a person asked the benchmark for, in words, turned into a job; and what can be asked for."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from toolkit.benchmark.devices import half_format, resolve_device
from toolkit.benchmark.foreign import Citation
from toolkit.benchmark.jobs import Job
from toolkit.benchmark.models import reference_models
from toolkit.benchmark.programs import Program
from toolkit.benchmark.selection import Selection
from toolkit.benchmark.suite import SUITES, suite_named
from toolkit.errors import Problem, refuse
from toolkit.text import Language

_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_BYTES = {
    "": 1,
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
    "tib": 2**40,
}
_MEASURE = re.compile(r"\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[a-z]*)\s*")


def selection(
    suite: str | None,
    model: Sequence[str] | None,
    mode: Sequence[str] | None,
    dtype: Sequence[str] | None,
    batch: Sequence[str] | None,
    tokens: Sequence[str] | None,
    option: Sequence[str] | None,
    config: Path | None,
    module: str | None,
) -> Selection:
    """The cases that lists of words ask for; a list may also come in one word, with commas."""
    models, modes, dtypes, batches, lengths, options = (
        tuple(part.strip() for word in words or () for part in word.split(",") if part.strip())
        for words in (model, mode, dtype, batch, tokens, option)
    )
    return Selection(suite, models, modes, dtypes, batches, lengths, options, config, module)


def job(
    chosen: Selection,
    device: str,
    budget: str | None,
    memory: str | None,
    launcher: str,
    nproc: int,
    program: tuple[str | None, str | None, str],
) -> Job:
    """The job with its times and sizes read. Raises InputError with every word that cannot be."""
    problems: list[Problem] = []
    seconds = _measure("budget", budget, _SECONDS, problems)
    size = _measure("memory", memory, _BYTES, problems)
    command, pattern, unit = program
    own = None
    if command is None and pattern is not None:
        problems.append(Problem("bench.pattern_alone", "unit-regex"))
    elif command is not None and pattern is None:
        problems.append(Problem("bench.command_alone", "command"))
    elif command is not None and pattern is not None:
        if chosen.own or chosen.models or chosen.suite:
            problems.append(Problem("bench.own_or_reference", "command"))
        chosen_mode: Any = chosen.modes[0] if chosen.modes else "train"
        own = Program(command, pattern, unit, chosen_mode, chosen.dtypes[0] if chosen.dtypes else "unknown")
    if chosen.config is not None and chosen.module is not None:
        problems.append(Problem("bench.own_or_reference", "module"))
    refuse(problems)
    return Job(chosen, device, seconds, launcher, nproc, None if size is None else int(size), own)


def _measure(field: str, words: str | None, units: dict[str, Any], problems: list[Problem]) -> float | None:
    """A number with a unit; None when nothing was said or a problem was noted."""
    if words is None:
        return None
    found = _MEASURE.fullmatch(words.lower())
    unit = None if found is None else units.get(found["unit"])
    if found is None or unit is None:
        problems.append(
            Problem(
                "bench.no_measure", field, values={"value": words, "units": ", ".join(filter(None, units))}
            )
        )
        return None
    value = float(found["number"]) * float(unit)
    return value if math.isfinite(value) else None


def citation(cite: str, gpu: str | None, gpus: int | None) -> Citation:
    """Where a foreign result is from. Raises InputError for a GPU that the catalogue does not have."""
    from toolkit.reference.catalogue import load_reference

    problems = []
    if gpus is not None and gpus < 1:
        problems.append(Problem("bench.not_positive", "gpus", values={"name": "gpus", "value": gpus}))
    name = gpu
    if gpu is not None:
        reference = load_reference()
        found = gpu if gpu in reference.gpus else reference.gpu_by_alias(gpu)
        if found is None:
            problems.append(Problem("bench.unknown_gpu", "gpu", values={"name": gpu}))
        else:
            name = reference.gpus[found].name
    refuse(problems)
    return Citation(cite.strip(), name, gpus)


def catalogue(device: str, language: Language) -> dict[str, Any]:
    """Suites with their cases on a device, and reference models with what they take."""
    kind = resolve_device(device)
    half = half_format(kind)
    suites = [suite_named(name, kind, half) for name in SUITES]
    return {
        "device": kind,
        "suites": [
            {
                "name": suite.name,
                "budget_s": suite.budget_s,
                "isolated": suite.isolated,
                "cases": [case.name for case in suite.cases],
            }
            for suite in suites
        ],
        "models": [
            {
                "name": name,
                "family": model.family,
                "task": model.task.zh if language == "zh" else model.task.en,
                "unit": model.unit,
                "parameters": model.parameters(name),
                "modes": list(model.modes),
                "options": {key: list(words) for key, words in model.options.items()},
                "tests_only": name.startswith("tiny-"),
            }
            for name, model in reference_models().items()
        ],
    }
