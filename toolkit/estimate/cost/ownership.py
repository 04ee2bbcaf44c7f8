"""What an hour of a machine of one's own costs, from its price, power, rack, failures, resale and capital.

    capital     (price - resale / (1 + r)^n) · r / (1 - (1 + r)^-n)      a year; price/n - resale/n for r = 0
    failures    price · share a year
    power       kW · PUE · price a kWh · 8,760        kW = GPUs · power · load · (server over GPU power)
    rack        kW at full load · price a kW and month · 12
    an hour     (capital + failures + power + rack + staff · 12) / 8,760,   of use: / utilisation

The first line is the annuity of the price less what the resale is worth today (any text on engineering
economics). Power is paid for all hours: a machine that waits takes less, a machine that works more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from toolkit.errors import Problem
from toolkit.estimate.cost.market import Converter, Option, age_in_days
from toolkit.estimate.cost.workload import CostWorkload, Ownership
from toolkit.provenance import Source
from toolkit.reference import Gpu, Reference

HOURS_A_YEAR = 8760.0
PUE_METRICS = ("pue_colocation_air", "pue")
RACK_METRICS = ("colocation_wholesale", "colocation_retail")


@dataclass(frozen=True, slots=True)
class OwnedCost:
    """A server of one's own, in the workload's currency: what it costs to buy, and a year of each part."""

    capex: float
    capital: float
    failures: float
    power: float
    rack: float
    staff: float
    kilowatts: float
    pue: float

    @property
    def per_year(self) -> float:
        return self.capital + self.failures + self.power + self.rack + self.staff

    @property
    def per_hour(self) -> float:
        """Of every hour, used or not."""
        return self.per_year / HOURS_A_YEAR


def annuity(price: float, resale: float, years: float, rate: float) -> float:
    """A year's share of a purchase whose resale value comes back at its end."""
    if rate == 0:
        return (price - resale) / years
    return float((price - resale / (1 + rate) ** years) * rate / (1 - (1 + rate) ** -years))


def owned_cost(own: Ownership, gpu: Gpu, reference: Reference, converter: Converter) -> OwnedCost | Problem:
    """The yearly cost of a server; or what is not known of it and must be given."""
    price = _server_price(own, reference, converter)
    power = _looked_up(own.power_price, ("industrial_power",), own, reference, converter)
    rack = _looked_up(own.colocation_per_kw_month, RACK_METRICS, own, reference, converter)
    staff = _convert(own.staff_per_month, own.currency, converter)
    for name, value in (("server_price", price), ("power_price", power), ("colocation_per_kw_month", rack)):
        if value is None:
            return Problem("gpu.own_unknown", values={"name": name, "gpu": own.gpu, "country": own.country})
    if gpu.power_w is None:
        return Problem("gpu.own_unknown", values={"name": "power_w", "gpu": own.gpu, "country": own.country})
    full = own.devices * gpu.power_w * own.server_over_gpu_power / 1e3
    pue = own.pue or _ratio(own, reference)
    capex, kwh, rent = price or 0.0, power or 0.0, rack or 0.0
    return OwnedCost(
        capex=capex,
        capital=annuity(capex, own.resale * capex, own.years, own.cost_of_capital),
        failures=own.failures_per_year * capex,
        power=full * own.load * pue * kwh * HOURS_A_YEAR,
        rack=full * rent * 12,
        staff=(staff or 0.0) * 12,
        kilowatts=full,
        pue=pue,
    )


def owned_option(
    own: Ownership, workload: CostWorkload, reference: Reference, converter: Converter, today: date
) -> Option:
    """The server as an option beside the offers: its price is that of an hour of use."""
    gpu = reference.gpu(own.gpu)
    found = owned_cost(own, gpu, reference, converter)
    problem = found if isinstance(found, Problem) else None
    row = reference.server_price(own.gpu, own.country) if own.server_price is None else None
    share = 1.0 if workload.work.kind == "service" else own.utilisation
    dated = row.as_of if row else None
    age = age_in_days(dated, today)
    warnings = (Problem("gpu.undated_price"),) if row is not None and dated is None else ()
    return Option(
        kind="owned",
        provider="own",
        instance_type=f"{own.devices} × {gpu.name}",
        region=own.country,
        gpu_id=gpu.id,
        gpu_name=gpu.name,
        devices=own.devices,
        price_per_hour=found.per_hour / share if isinstance(found, OwnedCost) else None,
        listed_price=row.price if row else own.server_price,
        listed_currency=(row.currency if row else own.currency) or workload.currency,
        conversion=None,
        committed_hours=0.0,
        upfront=found.capex if isinstance(found, OwnedCost) else 0.0,
        monthly_loss=None,
        host_included=True,
        as_of=dated,
        age_days=age,
        source=row.source if row else Source("plan", "own server"),
        problem=problem,
        warnings=warnings,
    )


def _server_price(own: Ownership, reference: Reference, converter: Converter) -> float | None:
    if own.server_price is not None:
        return _convert(own.server_price, own.currency, converter)
    row = reference.server_price(own.gpu, own.country)
    if row is None:
        return None
    found = _convert(row.price, row.currency, converter)
    return None if found is None else found * own.devices / row.devices


def _looked_up(
    given: float | None,
    metrics: tuple[str, ...],
    own: Ownership,
    reference: Reference,
    converter: Converter,
) -> float | None:
    if given is not None:
        return _convert(given, own.currency, converter)
    row = reference.power_price(metrics, own.country)
    return None if row is None else _convert(row.value, row.currency, converter)


def _ratio(own: Ownership, reference: Reference) -> float:
    row = reference.power_price(PUE_METRICS, own.country)
    return 1.0 if row is None else row.value


def _convert(amount: float, currency: str | None, converter: Converter) -> float | None:
    found = converter.factor(currency or converter.currency)
    return None if isinstance(found, Problem) else amount * found[0]
