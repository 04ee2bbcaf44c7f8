"""A cloud bill in the FOCUS format, summed by month, provider, service and kind of charge.

FOCUS (FinOps Open Cost and Usage Specification, https://focus.finops.org) names the columns of a bill the
same for every provider. From versions 1.0 to 1.3 these are read:

    ChargePeriodStart   the day or hour from which a charge counts (inclusive)
    BilledCost          what the invoice says         EffectiveCost   prepaid amounts spread over their use
    BillingCurrency     must be the plan's            ChargeCategory  Usage, Purchase, Tax, Credit, Adjustment
    ServiceName, ServiceCategory, ProviderName (from 1.3 on ServiceProviderName), Tags

What a charge counts for: the first rule that fits it, `ServiceName:Amazon S3=operations.hosting.cost`,
`ServiceCategory:Storage=…`, `Tags.team:research=…` (any column, or one key of Tags). Without one, use,
purchases and adjustments of Compute and of AI and Machine Learning count for `compute.cost`, which is before
credits; taxes, credits and other services count for no line and are listed. What counts for the cost of one
workload counts for `compute.cost` too.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from toolkit.app.actuals.cells import LARGEST
from toolkit.app.actuals.naming import Names
from toolkit.errors import InputError, Problem
from toolkit.projection.closed_books import Actual
from toolkit.projection.model import Model
from toolkit.store.actuals import CloudCost

COMPUTE = "compute.cost"
COMPUTE_CATEGORIES = ("Compute", "AI and Machine Learning")
CHARGES = ("Usage", "Purchase", "Tax", "Credit", "Adjustment")
PROVIDERS = ("ServiceProviderName", "ProviderName", "PublisherName")
NEEDED = (
    "ChargePeriodStart", "BilledCost", "EffectiveCost", "BillingCurrency", "ChargeCategory", "ServiceName",
    "ServiceCategory",
)  # fmt: skip
MOST_PROBLEMS = 50  # of one file: a million bad rows say no more than the first fifty
Cost = Literal["effective", "billed"]


class Rule(NamedTuple):
    """Charges whose `column` is `value` count for `line`."""

    column: str
    value: str
    line: str

    def fits(self, row: Mapping[str, str]) -> bool:
        """Whether a charge is meant."""
        column, _, key = self.column.partition(".")
        if not key:
            return row.get(column, "") == self.value
        return _tags(row.get(column, "")).get(key) == self.value


@dataclass
class Bill:
    """A bill summed up: costs by service, and problems. `outside` counts the charges of months that the plan
    does not have."""

    file: str
    costs: tuple[CloudCost, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    outside: int = 0
    rows: int = 0

    def refuse(self, id: str, row: int | None, column: str = "", **values: object) -> None:
        """Note a problem at a row and a column."""
        self.problems.append(Problem(f"actuals.{id}", column, self.file, row, values))


def read_rules(texts: Sequence[str], model: Model) -> tuple[Rule, ...]:
    """The rules in texts `COLUMN:VALUE=LINE`. Raises InputError with every text that is none."""
    names, rules, problems = Names(model), [], []
    for text in texts:
        left, equals, name = text.rpartition("=")
        column, colon, value = left.partition(":")
        if not (equals and colon and column.strip() and name.strip()):
            problems.append(Problem("actuals.rule_form", "--map", values={"text": text}))
            continue
        found = names.find(name.strip())
        if found.line is None:
            values = {"name": name.strip(), "nearest": found.near or ", ".join(found.several)}
            problems.append(Problem("actuals.unknown_line", "--map", values=values))
        else:
            rules.append(Rule(column.strip(), value.strip(), found.line))
    if problems:
        raise InputError(problems)
    return tuple(rules)


def read_bill(path: Path, model: Model, rules: Sequence[Rule] = (), *, skip_outside: bool = False) -> Bill:
    """The bill of a CSV (also `.gz`) or Parquet file, and everything that is wrong with it.

    With `skip_outside` charges of months that the plan does not have are left out and counted.
    """
    bill = Bill(str(path))
    sums: dict[tuple[str, ...], list[list[float]]] = {}
    outside: dict[str, int] = {}
    try:
        for number, row in _rows(path, bill):
            bill.rows += 1
            _add(bill, model, rules, number, row, sums, outside)
            if len(bill.problems) > MOST_PROBLEMS:
                bill.refuse("and_more", number, count=MOST_PROBLEMS)
                break
    except (OSError, UnicodeDecodeError, csv.Error, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        bill.refuse("unreadable", None, reason=reason)
    bill.outside = sum(outside.values())
    if not skip_outside:
        for month in sorted(outside):
            values = {"month": month, "first": model.months[0], "last": model.months[-1]}
            bill.refuse("month_outside", None, "ChargePeriodStart", **values)
    if not bill.rows and not bill.problems:
        bill.refuse("empty", None)
    bill.costs = tuple(_costs(sums))
    return bill


def _rows(path: Path, bill: Bill) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each charge with its line in the file; the header is checked first."""
    if path.suffix == ".parquet":
        yield from _parquet_rows(path, bill)
        return
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        data = gzip.GzipFile(fileobj=raw) if packed else raw
        reader = csv.DictReader(io.TextIOWrapper(data, encoding="utf-8-sig", newline=""), restval="")
        if _has_columns(reader.fieldnames or (), bill):
            for row in reader:
                yield reader.line_num, row


def _parquet_rows(path: Path, bill: Bill) -> Iterator[tuple[int, Mapping[str, str]]]:
    import pyarrow
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(path)
        if not _has_columns(file.schema_arrow.names, bill):
            return
        number = 0
        for batch in file.iter_batches():
            for row in batch.to_pylist():
                number += 1
                yield number, {key: _text(value) for key, value in row.items()}
    except pyarrow.ArrowException as error:
        bill.refuse("unreadable", None, reason=str(error).splitlines()[0])


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(part, tuple) for part in value):  # a map, as Tags may be
        value = dict(value)
    return json.dumps(value, default=str) if isinstance(value, dict | list) else str(value)


def _has_columns(names: Iterable[str], bill: Bill) -> bool:
    known = set(names)
    missing = [name for name in NEEDED if name not in known]
    if not known & set(PROVIDERS):
        missing.append(PROVIDERS[1])
    for name in missing:
        bill.refuse("no_column", 1, name, name=name)
    return not missing


def _add(
    bill: Bill, model: Model, rules: Sequence[Rule], number: int, row: Mapping[str, str],
    sums: dict[tuple[str, ...], list[list[float]]], outside: dict[str, int],
) -> None:  # fmt: skip
    """Add one charge to the sums, or say what is wrong with it."""
    month, charge = row["ChargePeriodStart"][:7], row["ChargeCategory"]
    amounts = [_amount(bill, number, column, row[column]) for column in ("BilledCost", "EffectiveCost")]
    faults = len(bill.problems)
    if not (len(month) == 7 and month[4] == "-" and (month[:4] + month[5:]).isdigit()):
        bill.refuse("not_a_month", number, "ChargePeriodStart", text=row["ChargePeriodStart"][:40])
    if charge not in CHARGES:
        bill.refuse("unknown_charge", number, "ChargeCategory", text=charge[:40], known=", ".join(CHARGES))
    if row["BillingCurrency"] != model.currency:
        values = {"currency": row["BillingCurrency"][:12], "expected": model.currency}
        bill.refuse("currency", number, "BillingCurrency", **values)
    if faults < len(bill.problems) or None in amounts:
        return
    if month not in model.months:
        outside[month] = outside.get(month, 0) + 1
        return
    provider = next((row[name] for name in PROVIDERS if row.get(name)), "")
    service, category = row["ServiceName"], row["ServiceCategory"]
    key = (month, provider, category, service, charge, _line_of(row, rules, model) or "")
    billed, effective = sums.setdefault(key, [[], []])
    billed.append(amounts[0] or 0.0)
    effective.append(amounts[1] or 0.0)


def _amount(bill: Bill, number: int, column: str, text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if abs(value) <= LARGEST:
        return value
    bill.refuse("not_a_number" if math.isnan(value) else "implausible", number, column, text=text[:40])
    return None


def _line_of(row: Mapping[str, str], rules: Sequence[Rule], model: Model) -> str | None:
    for rule in rules:
        if rule.fits(row):
            return rule.line
    counts = row["ChargeCategory"] in ("Usage", "Purchase", "Adjustment")
    is_compute = row["ServiceCategory"] in COMPUTE_CATEGORIES and COMPUTE in model.lines
    return COMPUTE if counts and is_compute else None


def _tags(text: str) -> Mapping[str, str]:
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _costs(sums: Mapping[tuple[str, ...], list[list[float]]]) -> Iterator[CloudCost]:
    for (month, provider, category, service, charge, line), (billed, effective) in sorted(sums.items()):
        totals = math.fsum(billed), math.fsum(effective)  # exact: the order of the rows changes nothing
        yield CloudCost(month, provider, category, service, charge, line or None, *totals)


def figures_of(costs: Iterable[CloudCost], cost: Cost, place: str) -> tuple[Actual, ...]:
    """What the lines were that costs count for, by month; those of a workload are a part of all compute."""
    totals: dict[tuple[str, str], list[float]] = {}
    for one in costs:
        is_part = one.line is not None and one.line.startswith("compute.") and one.line.endswith(".cost")
        for line in {one.line, COMPUTE if is_part else None} - {None}:
            totals.setdefault((str(line), one.month), []).append(getattr(one, cost))
    return tuple(
        Actual(line, month, math.fsum(amounts), place) for (line, month), amounts in sorted(totals.items())
    )
