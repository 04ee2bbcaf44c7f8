"""The events of a plan in the base case by month: what is sold, who comes, what closes, what is won."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from toolkit.app.building import Built
from toolkit.projection.ownership import closings
from toolkit.report.exhibits import MilestoneGroup, MilestoneRow
from toolkit.resources.policy.programme import load_programme
from toolkit.resources.record import month_after
from toolkit.text import Text, bilingual

CUSTOMERS = (10, 100, 1_000, 10_000, 100_000)
LASTING = 6  # months of cash earned that are called lasting


def milestone_rows(built: Built) -> tuple[MilestoneRow, ...]:
    """Events within the plan, in order of months."""
    rows = [
        *_products(built), *_people(built), *_compute(built), *_funding(built), *_support(built),
        *_costs(built), *_results(built),
    ]  # fmt: skip
    months = set(built.run.months)
    return tuple(sorted((row for row in rows if row.month in months), key=lambda row: row.month))


def _products(built: Built) -> Iterator[MilestoneRow]:
    for index, product in enumerate(built.plan.market.products):
        month = _first(built, f"market.{product.id}.revenue")
        if month is not None:
            yield _row(month, "product", "market", product.words, f"market.products[{index}]")
    customers = built.run.base.get("market.customers", ())
    for count in CUSTOMERS:
        place = next((place for place, value in enumerate(customers) if place and value >= count), None)
        if place is not None and customers[0] < count:
            words = Text(f"{count:,}", f"{count:,}")
            yield _row(built.run.months[place - 1], "customers", "market", words)


def _people(built: Built) -> Iterator[MilestoneRow]:
    for index, role in enumerate(built.plan.talent.roles):
        heads = built.run.base.get(f"talent.{role.id}.headcount", ())
        month = _first(built, f"talent.{role.id}.headcount")
        if month is None or (heads[1] > 0 and month == built.run.months[0]):
            continue  # there from the start: no event
        yield _row(month, "role", "talent", role.words, f"talent.roles[{index}]")


def _compute(built: Built) -> Iterator[MilestoneRow]:
    for index, one in enumerate(built.plan.compute.workloads):
        month = _first(built, f"compute.{one.id}.cost")
        if month is not None:
            kind = one.kind if one.kind in ("training", "service", "batch") else "other"
            yield _row(month, f"workload.{kind}", "compute", one.words, f"compute.workloads[{index}]")


def _funding(built: Built) -> Iterator[MilestoneRow]:
    closed = closings(built.plan.funding, built.run.base)
    for index, one in enumerate(built.plan.funding.instruments):
        if one.id in closed and closed[one.id].month > 0:
            month = month_after(built.plan.company.start, closed[one.id].month)
            yield _row(month, "round", "funding", one.words, f"funding.instruments[{index}]")


def _support(built: Built) -> Iterator[MilestoneRow]:
    for index, claim in enumerate(built.plan.policy.programmes):
        programme = load_programme(claim.programme)
        month = _first(built, f"policy.{programme.id}.received")
        if month is not None:
            yield _row(month, "programme", "policy", programme.name, f"policy.programmes[{index}]")
    for index, partner in enumerate(built.plan.partnerships.partners):
        month = _first(built, f"partnerships.{partner.id}.granted")
        start = getattr(partner, "start", None)
        if month is not None or start is not None:
            field = f"partnerships.partners[{index}]"
            yield _row(month or start or "", "partner", "partnerships", partner.words, field)


def _costs(built: Built) -> Iterator[MilestoneRow]:
    for index, cost in enumerate(built.plan.operations.costs):
        if getattr(cost, "once", None) is not None:
            month = _first(built, f"operations.{cost.id}.cost")
            if month is not None:
                yield _row(month, "once", "operations", cost.words, f"operations.costs[{index}]")


def _results(built: Built) -> Iterator[MilestoneRow]:
    """The first month from which on the business earns cash to the end of the plan; a plan that ends soon
    after it shows nothing that lasts."""
    burn = built.run.base.get("metric.net_burn", ())[1:]
    lasting = len(burn)
    while lasting and burn[lasting - 1] < 0:
        lasting -= 1
    if len(burn) - lasting >= LASTING:
        yield _row(built.run.months[lasting], "earning", "result", Text("", ""))


def _row(month: str, key: str, group: MilestoneGroup, name: Text, field: str = "") -> MilestoneRow:
    return MilestoneRow(month, bilingual(f"report_plan.milestone.{key}", name=name), group, field)


def _first(built: Built, line: str) -> str | None:
    """The first month in which a line is above 0; None where it never is or is not there."""
    values: Sequence[float] = built.run.base.get(line, ())
    place = next((place for place, value in enumerate(values) if place and value > 0), None)
    return None if place is None else built.run.months[place - 1]
