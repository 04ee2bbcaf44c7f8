"""From the records of a plan to the exact functions, and back.

There: terms at their medians, as fractions. Back: a problem of an exact function, at the field of the plan
that it is about.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from toolkit.errors import Problem
from toolkit.resources.funding.convertible import Convertible, Instrument
from toolkit.resources.funding.equity_records import Note, PricedRound, Safe
from toolkit.resources.funding.note import ConvertibleNote, as_convertible
from toolkit.resources.funding.priced_round import RoundTerms
from toolkit.resources.funding.records import Funding
from toolkit.resources.values import Value

ZERO = Fraction(0)
_COUNTS: dict[str, Instrument] = {"post_money": "safe_post_money", "pre_money": "safe_pre_money"}
# Where an exact function says what is wrong → where a plan says it.
_FIELDS = {
    "pool_target_unallocated_fraction": "pool_target",
    "pool_increase_shares": "pool_increase",
    "mfn_elects": "mfn",
    "fixed_ownership_fraction": "ownership",
    "name": "id",
    "interest_only_payments": "interest_only_months",
    "balloon_amount": "balloon",
}
_AT_CONVERTIBLE = re.compile(r"convertibles\[(\d+)\]\.(\w+)")


def median(value: Value | None) -> Fraction:
    """The median of a quantity as a fraction of round decimals; 0 where nothing is given."""
    return ZERO if value is None else Fraction(repr(value.quantity.median))


def as_safe(safe: Safe, money: Fraction) -> Convertible:
    """A SAFE as it enters a priced round."""
    return Convertible(
        name=safe.id,
        instrument=_COUNTS[safe.form],
        amount=money,
        valuation_cap=median(safe.valuation_cap) if safe.valuation_cap else None,
        discount_rate=median(safe.discount),
        fixed_ownership_fraction=median(safe.ownership) if safe.ownership else None,
        mfn_elects=safe.mfn,
    )


def as_note(note: Note, money: Fraction, months: int) -> Convertible:
    """A note as it enters a priced round, with the interest of so many months."""
    terms = ConvertibleNote(
        principal=money,
        annual_interest_rate=median(note.annual_rate),
        valuation_cap=median(note.valuation_cap) if note.valuation_cap else None,
        cap_denominator_shares=None,
        discount_rate=median(note.discount),
    )
    counts = _COUNTS[note.cap_counts] if note.cap_counts else "convertible_note"
    return as_convertible(note.id, terms, Fraction(months, 12), counts)


def round_terms(round_: PricedRound, money: Fraction) -> RoundTerms:
    """What a round negotiates; without a rule for the pool nothing is added to it."""
    target = round_.pool_target
    return RoundTerms(
        pre_money_valuation=median(round_.pre_money_valuation),
        new_money=money,
        pricing_convention=round_.pricing,
        pool_increase_shares=median(round_.pool_increase) if target is None else None,
        pool_target_unallocated_fraction=None if target is None else median(target),
    )


def plan_field(problem: Problem, at: str, funding: Funding) -> Problem:
    """A problem of an exact function at its field of the plan; `at` is the instrument that was to close."""
    field = problem.field or ""
    found = _AT_CONVERTIBLE.match(field)
    if found:
        name = problem.values.get("name") or str(problem.values.get("chain", "")).partition(" ")[0]
        places = [index for index, one in enumerate(funding.instruments) if one.id == name]
        if places:
            tail = _FIELDS.get(found[2], found[2])
            return replace(problem, field=f"funding.instruments[{places[0]}].{tail}")
    head, _, rest = field.partition(".")
    if head in ("convertibles", "holders", "") or found:
        return replace(problem, field=at)
    head = _FIELDS.get(head, head)
    return replace(problem, field=f"{at}.{head}" + (f".{rest}" if rest else ""))
