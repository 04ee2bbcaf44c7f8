"""How people write quantities: `120k`, `15 %`, `2 to 4`, `90k to 110k USD/year`, `triangular(1, 2, 4)`.

number        120000   120,000   120k   1.5M   2B   3e9
range         a to b                       the central 90 % interval
distribution  normal(mean, sd)   lognormal(low, high)   uniform(low, high)   triangular(low, mode, high)
              pert(low, mode, high)   beta(a, b, low, high)   discrete(value, probability, …)
              percentiles(5 %, value, 50 %, value, …)   chance(probability)
path          walk(start, sd, drift)   geometric_walk(start, sd, drift)   ar1(mean, persistence, sd, start)
              monthly_chance(probability, no, yes)   switch(on, off, no, yes): see `toolkit.lines.paths`
unit          after any of these, and after the first end of a range: USD/year, %, months, …; it is turned
              into the unit of the field
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import cast

from toolkit.errors import InputError, Problem
from toolkit.lines.quantity import Distribution, Quantity
from toolkit.units import UnknownUnitError, conversion

# A comma only separates thousands: `3,2` is not a number, whatever its writer meant.
_NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d[\d_]*)?(?:\.\d+)?(?:[eE][-+]?\d+)?(?:\s?[kKMBT](?![A-Za-z]))?"
_QUANTITY = re.compile(rf"\s*({_NUMBER})\s*(.*)", re.DOTALL)
_RANGE = re.compile(r"(.*?)\s+to\s+(.*)", re.DOTALL)
_FUNCTION = re.compile(r"([a-z][a-z0-9_]*)\s*\(([^()]*)\)(.*)", re.DOTALL)
_SCALE = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


def parse_quantity(value: object, unit: str = "1") -> Quantity:
    """The quantity that a plan writes for a field counted in `unit`.

    Raises InputError with one problem (`lines.quantity_…`, `lines.unit_…`).
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _problem("quantity_form", str(value))
    if isinstance(value, int | float):
        if not math.isfinite(value):
            raise _problem("quantity_form", str(value))
        return Quantity("constant", (float(value),), str(value))
    text = value.strip()
    quantity, given = _read(text)
    return quantity.scaled(_unit_factor(given, unit)) if given else quantity


def _read(text: str) -> tuple[Quantity, str]:
    """The quantity that a text begins with, and the unit after it."""
    if match := _FUNCTION.fullmatch(text):
        return _distribution(match[1], match[2], text), match[3].strip()
    if match := _RANGE.fullmatch(text):
        (low, low_unit), (high, unit) = _number(match[1], text), _number(match[2], text)
        if low_unit not in ("", unit):
            raise _problem("quantity_units", text, first=low_unit, second=unit or "—")
        if low >= high:
            raise _problem("quantity_order", text, suggestion=f"{match[2].strip()} to {match[1].strip()}")
        return Quantity.between(low, high, text), unit
    number, unit = _number(text, text)
    return Quantity("constant", (number,), text), unit


def _number(part: str, text: str) -> tuple[float, str]:
    """The number that a part begins with, and the unit after it; `text` is the whole, for the message."""
    match = _QUANTITY.fullmatch(part)
    digits = re.sub(r"[,_\s]", "", match[1]) if match else ""
    scale = _SCALE.get(digits[-1:], 1.0)
    try:
        number = float(digits.rstrip("kKMBT")) * scale
    except ValueError:
        raise _problem("quantity_form", text) from None
    unit = match[2].strip() if match else ""
    if not math.isfinite(number) or unit[:1].isdigit() or unit[:1] in ("-", "+", ",", ".", "_", "("):
        raise _problem("quantity_form", text)
    return number, unit


def _unit_factor(given: str, expected: str) -> float:
    try:
        factor = conversion(given, expected)
    except UnknownUnitError:
        problem = Problem("lines.unit_unknown", values={"unit": given, "expected": expected})
        raise InputError([problem]) from None
    if factor is None:
        raise InputError([Problem("lines.unit_mismatch", values={"unit": given, "expected": expected})])
    return factor


_Parameters = Sequence[float]


def _ordered(p: _Parameters) -> bool:
    return all(a < b for a, b in pairwise(p))


def _has_mode(p: _Parameters) -> bool:
    return p[0] <= p[1] <= p[2] and p[0] < p[2]


def _are_probabilities(p: _Parameters) -> bool:
    return len(p) >= 4 and len(p) % 2 == 0 and min(p[1::2]) >= 0 and abs(sum(p[1::2]) - 1) < 1e-9


def _are_percentiles(p: _Parameters) -> bool:
    levels, values = p[::2], p[1::2]
    if len(p) < 4 or len(p) % 2 or not _ordered(levels) or not 0 < levels[0] <= levels[-1] < 1:
        return False
    return values[0] < values[-1] and all(a <= b for a, b in pairwise(values))


def _is_beta(p: _Parameters) -> bool:
    return min(p[:2]) > 0 and (len(p) == 2 or (len(p) == 4 and p[2] < p[3]))


def _is_share(*p: float) -> bool:
    return all(0 <= x <= 1 for x in p)


def _is_walk(p: _Parameters) -> bool:
    return p[1] > 0


def _is_geometric(p: _Parameters) -> bool:
    return p[0] > 0 and p[1] > 0 and (len(p) < 3 or p[2] > -1)


def _path(*defaults: float) -> Callable[..., Quantity]:
    """A path whose last parameters may be left out."""

    def make(text: str, *p: float) -> Quantity:
        name = cast(Distribution, text.partition("(")[0].strip())
        missing = _PATH_SIZE[name] - len(p)
        return Quantity(name, (*p, *defaults[len(defaults) - missing :]) if missing else p, text)

    return make


def _ar1(text: str, mean: float, persistence: float, sd: float, start: float | None = None) -> Quantity:
    return Quantity("ar1", (mean, persistence, sd, mean if start is None else start), text)


_PATH_SIZE = {"walk": 3, "geometric_walk": 3, "monthly_chance": 3, "switch": 4}
# name: (least and most parameters, None for any; what must hold of them; the quantity)
_Count = tuple[int, int | None]
_FORMS: dict[str, tuple[_Count, Callable[[_Parameters], bool], Callable[..., Quantity]]] = {
    "normal": ((2, 2), lambda p: p[1] > 0, lambda text, *p: Quantity("normal", p, text)),
    "lognormal": ((2, 2), lambda p: 0 < p[0] < p[1], lambda text, *p: Quantity.between(p[0], p[1], text)),
    "uniform": ((2, 2), _ordered, lambda text, *p: Quantity("uniform", p, text)),
    "triangular": ((3, 3), _has_mode, lambda text, *p: Quantity("triangular", p, text)),
    "pert": ((3, 3), _has_mode, lambda text, *p: Quantity("pert", p, text)),
    "beta": ((2, 4), _is_beta, lambda text, *p: Quantity("beta", (*p, 0.0, 1.0)[:4], text)),
    "chance": ((1, 1), lambda p: 0 <= p[0] <= 1, lambda text, p: Quantity.chance(p, text)),
    "discrete": ((4, None), _are_probabilities, lambda text, *p: Quantity("discrete", p, text)),
    "percentiles": ((4, None), _are_percentiles, lambda text, *p: Quantity("quantiles", p, text)),
    "walk": ((2, 3), _is_walk, _path(0.0)),
    "geometric_walk": ((2, 3), _is_geometric, _path(0.0)),
    "ar1": ((3, 4), lambda p: -1 < p[1] < 1 and p[2] > 0, _ar1),
    "monthly_chance": ((1, 3), lambda p: _is_share(p[0]), _path(0.0, 1.0)),
    "switch": ((2, 4), lambda p: _is_share(p[0], p[1]), _path(0.0, 1.0)),
}


def _distribution(name: str, arguments: str, text: str) -> Quantity:
    if name not in _FORMS:
        raise _problem("quantity_form", text)
    numbers = [_number(part, text) for part in arguments.split(",")]
    if any(unit not in ("", "%") for _, unit in numbers):
        raise _problem("quantity_form", text)
    p = tuple(number / 100 if unit else number for number, unit in numbers)
    (least, most), holds, make = _FORMS[name]
    if len(p) < least or (most is not None and len(p) > most) or not holds(p):
        raise _problem(f"quantity_{name}", text)
    return make(text, *p)


def _problem(name: str, text: str, **values: str) -> InputError:
    return InputError([Problem(f"lines.{name}", values={"text": text, **values})])
