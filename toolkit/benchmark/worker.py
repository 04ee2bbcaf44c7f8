"""The measuring process: `python -m toolkit.benchmark.worker SPEC.json > blocks.jsonl`.

It needs torch, transformers, numpy and nvidia-ml-py only, so a bare GPU machine can measure for another:
carry the package and a spec there, bring the JSON Lines back, import them. Every line is written and
flushed at once, so that a killed process loses no finished block. Libraries that print are sent to standard
error; standard output holds nothing but events.
"""

from __future__ import annotations

import json
import os
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from toolkit.benchmark.lockstep import rank
from toolkit.benchmark.meters.process import between, look
from toolkit.benchmark.reference_model import CannotRunError
from toolkit.benchmark.spec import Spec

SCHEMA = 1
BORN = look()

# On a machine this busy with other work, a process that needed this share of its time for its imports alone
# takes all the time there is: a second one would not come to its first block.
_BUSY_SHARE, _SLOW_START = 0.4, 0.45

# Libraries that transformers would import on the way where they are installed. A model that is timed needs
# none of them, they cost seconds, and without them a worker is the same on every machine.
_NOT_NEEDED = (
    "scipy",
    "sklearn",
    "pandas",
    "pyarrow",
    "datasets",
    "torchvision",
    "PIL",
    "librosa",
    "soundfile",
)


class EventWriter:
    """Writes one JSON line an event, with the process it comes from and the seconds since its start."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.process = f"p-{uuid.uuid4().hex[:12]}"

    def __call__(self, event: str, fields: Mapping[str, Any]) -> None:
        row = {
            "event": event,
            "process": self.process,
            "at": round(time.perf_counter() - BORN.wall, 6),
            **fields,
        }
        os.write(self._descriptor, (json.dumps(row, separators=(",", ":")) + "\n").encode())


def measure(spec: Spec, emit: EventWriter) -> None:
    """Import torch, look at the machine, run all cases."""
    for name in _NOT_NEEDED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # None makes an import fail at once
    import torch

    if spec.device == "cuda" and not torch.cuda.is_available():
        raise CannotRunError("bench.no_cuda", torch=torch.__version__)
    import transformers.modeling_utils  # noqa: F401 - most of what a model file will import

    from toolkit.benchmark import environment
    from toolkit.benchmark.lockstep import local_device, processes
    from toolkit.benchmark.memory_limit import limit_memory
    from toolkit.benchmark.meters import open_meter
    from toolkit.benchmark.session import Session
    from toolkit.benchmark.threads import check_threads

    _quiet_libraries()
    start = between(BORN, look(), 1)
    device = local_device(spec.device)
    memory = limit_memory(device, spec.memory_bytes)
    threads = check_threads(spec.threads, start["foreign_share"])
    meter = open_meter(spec.meter, device)
    busy = (start["foreign_share"] or 0.0) > _BUSY_SHARE
    alone = busy and start["wall"] > _SLOW_START * spec.budget_s
    deadline = BORN.wall + (spec.alone_s if alone else spec.budget_s)
    gpu = {**environment.gpu(device), "meter": dict(meter.describe())} if device.type == "cuda" else None
    facts = {
        "software": environment.software(),
        "settings": environment.settings(),
        "cpu": {**environment.cpu(), "capability": torch.backends.cpu.get_cpu_capability()},
        "gpu": gpu,
        "threads": threads.as_dict(),
        "memory_limit_bytes": memory,
        "processes": processes(),
        "start": start,
    }
    emit("hello", _hello(spec, meter.source, facts))
    try:
        Session(spec, device, meter, threads.taken, BORN.wall, deadline, emit).run()
    finally:
        meter.close()


def _hello(spec: Spec, meter: str, environment: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "pid": os.getpid(),
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "device": spec.device,
        "meter": meter,
        "cases": [workload.name for workload in spec.cases],
        "pace": asdict(spec.pace),
        "environment": environment,
    }


def main(arguments: list[str]) -> int:
    """Exit code 0 when cases were run (single ones may have failed), 1 when none could be, 2 for usage."""
    if len(arguments) != 1:
        print("usage: python -m toolkit.benchmark.worker SPEC.json > blocks.jsonl", file=sys.stderr)
        return 2
    emit = EventWriter(_own_standard_output() if rank() == 0 else os.open(os.devnull, os.O_WRONLY))
    try:
        spec = Spec.from_json(Path(arguments[0]).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        emit("refused", {"problem": "bench.bad_spec", "values": {"reason": _reason(error)}})
        return 1
    try:
        measure(spec, emit)
    except CannotRunError as refusal:
        emit("refused", {"problem": refusal.problem, "values": refusal.values})
        return 1
    except (ImportError, OSError, ValueError, RuntimeError) as error:
        emit("refused", {"problem": "bench.worker_failed", "values": {"reason": _reason(error)}})
        return 1
    emit("end", {})
    return 0


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _own_standard_output() -> int:
    """Keep standard output for events; whatever else prints there goes to standard error."""
    events = os.dup(1)
    os.dup2(2, 1)
    return events


def _quiet_libraries() -> None:
    import logging
    import warnings

    logging.getLogger("transformers").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore")


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stderr.flush()
    os._exit(code)  # torch takes a while to tear down, and there is nothing left to save
