"""Runway under uncertainty: the fan of cash, the chance to survive, and how sure both are."""

from __future__ import annotations

from itertools import accumulate

from toolkit.projection.run import Fan
from toolkit.report.charts import Look, fan_chart, survival_chart
from toolkit.report.document import Block, Column, Figure, Heading, Paragraph, Table, TableCell, TableRow
from toolkit.report.scribe import WIDTH, Scribe
from toolkit.report.sections.summary import answer


def blocks(scribe: Scribe) -> list[Block]:
    """The answer, the fan with its table, and survival by month."""
    fan = scribe.cash_fan()
    if fan is None:
        return [scribe.absent()]
    return [
        Paragraph.of(answer(scribe), "lead"),
        fan_figure(scribe, fan),
        _percentiles(scribe, fan),
        Heading(scribe.say("runway.survival")),
        _survival(scribe),
        Paragraph.of(_method(scribe), "small"),
    ]


def fan_figure(scribe: Scribe, fan: Fan) -> Figure:
    """The fan of cash with its floor and the tightest month."""
    run, metrics = scribe.run, scribe.run.metrics
    spec = fan_chart(
        fan,
        run.months,
        scribe.currency,
        Look(scribe.language, width=WIDTH, height=250),
        floor=scribe.context.company.cash_floor,
        tightest_month=metrics.tightest_month,
    )
    alt = scribe.say(
        "runway.fan_alt",
        start=scribe.compact(metrics.cash),
        end=scribe.month(run.months[-1]),
        low=scribe.compact(fan.values[0][-1]),
        median=scribe.compact(fan.values[len(fan.levels) // 2][-1]),
        high=scribe.compact(fan.values[-1][-1]),
        month=scribe.month(run.months[metrics.tightest_month - 1]),
    )
    note = scribe.say("runway.fan_note", draws=scribe.number(run.draws))
    data = [
        (name, [scribe.compact(value) for value in values])
        for name, values in reversed(list(zip(_names(scribe, fan), fan.values, strict=True)))
    ]
    return Figure("cash-fan", scribe.say("runway.fan"), spec, alt, (note,), scribe.figure_data(data))


def _percentiles(scribe: Scribe, fan: Fan) -> Table:
    """Closing cash at the end of each half-year, by percentile, with the error of the median."""
    places = range(5, len(fan.values[0]), 6)
    scale = scribe.scale(value for level in fan.values for value in level)
    middle = fan.levels.index(0.5)
    body = tuple(
        TableRow(
            (
                TableCell(scribe.month(scribe.run.months[place])),
                *(scribe.money_cell(values[place], scale) for values in fan.values),
                TableCell(f"± {scribe.number(fan.errors[middle][place] / scale.factor, scale.decimals + 1)}"),
            )
        )
        for place in places
    )
    columns = (
        Column(scribe.say("column.end_of_month"), "month", 1.4),
        *(Column(name, "money") for name in _names(scribe, fan)),
        Column(scribe.say("column.median_error"), "money", 1.3),
    )
    return Table("cash-percentiles", scribe.say("runway.percentiles"), columns, body, scale.label)


def _names(scribe: Scribe, fan: Fan) -> list[str]:
    return [scribe.say("chart.median") if level == 0.5 else f"P{level * 100:g}" for level in fan.levels]


def _survival(scribe: Scribe) -> Figure:
    run = scribe.run
    alive = [1 - share for share in accumulate(run.metrics.ruin_by_month)]
    marks = tuple(month for month in (12, 24, 36) if month <= len(run.months))
    look = Look(scribe.language, width=WIDTH, height=140)
    spec = survival_chart(alive, run.months, look, marks=marks)
    parts = [
        scribe.say(
            "runway.survive_at",
            months=scribe.say("months.other", count=mark),
            chance=scribe.percent(alive[mark - 1], 1),
        )
        for mark in marks
    ]
    alt = scribe.say("runway.survival_alt", parts=scribe.say("comma").join(parts))
    caption = scribe.say("runway.survival_chart")
    chances = [scribe.percent(share, 1) for share in alive]
    return Figure("survival", caption, spec, alt, data=scribe.figure_data([(caption, chances)]))


def _method(scribe: Scribe) -> str:
    run = scribe.run
    return scribe.say("runway.method", draws=scribe.number(run.draws), replicates=run.replicates)
