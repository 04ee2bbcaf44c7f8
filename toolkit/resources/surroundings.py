"""Surroundings: what a field of a plan must know of the rest of it to be checked.

They are taken from the raw data, before any record is made, and travel as pydantic's validation context. So
every check stands at the field where its problem shows, and a problem in one place never hides another. What
the plan does not say properly is empty here; that is reported where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, ValidationError, ValidationInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

from toolkit.lines.spelling import nearest
from toolkit.reference import Reference
from toolkit.reference.prices import choose_rate
from toolkit.units import CURRENCIES

MONTH = re.compile(r"[2-9]\d{3}-(0[1-9]|1[0-2])")
PROBLEM = "groundplan"  # the type of our own pydantic errors; their context holds the id of the problem


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The facts, and what the plan says of its company, its sources, and of the entries that others name."""

    reference: Reference
    currency: str
    country: str
    start: str
    sources: tuple[str, ...]
    products: tuple[str, ...]
    usage: Mapping[str, str]  # product → the unit in which its use is counted
    segments: tuple[str, ...]
    axes: tuple[str, ...]  # of the positioning
    costs: tuple[str, ...]  # of operations
    region: str = ""
    currencies: tuple[str, ...] = ()  # other currencies to which the plan gives a rate
    holders: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    workloads: tuple[str, ...] = ()
    purchases: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()

    @classmethod
    def of(cls, raw: Any, reference: Reference) -> Surroundings:
        """The surroundings in the raw data of a plan."""
        company = _mapping(raw, "company")
        currency, start = str(company.get("currency")), str(company.get("start"))
        market = _mapping(raw, "market")
        return cls(
            reference=reference,
            currency=currency if currency in CURRENCIES else "USD",
            country=str(company.get("country", "")),
            start=start if MONTH.fullmatch(start) else "",
            sources=tuple(map(str, _mapping(raw, "sources"))),
            products=_ids(market.get("products")),
            usage={
                str(product.get("id")): str(_mapping(product, "usage").get("unit"))
                for product in _entries(market.get("products"))
            },
            segments=_ids(market.get("segments")),
            axes=_ids(_mapping(market, "positioning").get("axes")),
            costs=_ids(_mapping(raw, "operations").get("costs")),
            region=str(company.get("region") or ""),
            currencies=_ids(company.get("exchange_rates"), "currency"),
            holders=_ids(_mapping(raw, "funding").get("holders")),
            roles=_ids(_mapping(raw, "talent").get("roles")),
            workloads=_ids(_mapping(raw, "compute").get("workloads")),
            purchases=_ids(_mapping(raw, "operations").get("purchases")),
            claims=_ids(_mapping(raw, "policy").get("programmes"), "programme"),
        )

    def converts(self, currency: str) -> bool:
        """Whether an exchange rate to the plan's currency is known."""
        rates = self.reference.exchange_rates
        return currency in self.currencies or choose_rate(rates, currency, self.currency) is not None


def _ids(entries: Any, key: str = "id") -> tuple[str, ...]:
    """What the entries of a list are called."""
    return tuple(str(entry.get(key)) for entry in _entries(entries))


def _entries(entries: Any) -> list[Mapping[str, Any]]:
    """The records in a list of the raw data."""
    return [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []


def _mapping(raw: Any, key: str) -> Mapping[str, Any]:
    value = raw.get(key) if isinstance(raw, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def surroundings(info: ValidationInfo) -> Surroundings:
    """The surroundings of the field that is being validated. A plan that is validated without any is a fault
    of the code (TypeError)."""
    if not isinstance(info.context, Surroundings):
        raise TypeError("a plan is validated with its surroundings as context")
    return info.context


def complaint(id: str, /, **values: Any) -> PydanticCustomError:
    """An error for pydantic that becomes the problem `id`."""
    return PydanticCustomError(PROBLEM, "{id}", {"id": id, "values": values})


def complain(wrong: Mapping[Any, PydanticCustomError], raw: Any) -> None:
    """Raise errors at several places (tuples of keys) below a field; nothing when there are none."""
    details = [InitErrorDetails(type=error, loc=place, input=raw) for place, error in wrong.items()]
    if details:
        raise ValidationError.from_exception_data("plan", details)


def _source(key: str, info: ValidationInfo) -> str:
    known = surroundings(info).sources
    if key not in known:
        raise complaint("plan.unknown_source", key=key, nearest=nearest(key, known))
    return key


def _product(id: str, info: ValidationInfo) -> str:
    known = surroundings(info).products
    if id not in known:
        raise complaint("plan.unknown_product", name=id, known=nearest(id, known))
    return id


def _provider(name: str, info: ValidationInfo) -> str:
    reference = surroundings(info).reference
    known = {offer.provider for offer in (*reference.offers, *reference.cpu_offers)}
    known |= {price.provider for price in reference.api_prices}
    if name not in known:
        raise complaint("plan.unknown_provider", name=name, nearest=nearest(name, known))
    return name


SourceKey = Annotated[str, AfterValidator(_source)]
ProductId = Annotated[str, AfterValidator(_product)]
Provider = Annotated[str, AfterValidator(_provider)]
