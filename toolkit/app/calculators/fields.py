"""The types of a case's inputs: numbers as they are written, within the bounds that their names imply.

A calculator's inputs are a pydantic model made of these types; what pydantic finds becomes a list of
problems, each with the path of its field. A number in quotes, `20%` or `5,000` is a text and refused: what
it should mean is the writer's to say.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationError

from toolkit.errors import InputError, Problem
from toolkit.resources.finance.exact import exact
from toolkit.resources.surroundings import PROBLEM, complaint

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Model = TypeVar("Model", bound=BaseModel)
_LOOKS_LIKE_A_NUMBER = re.compile(r"\s*[-+]?[\d.,_ ]*\d[\d.,_ ]*(e[-+]?\d+)?\s*%?\s*", re.IGNORECASE)


class Inputs(BaseModel):
    """Inputs of one calculator: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


def _number(raw: Any) -> Fraction:
    if isinstance(raw, str) and _LOOKS_LIKE_A_NUMBER.fullmatch(raw):
        raise complaint("calc.number_as_text", text=raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise complaint("calc.not_number", text=_shown(raw))
    if not math.isfinite(raw):
        raise complaint("calc.not_finite")
    return exact(raw)


def _bounded(
    id: str, allows: Callable[[Fraction], bool], limit: float | None = None
) -> Callable[[Any], Fraction]:
    def read(raw: Any) -> Fraction:
        number = _number(raw)
        if not allows(number):
            raise complaint(id, number=raw, **({} if limit is None else {"limit": limit}))
        return number

    return read


def _whole(minimum: int, maximum: int) -> Callable[[Any], int]:
    def read(raw: Any) -> int:
        number = _number(raw)
        if number.denominator != 1 or not minimum <= number <= maximum:
            raise complaint("calc.not_whole", number=raw, minimum=minimum, maximum=maximum)
        return int(number)

    return read


def _text(raw: Any) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise complaint("calc.not_text", text=_shown(raw))
    return raw


def _date(raw: Any) -> date:
    if isinstance(raw, date) and not hasattr(raw, "hour"):
        return raw
    if isinstance(raw, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            pass
    raise complaint("calc.not_date", text=_shown(raw))


def _shown(raw: Any) -> str:
    """A value as it stands in YAML."""
    if raw is None or isinstance(raw, bool):
        return "null" if raw is None else str(raw).lower()
    return str(raw)


AnyNumber = Annotated[Fraction, PlainValidator(_number)]
NonNegative = Annotated[Fraction, PlainValidator(_bounded("calc.negative", lambda x: x >= 0))]
Positive = Annotated[Fraction, PlainValidator(_bounded("calc.not_positive", lambda x: x > 0))]
BelowOne = Annotated[Fraction, PlainValidator(_bounded("calc.not_below_one", lambda x: 0 <= x < 1))]
InsideOne = Annotated[Fraction, PlainValidator(_bounded("calc.not_inside_one", lambda x: 0 < x < 1))]
Rate = Annotated[Fraction, PlainValidator(_bounded("calc.rate_too_low", lambda x: x > -1))]
RateOrTotalLoss = Annotated[Fraction, PlainValidator(_bounded("calc.rate_too_low", lambda x: x >= -1))]
# A hundred years of daily payments: more is a slip of the pen, and would fill the memory.
PaymentCount = Annotated[int, PlainValidator(_whole(0, 36_500))]
PositiveCount = Annotated[int, PlainValidator(_whole(1, 36_500))]
Seniority = Annotated[int, PlainValidator(_whole(0, 1_000))]
ZeroOrOne = Annotated[int, PlainValidator(_whole(0, 1))]
Name = Annotated[str, PlainValidator(_text)]
Day = Annotated[date, PlainValidator(_date)]


def read_inputs(model: type[Model], inputs: Mapping[str, Any]) -> Model:
    """The inputs as a model. InputError with every problem; fields are paths inside the inputs."""
    try:
        return model.model_validate(inputs)
    except ValidationError as error:
        raise InputError([_problem(model, entry) for entry in error.errors()]) from None


def outputs_of(record: DataclassInstance) -> dict[str, Any]:
    """The fields of a result, by name."""
    return {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}


def _problem(model: type[BaseModel], entry: Any) -> Problem:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in entry["loc"]).lstrip(".")
    name, context, raw = str(entry["loc"][-1]), entry.get("ctx", {}), entry.get("input")
    match entry["type"]:
        case str() as kind if kind == PROBLEM:
            return Problem(context["id"], path, values=context["values"])
        case "missing":
            return Problem("calc.missing_field", path, values={"name": name})
        case "extra_forbidden":
            known = _known_fields(model, entry["loc"][:-1])
            nearest = difflib.get_close_matches(name, known, 3, 0.6) or known
            return Problem(
                "calc.unknown_field", path, values={"name": name, "known": ", ".join(sorted(nearest))}
            )
        case "literal_error":
            allowed = str(context["expected"]).replace(" or ", ", ").replace("'", "")
            return Problem("calc.not_one_of", path, values={"text": _shown(raw), "allowed": allowed})
        case "list_type":
            return Problem("calc.not_list", path, values={"text": _shown(raw)})
        case "too_short":
            return Problem("calc.empty_list", path)
    return Problem("calc.not_mapping", path, values={"text": _shown(raw)})


def _known_fields(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """The fields of the record at a location: records stand in lists of one kind."""
    for part in loc:
        if isinstance(part, str):
            item = model.model_fields[part].annotation
            model = next(t for t in getattr(item, "__args__", ()) if issubclass(t, BaseModel))
    return list(model.model_fields)
