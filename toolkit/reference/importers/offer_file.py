"""A file of offers: written by an importer, read beside `data/offers.csv`, in the same schema."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Literal

from toolkit.errors import InputError, Problem, refuse
from toolkit.reference.offers import Offer
from toolkit.reference.prices import ApiPrice
from toolkit.reference.table import Fact, columns_of, read_table

Schema = Literal["offers", "api_prices"]
RECORDS: Mapping[Schema, type[Fact]] = {"offers": Offer, "api_prices": ApiPrice}


@dataclass
class Imported:
    """What an importer found: rows by column, broken rows with their lines, and remarks on rows that were
    left out on purpose (placeholders, hosts without a GPU), counted."""

    schema: Schema
    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)

    def leave_out(self, reason: str) -> None:
        """Count a row that is left out for a known reason."""
        self.left_out[reason] = self.left_out.get(reason, 0) + 1

    def broken(self, name: str, file: str, line: int, column: str = "", **values: Any) -> None:
        """Note a row that cannot be read."""
        self.problems.append(Problem(f"gpu.{name}", column, file, line, values))


def write_rows(imported: Imported, out: Path) -> None:
    """Write what was imported as CSV. Raises InputError when the file cannot be written."""
    names = [column.name for column in columns_of(RECORDS[imported.schema])]
    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, lineterminator="\n")
            writer.writeheader()
            for row in imported.rows:
                writer.writerow({name: cell_text(row.get(name)) for name in names})
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        raise InputError([Problem("gpu.unwritable", "--out", str(out), values=values)]) from None


def read_offers(path: Path) -> tuple[Offer, ...]:
    """The offers of a file. Raises InputError with every problem, its line and its column."""

    @dataclass(frozen=True, slots=True)
    class OwnOffer(Offer):
        """An offer of this file: its place names the file."""

        FILE: ClassVar[str] = path.name

        @property
        def place(self) -> str:
            return f"{path} line {self.line}"

    rows, problems = read_table(OwnOffer, path.parent)
    refuse([replace(problem, file=str(path)) for problem in problems])
    return rows


def offer_row(**values: Any) -> dict[str, Any]:
    """One price of one instance with what all importers share; `price` is of the whole instance and hour."""
    price, devices = values.pop("price"), values["devices"]
    as_of = values.get("as_of")
    return {
        "device": "gpu",
        "currency": "USD",
        "price_per_hour": price,
        "price_per_device_hour": price / devices,
        "quoted_price": price,
        "quoted_per": "hour",
        "undated": "no" if as_of else "yes",
        "derived": "no",
        "confidence": "medium",
        **values,
    }


def unique(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a key: of several prices of one instance, region and kind the lowest, with a note of the range.

    Catalogues list an instance once for each zone; a buyer takes the cheapest, and sees how far they differ.
    """
    groups: dict[tuple[object, ...], list[dict[str, Any]]] = {}
    for row in rows:
        key = (row["provider"], row["instance_type"], row.get("region"), row["price_type"], row.get("as_of"))
        groups.setdefault(key, []).append(row)
    return [_lowest(group) for group in groups.values()]


def _lowest(group: list[dict[str, Any]]) -> dict[str, Any]:
    prices = [row["price_per_hour"] for row in group]
    lowest = dict(min(group, key=lambda row: row["price_per_hour"]))
    if min(prices) < max(prices):
        note = f"The lowest of {len(group)} prices, from {min(prices):g} to {max(prices):g}."
        lowest["note"] = " ".join(part for part in (lowest.get("note"), note) if part)
    return lowest


def cell_text(value: object) -> str:
    """A cell: empty for unknown; numbers without a trailing `.0`; no text that a spreadsheet would run."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.12g}"
    text = str(value)
    return f"'{text}" if text[:1] in "=+-@" else text
