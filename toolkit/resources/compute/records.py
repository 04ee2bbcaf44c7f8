"""What a plan says about compute: workloads, and the capacity that it holds for them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from toolkit.reference import Reference
from toolkit.resources.compute.capacity import AnyCapacity
from toolkit.resources.compute.workloads import AnyWorkload, HostedService, Workload
from toolkit.resources.record import KIND, Sourced
from toolkit.resources.surroundings import complaint, surroundings
from toolkit.resources.values import Change, PaymentMonths


class Compute(Sourced):
    """`price_change` is the yearly change of list prices; invoices are paid `payment_months` later."""

    price_change: Change | None = None
    payment_months: PaymentMonths = 1
    capacity: list[Annotated[AnyCapacity, KIND]] = Field(default_factory=list)
    workloads: list[Annotated[AnyWorkload, KIND]] = Field(default_factory=list)

    @field_validator("workloads")
    @classmethod
    def _known_capacity(cls, workloads: list[AnyWorkload], info: ValidationInfo) -> list[AnyWorkload]:
        if "capacity" not in info.data:
            return workloads
        held: dict[str, AnyCapacity] = {one.id: one for one in info.data["capacity"]}
        reference = surroundings(info).reference
        for one in workloads:
            if not isinstance(one, Workload) or one.capacity is None:
                continue
            if one.capacity not in held:
                known = ", ".join(held) or "—"
                raise complaint("compute.unknown_capacity", workload=one.id, name=one.capacity, known=known)
            gpu = held[one.capacity].gpu_id(reference)
            rented = None if one.offer is None else one.offer.find(reference).gpu_id
            if one.on_processors or (one.offer is not None and rented != gpu):
                raise complaint("compute.other_gpu", workload=one.id, held=gpu, rented=rented or "CPU")
        return workloads

    @field_validator("workloads")
    @classmethod
    def _one_invoice(cls, workloads: list[AnyWorkload], info: ValidationInfo) -> list[AnyWorkload]:
        reference = surroundings(info).reference
        billed: dict[str, set[str]] = {}
        for provider, currency in invoices(workloads, info.data.get("capacity", ()), reference):
            billed.setdefault(provider, set()).add(currency)
        for provider, currencies in billed.items():
            if len(currencies) > 1:
                values = {"provider": provider, "currencies": ", ".join(sorted(currencies))}
                raise complaint("money.provider_currencies", **values)
        return workloads


def invoices(
    workloads: list[AnyWorkload], capacity: list[AnyCapacity], reference: Reference
) -> list[tuple[str, str]]:
    """Every provider that sends invoices, with their currency, once each; both orders follow the plan's."""
    found: dict[tuple[str, str], None] = {}
    for one in (*capacity, *workloads):
        if isinstance(one, HostedService):
            found[one.api.provider, "USD"] = None
        else:
            offer = getattr(one, "offer", None)
            if offer is not None:
                found[offer.provider, offer.find(reference).currency] = None
    return list(found)
