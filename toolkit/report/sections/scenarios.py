"""Scenarios side by side on the same draws, what each changes, and which change makes the difference."""

from __future__ import annotations

from toolkit.projection.run import Figure as Estimate
from toolkit.report.charts import Look, Step, line_chart, waterfall_chart
from toolkit.report.document import Block, Column, Figure, Heading, Paragraph, Table, TableCell, TableRow
from toolkit.report.exhibits import Findings, OutlookRow
from toolkit.report.scribe import WIDTH, Scribe
from toolkit.text.formats import MINUS

BAR = 28  # pixels of height a step of a bridge takes


def blocks(scribe: Scribe) -> list[Block]:
    """The comparison, cash of each by month, and for each scenario its changes and its bridge."""
    found = scribe.context.findings
    if found is None or len(found.outlooks) < 2:
        return [scribe.absent()]
    result: list[Block] = [
        Paragraph.of(scribe.say("scenarios.lead"), "lead"),
        _comparison(scribe, found),
        _cash(scribe, found),
    ]
    base = found.outlooks[0]
    for outlook in found.outlooks[1:]:
        result += [Heading(outlook.label[scribe.language]), _changes(scribe, outlook)]
        if outlook.bridge is not None and any(part.change.value for part in outlook.parts):
            result.append(_bridge(scribe, found, base, outlook, outlook.bridge))
        else:
            result.append(Paragraph.of(scribe.say("scenarios.no_difference", metric=_metric(scribe, found))))
    return result


def _comparison(scribe: Scribe, found: Findings) -> Table:
    """One column a scenario."""
    outlooks = found.outlooks
    months = scribe.say("months.other", count=found.months)
    rows = [
        _row(scribe.say("scenarios.runway"), [scribe.months(one.runway[1]) for one in outlooks]),
        _row(scribe.say("scenarios.runway_low"), [scribe.months(one.runway[0]) for one in outlooks]),
        _row(
            scribe.say("scenarios.survive", months=months), [scribe.chance(one.survive) for one in outlooks]
        ),
        _row(scribe.say("scenarios.burn"), [scribe.compact(one.burn) for one in outlooks]),
        _row(scribe.say("scenarios.cash"), [scribe.compact(one.cash[-1]) for one in outlooks]),
        _row(scribe.say("scenarios.revenue"), [scribe.compact(one.revenue) for one in outlooks]),
        _row(scribe.say("scenarios.people"), [scribe.heads(one.headcount) for one in outlooks]),
    ]
    heads = (Column(one.label[scribe.language], "number", 1.0) for one in outlooks)
    notes = (scribe.say("scenarios.note", draws=scribe.number(scribe.run.draws)),)
    return Table(
        "scenario-table",
        scribe.say("scenarios.table"),
        (Column("", share=2.0), *heads),
        tuple(rows),
        notes=notes,
    )


def _row(label: str, values: list[str]) -> TableRow:
    return TableRow((TableCell(label), *(TableCell(value) for value in values)))


def _cash(scribe: Scribe, found: Findings) -> Figure:
    series = [(one.label[scribe.language], one.cash) for one in found.outlooks]
    look = Look(scribe.language, height=180, width=WIDTH)
    spec = line_chart(series, scribe.run.months, scribe.currency, look)
    ends = scribe.say("comma").join(f"{name} {scribe.compact(values[-1])}" for name, values in series)
    alt = scribe.say("scenarios.cash_alt", end=scribe.month(scribe.run.months[-1]), ends=ends)
    data = [(name, [scribe.compact(value) for value in values]) for name, values in series]
    return Figure(
        "scenario-cash", scribe.say("scenarios.cash_chart"), spec, alt, data=scribe.figure_data(data)
    )


def _changes(scribe: Scribe, outlook: OutlookRow) -> Table:
    body = tuple(
        TableRow(
            (
                TableCell(change.label[scribe.language], scribe.unit(change.unit) if change.unit else ""),
                TableCell(change.before[scribe.language]),
                TableCell(change.after[scribe.language]),
            )
        )
        for change in outlook.changes
    )
    columns = (
        Column(scribe.say("column.change"), share=2.4),
        Column(scribe.say("column.before"), "number", 1.2),
        Column(outlook.label[scribe.language], "number", 1.2),
    )
    caption = scribe.say("scenarios.changes", scenario=outlook.label[scribe.language])
    return Table(f"changes-{outlook.id}", caption, columns, body)


def _bridge(
    scribe: Scribe, found: Findings, base: OutlookRow, outlook: OutlookRow, ends: tuple[Estimate, Estimate]
) -> Figure:
    """From the metric of the base to that of the scenario, change by change, the largest first."""
    parts = sorted(outlook.parts, key=lambda part: -abs(part.change.value))
    first, last = (level(scribe, found, end.value) for end in ends)
    steps = [Step(base.label[scribe.language], ends[0].value, first, True)]
    steps += [
        Step(part.label[scribe.language], part.change.value, change_words(scribe, found, part.change))
        for part in parts
    ]
    steps.append(Step(outlook.label[scribe.language], ends[1].value, last, True))
    spec = waterfall_chart(steps, Look(scribe.language, width=WIDTH - 130, height=BAR * len(steps)))
    words = scribe.say("comma").join(f"{step.name} {step.words}" for step in steps[1:-1])
    values = {
        "metric": _metric(scribe, found),
        "scenario": outlook.label[scribe.language],
        "first": steps[0].words,
        "last": steps[-1].words,
    }
    alt = scribe.say("scenarios.bridge_alt", parts=words, **values)
    note = scribe.say("scenarios.bridge_note", draws=scribe.number(found.draws))
    caption = scribe.say("scenarios.bridge", **values)
    return Figure(f"bridge-{outlook.id}", caption, spec, alt, (note,))


def _metric(scribe: Scribe, found: Findings) -> str:
    return metric_words(scribe, found)


def metric_words(scribe: Scribe, found: Findings) -> str:
    """The metric in words: `chance that cash lasts 24 months`."""
    months = scribe.say("months.other", count=found.months)
    return scribe.say("scenarios.metric_money" if found.is_money else "scenarios.metric", months=months)


def level(scribe: Scribe, found: Findings, value: float) -> str:
    """A value of the metric."""
    return scribe.compact(value) if found.is_money else scribe.percent(value, 1)


def change_words(scribe: Scribe, found: Findings, change: Estimate) -> str:
    """A change of the metric with its sign: `+4.3 points`, `−$120K`."""
    size = abs(change.value)
    sign = MINUS if change.value < 0 else "+"
    if found.is_money:
        return sign + scribe.compact(size)
    return scribe.say("scenarios.points", points=sign + scribe.number(100 * size, 1))
