"""What SAFEs own before any priced round, at their caps.

    pre-money SAFE    shares = amount × existing / cap                       other SAFEs do not count
    post-money SAFE   shares = amount / cap × (existing + all SAFE shares)   all SAFEs count

so that with s the sum of amount / cap over the post-money SAFEs and P the pre-money SAFEs' shares, the
capitalization is (existing + P) / (1 - s). Source: Y Combinator, Post-Money Safe User Guide; Safe
(pre-money, 2013).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from toolkit.errors import Problem, refuse
from toolkit.resources.funding.convertible import Convertible, Terms, effective_terms


@dataclass(frozen=True, slots=True)
class SafeOwnership:
    """Ownership by name; `shares` and `conversion_price` are None when the existing shares are not known."""

    ownership: Mapping[str, Fraction]
    total_convertible_fraction: Fraction
    existing_holders_fraction: Fraction
    shares: Mapping[str, Fraction] | None
    conversion_price: Mapping[str, Fraction] | None


def safe_ownership(
    convertibles: Sequence[Convertible], existing_shares: Fraction | None = None
) -> SafeOwnership:
    """Who owns what if the SAFEs converted today at their caps; `existing_shares` counts all shares and pool.

    InputError for a SAFE without a cap, a note, a pre-money SAFE without `existing_shares`, and caps that
    together sell the whole company.
    """
    terms = effective_terms(convertibles)
    refuse(_problems(convertibles, terms, existing_shares))
    sold = {c.name: c.amount * terms[c.name].ownership_at_cap for c in convertibles}
    if existing_shares is None:
        total = sum(sold.values(), Fraction(0))
        return SafeOwnership(sold, total, 1 - total, None, None)
    prices: dict[str, Fraction] = {}
    pre_money = Fraction(0)
    for convertible in convertibles:
        cap = terms[convertible.name].valuation_cap
        if terms[convertible.name].instrument == "safe_pre_money" and cap is not None:
            prices[convertible.name] = cap / existing_shares
            pre_money += convertible.amount / prices[convertible.name]
    capitalization = (existing_shares + pre_money) / (1 - sum(sold.values(), Fraction(0)))
    for convertible in convertibles:
        cap = terms[convertible.name].valuation_cap
        if convertible.name not in prices and cap is not None:
            prices[convertible.name] = cap / capitalization
    shares = {c.name: c.amount / prices[c.name] for c in convertibles}
    existing = existing_shares / capitalization
    return SafeOwnership(
        {name: count / capitalization for name, count in shares.items()},
        1 - existing,
        existing,
        shares,
        prices,
    )


def _problems(
    convertibles: Sequence[Convertible], terms: Mapping[str, Terms], existing_shares: Fraction | None
) -> Iterable[Problem]:
    for index, convertible in enumerate(convertibles):
        own = terms[convertible.name]
        values = {"name": convertible.name}
        if own.instrument == "convertible_note":
            yield Problem("funding.note_among_safes", f"convertibles[{index}].instrument", values=values)
        elif own.valuation_cap is None:
            yield Problem("funding.safe_without_cap", f"convertibles[{index}].valuation_cap", values=values)
        if own.instrument == "safe_pre_money" and existing_shares is None:
            yield Problem("funding.existing_shares_needed", "existing_shares", values=values)
