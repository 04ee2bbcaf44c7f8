"""Sections: the company, its opening balance sheet, who holds shares and the next round, overheads, tax."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from toolkit.app.interview.defaults import rounded
from toolkit.app.interview.writer import Fields, Writer, percent, words_of
from toolkit.lines.quantity_text import parse_quantity

FOUNDERS_SHARES = 9_000_000
POOL = 1_000_000
MONTHS = 36
OVERHEADS = {
    "software_seats": None, "office_space": None, "accounting": None, "public_liability": None,
    "contract_lawyer": None, "incorporation": 0, "penetration_test": 9,
}  # fmt: skip
CERTIFICATE = {"CN": "djbh_level3", "US": "soc2_type1"}  # elsewhere ISO 27001


def company(writer: Writer) -> Fields:
    """Name, place, currency, start; the cash floor is half a year's pay of an engineer."""
    name = writer.value("name")
    engineer = parse_quantity(writer.value("engineer_salary"), writer.yearly).median
    fields = {
        "id": _slug(name), "name": name, "tagline": writer.value("tagline"), "country": writer.country,
        "region": writer.value("region") or None, "currency": writer.currency, "start": writer.value("start"),
        "months": MONTHS, "cash_floor": rounded(engineer / 2),
        "assumption": writer.say("floor"),
    }  # fmt: skip
    return {key: value for key, value in fields.items() if value is not None}


def _slug(name: Any) -> str:
    """An id from a name; a name without Latin letters becomes `company`."""
    words = name.get("en", "") if isinstance(name, Mapping) else str(name)
    slug = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    return slug if slug and slug[0].isalpha() else "company"


def opening(writer: Writer) -> Fields:
    """The money in the bank, put in by the founders."""
    cash = parse_quantity(writer.value("cash"), writer.currency).median
    value = int(cash) if cash == int(cash) else cash
    return {
        "assumption": writer.answers["cash"].basis.title,
        "balances": {"cash": value, "common_stock": value},
    }


def funding(writer: Writer) -> Fields:
    """Founders with equal shares, a pool, and the next round."""
    count = writer.value("founders")
    each, rest = divmod(FOUNDERS_SHARES, max(count, 1))
    holders = [
        {
            "id": f"founder_{number}", "label": words_of("founder", number=str(number)),
            "group": "founder", "shares": each + (rest if number == 1 else 0),
            "assumption": writer.say("equal_shares"),
        }
        for number in range(1, max(count, 1) + 1)
    ]  # fmt: skip
    fields: Fields = {"holders": holders, "pool": {"value": POOL, "assumption": writer.say("pool")}}
    kind = writer.value("round")
    if kind == "none":
        return fields
    basis = writer.answers["raise_amount"].basis.title
    terms = {"amount": "raise_amount", "valuation_cap": "valuation"}
    if kind == "priced_round":
        terms = {"new_money": "raise_amount", "pre_money_valuation": "valuation"}
    instrument: Fields = {
        "id": "next_round", "kind": kind, "label": words_of(f"round_{kind}"),
        "month": writer.month(writer.value("raise_month")), "delay": "triangular(0, 1, 4) months",
        "closes": _event(writer, "raise_chance", basis),
        **{field: writer.number(name, basis) for field, name in terms.items()},
    }  # fmt: skip
    if kind == "priced_round":
        instrument |= {"pool_target": "10 %", "costs": "1.5 %"}
    return fields | {"instruments": [{**instrument, "assumption": basis}]}


def _event(writer: Writer, name: str, whole: str) -> Any:
    """A chance that is neither 0 nor 1 is written as the event that it is."""
    answer = writer.answers[name]
    chance = parse_quantity(answer.value).median
    return writer.based(f"chance({chance:g})" if 0 < chance < 1 else chance, answer.basis, whole)


def operations(writer: Writer) -> Fields:
    """What is usual for a small office (`data/assumptions.csv`), until there are quotes."""
    wanted = OVERHEADS | {CERTIFICATE.get(writer.country, "iso27001"): 14}
    costs = []
    for key, month in wanted.items():
        usual = writer.reference.assumptions[key]
        cost: Fields = {"id": key, "label": {"en": usual.label_en, "zh": usual.label_zh}, "usual": key}
        if usual.category is None:
            cost["category"] = "general"
        if month is not None:
            cost["start"] = writer.month(month)
        costs.append(cost | {"assumption": writer.say("overhead")})
    return {"costs": costs}


def tax(writer: Writer) -> Fields:
    """The country's income tax: its law where that is known, else what is usual."""
    country = writer.reference.country(writer.country)
    if country.income_tax_rate is None:
        return {"law": writer.country}
    fields = {"rate": writer.based(percent(country.income_tax_rate), country.source)}
    if country.loss_limit is not None:
        fields["loss_limit"] = writer.based(percent(country.loss_limit), country.source)
    return fields
