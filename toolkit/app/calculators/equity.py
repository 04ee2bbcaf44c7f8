"""Calculators of the cap table: priced round, SAFE ownership, note conversion, liquidation waterfall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import model_validator

from toolkit.app.calculators.fields import (
    AnyNumber,
    BelowOne,
    Inputs,
    InsideOne,
    Name,
    NonNegative,
    Positive,
    Seniority,
    outputs_of,
)
from toolkit.errors import InputError, Problem
from toolkit.resources.funding import note, priced_round, round_rounding, safe, waterfall
from toolkit.resources.funding.convertible import Convertible, Instrument
from toolkit.resources.funding.round_system import PricingConvention


class HolderInput(Inputs):
    name: Name
    shares: NonNegative


class ConvertibleInput(Inputs):
    name: Name
    instrument: Instrument
    amount: Positive
    valuation_cap: Positive | None
    discount_rate: BelowOne
    fixed_ownership_fraction: InsideOne | None = None
    mfn_elects: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _a_note_has_no_cap(cls, raw: Any) -> Any:
        """A note may leave out the cap that it cannot have; a SAFE says `null` where it has none."""
        is_note = isinstance(raw, Mapping) and raw.get("instrument") == "convertible_note"
        return {"valuation_cap": None, **raw} if is_note else raw

    def record(self) -> Convertible:
        return Convertible(**dict(self))


class EquityRoundInputs(Inputs):
    pre_money_valuation: Positive
    new_money: NonNegative
    holders: list[HolderInput]
    unallocated_pool_shares: NonNegative
    convertibles: list[ConvertibleInput]
    pricing_convention: PricingConvention
    pool_increase_shares: NonNegative | None = None
    pool_target_unallocated_fraction: BelowOne | None = None
    rounding: priced_round.Rounding


class SafeOwnershipInputs(Inputs):
    convertibles: list[ConvertibleInput]
    existing_shares: Positive | None = None


class NoteConversionInputs(Inputs):
    principal: Positive
    annual_interest_rate: AnyNumber
    interest_method: note.InterestMethod
    years_accrued: NonNegative
    valuation_cap: Positive | None
    cap_denominator_shares: Positive | None
    discount_rate: BelowOne
    round_price: Positive | None


class ShareClassInput(Inputs):
    name: Name
    shares: NonNegative
    liquidation_preference: NonNegative
    seniority: Seniority
    participation: waterfall.Participation


class WaterfallInputs(Inputs):
    exit_proceeds: NonNegative
    classes: list[ShareClassInput]


def equity_round(inputs: EquityRoundInputs) -> dict[str, Any]:
    """A priced round with SAFEs, notes and pool."""
    _refuse_repeated_holders(inputs)
    terms = priced_round.RoundTerms(
        inputs.pre_money_valuation,
        inputs.new_money,
        inputs.pricing_convention,
        inputs.pool_increase_shares,
        inputs.pool_target_unallocated_fraction,
    )
    holders = {holder.name: holder.shares for holder in inputs.holders}
    convertibles = [each.record() for each in inputs.convertibles]
    result = priced_round.price_round(terms, holders, inputs.unallocated_pool_shares, convertibles)
    if inputs.rounding == "yc_4dp":
        result = round_rounding.round_yc_4dp(result, terms, convertibles)
    return {
        "round_price": result.round_price,
        "new_money_shares": result.new_money_shares,
        "pool_increase_shares": result.pool_increase_shares,
        "total_post_shares": result.total_post_shares,
        "company_capitalization_shares": result.company_capitalization_shares,
        "shares": result.shares,
        "ownership": result.ownership,
        "conversion_price": result.conversion_price,
        "binding_term": result.binding_term,
        "unallocated_pool_fraction": result.unallocated_pool_fraction,
        "effective_pre_money_valuation": result.effective_pre_money_valuation,
        "implied_post_money_valuation": result.implied_post_money_valuation,
    }


def _refuse_repeated_holders(inputs: EquityRoundInputs) -> None:
    names = [holder.name for holder in inputs.holders]
    repeated = [index for index, name in enumerate(names) if name in names[:index]]
    if repeated:
        raise InputError(
            Problem("funding.duplicate_name", f"holders[{index}].name", values={"name": names[index]})
            for index in repeated
        )


def safe_ownership(inputs: SafeOwnershipInputs) -> dict[str, Any]:
    """SAFEs before any priced round."""
    result = safe.safe_ownership([each.record() for each in inputs.convertibles], inputs.existing_shares)
    outputs: dict[str, Any] = {
        "ownership": result.ownership,
        "total_convertible_fraction": result.total_convertible_fraction,
        "existing_holders_fraction": result.existing_holders_fraction,
    }
    if result.shares is not None:
        outputs |= {"shares": result.shares, "conversion_price": result.conversion_price}
    return outputs


def note_conversion(inputs: NoteConversionInputs) -> dict[str, Any]:
    """One note against a given round price; without a price only its interest and amount."""
    convertible_note = note.ConvertibleNote(
        inputs.principal,
        inputs.annual_interest_rate,
        inputs.valuation_cap,
        inputs.cap_denominator_shares,
        inputs.discount_rate,
        inputs.interest_method,
    )
    if inputs.round_price is None:
        interest = note.accrued_interest(convertible_note, inputs.years_accrued)
        return {"accrued_interest": interest, "conversion_amount": inputs.principal + interest}
    result = note.convert_note(convertible_note, inputs.years_accrued, inputs.round_price)
    return outputs_of(result)


def liquidation_waterfall(inputs: WaterfallInputs) -> dict[str, Any]:
    """Who gets what at an exit."""
    classes = [waterfall.ShareClass(**dict(each)) for each in inputs.classes]
    result = waterfall.distribute(inputs.exit_proceeds, classes)
    return outputs_of(result)
