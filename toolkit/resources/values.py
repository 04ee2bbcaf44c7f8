"""Values: how a number stands in a plan, with its unit and its basis.

A field of a plan takes a number (`120k`), an uncertain number (`90k to 110k`), or a mapping that adds where
it is from: `{value: 90k to 110k, source: bls_2024}` or `{value: 0.7, assumption: "as in our pilot"}`.
`source` names an entry of the plan's `sources`; an `assumption` is named in words.

Money may be written in another currency than the plan's (`once: 12k USD`): the value keeps its unit, and its
line is converted at the rate of each month.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError, ValidationInfo
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from toolkit.errors import InputError
from toolkit.lines.quantity import Quantity
from toolkit.lines.quantity_text import parse_quantity
from toolkit.lines.spelling import nearest
from toolkit.resources.surroundings import Surroundings, complaint, surroundings
from toolkit.units import CURRENCIES

_KEYS = ("value", "source", "assumption")
_CURRENCY = re.compile(rf"\b({'|'.join(CURRENCIES)})\b")
NEVER = 1e-9  # a draw below this probability is not seen in a billion


@dataclass(frozen=True, slots=True)
class Value:
    """A quantity in the unit of its field, and the basis that it names itself (otherwise its record's)."""

    quantity: Quantity
    unit: str
    source: str | None = None
    assumption: str | None = None

    @property
    def currency(self) -> str | None:
        """The currency in which it is money; None for anything else."""
        symbol = self.unit.partition("/")[0]
        return symbol if symbol in CURRENCIES else None


@dataclass(frozen=True, slots=True)
class Counted:
    """What a number is counted in (`{currency}` is the plan's), for the type of a field.

    The 90 % interval of the quantity must lie between `minimum` and `maximum`; what its tails have beyond
    them counts as the bound. A `positive` number is above 0 in every draw (something is divided by it). A
    `certain` one takes no range; `own` money is in the plan's currency and no other.
    """

    unit: str
    minimum: float = -math.inf
    maximum: float = math.inf
    positive: bool = False
    certain: bool = False
    own: bool = False

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        number = [{"type": "number"}, {"type": "string"}]
        text = {"type": "string"}
        written = {
            "type": "object",
            "properties": {"value": {"anyOf": number}, "source": text, "assumption": text},
            "required": ["value"],
            "additionalProperties": False,
        }
        return {"anyOf": [*number, written], "description": self.unit}

    def _read(self, raw: Any, info: ValidationInfo) -> Value:
        around = surroundings(info)
        if not isinstance(raw, Mapping):
            unit = self._unit(raw, around)
            return Value(self._quantity(raw, unit), unit)
        wrong = {key: _unknown_key(str(key)) for key in raw.keys() - set(_KEYS)}
        source, assumption = raw.get("source"), raw.get("assumption")
        if source is not None and source not in around.sources:
            near = nearest(str(source), around.sources)
            wrong["source"] = complaint("plan.unknown_source", key=source, nearest=near)
        try:
            unit = self._unit(raw.get("value"), around)
            quantity = self._quantity(raw.get("value"), unit)
        except PydanticCustomError as error:
            wrong["value"] = error
        if wrong:
            raise _at_keys(wrong, raw)
        return Value(quantity, unit, source, None if assumption is None else str(assumption))

    def _unit(self, raw: Any, around: Surroundings) -> str:
        """The unit of the field: in the plan's currency, or in the one that is written with the number."""
        unit = self.unit.format(currency=around.currency)
        named = set(_CURRENCY.findall(raw)) if isinstance(raw, str) else set()
        if unit == self.unit or self.own or len(named) != 1 or named == {around.currency}:
            return unit
        (currency,) = named
        if not around.converts(currency):
            raise complaint("money.no_exchange_rate", currency=currency, plan=around.currency)
        return self.unit.format(currency=currency)

    def _quantity(self, raw: Any, unit: str) -> Quantity:
        if raw is None:
            raise complaint("plan.empty")
        try:
            quantity = parse_quantity(raw, unit)
        except InputError as error:
            problem = error.problems[0]
            raise complaint(problem.id, **problem.values) from None
        if self.certain and quantity.is_uncertain:
            raise complaint("plan.not_certain", text=raw)
        low, high = quantity.interval_90
        rounding = 1e-12 * max(abs(low), abs(high))
        if low < self.minimum - rounding:
            raise complaint("lines.quantity_small", text=raw, minimum=f"{self.minimum:g}")
        if high > self.maximum + rounding:
            raise complaint("lines.quantity_large", text=raw, maximum=f"{self.maximum:g}")
        if self.positive and quantity.ppf(np.array([NEVER]))[0] <= 0:
            raise complaint("lines.quantity_positive", text=raw)
        return quantity.within(self.minimum, self.maximum)


class Event(Counted):
    """The chance of an event, 0 to 1: in each draw it happens or it does not. `0.8`, `80 %` and
    `chance(0.8)` say the same."""

    def _quantity(self, raw: Any, unit: str) -> Quantity:
        quantity = super()._quantity(raw, unit)
        if not quantity.is_uncertain:
            (probability,) = quantity.parameters
            return quantity if probability in (0, 1) else Quantity.chance(probability, quantity.text)
        if not quantity.is_chance:
            raise complaint("plan.not_chance", text=raw)
        return quantity


def _unknown_key(key: str) -> PydanticCustomError:
    """A key that is no key: often the rest of a number, since braces end an entry at a comma."""
    return complaint("plan.comma" if key[:1].isdigit() else "plan.value_key", key=key)


def _at_keys(wrong: Mapping[str, PydanticCustomError], raw: Mapping[str, Any]) -> ValidationError:
    """Errors at several keys of one mapping."""
    details = [
        InitErrorDetails(type=error, loc=(key,), input=raw.get(key)) for key, error in sorted(wrong.items())
    ]
    return ValidationError.from_exception_data("value", details)


Money = Annotated[Value, Counted("{currency}", 0)]
PositiveMoney = Annotated[Value, Counted("{currency}", 0, positive=True)]
MoneyPerMonth = Annotated[Value, Counted("{currency}/month", 0)]
MoneyPerYear = Annotated[Value, Counted("{currency}/year", 0)]
OwnMoney = Annotated[Value, Counted("{currency}", 0, own=True)]
OwnPositiveMoney = Annotated[Value, Counted("{currency}", 0, positive=True, own=True)]
OwnMoneyPerMonth = Annotated[Value, Counted("{currency}/month", 0, own=True)]
Balance = Annotated[Value, Counted("{currency}", certain=True, own=True)]
Share = Annotated[Value, Counted("1", 0, 1)]
PositiveShare = Annotated[Value, Counted("1", 0, 1, positive=True)]
Chance = Annotated[Value, Event("1", 0, 1)]
Change = Annotated[Value, Counted("1", -1)]
Count = Annotated[Value, Counted("1", 0)]
People = Annotated[Value, Counted("people", 0)]
Hours = Annotated[Value, Counted("hour", 0)]
Months = Annotated[Value, Counted("month", 0)]
Tokens = Annotated[Value, Counted("token", 0)]
Shares = Annotated[Value, Counted("share", 0, positive=True)]
Speed = Annotated[Value, Counted("1", 0, positive=True)]
PaymentMonths = Annotated[int, Field(ge=0, le=12)]  # how long after the invoice it is paid
