"""How one cell of a data file is read: a type for each kind of cell.

A field of a record is annotated with one of these types, and the annotation is the schema of the column:

    launched: Date | None        # may be empty; if not, an ISO date
    power_w: Amount | None       # may be empty; if not, a number above 0
    devices: Count               # must not be empty; a whole number from 1 on

A reader takes the text of a cell that is not empty and raises `CellError` when it does not fit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal, NoReturn

from toolkit.provenance import Confidence as ConfidenceWord

SLUG = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
ISO_DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
ISO_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
CURRENCY = re.compile(r"[A-Z]{3}")
PLACE = re.compile(r"[A-Z]{2}|EU|GLOBAL|WORLD")
CONFIDENCES = ("high", "medium", "low", "own_knowledge")


class CellError(ValueError):
    """A cell does not fit its column: `name` is the sentence of the catalogue, `values` fill it."""

    def __init__(self, name: str, **values: Any) -> None:
        super().__init__(name)
        self.name, self.values = name, values


def matching(pattern: re.Pattern[str], form: str) -> Callable[[str], str]:
    """A reader of cells that match `pattern` as a whole; `form` is an example for the reader of a problem."""

    def read(cell: str) -> str:
        if not pattern.fullmatch(cell):
            raise CellError("wrong_form", value=cell, form=form)
        return cell

    return read


def one_of(*words: str) -> Callable[[str], str]:
    """A reader of a closed vocabulary."""

    def read(cell: str) -> str:
        if cell not in words:
            raise CellError("unknown_word", value=cell, allowed=", ".join(words))
        return cell

    return read


def number(low: float, high: float, *, low_included: bool) -> Callable[[str], float]:
    """A reader of numbers between two bounds."""

    def read(cell: str) -> float:
        try:
            value = float(cell)
        except ValueError:
            raise CellError("not_a_number", value=cell) from None
        if value > high or value < low or (value == low and not low_included) or math.isnan(value):
            _out_of_range(cell, low, high, low_included)
        return value

    return read


def whole(low: int, high: int) -> Callable[[str], int]:
    """A reader of whole numbers between two bounds, both included."""

    def read(cell: str) -> int:
        if not cell.isdecimal():
            raise CellError("not_whole", value=cell)
        value = int(cell)
        if not low <= value <= high:
            _out_of_range(cell, low, high, True)
        return value

    return read


def _out_of_range(cell: str, low: float, high: float, low_included: bool) -> NoReturn:
    bound = f"{low:g}" if low_included else f"> {low:g}"
    raise CellError("out_of_range", value=cell, low=bound, high=f"{high:g}")


def yes_no(cell: str) -> bool:
    if cell not in ("yes", "no"):
        raise CellError("unknown_word", value=cell, allowed="yes, no")
    return cell == "yes"


def parts(cell: str) -> tuple[str, ...]:
    """Several words in one cell, separated by `|`."""
    return tuple(part.strip() for part in cell.split("|"))


Word = Annotated[str, str]
Words = Annotated[tuple[str, ...], parts]
Slug = Annotated[str, matching(SLUG, "h100-sxm")]
Date = Annotated[str, matching(ISO_DATE, "2026-06-15")]
Day = Annotated[str, matching(ISO_DAY, "2026-06-15")]
Currency = Annotated[str, matching(CURRENCY, "USD")]
Place = Annotated[str, matching(PLACE, "CN")]
Amount = Annotated[float, number(0.0, 1e15, low_included=False)]
AmountOrZero = Annotated[float, number(0.0, 1e15, low_included=True)]
Share = Annotated[float, number(0.0, 1.0, low_included=True)]
Count = Annotated[int, whole(1, 10**12)]
CountOrZero = Annotated[int, whole(0, 10**12)]
Year = Annotated[int, whole(1990, 2100)]
Period = Annotated[Literal["year", "month"], one_of("year", "month")]
YesNo = Annotated[bool, yes_no]
Confidence = Annotated[ConfidenceWord, one_of(*CONFIDENCES)]
RecallConfidence = Annotated[str, one_of("high", "medium", "low")]
