"""Convertibles in OCF: the conversion mechanism of a SAFE or a note, read and written.

    SAFE_CONVERSION               conversion_timing PRE_MONEY or POST_MONEY, cap, discount, MFN flag
    CONVERTIBLE_NOTE_CONVERSION   interest rates with their dates, cap, discount; simple interest, actual/365

An MFN flag says that the holder may choose, not what it chose: it is read as no election. A note's interest
runs to the date of the package.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from toolkit.resources.funding.convertible import Convertible, Instrument
from toolkit.resources.funding.note import ConvertibleNote, as_convertible
from toolkit.resources.funding.ocf.package import monetary, numeric, read_numeric
from toolkit.resources.funding.ocf.reading import ZERO, Reading

SAFE, NOTE = "SAFE_CONVERSION", "CONVERTIBLE_NOTE_CONVERSION"
_TIMINGS: dict[str, Instrument] = {"PRE_MONEY": "safe_pre_money", "POST_MONEY": "safe_post_money"}
_DAYS_A_YEAR = 365


def read_convertible(reading: Reading, file: str, issuance: Mapping[str, Any]) -> Convertible | None:
    """A convertible as it stands at the date of the package; None (and a problem) where its terms are not
    understood."""
    mechanism = _mechanism(issuance)
    name = str(issuance.get("custom_id") or issuance.get("security_id"))
    amount = reading.number(file, issuance, "investment_amount")
    cap_given = mechanism.get("conversion_valuation_cap") is not None
    cap = reading.number(file, mechanism, "conversion_valuation_cap", ZERO) if cap_given else None
    discount = reading.number(file, mechanism, "conversion_discount", ZERO)
    if mechanism.get("type") == SAFE:
        timing = _TIMINGS.get(str(mechanism.get("conversion_timing", "POST_MONEY")))
        if timing is not None and amount > 0:
            return Convertible(name, timing, amount, cap, discount)
    elif mechanism.get("type") == NOTE:
        return _note(reading, file, issuance, name, amount, cap, discount, mechanism)
    reading.refuse("ocf_conversion_unknown", file, issuance, "convertible_type", name=name)
    return None


def write_conversion(convertible: Convertible, currency: str) -> dict[str, Any]:
    """The mechanism of a convertible: a SAFE's, or that of a note whose interest is already in its amount."""
    terms: dict[str, Any] = {"type": SAFE, "conversion_mfn": convertible.mfn_elects is not None}
    if convertible.instrument == "convertible_note":
        terms = {
            "type": NOTE,
            "interest_rates": [],
            "day_count_convention": "ACTUAL_365",
            "interest_payout": "DEFERRED",
            "interest_accrual_period": "ANNUAL",
            "compounding_type": "SIMPLE",
        }
    else:
        timings = {instrument: timing for timing, instrument in _TIMINGS.items()}
        terms["conversion_timing"] = timings[convertible.instrument]
    cap = convertible.valuation_cap
    if convertible.fixed_ownership_fraction is not None:
        cap = convertible.amount / convertible.fixed_ownership_fraction
    if cap is not None:
        terms["conversion_valuation_cap"] = monetary(cap, currency)
    if convertible.discount_rate:
        terms["conversion_discount"] = numeric(convertible.discount_rate)
    return terms


def _mechanism(issuance: Mapping[str, Any]) -> Mapping[str, Any]:
    for trigger in issuance.get("conversion_triggers") or ():
        mechanism = ((trigger or {}).get("conversion_right") or {}).get("conversion_mechanism")
        if isinstance(mechanism, Mapping) and mechanism.get("type") in (SAFE, NOTE):
            return mechanism
    return {}


def _note(
    reading: Reading,
    file: str,
    issuance: Mapping[str, Any],
    name: str,
    principal: Fraction,
    cap: Fraction | None,
    discount: Fraction,
    mechanism: Mapping[str, Any],
) -> Convertible | None:
    if mechanism.get("compounding_type") == "COMPOUNDING":
        reading.refuse("ocf_compound_interest", file, issuance, "convertible_type", name=name)
        return None
    if cap is not None and reading.note_caps is None:
        reading.refuse("ocf_note_cap", file, issuance, "convertible_type", name=name)
        return None
    try:
        rate_years = sum(
            (_rate_years(each, reading.as_of) for each in mechanism.get("interest_rates") or ()), ZERO
        )
    except (KeyError, ValueError):
        reading.refuse("ocf_conversion_unknown", file, issuance, "convertible_type", name=name)
        return None
    note = ConvertibleNote(principal, rate_years, cap, None, discount)
    return as_convertible(name, note, Fraction(1), reading.note_caps or "convertible_note")


def _rate_years(interest: Mapping[str, Any], as_of: date) -> Fraction:
    """Rate times years of one step of interest, up to the date of the package."""
    start = date.fromisoformat(str(interest["accrual_start_date"]))
    end = date.fromisoformat(str(interest.get("accrual_end_date") or as_of))
    days = max((min(end, as_of) - start).days, 0)
    return read_numeric(interest["rate"]) * Fraction(days, _DAYS_A_YEAR)
