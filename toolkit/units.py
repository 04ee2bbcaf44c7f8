"""Units: what a number of the plan is counted in, and how one unit becomes another.

A unit is text, `USD/year`, `token`, `people`, `%`: one symbol, or one symbol per another. Two units fit when
their dimensions are equal; the factor between them follows from the table. A year has 12 months, 365 days and
8,760 hours.
"""

from __future__ import annotations

from typing import Final

CURRENCIES: Final = (
    "USD", "EUR", "GBP", "CNY", "JPY", "CAD", "AUD", "CHF", "INR", "KRW", "SGD", "AED", "ILS", "SEK", "PLN",
    "BRL", "HKD", "TWD",
)  # fmt: skip

# symbol: (dimension, factor to the first symbol of that dimension)
_SYMBOLS: Final[dict[str, tuple[str, float]]] = {
    "1": ("1", 1.0), "%": ("1", 0.01), "percent": ("1", 0.01), "x": ("1", 1.0),
    "year": ("time", 1.0), "years": ("time", 1.0), "month": ("time", 1 / 12), "months": ("time", 1 / 12),
    "day": ("time", 1 / 365), "days": ("time", 1 / 365),
    "hour": ("time", 1 / 8760), "hours": ("time", 1 / 8760),
    "second": ("time", 1 / 31_536_000), "s": ("time", 1 / 31_536_000),
    "token": ("token", 1.0), "tokens": ("token", 1.0), "Mtoken": ("token", 1e6), "Btoken": ("token", 1e9),
    "people": ("people", 1.0), "person": ("people", 1.0), "head": ("people", 1.0),
    "customer": ("customer", 1.0), "customers": ("customer", 1.0),
    "share": ("share", 1.0), "shares": ("share", 1.0),
    "request": ("request", 1.0), "requests": ("request", 1.0), "document": ("document", 1.0),
    "documents": ("document", 1.0), "image": ("image", 1.0), "images": ("image", 1.0),
    "device-hour": ("device-hour", 1.0), "GPU-hour": ("device-hour", 1.0),
    "instance-hour": ("device-hour", 1.0),
    "sample": ("sample", 1.0), "samples": ("sample", 1.0),
    "kW": ("power", 1.0), "W": ("power", 1e-3), "MW": ("power", 1e3),
    "kWh": ("energy", 1.0), "MWh": ("energy", 1e3),
    "GB": ("byte", 1e9), "TB": ("byte", 1e12),
    **{code: (f"money {code}", 1.0) for code in CURRENCIES},
}  # fmt: skip


class UnknownUnitError(ValueError):
    """A unit text with a symbol that the table does not hold."""


def conversion(given: str, expected: str) -> float | None:
    """The factor that turns a number in `given` into one in `expected`; None when they do not fit.

    Raises UnknownUnitError when `given` cannot be read.
    """
    dimension, factor = _read(given)
    wanted, wanted_factor = _read(expected)
    return factor / wanted_factor if dimension == wanted else None


def _read(text: str) -> tuple[tuple[str, ...], float]:
    parts = [part.strip() for part in text.split("/")]
    if len(parts) > 2 or any(part not in _SYMBOLS for part in parts):
        raise UnknownUnitError(text)
    symbols = [_SYMBOLS[part] for part in parts]
    if len(symbols) == 1 or symbols[1][0] == "1":
        return (symbols[0][0],), symbols[0][1]
    return (symbols[0][0], symbols[1][0]), symbols[0][1] / symbols[1][1]
