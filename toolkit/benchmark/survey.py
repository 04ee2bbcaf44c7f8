"""What this machine could measure: `python -m toolkit.benchmark.survey` prints one JSON document and ends.

A process of its own, because it imports torch, which its caller must not.
"""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from typing import Any

from toolkit.benchmark import environment


def survey() -> dict[str, Any]:
    """Versions, the processor, every CUDA device with what its meter can read, and why there is none."""
    found: dict[str, Any] = {"software": environment.software(), "cpu": environment.cpu(), "gpus": []}
    found["native_bf16"] = environment.native_bf16()
    if find_spec("torch") is None:
        return {**found, "cuda": "torch is not installed"}
    import torch

    if not torch.cuda.is_available():
        built = torch.version.cuda
        why = "this torch is built without CUDA" if built is None else f"torch sees no device (CUDA {built})"
        return {**found, "cuda": why}
    from toolkit.benchmark.meters import open_meter

    for index in range(torch.cuda.device_count()):
        device = torch.device("cuda", index)
        meter = open_meter("auto", device)
        try:
            reading = dict(meter.read().unknown)
        finally:
            meter.close()
        found["gpus"].append({**environment.gpu(device), "meter": meter.source, "unread": reading})
    return {**found, "cuda": None}


if __name__ == "__main__":
    print(json.dumps(survey()))
    sys.stdout.flush()
