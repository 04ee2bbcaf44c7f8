"""genai-prices' data: providers with models, prices in USD per million tokens, some of them dated or tiered.

Of several prices the one that holds on the day of the import is taken: a price may begin on a date. Prices by
the hour of the day become the highest of them with `off_peak_factor`, the lowest over it. Tiers by the length
of the prompt become the long-context prices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from toolkit.reference import Reference
from toolkit.reference.importers.api_rows import api_row, line_of, needed_day, parsed, slug
from toolkit.reference.importers.checking import keep, number
from toolkit.reference.importers.offer_file import Imported

TITLE = "genai-prices (Pydantic, MIT)"
URL = "https://github.com/pydantic/genai-prices"
COLUMNS = {
    "usd_per_1m_input": "input_mtok",
    "usd_per_1m_output": "output_mtok",
    "usd_per_1m_cached_input": "cache_read_mtok",
    "usd_per_1m_cache_write": "cache_write_mtok",
}


def read_genai_prices(
    text: str, file: str, provider: str, as_of: str | None, reference: Reference
) -> Imported:
    """The prices of a file; `provider` and `reference` are not needed, since the file names its providers.

    Raises InputError when it is not such a file, or without the day of the prices.
    """
    del provider, reference
    day = needed_day(as_of)
    document = parsed(text, file, "genai-prices")
    providers = document.get("providers") if isinstance(document, dict) else document
    imported = Imported("api_prices")
    for one in providers if isinstance(providers, list) else ():
        for model in one.get("models", ()) if isinstance(one, dict) else ():
            name = str(model.get("id", "")) if isinstance(model, dict) else ""
            at = line_of(text, name)
            try:
                row = _row(str(one["id"]), name, model, day)
            except (ValueError, TypeError, KeyError, AttributeError):
                imported.broken("broken_entry", file, at, name)
                continue
            if row is None:
                imported.leave_out("no_price")
            else:
                keep(imported, row, file, at)
    return imported


def _row(provider: str, name: str, model: Mapping[str, Any], day: str) -> dict[str, Any] | None:
    prices, factor = _holding(model["prices"], day)
    found: dict[str, Any] = {column: _base(prices.get(key)) for column, key in COLUMNS.items()}
    if found["usd_per_1m_input"] is None or found["usd_per_1m_output"] is None:
        return None
    start, long_input = _tier(prices["input_mtok"])
    _, long_output = _tier(prices["output_mtok"])
    if start is not None:
        found |= {
            "long_context_from_tokens": start,
            "usd_per_1m_long_input": long_input,
            "usd_per_1m_long_output": long_output or found["usd_per_1m_output"],
        }
    window = number(model.get("context_window"))
    return api_row(
        day, TITLE, URL, provider=slug(provider), model=name, off_peak_factor=factor,
        max_input_tokens=None if window is None else int(window), **found,
    )  # fmt: skip


def _holding(prices: Any, day: str) -> tuple[Mapping[str, Any], float | None]:
    """The prices that hold on `day`, and what they fall to outside of the peak hours."""
    if isinstance(prices, dict):
        return prices, None
    begun: Sequence[Mapping[str, Any]] = [
        one for one in prices if str(_constraint(one).get("start_date", "")) <= day
    ]
    hourly = [one["prices"] for one in begun if "start_time" in _constraint(one)]
    whole = [one for one in begun if "start_time" not in _constraint(one)]
    newest = max(whole, key=lambda one: str(_constraint(one).get("start_date", "")), default=None)
    every = [*hourly, *([newest["prices"]] if newest else [])]
    costs = [_base(one.get("input_mtok")) or 0.0 for one in every]
    dearest = every[costs.index(max(costs))]
    factor = min(costs) / max(costs) if hourly and max(costs) > 0 else None
    return dearest, factor if factor and factor < 1 else None


def _constraint(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    found = entry.get("constraint")
    return found if isinstance(found, dict) else {}


def _base(price: Any) -> float | None:
    return number(price["base"] if isinstance(price, dict) else price)


def _tier(price: Any) -> tuple[int | None, float | None]:
    """Start and price of the first tier above the base; None without tiers."""
    tiers = price.get("tiers") if isinstance(price, dict) else None
    if not tiers:
        return None, None
    return int(tiers[0]["start"]), number(tiers[0]["price"])
