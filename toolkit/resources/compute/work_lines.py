"""From what is asked for to device-hours, as lines, for every kind of workload.

    training   hours = work of a run × experiments / (rate × 3,600 × goodput) × (1 + lost to interruptions)
               lost  = -ln(1 - share interrupted a month) / 730 × hours lost by each     (spot machines)
    service    hours needed = requests × (prompt / prefill rate + output / decode rate) / 3,600
    inference  hours needed = work / rate / 3,600
    both       instances    = max(minimum, ceil(hours needed / (730 × devices × utilisation)))
               hours        = instances × devices × 730
    batch      hours = tokens / (rate × relative speed × 3,600 × goodput)
    cluster    hours = instances × devices × 730 × share of the hours

Techniques that protect data add to the hours of a workload (`operations.safeguards`).
Rates are units of work a second on one device (a GPU, or a thread of a processor). Interruptions come at a
constant rate, so that a share of machines survives each hour as it survives a month.
"""

from __future__ import annotations

from toolkit.provenance import Source
from toolkit.reference import Offer
from toolkit.resources.compilation import Scope
from toolkit.resources.compute.pricing import rate_line
from toolkit.resources.compute.workloads import (
    Batch,
    Cluster,
    Inference,
    Requests,
    Service,
    Training,
)
from toolkit.resources.operations.safeguards import protected

HOURS_PER_MONTH = 730


def training_hours(scope: Scope, training: Training) -> str:
    """The line of device-hours of a training run, in the months in which one begins."""
    first = scope.compilation.number_of(training.start)
    active = scope.compilation.active(training)
    every = training.every_months
    runs = scope.schedule("runs", [on and (month - first) % every == 0 for month, on in enumerate(active, 1)])
    rate = rate_line(scope, training.id, "rate")
    in_tokens = training.named.unit == "token"
    given = scope.input("tokens_per_run" if in_tokens else "work_per_run")
    work = scope.formula(
        "tokens" if in_tokens else "work",
        f"{runs} * {given} * {scope.input('experiments')}",
        training.named.unit,
    )
    hours = f"{work} / ({rate} * 3600 * {scope.input('goodput')})"
    return scope.formula("hours", protected(scope, hours + _interruptions(scope, training)), "device-hour")


def _interruptions(scope: Scope, training: Training) -> str:
    """The factor of time that is lost on spot machines; empty where none is said."""
    if training.lost_per_interruption is None or training.offer is None:
        return ""
    lost = scope.input("lost_per_interruption")
    if training.interruptions_per_month is not None:
        rate = f"{scope.input('interruptions_per_month')} / {HOURS_PER_MONTH}"
    else:
        offer = training.offer.find(scope.compilation.reference)
        share = scope.fact("interrupted_share", offer.monthly_interruption or 0.0, "1", offer.source)
        rate = f"(-log(1 - {share}) / {HOURS_PER_MONTH})"
    return f" * (1 + {rate} * {lost})"


def request_lines(scope: Scope, service: Requests) -> tuple[str, str, str]:
    """The lines of requests a month, and of the tokens read and written for each."""
    sent = f"{_demand(scope, service.product, 'requests_per_customer')} * {scope.active(service)}"
    requests = scope.formula("requests", sent, "request")
    prompt, output = scope.input("prompt_tokens"), scope.input("output_tokens")
    scope.formula("tokens", f"{requests} * ({prompt} + {output})", "token")
    return requests, prompt, output


def service_hours(scope: Scope, service: Service, devices: int, source: Source) -> str:
    """The line of device-hours of a language model's instances."""
    requests, prompt, output = request_lines(scope, service)
    prefill = rate_line(scope, f"{service.id}.prefill", "prefill_rate")
    decode = rate_line(scope, f"{service.id}.decode", "decode_rate")
    work = f"{requests} * ({prompt} / {prefill} + {output} / {decode}) / 3600"
    return _instance_hours(scope, work, devices, source)


def inference_hours(scope: Scope, inference: Inference, devices: int, source: Source) -> str:
    """The line of device-hours of another model's instances."""
    asked = f"{_demand(scope, inference.product, 'work_per_customer')} * {scope.active(inference)}"
    work = scope.formula("work", asked, inference.named.unit)
    rate = rate_line(scope, inference.id, "rate")
    return _instance_hours(scope, f"{work} / {rate} / 3600", devices, source)


def _instance_hours(scope: Scope, work: str, devices: int, source: Source) -> str:
    needed = scope.formula("hours_needed", protected(scope, work), "device-hour")
    minimum, utilisation = scope.input("minimum_instances"), scope.input("utilisation")
    each = scope.fact("devices", devices, "1", source)
    capacity = f"({HOURS_PER_MONTH} * {each} * {utilisation})"
    up = f"{scope.line('active')} * max({minimum}, ceil({needed} / {capacity}))"
    instances = scope.formula("instances", up, "1")
    return scope.formula("hours", f"{instances} * {each} * {HOURS_PER_MONTH}", "device-hour")


def batch_hours(scope: Scope, batch: Batch) -> str:
    """The line of processor-hours of reading documents."""
    read = f"{_demand(scope, batch.product, 'tokens_per_customer')} * {scope.active(batch)}"
    rate = rate_line(scope, batch.id, "rate")
    tokens = scope.formula("tokens", read, "token")
    speed, goodput = scope.input("relative_speed"), scope.input("goodput")
    hours = protected(scope, f"{tokens} / ({rate} * {speed} * 3600 * {goodput})")
    return scope.formula("hours", hours, "device-hour")


def cluster_hours(scope: Scope, cluster: Cluster, offer: Offer) -> str:
    """The line of device-hours that researchers hold."""
    each = scope.fact("devices", offer.devices, "1", offer.source)
    share = scope.optional("hours_share", 1.0)
    held = f"{scope.active(cluster)} * {scope.input('instances')} * {each} * {HOURS_PER_MONTH} * {share}"
    return scope.formula("hours", held, "device-hour")


def _demand(scope: Scope, product: str, part: str) -> str:
    """Formula text of the work that customers ask for in a month."""
    if getattr(scope.record, part) is None:
        return f"market.{product}.usage.used"
    return f"market.{product}.customers * {scope.input(part)}"
