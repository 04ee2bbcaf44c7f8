"""SkyPilot's catalogue, one `vms.csv` a cloud: prices in USD an hour of the whole instance.

Quirks that are met here: columns stand in any order; a blank price means that there is none; a zone is a row
of its own; at GCP the machine and its GPUs are separate rows, which are added up where the machine type fixes
the GPUs (A2, A3, A4, G2), and marked as without host where it does not; the 700.0 of a TPU is a placeholder.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.errors import InputError, Problem
from toolkit.reference import Reference
from toolkit.reference.importers.checking import keep, number
from toolkit.reference.importers.device_names import device_memory_mib, identify
from toolkit.reference.importers.offer_file import Imported, offer_row, unique

COLUMNS = ("InstanceType", "AcceleratorName", "AcceleratorCount", "Price", "Region")
TITLE = "SkyPilot catalog (Apache-2.0)"
URL = "https://github.com/skypilot-org/skypilot-catalog"
TPU_PLACEHOLDER = 700.0
# GCP machine types that come with their GPUs: name of the accelerator → type by count.
GCP_HOSTS: Mapping[str, Mapping[int, str]] = {
    "A100": {**{n: f"a2-highgpu-{n}g" for n in (1, 2, 4, 8)}, 16: "a2-megagpu-16g"},
    "A100-80GB": {n: f"a2-ultragpu-{n}g" for n in (1, 2, 4, 8)},
    "H100": {n: f"a3-highgpu-{n}g" for n in (1, 2, 4, 8)},
    "H100-MEGA": {8: "a3-megagpu-8g"},
    "H200": {8: "a3-ultragpu-8g"},
    "B200": {8: "a4-highgpu-8g"},
    "L4": {1: "g2-standard-4", 2: "g2-standard-24", 4: "g2-standard-48", 8: "g2-standard-96"},
}


@dataclass(frozen=True, slots=True)
class _Line:
    """One row that could be read: `prices` on demand and spot, None where there is none."""

    number: int
    cells: Mapping[str, str]
    prices: tuple[float | None, float | None]

    @property
    def zone(self) -> str:
        return self.cells.get("AvailabilityZone") or self.cells.get("Region", "")


def read_skypilot(text: str, file: str, provider: str, as_of: str | None, reference: Reference) -> Imported:
    """The offers of a file of one cloud. Raises InputError when it is not such a file."""
    imported = Imported("offers")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        values = {"format": "skypilot", "missing": ", ".join(missing)}
        raise InputError([Problem("gpu.other_format", file=file, line=1, values=values)])
    lines = [line for row in rows if (line := _line(row, rows.line_num, file, imported))]
    hosts = {(line.cells["InstanceType"], line.zone): line for line in lines if not _accelerator(line)}
    found: list[tuple[int, dict[str, Any]]] = []
    for line in lines:
        if _accelerator(line):
            found += _offers(line, hosts, provider, as_of, reference, imported, file)
        elif not any(line.cells["InstanceType"] in types.values() for types in GCP_HOSTS.values()):
            imported.leave_out("cpu_rows")
    checked = Imported("offers")
    for number_, row in found:
        keep(checked, row, file, number_)
    imported.rows, imported.problems = unique(checked.rows), imported.problems + checked.problems
    return imported


def _line(row: Mapping[str | Any, Any], at: int, file: str, imported: Imported) -> _Line | None:
    if None in row or any(value is None for value in row.values()):
        imported.broken("broken_width", file, at)
        return None
    prices: list[float | None] = []
    for column in ("Price", "SpotPrice"):
        try:
            prices.append(number(row.get(column, "")))
        except ValueError:
            imported.broken("broken_number", file, at, column, text=row[column])
            return None
    return _Line(at, {str(key): value.strip() for key, value in row.items()}, (prices[0], prices[1]))


def _accelerator(line: _Line) -> str:
    return line.cells["AcceleratorName"]


def _offers(
    line: _Line,
    hosts: Mapping[tuple[str, str], _Line],
    provider: str,
    as_of: str | None,
    reference: Reference,
    imported: Imported,
    file: str,
) -> list[tuple[int, dict[str, Any]]]:
    cells, name = line.cells, _accelerator(line)
    try:
        count = float(cells["AcceleratorCount"])
        if count < 1 or count != int(count):
            raise ValueError(count)
    except ValueError:
        imported.broken("broken_count", file, line.number, "AcceleratorCount", text=cells["AcceleratorCount"])
        return []
    memory = device_memory_mib(cells.get("GpuInfo", ""))
    device = identify(provider, name, int(count), memory, reference)
    prices: list[float | None] = list(line.prices)
    if name.lower().startswith("tpu"):
        if TPU_PLACEHOLDER in prices:
            imported.leave_out("placeholder")
        prices = [None if price == TPU_PLACEHOLDER else price for price in prices]
    instance, shape, included = cells["InstanceType"], line, True
    if not instance or instance == "TPU-VM":
        instance = GCP_HOSTS.get(name, {}).get(int(count), "")
        host = hosts.get((instance, line.zone))
        if host is not None:
            prices = [_sum(own, its) for own, its in zip(prices, host.prices, strict=True)]
            shape = host
        else:
            instance, included = f"{name} x{int(count)}", name.lower().startswith("tpu")
    if prices == [None, None]:
        imported.leave_out("no_price")
    kinds = zip(("on_demand", "spot"), prices, strict=True)
    return [
        (
            line.number,
            offer_row(
                provider=provider, instance_type=instance, region=cells["Region"] or None,
                gpu_id=device.gpu_id, gpu_name=None if device.gpu_id else name, devices=device.devices,
                vcpus=_whole(shape.cells.get("vCPUs")), host_memory_gib=_amount(shape.cells.get("MemoryGiB")),
                host_included=included, price_type=kind, price=price, as_of=as_of,
                source_title=TITLE, source_url=URL,
            ),
        )
        for kind, price in kinds
        if price is not None
    ]  # fmt: skip


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


def _amount(text: str | None) -> float | None:
    try:
        return number(text)
    except ValueError:
        return None


def _whole(text: str | None) -> int | None:
    amount = _amount(text)
    return None if amount is None or amount < 1 else round(amount)
