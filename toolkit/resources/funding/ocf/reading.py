"""The state of reading a package: what has been understood so far, and every problem with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from toolkit.errors import Problem
from toolkit.resources.funding.cap_table import COMMON, ClassTerms
from toolkit.resources.funding.convertible import Convertible, Instrument
from toolkit.resources.funding.ocf.package import NO_CAP, Package, read_numeric

ZERO = Fraction(0)


@dataclass(slots=True)
class Reading:
    """`holders` and `classes` map ids to names, `ratios` a class id to common shares a share, `reserved` a
    plan id to the shares that it has not issued yet."""

    package: Package
    as_of: date
    note_caps: Instrument | None
    holders: dict[str, str] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    ratios: dict[str, Fraction] = field(default_factory=dict)
    terms: dict[str, ClassTerms] = field(default_factory=dict)
    reserved: dict[str, Fraction] = field(default_factory=dict)
    positions: dict[tuple[str, str], Fraction] = field(default_factory=dict)
    convertibles: list[tuple[str, Convertible]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, id: str, file: str, item: Mapping[str, Any], key: str, **values: Any) -> None:
        """Note a problem at a field of an object."""
        self.problems.append(self.package.problem(f"funding.{id}", file, item, key, **values))

    def number(
        self, file: str, item: Mapping[str, Any], key: str, missing: Fraction | None = None
    ) -> Fraction:
        """A number, or the amount of a sum of money; `missing` where the field is absent, else a problem
        (and 0)."""
        raw = item.get(key)
        if raw is None and missing is not None:
            return missing
        raw = raw.get("amount") if isinstance(raw, Mapping) else raw
        try:
            return read_numeric(raw)
        except ValueError:
            self.refuse("ocf_no_number", file, item, key, value=str(raw))
            return ZERO

    def reference(self, file: str, item: Mapping[str, Any], key: str, known: Mapping[str, Any]) -> str | None:
        """An id that must be among `known`; a problem (and None) where it is not."""
        value = item.get(key)
        if isinstance(value, str) and value in known:
            return value
        self.refuse("ocf_broken_reference", file, item, key, value=str(value))
        return None


def read_holders(reading: Reading) -> None:
    """Stakeholders by id; of two with one legal name, the second carries its id."""
    names: set[str] = set()
    for _, holder in reading.package.of("stakeholders_files"):
        name = str((holder.get("name") or {}).get("legal_name") or holder.get("id"))
        reading.holders[str(holder.get("id"))] = f"{name} ({holder.get('id')})" if name in names else name
        names.add(name)


def read_classes(reading: Reading) -> None:
    """Stock classes by id, with their place in the order of payment. The first common class is `common`."""
    rows = list(reading.package.of("stock_classes_files"))
    ranks = sorted({reading.number(file, each, "seniority", ZERO) for file, each in rows}, reverse=True)
    common_taken = False
    for file, each in rows:
        name = str(each.get("name"))
        if each.get("class_type") == "COMMON":
            name, common_taken = (name if common_taken else COMMON), True
            reading.terms[name] = ClassTerms("common")
        else:
            reading.terms[name] = _preferred(reading, file, each, ranks)
        reading.classes[str(each.get("id"))] = name
        reading.ratios[str(each.get("id"))] = _common_a_share(reading, file, each)


def read_plans(reading: Reading) -> None:
    """What each plan reserves, before issuances are taken off."""
    for file, plan in reading.package.of("stock_plans_files"):
        key = "initial_shares_reserved" if "initial_shares_reserved" in plan else "current_shares_reserved"
        reading.reserved[str(plan.get("id"))] = reading.number(file, plan, key)


def _preferred(
    reading: Reading, file: str, stock_class: Mapping[str, Any], ranks: list[Fraction]
) -> ClassTerms:
    multiple = reading.number(file, stock_class, "liquidation_preference_multiple", Fraction(1))
    cap = reading.number(file, stock_class, "participation_cap_multiple", ZERO)
    if multiple < cap < NO_CAP:
        key = "participation_cap_multiple"
        reading.refuse("ocf_participation_cap", file, stock_class, key, value=float(cap))
    price = reading.number(file, stock_class, "price_per_share", ZERO)
    per_common = price / _common_a_share(reading, file, stock_class)
    rank = ranks.index(reading.number(file, stock_class, "seniority", ZERO))
    return ClassTerms("participating" if cap >= NO_CAP else "non_participating", multiple * per_common, rank)


def _common_a_share(reading: Reading, file: str, stock_class: Mapping[str, Any]) -> Fraction:
    """Common shares for one share of the class: 1 unless a right to convert says otherwise."""
    for right in stock_class.get("conversion_rights") or ():
        ratio = (right.get("conversion_mechanism") or {}).get("ratio")
        if ratio:
            numerator = reading.number(file, ratio, "numerator")
            denominator = reading.number(file, ratio, "denominator")
            if numerator > 0 and denominator > 0:
                return numerator / denominator
            reading.refuse("ocf_no_number", file, stock_class, "conversion_rights", value=str(ratio))
    return Fraction(1)
