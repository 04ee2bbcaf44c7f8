"""Convertibles: what a SAFE or a note says about its conversion, and whose terms an MFN holder takes.

A convertible turns into shares at the lowest of its cap price, the round price less its discount, and the
round price. A post-money SAFE that was sold for a fixed fraction of the company has the cap amount /
fraction. A most-favoured-nation holder takes the instrument, cap and discount of one other convertible
whole, whatever its own say; who took from another in turn passes those terms on. Source: Y Combinator,
Post-Money Safe User Guide and MFN Safe; Cooley GO on convertible notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from toolkit.errors import Problem, refuse

Instrument = Literal["safe_post_money", "safe_pre_money", "convertible_note"]
BindingTerm = Literal["cap", "discount", "round_price"]


@dataclass(frozen=True, slots=True)
class Convertible:
    """One SAFE or note. `amount` is the purchase amount, or principal plus accrued interest of a note, in
    money; `valuation_cap` None means no cap; `discount_rate` 0.2 converts at 80 % of the round price."""

    name: str
    instrument: Instrument
    amount: Fraction
    valuation_cap: Fraction | None = None
    discount_rate: Fraction = Fraction(0)
    fixed_ownership_fraction: Fraction | None = None
    mfn_elects: str | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides a conversion once elections are made."""

    instrument: Instrument
    valuation_cap: Fraction | None
    discount_rate: Fraction

    @property
    def threshold_value(self) -> Fraction | None:
        """The value of the shares that the cap counts, at the round price, above which the cap binds: there
        the cap price is below the round price less discount. None without a cap."""
        return None if self.valuation_cap is None else self.valuation_cap / (1 - self.discount_rate)

    @property
    def ownership_at_cap(self) -> Fraction:
        """Fraction of the capitalization for each unit of money; 0 unless a post-money SAFE with a cap."""
        if self.instrument != "safe_post_money" or self.valuation_cap is None:
            return Fraction(0)
        return 1 / self.valuation_cap


def effective_terms(convertibles: Sequence[Convertible]) -> dict[str, Terms]:
    """The terms of each convertible after MFN elections, by name.

    InputError for an election of a name that is not there, a circle of elections, two convertibles of one
    name, a cap that is said twice or does not say which shares it counts (a note), and post-money SAFEs that
    would own the whole company or more. Fields are paths such as `convertibles[2].mfn_elects`.
    """
    by_name = {convertible.name: convertible for convertible in convertibles}
    refuse(
        [*_duplicates(convertibles), *_unclear_caps(convertibles), *_broken_elections(convertibles, by_name)]
    )
    terms = {name: _own_terms(_elected(convertible, by_name)) for name, convertible in by_name.items()}
    refuse(_over_the_whole(convertibles, terms))
    return terms


def conversion_price(
    terms: Terms, cap_denominator_shares: Fraction, round_price: Fraction
) -> tuple[Fraction, BindingTerm]:
    """The lowest of cap price, discounted price and round price, and which it is (of equals, the first)."""
    discounted = round_price * (1 - terms.discount_rate)
    if terms.valuation_cap is not None and terms.valuation_cap <= discounted * cap_denominator_shares:
        return terms.valuation_cap / cap_denominator_shares, "cap"
    return discounted, "discount" if terms.discount_rate else "round_price"


def _own_terms(convertible: Convertible) -> Terms:
    cap = convertible.valuation_cap
    if convertible.fixed_ownership_fraction is not None:
        cap = convertible.amount / convertible.fixed_ownership_fraction
    return Terms(convertible.instrument, cap, convertible.discount_rate)


def _elected(convertible: Convertible, by_name: Mapping[str, Convertible]) -> Convertible:
    while convertible.mfn_elects is not None:
        convertible = by_name[convertible.mfn_elects]
    return convertible


def _duplicates(convertibles: Sequence[Convertible]) -> Iterable[Problem]:
    seen: set[str] = set()
    for index, convertible in enumerate(convertibles):
        if convertible.name in seen:
            yield Problem(
                "funding.duplicate_name", f"convertibles[{index}].name", values={"name": convertible.name}
            )
        seen.add(convertible.name)


def _unclear_caps(convertibles: Sequence[Convertible]) -> Iterable[Problem]:
    for index, convertible in enumerate(convertibles):
        values = {"name": convertible.name}
        fraction = convertible.fixed_ownership_fraction
        if fraction is not None and convertible.instrument != "safe_post_money":
            yield Problem(
                "funding.fixed_fraction_needs_post_money",
                f"convertibles[{index}].fixed_ownership_fraction",
                values=values,
            )
        elif fraction is not None and convertible.valuation_cap not in (None, convertible.amount / fraction):
            yield Problem("funding.two_caps", f"convertibles[{index}].valuation_cap", values=values)
        if convertible.instrument == "convertible_note" and convertible.valuation_cap is not None:
            yield Problem("funding.note_with_cap", f"convertibles[{index}].valuation_cap", values=values)


def _broken_elections(
    convertibles: Sequence[Convertible], by_name: Mapping[str, Convertible]
) -> Iterable[Problem]:
    for index, convertible in enumerate(convertibles):
        field = f"convertibles[{index}].mfn_elects"
        chain = [convertible.name]
        current = convertible
        while current.mfn_elects is not None:
            if current.mfn_elects not in by_name:
                if current is convertible:
                    values = {"name": convertible.name, "elected": current.mfn_elects}
                    yield Problem("funding.mfn_unknown", field, values=values)
                break
            current = by_name[current.mfn_elects]
            chain.append(current.name)
            if current.name in chain[:-1]:
                # A circle is told once for each of its members, at each one's own place.
                if current is convertible:
                    yield Problem("funding.mfn_circular", field, values={"chain": " → ".join(chain)})
                break


def _over_the_whole(convertibles: Sequence[Convertible], terms: Mapping[str, Terms]) -> Iterable[Problem]:
    sold = Fraction(0)
    alone = False
    for index, convertible in enumerate(convertibles):
        fraction = convertible.amount * terms[convertible.name].ownership_at_cap
        sold += fraction
        if fraction >= 1:
            alone = True
            yield Problem(
                "funding.cap_below_money",
                f"convertibles[{index}].valuation_cap",
                values={
                    "name": convertible.name,
                    "amount": float(convertible.amount),
                    "cap": float(convertible.amount) / float(fraction),
                },
            )
    if sold >= 1 and not alone:
        yield Problem("funding.caps_sell_the_whole", "convertibles", values={"fraction": float(sold)})
