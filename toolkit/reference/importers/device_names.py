"""Which accelerator a catalogue means by a name: by alias, corrected by the memory that it states.

One name stands for several devices (`A100` has 40 GB at AWS and GCP, 80 GB at Cudo and Seeweb), one device
has many names (`H100-80G-SXM5`, `H100-SXM`). TPU names count differently by generation: `tpu-v5p-8` are eight
TensorCores, two to a chip; `tpu-v6e-8` are eight chips (Google Cloud TPU documentation, accelerator types).
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.reference import Reference

SIBLINGS = (
    ("a100-sxm-40gb", "a100-sxm-80gb"),
    ("a100-pcie-40gb", "a100-pcie-80gb"),
    ("v100-sxm2-16gb", "v100-sxm2-32gb"),
)
# (cloud, name) where the name alone misleads.
SPECIAL: Mapping[tuple[str, str], str] = {
    ("aws", "A100"): "a100-sxm-40gb",
    ("gcp", "A100"): "a100-sxm-40gb",
    ("cudo", "A100"): "a100-pcie-80gb",
    ("seeweb", "A100"): "a100-sxm-80gb",
    ("runpod", "H100"): "h100-pcie",
}
SPELLINGS: Mapping[str, str] = {
    "h10080gsxm5": "h100-sxm", "h100sxm5": "h100-sxm", "h10080gbsxm": "h100-sxm", "h100sxm580gb": "h100-sxm",
    "h10080gpcie": "h100-pcie", "h10080gpcienvlink": "h100-pcie", "h100nvlink": "h100-nvl",
    "h100mega": "h100-sxm",
    "a10080gpcie": "a100-pcie-80gb", "a10080gpcienvlink": "a100-pcie-80gb", "a10080gbpcie": "a100-pcie-80gb",
    "a10080gsxm4": "a100-sxm-80gb", "a10080gbsxm": "a100-sxm-80gb", "a10080gbsxm4": "a100-sxm-80gb",
    "rtxa6000": "rtx-a6000", "a6000": "rtx-a6000", "rtxa4000": "rtx-a4000", "rtxa5000": "rtx-a5000",
    "rtx6000ada": "rtx-6000-ada", "rtxpro6000": "rtx-pro-6000-se", "rtxpro6000wk": "rtx-pro-6000-ws",
    "h200sxm": "h200-sxm", "b200sxm": "b200-sxm", "b300sxm": "b300-sxm",
}  # fmt: skip
TPU = re.compile(r"tpu-(v[0-9]+[a-z]*?)(?:litepod)?-(\d+)")
TENSORCORES_A_CHIP = {"v2": 2, "v3": 2, "v4": 2, "v5p": 2}
SIZE = re.compile(r"size_?in_?mib['\"]?\s*:\s*['\"]?([0-9.]+)", re.IGNORECASE)
GB_IN_MIB = 1e9 / 2**20
SMALLEST_MIB = 1024  # a smaller figure is gigabytes under a wrong name


@dataclass(frozen=True, slots=True)
class DeviceName:
    """The device of the catalogue (None: `data/gpus.csv` does not hold it) and how many a listed unit is."""

    gpu_id: str | None
    name: str
    devices: int


def identify(cloud: str, name: str, count: int, memory_mib: float | None, reference: Reference) -> DeviceName:
    """The accelerator behind a listed name."""
    if match := TPU.fullmatch(name.lower()):
        generation = "v5e" if match[1] == "v5" else match[1]
        chips = max(1, int(match[2]) // TENSORCORES_A_CHIP.get(generation, 1))
        known = f"tpu-{generation}"
        return DeviceName(known if known in reference.gpus else None, name, chips * count)
    special = SPECIAL.get((cloud, name))
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    found = special or SPELLINGS.get(plain) or reference.gpu_by_alias(name)
    if found is not None and special is None and memory_mib is not None:
        found = _by_memory(found, memory_mib, reference)
    return DeviceName(found, name, count)


def device_memory_mib(text: str) -> float | None:
    """Memory of one device from SkyPilot's `GpuInfo`, which comes as JSON, as the text of a Python mapping,
    as neither (single quotes, bare null), in small letters, or as a plain name; None when it is silent."""
    value = _first_size(_parsed(text))
    if value is None and (match := SIZE.search(text)):
        value = float(match[1])
    if not value:
        return None
    return value if value >= SMALLEST_MIB else value * GB_IN_MIB


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return ast.literal_eval(text)  # data only: literals cannot run anything
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _first_size(node: Any) -> float | None:
    for key, value in _pairs(node):
        if key.lower() == "sizeinmib":
            try:
                return float(value)
            except (TypeError, ValueError):
                return None
    return None


def _pairs(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield str(key), value
            yield from _pairs(value)
    elif isinstance(node, list):
        for item in node:
            yield from _pairs(item)


def _by_memory(found: str, memory_mib: float, reference: Reference) -> str:
    """The sibling whose memory is nearest."""
    group = next((group for group in SIBLINGS if found in group), (found,))
    known = [one for one in group if one in reference.gpus]
    return min(known, key=lambda one: abs(reference.gpus[one].memory_gib * 1024 - memory_mib), default=found)
