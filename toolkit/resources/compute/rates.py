"""Which rates a plan needs: the question that resources put to the estimator, through `app`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolkit.reference import Offer, Reference
from toolkit.resources.compute.offer_key import OfferKey
from toolkit.resources.compute.workloads import Batch, Inference, Service, Training
from toolkit.resources.compute.workloads import Workload as PlannedWorkload
from toolkit.shapes.records import Device, Workload

if TYPE_CHECKING:
    from toolkit.resources.plan import Plan

ANY_CPU = Device("cpu", "any")


@dataclass(frozen=True, slots=True)
class RateRequest:
    """Units of work a second of `workload` on one `device`; `workload_id` is the plan's."""

    workload_id: str
    workload: Workload
    device: Device


def find_offer(reference: Reference, key: OfferKey) -> Offer:
    """The newest price of a key. Raises InputError with the nearest keys when there is none."""
    return key.find(reference)


def rate_requests(plan: Plan, reference: Reference) -> Mapping[str, RateRequest]:
    """Every rate that the plan's workloads need, by the name under which `compile_plan` looks it up."""
    requests: dict[str, RateRequest] = {}
    for one in plan.compute.workloads:
        if not isinstance(one, PlannedWorkload):
            continue  # somebody else's model, or machines by the hour: no rate is needed
        device = _device(plan, one, reference)
        unit = one.named.unit
        match one:
            case Training():
                steps = {one.id: Workload(one.model, "train", one.dtype, one.batch, one.sequence or 1, unit)}
            case Inference():
                steps = {
                    one.id: Workload(one.model, "forward", one.dtype, one.batch, one.sequence or 1, unit)
                }
            case Batch():
                steps = {one.id: Workload(one.model, "prefill", one.dtype, one.batch, one.sequence)}
            case Service():
                prompt, output = (round(v.quantity.median) for v in (one.prompt_tokens, one.output_tokens))
                steps = {
                    f"{one.id}.prefill": Workload(one.model, "prefill", one.dtype, 1, prompt),
                    f"{one.id}.decode": Workload(
                        one.model, "decode", one.dtype, one.batch, prompt + output // 2,
                        options=(("output_tokens", str(output)), ("prompt_tokens", str(prompt))),
                    ),
                }  # fmt: skip
        requests |= {name: RateRequest(one.id, workload, device) for name, workload in steps.items()}
    return requests


def _device(plan: Plan, workload: PlannedWorkload, reference: Reference) -> Device:
    """All devices of an instance: they work on the job together."""
    if workload.offer is not None:
        offer = find_offer(reference, workload.offer)
        gpu_id, devices = offer.gpu_id, offer.devices
    else:
        held = next(one for one in plan.compute.capacity if one.id == workload.capacity)
        gpu_id, devices = held.gpu_id(reference), held.devices_of(reference)
    if gpu_id is None:
        return ANY_CPU
    return Device("cuda", reference.gpu(gpu_id).name, gpu_id, devices)
