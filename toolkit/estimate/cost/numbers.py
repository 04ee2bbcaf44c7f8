"""Certain numbers of a WORKLOAD.yaml, in the notation of a plan (`200B`, `1.5M`, `15 %`)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from toolkit.errors import InputError
from toolkit.lines.quantity_text import parse_quantity
from toolkit.resources.surroundings import complaint


def number(unit: str, low: float, high: float, *, above: bool = False) -> Any:
    """A certain number of a plan's notation between two bounds; `above`: more than the lower one."""

    def read(raw: Any) -> float:
        if raw is None:
            raise complaint("plan.empty")
        try:
            quantity = parse_quantity(raw, unit)
        except InputError as error:
            problem = error.problems[0]
            raise complaint(problem.id, **problem.values) from None
        value = quantity.median
        if quantity.is_uncertain:
            raise complaint("plan.not_certain", text=raw)
        if value < low or (above and value == low):
            name = "quantity_positive" if above else "quantity_small"
            raise complaint(f"lines.{name}", text=raw, minimum=f"{low:g}")
        if value > high:
            raise complaint("lines.quantity_large", text=raw, maximum=f"{high:g}")
        return float(value)

    return BeforeValidator(read)


Positive = Annotated[int, Field(ge=1)]
Amount = Annotated[float, number("1", 0.0, 1e18, above=True)]
AmountOrZero = Annotated[float, number("1", 0.0, 1e18)]
Share = Annotated[float, number("1", 0.0, 1.0)]
PositiveShare = Annotated[float, number("1", 0.0, 1.0, above=True)]
Ratio = Annotated[float, number("1", 1.0, 1e3)]
