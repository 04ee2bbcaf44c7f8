"""A convertible note: interest, and conversion against a given round price.

interest          principal × rate × years                           simple
conversion price  lowest of cap / denominator shares, p (1 - discount), p
shares            (principal + interest) / conversion price
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from toolkit.errors import InputError, Problem
from toolkit.resources.funding.convertible import (
    BindingTerm,
    Convertible,
    Instrument,
    Terms,
    conversion_price,
)

InterestMethod = Literal["simple"]


@dataclass(frozen=True, slots=True)
class ConvertibleNote:
    """`annual_interest_rate` 0.08 is 8 % a year; `valuation_cap` None means no cap, else the cap is divided
    by `cap_denominator_shares` (fully diluted shares)."""

    principal: Fraction
    annual_interest_rate: Fraction
    valuation_cap: Fraction | None
    cap_denominator_shares: Fraction | None
    discount_rate: Fraction
    interest_method: InterestMethod = "simple"


@dataclass(frozen=True, slots=True)
class NoteConversion:
    """A conversion; `cap_price` is None without a cap. `unrealised_return` is value / principal - 1."""

    accrued_interest: Fraction
    conversion_amount: Fraction
    cap_price: Fraction | None
    discount_price: Fraction
    conversion_price: Fraction
    binding_term: BindingTerm
    conversion_shares: Fraction
    value_at_round_price: Fraction
    unrealised_return: Fraction


def accrued_interest(note: ConvertibleNote, years: Fraction) -> Fraction:
    """Interest for `years`, in money."""
    return note.principal * note.annual_interest_rate * years


def as_convertible(name: str, note: ConvertibleNote, years: Fraction, cap_counts: Instrument) -> Convertible:
    """The note as it enters a priced round, with the interest of `years`.

    A cap must say which shares it counts: like that of a `safe_post_money` or of a `safe_pre_money`.
    Without a cap, `cap_counts` changes nothing.
    """
    instrument: Instrument = "convertible_note" if note.valuation_cap is None else cap_counts
    amount = note.principal + accrued_interest(note, years)
    return Convertible(name, instrument, amount, note.valuation_cap, note.discount_rate)


def convert_note(note: ConvertibleNote, years_accrued: Fraction, round_price: Fraction) -> NoteConversion:
    """Conversion at a round price. InputError where a cap comes without the shares that it is divided by."""
    interest = accrued_interest(note, years_accrued)
    amount = note.principal + interest
    denominator, cap = note.cap_denominator_shares, note.valuation_cap
    if cap is not None and denominator is None:
        raise InputError([Problem("funding.cap_denominator_needed", "cap_denominator_shares")])
    terms = Terms("convertible_note", cap, note.discount_rate)
    price, term = conversion_price(terms, denominator or Fraction(0), round_price)
    shares = amount / price
    value = shares * round_price
    return NoteConversion(
        accrued_interest=interest,
        conversion_amount=amount,
        cap_price=cap / denominator if cap is not None and denominator else None,
        discount_price=round_price * (1 - note.discount_rate),
        conversion_price=price,
        binding_term=term,
        conversion_shares=shares,
        value_at_round_price=value,
        unrealised_return=value / note.principal - 1,
    )
