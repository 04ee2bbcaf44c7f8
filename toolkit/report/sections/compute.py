"""Compute and infrastructure: every workload with its rate, its interval, and how the rate is known."""

from __future__ import annotations

from toolkit.projection.run import ComputeUse
from toolkit.report.charts import Look, Series, gathered, rung_chart, stacked_costs
from toolkit.report.context import WorkloadRow
from toolkit.report.document import (
    Block,
    Column,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Table,
    TableCell,
    TableRow,
)
from toolkit.report.references import narrative
from toolkit.report.scribe import WIDTH, Scribe
from toolkit.shapes.records import GROUNDS
from toolkit.text.formats import UNKNOWN, MoneyScale

MOST_WORKLOADS = 6


def blocks(scribe: Scribe) -> list[Block]:
    """Narrative, totals, the table of workloads, and what share of the cost stands on which rung."""
    told = narrative(scribe, "compute", leads=True)
    if not scribe.run.compute:
        return [*told] or [scribe.absent()]
    return [
        *told,
        KeyFigures(_figures(scribe)),
        _by_workload(scribe),
        Heading(scribe.say("compute.workloads")),
        _workloads(scribe),
        Heading(scribe.say("compute.ladder")),
        Paragraph.of(scribe.say("compute.ladder_note")),
        _ladder(scribe),
    ]


def _figures(scribe: Scribe) -> tuple[KeyFigure, ...]:
    costs = scribe.run.compute_cost_by_rung
    total = sum(costs.values())
    hours = sum(sum(use.hours) for use in scribe.run.compute)
    grounded = costs.get("measured", 0.0) + costs.get("transferred", 0.0)
    return (
        KeyFigure(scribe.say("compute.total"), scribe.compact(total), scribe.say("compute.before_credits")),
        KeyFigure(scribe.say("compute.hours"), scribe.number(hours), scribe.say("compute.hours_note")),
        KeyFigure(
            scribe.say("compute.grounded"),
            scribe.percent(grounded / total if total else None),
            scribe.say("compute.grounded_note"),
        ),
    )


def _by_workload(scribe: Scribe) -> Figure:
    """Cost by month, workload by workload, the largest first."""
    uses = sorted(scribe.run.compute, key=lambda use: -sum(use.cost))
    series = gathered(
        [Series(use.label[scribe.language], use.cost) for use in uses], scribe.say("other"), MOST_WORKLOADS
    )
    months = scribe.run.months
    look = Look(scribe.language, height=140, width=WIDTH)
    spec = stacked_costs(series, months, scribe.currency, look)
    parts = scribe.say("comma").join(f"{one.label} {scribe.compact(sum(one.values))}" for one in series)
    data = [(one.label, [scribe.compact(value) for value in one.values]) for one in series]
    return Figure(
        "compute-months",
        scribe.say("compute.chart"),
        spec,
        scribe.say("compute.chart_alt", parts=parts),
        data=scribe.figure_data(data, are_bars=True),
    )


def _workloads(scribe: Scribe) -> Table:
    words = {row.workload: row for row in scribe.context.workloads}
    uses = scribe.run.compute
    scale = scribe.scale([sum(sum(use.cost) for use in uses)])
    body = [_workload(scribe, use, words.get(use.workload), scale) for use in uses]
    total = TableRow(
        (
            TableCell(scribe.say("total")),
            *(TableCell("") for _ in range(3)),
            TableCell(scribe.number(sum(sum(use.hours) for use in uses))),
            TableCell(""),
            scribe.money_cell(sum(sum(use.cost) for use in uses), scale),
            TableCell(""),
        ),
        "total",
    )
    columns = (
        Column(scribe.say("column.workload"), share=2.0),
        Column(scribe.say("column.device"), share=1.5),
        Column(scribe.say("column.rate"), "number", 2.2),
        Column(scribe.say("column.rung"), "rung", 1.6),
        Column(scribe.say("column.hours"), "number", 0.95),
        Column(scribe.say("column.price_hour", unit=scribe.money_unit(scribe.currency)), "money", 1.1),
        Column(scribe.say("column.cost", unit=scale.label), "money", 1.2),
        Column(scribe.say("column.source"), "note", 0.6),
    )
    notes = (scribe.say("compute.rate_note"),)
    return Table("workloads", scribe.say("compute.table"), columns, (*body, total), notes=notes)


def _workload(scribe: Scribe, use: ComputeUse, words: WorkloadRow | None, scale: MoneyScale) -> TableRow:
    label = use.label[scribe.language]
    rate = TableCell(UNKNOWN)
    if use.rate is not None:
        speed = f"{scribe.round(use.rate.median)} {scribe.unit(use.rate.unit)}"
        rate = TableCell(speed, scribe.range(*use.rate.interval_80), use.rate.median)
    return TableRow(
        (
            TableCell(label, "" if words is None else words.model),
            TableCell(use.device_unit)
            if words is None
            else TableCell(words.device, words.provider[scribe.language]),
            rate,
            TableCell(scribe.say(f"rung.{use.rung}"), rung=use.rung),
            TableCell(scribe.number(sum(use.hours)), value=sum(use.hours)),
            _price(scribe, use, None if words is None else words.unit_price),
            scribe.money_cell(sum(use.cost), scale),
            TableCell("") if words is None else scribe.source_cell(words.price_source),
        )
    )


def _price(scribe: Scribe, use: ComputeUse, listed: float | None) -> TableCell:
    """What an hour costs in the mean, so that hours × price is the cost; the list price below it where the
    plan pays another: prices move over the horizon, and hours on capacity of one's own have their own."""
    hours = sum(use.hours)
    if not hours:
        return TableCell(scribe.rate_of_price(listed), value=listed)
    paid = sum(use.cost) / hours
    words, first = scribe.rate_of_price(paid), scribe.rate_of_price(listed)
    return TableCell(words, "" if listed is None or first == words else first, paid)


def _ladder(scribe: Scribe) -> Figure:
    costs = scribe.run.compute_cost_by_rung
    total = sum(costs.values())
    parts = [
        scribe.say(
            "compute.share",
            rung=scribe.say(f"rung.{rung}"),
            share=scribe.percent(costs.get(rung, 0.0) / total if total else None),
        )
        for rung in GROUNDS
        if rung != "listed" or costs.get(rung)
    ]
    spec = rung_chart(costs, scribe.currency, Look(scribe.language, height=112, width=WIDTH))
    alt = scribe.say("compute.alt", shares=scribe.say("comma").join(parts))
    return Figure("rungs", scribe.say("compute.ladder_chart"), spec, alt)
