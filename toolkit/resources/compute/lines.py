"""Compute as lines: tokens → device-hours → money.

    training   hours = tokens a run × experiments / (rate × 3,600 × goodput)
    service    hours needed = requests × (prompt / prefill rate + output / decode rate) / 3,600
               instances    = max(minimum, ceil(hours needed / (730 × devices × utilisation)))
               hours        = instances × devices × 730
    batch      hours = tokens / (rate × relative speed × 3,600 × goodput)
    cost       = hours × list price of a device-hour × price index × (1 − partner discount)

The month has 730 hours. Rates are units of work a second on one device (a GPU, or a thread of a processor).
"""

from __future__ import annotations

from collections.abc import Mapping

from toolkit.lines.language import is_name
from toolkit.lines.quantity import Quantity
from toolkit.provenance import Kind, Source
from toolkit.reference import Offer
from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.compute.records import Batch, Service, Training
from toolkit.resources.operations.safeguards import protected
from toolkit.shapes.records import Rate, Rung

HOURS_PER_MONTH = 730
_KIND: dict[Rung, Kind] = {
    "measured": "measurement",
    "transferred": "measurement",
    "fitted": "fit",
    "assumed": "assumption",
}


def compile_compute(compilation: Compilation) -> None:
    """Lines and postings of every workload; the gross cost by provider for credits and billing."""
    compute = compilation.plan.compute
    room = compilation.scope("compute", "compute", compute)
    change = room.optional("price_change", 0.0)
    room.formula("price_index", f"(1 + {change}) ** ((t - 1) / 12)", "1")
    gross: dict[str, list[str]] = {provider: [] for provider in providers(compilation)}
    costs, research = [], []
    for scope, workload in compilation.scopes("compute.workloads", "compute", compute.workloads):
        offer = workload.offer.find(compilation.reference)
        price = _price(scope, offer)
        account = "cost_compute"
        match workload:
            case Training():
                hours, account = _training(scope, workload), "research_compute"
            case Service():
                hours = _service(scope, workload, offer)
            case Batch():
                hours = _batch(scope, workload)
        cost = scope.amount("cost", f"{hours} * {price}", account, "payables")
        costs.append(cost)
        gross[offer.provider].append(cost)
        research += [cost] if account == "research_compute" else []
    for provider, parts in gross.items():
        room.total(f"gross.{provider_slug(provider)}", parts, room.currency, "gross_compute")
    room.total("cost", costs, room.currency, "compute_cost_total")
    room.total("research_cost", research, room.currency, "research_compute_total")


def provider_slug(provider: str) -> str:
    """A provider as part of a line's name: `aliyun_pai`; a word of the language gets a tail: `lambda_`."""
    slug = "".join(letter if letter.isalnum() else "_" for letter in provider.lower())
    return slug if is_name(slug) else f"{slug}_"


def providers(compilation: Compilation) -> Mapping[str, str]:
    """The providers that the plan rents from, each with the line of its invoice before credits."""
    found = sorted({workload.offer.provider for workload in compilation.plan.compute.workloads})
    return {provider: f"compute.gross.{provider_slug(provider)}" for provider in found}


def billing_currency(compilation: Compilation, provider: str) -> str:
    """The currency of a provider's offers, which is that of its invoice."""
    offers = (workload.offer for workload in compilation.plan.compute.workloads)
    return next(key.find(compilation.reference).currency for key in offers if key.provider == provider)


def _price(scope: Scope, offer: Offer) -> str:
    unit, amount = f"{scope.currency}/device-hour", offer.price_per_device_hour
    if offer.currency == scope.currency:
        listed = scope.fact("list_price", amount, unit, offer.source)
    else:
        abroad, words = f"{offer.currency}/device-hour", scope.words("list_price")
        quantity = Quantity.constant(amount)
        listed = scope.converted("list_price", quantity, abroad, offer.currency, words, offer.source)
    discount = f"partnerships.discount.{provider_slug(offer.provider)}"
    factor = f" * (1 - {discount})" if discount in scope.book.lines else ""
    return scope.formula("price", f"{listed} * compute.price_index{factor}", unit)


def _rate(scope: Scope, name: str, part: str) -> str:
    """The input line of a rate: its quantiles as a quantity, its grounding as the source."""
    rate = scope.compilation.rates[name]
    points = tuple(x for point in rate.quantiles for x in point)
    quantity = Quantity("quantiles", points, f"{rate.median:.4g} ({rate.rung})")
    unit = f"{rate.workload.unit}/second"
    source = _source_of(rate, scope.compilation.positions.place(scope.path))
    return scope.book.input(scope.line(part), quantity, unit, scope.words(part), source)


def _source_of(rate: Rate, place: str | None) -> Source:
    """A rate's grounding as a source; one without a basis points to `place`, the workload in the plan."""
    title = f"{rate.workload.name} on {rate.device.name}: {rate.method}"
    return Source(_KIND[rate.rung], title, ", ".join(rate.basis) or place, date=rate.measured_at)


def _training(scope: Scope, training: Training) -> str:
    first = scope.compilation.number_of(training.start)
    active = scope.compilation.active(training)
    every = training.every_months
    runs = scope.schedule("runs", [on and (month - first) % every == 0 for month, on in enumerate(active, 1)])
    rate = _rate(scope, training.id, "rate")
    work = f"{runs} * {scope.input('tokens_per_run')} * {scope.input('experiments')}"
    tokens = scope.formula("tokens", work, "token")
    hours = protected(scope, f"{tokens} / ({rate} * 3600 * {scope.input('goodput')})")
    return scope.formula("hours", hours, "device-hour")


def _demand(scope: Scope, product: str, part: str) -> str:
    """Formula text of the work that customers ask for in a month."""
    if getattr(scope.record, part) is None:
        return f"market.{product}.usage.used"
    return f"market.{product}.customers * {scope.input(part)}"


def _service(scope: Scope, service: Service, offer: Offer) -> str:
    active = scope.active(service)
    sent = f"{_demand(scope, service.product, 'requests_per_customer')} * {active}"
    requests = scope.formula("requests", sent, "request")
    prefill = _rate(scope, f"{service.id}.prefill", "prefill_rate")
    decode = _rate(scope, f"{service.id}.decode", "decode_rate")
    prompt, output = scope.input("prompt_tokens"), scope.input("output_tokens")
    scope.formula("tokens", f"{requests} * ({prompt} + {output})", "token")
    work = f"{requests} * ({prompt} / {prefill} + {output} / {decode}) / 3600"
    needed = scope.formula("hours_needed", protected(scope, work), "device-hour")
    minimum, utilisation = scope.input("minimum_instances"), scope.input("utilisation")
    devices = scope.fact("devices", offer.devices, "1", offer.source)
    capacity = f"({HOURS_PER_MONTH} * {devices} * {utilisation})"
    rented = f"{active} * max({minimum}, ceil({needed} / {capacity}))"
    instances = scope.formula("instances", rented, "1")
    return scope.formula("hours", f"{instances} * {devices} * {HOURS_PER_MONTH}", "device-hour")


def _batch(scope: Scope, batch: Batch) -> str:
    active = scope.active(batch)
    rate = _rate(scope, batch.id, "rate")
    read = f"{_demand(scope, batch.product, 'tokens_per_customer')} * {active}"
    tokens = scope.formula("tokens", read, "token")
    speed, goodput = scope.input("relative_speed"), scope.input("goodput")
    hours = protected(scope, f"{tokens} / ({rate} * {speed} * 3600 * {goodput})")
    return scope.formula("hours", hours, "device-hour")
