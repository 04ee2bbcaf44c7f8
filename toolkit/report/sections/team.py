"""Team and hiring: who is needed when, and what it costs in full."""

from __future__ import annotations

from toolkit.report.charts import Look, Series, gathered, stacked_headcount
from toolkit.report.context import RoleRow
from toolkit.report.document import Block, Column, Figure, Heading, Table, TableCell, TableRow
from toolkit.report.references import narrative
from toolkit.report.scribe import WIDTH, Scribe
from toolkit.text.formats import MoneyScale

MOST_ROLES = 8  # as many as there are colours


def blocks(scribe: Scribe) -> list[Block]:
    """Narrative, people by role and month, and the table of roles."""
    told = narrative(scribe, "team", leads=True)
    if not scribe.context.roles:
        return [*told] or [scribe.absent()]
    return [*told, Heading(scribe.say("team.plan")), _figure(scribe), _roles(scribe)]


def _figure(scribe: Scribe) -> Figure:
    base = scribe.run.base
    roles = [Series(row.label[scribe.language], base[row.headcount][1:]) for row in scribe.context.roles]
    series = gathered(roles, scribe.say("other"), MOST_ROLES)
    months = scribe.run.months
    spec = stacked_headcount(
        series, months, scribe.say("unit.people"), Look(scribe.language, height=150, width=WIDTH)
    )
    first, last = (sum(one.values[place] for one in series) for place in (0, -1))
    alt = scribe.say(
        "team.alt",
        first=scribe.number(first),
        last=scribe.number(last),
        start=scribe.month(months[0]),
        end=scribe.month(months[-1]),
    )
    data = [(one.label, [scribe.heads(value) for value in one.values]) for one in series]
    return Figure(
        "headcount", scribe.say("team.chart"), spec, alt, data=scribe.figure_data(data, are_bars=True)
    )


def _roles(scribe: Scribe) -> Table:
    """People at the end of each year, salary, and cost over the horizon, by role."""
    years, roles = scribe.years(), scribe.context.roles
    costs = [_cost(scribe, row) for row in roles]
    scale = scribe.scale([sum(costs)])
    body = [_role(scribe, row, cost, scale) for row, cost in zip(roles, costs, strict=True)]
    ends = [sum(scribe.run.base[row.headcount][year.months[-1]] for row in roles) for year in years]
    body.append(
        TableRow(
            (
                TableCell(scribe.say("total")),
                TableCell(""),
                *(TableCell(scribe.number(end), value=end) for end in ends),
                TableCell(""),
                scribe.money_cell(sum(costs), scale),
                TableCell(""),
            ),
            "total",
        )
    )
    columns = (
        Column(scribe.say("column.role"), share=2.3),
        Column(scribe.say("column.first_month"), "month", 1.5),
        *(Column(scribe.say("column.end_of", year=year.label), "number", 0.75) for year in years),
        Column(scribe.say("column.salary"), "money", 1.4),
        Column(scribe.say("column.cost_horizon", unit=scale.label), "money", 1.3),
        Column(scribe.say("column.source"), "note", 0.6),
    )
    return Table("roles", scribe.say("team.roles"), columns, tuple(body), notes=(scribe.say("team.note"),))


def _role(scribe: Scribe, row: RoleRow, cost: float, scale: MoneyScale) -> TableRow:
    heads = scribe.run.base[row.headcount]
    start = next((place for place, value in enumerate(heads[1:]) if value > 0), None)
    ends = [heads[year.months[-1]] for year in scribe.years()]
    return TableRow(
        (
            TableCell(row.label[scribe.language], row.place[scribe.language]),
            TableCell(scribe.month(None if start is None else scribe.run.months[start])),
            *(TableCell(scribe.heads(end), value=end) for end in ends),
            TableCell(scribe.price(row.salary), value=row.salary),
            scribe.money_cell(cost, scale),
            scribe.source_cell(row.source),
        )
    )


def _cost(scribe: Scribe, row: RoleRow) -> float:
    """The full cost of a role over the horizon."""
    return sum(sum(scribe.run.base[line][1:]) for line in row.costs)
