"""LiteLLM's price file: a JSON mapping from a model to prices in USD per token.

The first entry documents the file; a price of 0 means unknown or free and is taken as missing; only models
that are billed by the token are kept. Above a length of the prompt other prices hold, written either as keys
that end in `_above_200k_tokens` or as `tiered_pricing`. DeepSeek's prices are those of the peak hours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from toolkit.reference import Reference
from toolkit.reference.importers.api_rows import DAY, api_row, line_of, needed_day, parsed, slug
from toolkit.reference.importers.checking import keep, number
from toolkit.reference.importers.offer_file import Imported

TITLE = "LiteLLM model prices (MIT)"
URL = "https://github.com/BerriAI/litellm"
MILLION = 1e6
MODES = ("chat", "completion", "responses")
ABOVE = re.compile(r"input_cost_per_token_above_(\d+)k_tokens")


def read_litellm(text: str, file: str, provider: str, as_of: str | None, reference: Reference) -> Imported:
    """The prices of a file; `provider` and `reference` are not needed, since every entry names its provider.

    Raises InputError when it is not such a file, or without the day of the prices.
    """
    del provider, reference
    day = needed_day(as_of)
    document = parsed(text, file, "litellm")
    imported = Imported("api_prices")
    for name, entry in (document if isinstance(document, dict) else {}).items():
        if name == "sample_spec":
            continue
        at = line_of(text, name)
        if not isinstance(entry, dict) or not isinstance(entry.get("litellm_provider"), str):
            imported.broken("broken_entry", file, at, name)
            continue
        if entry.get("mode") not in MODES:
            imported.leave_out("not_tokens")
            continue
        try:
            row = _row(name, entry, day)
        except (ValueError, TypeError):
            imported.broken("broken_entry", file, at, name)
            continue
        if row["usd_per_1m_input"] is None or row["usd_per_1m_output"] is None:
            imported.leave_out("no_price")
            continue
        keep(imported, row, file, at)
    _one_each(imported)
    return imported


def _row(name: str, entry: Mapping[str, Any], day: str) -> dict[str, Any]:
    listed = entry["litellm_provider"]
    first, long_from, long = _tiers(entry)
    withdrawn = str(entry.get("deprecation_date") or "")
    return api_row(
        day, TITLE, URL,
        provider=slug(listed), model=name.removeprefix(f"{listed}/"),
        usd_per_1m_input=_million(first.get("input_cost_per_token")),
        usd_per_1m_output=_million(first.get("output_cost_per_token")),
        usd_per_1m_cached_input=_million(first.get("cache_read_input_token_cost")),
        usd_per_1m_cache_write=_million(first.get("cache_creation_input_token_cost")),
        usd_per_1m_batch_input=_million(entry.get("input_cost_per_token_batches")),
        usd_per_1m_batch_output=_million(entry.get("output_cost_per_token_batches")),
        long_context_from_tokens=long_from,
        usd_per_1m_long_input=_million(long.get("input")),
        usd_per_1m_long_output=_million(long.get("output")),
        max_input_tokens=_whole(entry.get("max_input_tokens")),
        max_output_tokens=_whole(entry.get("max_output_tokens")),
        withdrawn_on=withdrawn if DAY.fullmatch(withdrawn) else None,
    )  # fmt: skip


def _tiers(entry: Mapping[str, Any]) -> tuple[Mapping[str, Any], int | None, Mapping[str, Any]]:
    """Prices of a short prompt, the length from which others hold, and those. Of many tiers the second."""
    tiers = entry.get("tiered_pricing")
    if isinstance(tiers, list) and tiers:
        if len(tiers) == 1:
            return {**entry, **tiers[0]}, None, {}
        second = tiers[1]
        long = {"input": second["input_cost_per_token"], "output": second["output_cost_per_token"]}
        return {**entry, **tiers[0]}, int(second["range"][0]), long
    for key in entry:
        if match := ABOVE.fullmatch(key):
            other = entry.get(f"output_cost_per_token_above_{match[1]}k_tokens")
            if number(entry[key]) and number(other):
                return entry, int(match[1]) * 1000, {"input": entry[key], "output": other}
    return entry, None, {}


def _million(price: object) -> float | None:
    value = number(price)
    return None if value is None else value * MILLION


def _whole(value: object) -> int | None:
    """A count of tokens; some entries hold text instead."""
    try:
        found = number(value)
    except ValueError:
        return None
    return None if found is None else int(found)


def _one_each(imported: Imported) -> None:
    """A model that is listed twice (with and without the provider's name) is kept once."""
    seen: dict[tuple[str, str], dict[str, Any]] = {}
    for row in imported.rows:
        if seen.setdefault((row["provider"], row["model"]), row) is not row:
            imported.leave_out("twice")
    imported.rows = list(seen.values())
