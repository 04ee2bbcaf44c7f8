"""Capacity that is held, as lines: what it costs whether it is used or not, and who uses it.

    hours       instances × devices × 730 (of servers of our own times their availability) while it is held
    used        each workload in the order of the plan: min(its hours, hours - used by those before)
    idle        hours - used
    reserved    bill = instances × devices × 730 × price, without price index; the share `upfront` of the
                whole term is invoiced at the start, prepaid, and becomes cost month by month
    owned       purchase → equipment, written off in equal parts to the residual value over its life;
                power = servers × kW × PUE × price × 730; rent of the place; upkeep; sold at the residual
                value in the month after its life, or after `end`, with what is then still on the books

All of it is cost of revenue, or of research, as `use` says. A workload's part of the cost is by the hours
that it used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from toolkit.provenance import Source
from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.compute.capacity import POWER, PUE, AnyCapacity, OwnedServers, Reservation
from toolkit.resources.compute.pricing import device_price, listed_price
from toolkit.resources.compute.work_lines import HOURS_PER_MONTH

ACCOUNT = {"service": "cost_compute", "research": "research_compute"}
ACCOUNT_OF_LOSS = "depreciation"


@dataclass
class Held:
    """The lines of one capacity: its hours, its cost by month, what was invoiced for it and by whom; and the
    hours that workloads have used so far."""

    scope: Scope
    record: AnyCapacity
    hours: str
    cost: str = ""
    invoiced: dict[str, list[str]] = field(default_factory=dict)
    used: list[str] = field(default_factory=list)
    devices: int = 1

    @property
    def account(self) -> str:
        return ACCOUNT[self.record.use]

    def take(self, workload: Scope, hours: str) -> str:
        """The line of the hours that a workload uses of it, after those before it."""
        left = " - ".join([self.hours, *self.used])
        taken = workload.formula("held_hours", f"min({hours}, {left})", "device-hour")
        self.used.append(taken)
        return taken


def compile_capacity(compilation: Compilation) -> Mapping[str, Held]:
    """Lines and postings of every capacity, by its id; `finish_capacity` follows when workloads have used
    it."""
    compute = compilation.plan.compute
    found: dict[str, Held] = {}
    for scope, record in compilation.scopes("compute.capacity", "compute.held", compute.capacity, "compute"):
        match record:
            case Reservation():
                found[record.id] = _reserved(scope, record)
            case OwnedServers():
                found[record.id] = _owned(scope, record)
    return found


def finish_capacity(held: Held) -> None:
    """What is left idle, and how much is used."""
    scope = held.scope
    used = scope.total("used_hours", held.used, "device-hour")
    scope.formula("idle_hours", f"{held.hours} - {used}", "device-hour")
    scope.formula("used_share", f"where({held.hours} > 0, {used} / max({held.hours}, 1), 0)", "1")


def _reserved(scope: Scope, record: Reservation) -> Held:
    compilation = scope.compilation
    offer = record.rented(compilation.reference)
    first = compilation.number_of(record.start)
    term = record.months or 1
    active = scope.schedule("active", _between(compilation, first, first + term - 1))
    each = scope.fact("devices", offer.devices, "1", offer.source)
    instances = scope.input("instances")
    hours = scope.formula("hours", f"{active} * {instances} * {each} * {HOURS_PER_MONTH}", "device-hour")
    price = device_price(scope, offer, falling=False)
    held = Held(scope, record, hours, devices=offer.devices)
    if record.upfront is None:
        held.cost = scope.amount("cost", f"{hours} * {price}", held.account, "payables", "held_cost")
        held.invoiced = {offer.provider: [held.cost]}
        return held
    upfront = scope.input("upfront")
    whole = f"{instances} * {each} * {HOURS_PER_MONTH} * {price} * {term}"
    start = f"where(t == {scope.month('start', record.start, 'first_month')}, {whole} * {upfront}, 0)"
    paid = scope.amount("upfront_paid", start, "prepaid", "payables", "held_upfront")
    billed = scope.amount(
        "billed", f"{hours} * {price} * (1 - {upfront})", held.account, "payables", "held_billed"
    )
    released = scope.amount("released", f"{active} * sum({paid}, {term}) / {term}", held.account, "prepaid")
    held.cost = scope.formula("cost", f"{billed} + {released}", scope.currency, "held_cost")
    held.invoiced = {offer.provider: [paid, billed]}
    return held


def _owned(scope: Scope, record: OwnedServers) -> Held:
    compilation = scope.compilation
    first = compilation.number_of(record.start)
    last = compilation.number_of(record.end) if record.end else compilation.months
    active = scope.schedule("active", _between(compilation, first, last))
    each = scope.fact("devices", record.devices, "1", _stated(scope, "devices"))
    servers = scope.input("servers")
    working = f"{active} * {servers} * {each} * {HOURS_PER_MONTH} * {scope.input('availability')}"
    held = Held(scope, record, scope.formula("hours", working, "device-hour"), devices=record.devices)
    parts = [
        _written_off(scope, record, held.account, first, last),
        _power(scope, record, active, held.account),
    ]
    for name, formula in _upkeep(scope, record, active).items():
        parts.append(scope.invoice(name, formula, held.account, compilation.plan.compute.payment_months))
    held.cost = scope.formula("cost", " + ".join(parts), scope.currency, "held_cost")
    return held


def _written_off(scope: Scope, record: OwnedServers, account: str, first: int, last: int) -> str:
    """Purchase, depreciation and sale; returns the line of the depreciation."""
    price, life = _server_price(scope, record), record.life_months
    month = scope.month("start", record.start, "first_month")
    opening = f"where(t == {month}, {scope.line('servers')} * {price}, 0)"
    bought = _buy(scope, opening, record.payment_months)
    residual = scope.optional("residual", 0.0)
    in_use = scope.schedule(
        "written_off", _between(scope.compilation, first, min(first + life - 1, last)), field="life_months"
    )
    spread = f"{in_use} * sum({bought}, {life}) * (1 - {residual}) / {life}"
    written = scope.amount("depreciation", spread, account, "accumulated_depreciation", "held_depreciation")
    _sell(scope, (bought, written, residual), min(first + life, last + 1), life)
    return written


def _buy(scope: Scope, formula: str, months: int) -> str:
    """The line of the purchase, paid `months` later: what is owed for equipment is no bill of daily
    business."""
    owed = "equipment_payables" if months else "cash"
    bought = scope.amount("purchase", formula, "equipment", owed, "held_purchase")
    scope.compilation.purchases[bought] = months
    if months:
        scope.amount("purchase_paid", f"{bought}[-{months}]", owed, "cash", "invoice_paid")
    return bought


def _sell(scope: Scope, lines: tuple[str, str, str], month: int, life: int) -> None:
    """The sale of what was bought, at the residual value, and the end of its cost and write-offs on the
    books; an earlier sale books what is left above that as a last write-off."""
    if month > scope.compilation.months:
        return
    bought, written, residual = lines
    sale = scope.schedule("sold", _between(scope.compilation, month, month), field="life_months")
    cost, off = f"sum({bought}, {life + 1})", f"sum({written}, {life + 1})"
    proceeds = scope.amount("proceeds", f"{sale} * {cost} * {residual}", "cash", "equipment", "held_proceeds")
    gone = scope.amount("retired", f"{sale} * {off}", "accumulated_depreciation", "equipment", "held_retired")
    left = f"{sale} * {cost} - {proceeds} - {gone}"
    scope.amount("loss", left, ACCOUNT_OF_LOSS, "equipment", "held_loss")


def _server_price(scope: Scope, record: OwnedServers) -> str:
    """The line with the price of a server: the plan's, else the table's for as many devices."""
    if record.price is not None:
        return scope.input("price", "held_price")
    reference, country = scope.compilation.reference, scope.compilation.plan.company.country
    row = reference.server_price(record.gpu, country)
    if row is None:
        raise ValueError(
            f"no price of a server with {record.gpu}: plans are checked before they are compiled"
        )
    amount = row.price * record.devices / row.devices
    return listed_price(scope, "held_price", amount, "1", row.currency, row.source)


def _power(scope: Scope, record: OwnedServers, active: str, account: str) -> str:
    """The line of what power costs."""
    compilation = scope.compilation
    reference, country = compilation.reference, compilation.plan.company.country
    if record.power_price is not None:
        price = scope.input("power_price")
    else:
        row = reference.power_price(POWER, country)
        if row is None or row.currency is None:
            raise ValueError(f"no price of power in {country}: plans are checked before they are compiled")
        price = listed_price(scope, "power_price", row.value, "kWh", row.currency, row.source)
    if record.pue is not None:
        losses = scope.input("pue")
    else:
        found = reference.power_price(PUE, country)
        losses = scope.fact("pue", found.value, "1", found.source) if found else scope.optional("pue", 1.0)
    drawn = f"{active} * {scope.line('servers')} * {scope.input('power_kw')} * {losses} * {HOURS_PER_MONTH}"
    energy = scope.formula("energy", drawn, "kWh")
    return scope.invoice("power", f"{energy} * {price}", account, compilation.plan.compute.payment_months)


def _upkeep(scope: Scope, record: OwnedServers, active: str) -> dict[str, str]:
    """Formulas of the rent of the place and of repairs."""
    found = {}
    servers = scope.line("servers")
    if record.colocation is not None:
        found["place"] = f"{active} * {servers} * {scope.input('colocation')}"
    if record.upkeep is not None:
        price = scope.line("price" if record.price is not None else "held_price")
        found["repairs"] = f"{active} * {servers} * {price} * {scope.input('upkeep')} / 12"
    return found


def _between(compilation: Compilation, first: int, last: int) -> list[bool]:
    return [first <= month <= last for month in range(1, compilation.months + 1)]


def _stated(scope: Scope, part: str) -> Source:
    return scope.compilation.source_of(f"{scope.path}.{part}", scope.record)
