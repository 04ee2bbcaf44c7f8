"""Imports of public price lists: which reader reads which format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from toolkit.errors import InputError, Problem
from toolkit.reference import Reference, load_reference
from toolkit.reference.cells import ISO_DATE
from toolkit.reference.importers.genai_prices import read_genai_prices
from toolkit.reference.importers.gpuhunt import read_gpuhunt
from toolkit.reference.importers.litellm import read_litellm
from toolkit.reference.importers.offer_file import Imported, write_rows
from toolkit.reference.importers.skypilot import read_skypilot

Reader = Callable[[str, str, str, str | None, Reference], Imported]
READERS: Mapping[str, Reader] = {
    "skypilot": read_skypilot,
    "gpuhunt": read_gpuhunt,
    "litellm": read_litellm,
    "genai-prices": read_genai_prices,
}


def import_prices(
    file: Path, format: str, out: Path, provider: str | None = None, as_of: str | None = None
) -> Imported:
    """Read a price list, write the good rows to `out`, and say what was left out and what is broken.

    The seller is `provider`, else the folder of a SkyPilot file (`…/aws/vms.csv`) or the name of the file.
    Raises InputError: an unknown format, a file that cannot be read or is of another format, a bad date.
    """
    reader = READERS.get(format)
    if reader is None:
        values = {"format": format, "formats": ", ".join(READERS)}
        raise InputError([Problem("gpu.unknown_format", "--format", values=values)])
    if as_of is not None and not ISO_DATE.fullmatch(as_of):
        raise InputError([Problem("gpu.not_a_day", "--as-of", values={"text": as_of})])
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError([Problem("gpu.unreadable", file=str(file), values={"reason": reason})]) from None
    named = file.resolve().parent.name if format == "skypilot" else file.stem
    found = reader(text, str(file), (provider or named).lower().replace(" ", "-"), as_of, load_reference())
    write_rows(found, out)
    return found
