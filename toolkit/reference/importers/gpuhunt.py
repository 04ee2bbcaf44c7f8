"""gpuhunt's catalogue, one CSV a provider: prices in USD an hour of the whole instance.

Spot and on demand are separate rows; older files lack the vendor and the processor's kind; a price of 0 means
that there is none. The provider is the name of the file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from toolkit.errors import InputError, Problem
from toolkit.reference import Reference
from toolkit.reference.importers.checking import keep, number
from toolkit.reference.importers.device_names import identify
from toolkit.reference.importers.offer_file import Imported, offer_row, unique

COLUMNS = ("instance_name", "location", "price", "gpu_count", "gpu_name", "spot")
TITLE = "gpuhunt catalog (dstack, MPL-2.0)"
URL = "https://github.com/dstackai/gpuhunt"
GIB_IN_MIB = 1024.0


def read_gpuhunt(text: str, file: str, provider: str, as_of: str | None, reference: Reference) -> Imported:
    """The offers of a file of one provider. Raises InputError when it is not such a file."""
    imported = Imported("offers")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        values = {"format": "gpuhunt", "missing": ", ".join(missing)}
        raise InputError([Problem("gpu.other_format", file=file, line=1, values=values)])
    for row in rows:
        at = rows.line_num
        if None in row or any(row[name] is None for name in COLUMNS):
            imported.broken("broken_width", file, at)
            continue
        try:
            found = _offer(row, provider, as_of, reference, imported)
        except ValueError as error:
            imported.broken("broken_number", file, at, text=str(error))
            continue
        if found is not None:
            keep(imported, found, file, at)
    imported.rows = unique(imported.rows)
    return imported


def _offer(
    row: Mapping[str | Any, Any], provider: str, as_of: str | None, reference: Reference, imported: Imported
) -> dict[str, Any] | None:
    """Raises ValueError for a cell that is no number."""
    count = number(row["gpu_count"])
    if count is None or not row["gpu_name"].strip():
        imported.leave_out("cpu_rows")
        return None
    price = number(row["price"])
    if price is None:
        imported.leave_out("no_price")
        return None
    if count != int(count):
        raise ValueError(row["gpu_count"])
    memory = number(row.get("gpu_memory"))
    named = row["gpu_name"].strip()
    mib = None if memory is None else memory * GIB_IN_MIB
    device = identify(provider, named, int(count), mib, reference)
    flags = (row.get("flags") or "").strip()
    return offer_row(
        provider=provider, instance_type=row["instance_name"].strip(), region=row["location"].strip() or None,
        gpu_id=device.gpu_id, gpu_name=None if device.gpu_id else named, devices=device.devices,
        vcpus=_whole(row.get("cpu")), host_memory_gib=number(row.get("memory")), host_included=True,
        price_type="spot" if row["spot"].strip().lower() == "true" else "on_demand", price=price,
        as_of=as_of, source_title=TITLE, source_url=URL, note=f"Flags: {flags}." if flags else None,
    )  # fmt: skip


def _whole(text: object) -> int | None:
    amount = number(text)
    return None if amount is None or amount < 1 else round(amount)
