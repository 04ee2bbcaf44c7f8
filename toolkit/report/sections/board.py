"""Board update: what happened against the plan, the plan made anew from the closed month, what comes next."""

from __future__ import annotations

from toolkit.projection.run import Figure as Estimate
from toolkit.report.board_facts import BoardFacts, VarianceRow
from toolkit.report.charts import Look, line_chart
from toolkit.report.document import (
    Block,
    Callout,
    Column,
    Facts,
    Figure,
    KeyFigure,
    KeyFigures,
    RowKind,
    Table,
    TableCell,
    TableRow,
    Tone,
)
from toolkit.report.references import narrative
from toolkit.report.scribe import WIDTH, Scribe
from toolkit.report.sections.runway import fan_figure
from toolkit.text.formats import MINUS, UNKNOWN

NEXT_MONTHS = 6
SURVIVE = (12, 18, 24, 36)


def blocks(scribe: Scribe) -> list[Block]:
    """The month in four figures and a sentence."""
    facts = scribe.context.board
    if facts is None:
        return [scribe.absent()]
    told = narrative(scribe, "summary", leads=True)[:1]
    return [KeyFigures(_figures(scribe, facts)), _verdict(scribe, facts), *told]


def variance(scribe: Scribe) -> list[Block]:
    """Every line with a figure, in the month and in the year to date; and the cloud bill by service."""
    facts = scribe.context.board
    if facts is None or not facts.rows:
        return [scribe.absent()]
    return [_table(scribe, facts), *_cloud(scribe, facts)]


def reforecast(scribe: Scribe) -> list[Block]:
    """Headline figures before and after, the new fan, and cash as planned and as it was."""
    facts, fan = scribe.context.board, scribe.cash_fan()
    if facts is None or fan is None:
        return [scribe.absent()]
    result: list[Block] = [_headlines(scribe, facts), fan_figure(scribe, fan), _cash(scribe, facts)]
    if abs(facts.unreconciled) >= 1:
        text = scribe.say("board.unreconciled", amount=scribe.compact(facts.unreconciled))
        result.append(Callout(scribe.say("board.unreconciled_title"), text, "warn"))
    return result


def ahead(scribe: Scribe) -> list[Block]:
    """The events of the next months, as the reforecast has them."""
    facts = scribe.context.board
    months = scribe.run.months
    first = 0 if facts is None else months.index(facts.closed) + 1
    coming = months[first : first + NEXT_MONTHS]
    rows = [row for row in scribe.context.milestones if row.month in coming]
    pairs = tuple((scribe.month(row.month), row.label[scribe.language]) for row in rows)
    return [Facts(pairs)] if pairs else [scribe.absent()]


def _figures(scribe: Scribe, facts: BoardFacts) -> tuple[KeyFigure, ...]:
    place = scribe.run.months.index(facts.month)
    actual, planned = facts.actual_cash[place], facts.planned_cash[place]
    after, before = facts.after, facts.before
    figures = []
    if actual is not None:
        note = scribe.say("board.planned", amount=scribe.compact(planned))
        tone: Tone = "good" if actual >= planned else "bad"
        figures.append(KeyFigure(scribe.say("board.cash"), scribe.compact(actual), note, tone))
    figures.append(
        KeyFigure(
            scribe.say("figure.runway"),
            scribe.months(after.runway_months["p50"]),
            scribe.say("board.before", amount=scribe.months(before.runway_months["p50"])),
        )
    )
    figures.append(
        KeyFigure(
            scribe.say("figure.burn"),
            scribe.compact(after.monthly_burn.value),
            scribe.say("board.before", amount=scribe.compact(before.monthly_burn.value)),
        )
    )
    months = next(
        (month for month in reversed(SURVIVE) if month in after.survive and month in before.survive), None
    )
    if months is not None:
        figures.append(
            KeyFigure(
                scribe.say("board.survive", months=months),
                scribe.chance(after.survive[months]),
                scribe.say("board.before", amount=scribe.chance(before.survive[months])),
            )
        )
    return tuple(figures)


def _verdict(scribe: Scribe, facts: BoardFacts) -> Callout:
    """How many lines are better and worse than planned, and which differ most."""
    judged = [row for row in facts.rows if row.month_good is not None and row.is_money]
    bad = [row for row in judged if row.month_good is False]
    worst = sorted(bad, key=lambda row: -abs(row.month[0] - row.month[1]))[:3]
    names = scribe.say("comma").join(
        f"{row.label[scribe.language]} ({_difference(scribe, row.month, money=True)})" for row in worst
    )
    budget = scribe.budget(facts) or scribe.say("board.plan_alone", run=facts.against)
    values = {
        "month": scribe.month(facts.month),
        "budget": budget,
        "good": len(judged) - len(bad),
        "bad": len(bad),
    }
    text = scribe.say("board.verdict", **values)
    if names:
        text += scribe.say("board.worst", names=names)
    tone: Tone = "good" if len(bad) * 2 <= len(judged) else "warn"
    return Callout(scribe.say("board.question"), text, tone)


def _table(scribe: Scribe, facts: BoardFacts) -> Table:
    money = [value for row in facts.rows if row.is_money for value in (*row.month, *row.to_date)]
    scale = scribe.scale(money)

    def write(row: VarianceRow, value: float) -> TableCell:
        if row.is_money:
            return scribe.money_cell(value, scale)
        return TableCell(scribe.plain(value), value=value)

    body = []
    for row in facts.rows:
        cells = [TableCell(row.label[scribe.language])]
        for pair, good in ((row.month, row.month_good), (row.to_date, row.to_date_good)):
            share = (pair[0] - pair[1]) / abs(pair[1]) if pair[1] else None
            mark = "" if good is None else scribe.say("board.good" if good else "board.bad")
            cells += [write(row, pair[0]), write(row, pair[1])]
            cells.append(TableCell(_share(scribe, share), mark, share))
        kind: RowKind = "subtotal" if row.is_total else "body"
        body.append(TableRow(tuple(cells), kind))
    month, to_date = scribe.month(facts.month), scribe.say("board.to_date")
    columns = (
        Column("", share=2.4),
        *(
            Column(f"{period}\n{scribe.say(f'column.{name}')}", "money", 1.0)
            for period in (month, to_date)
            for name in ("actual", "planned", "difference_share")
        ),
    )
    notes = (scribe.say("board.note"),)
    return Table(
        "variance-lines", scribe.say("board.table"), columns, tuple(body), scale.label, notes, dense=True
    )


def _cloud(scribe: Scribe, facts: BoardFacts) -> list[Block]:
    if not facts.cloud:
        return []
    body = tuple(
        TableRow(
            (
                TableCell(row.label),
                TableCell(UNKNOWN if row.line is None else row.line[scribe.language]),
                TableCell(scribe.compact(row.billed), value=row.billed),
                TableCell(scribe.compact(row.effective), value=row.effective),
            )
        )
        for row in facts.cloud
    )
    columns = (
        Column(scribe.say("column.service"), share=2.6),
        Column(scribe.say("column.counts_for"), share=2.0),
        Column(scribe.say("column.billed"), "money", 1.1),
        Column(scribe.say("column.effective"), "money", 1.1),
    )
    return [Table("cloud", scribe.say("board.cloud"), columns, body)]


def _headlines(scribe: Scribe, facts: BoardFacts) -> Table:
    """The figures that the board watches, as planned and as they are now."""

    def both(write: object) -> list[TableCell]:
        return [TableCell(write(one)) for one in (facts.before, facts.after)]  # type: ignore[operator]

    rows = [
        ("scenarios.runway", both(lambda one: scribe.months(one.runway_months["p50"]))),
        ("scenarios.runway_low", both(lambda one: scribe.months(one.runway_months["p5"]))),
        ("scenarios.burn", both(lambda one: scribe.compact(one.monthly_burn.value))),
        ("board.tightest", both(lambda one: scribe.month(scribe.run.months[one.tightest_month - 1]))),
    ]
    body = [TableRow((TableCell(scribe.say(key)), *cells)) for key, cells in rows]
    for months in SURVIVE:
        ends = [one.survive.get(months) for one in (facts.before, facts.after)]
        if all(end is not None for end in ends):
            label = scribe.say("scenarios.survive", months=scribe.say("months.other", count=months))
            body.append(TableRow((TableCell(label), *(_chance(scribe, end) for end in ends))))
    columns = (
        Column("", share=2.4),
        Column(scribe.budget(facts) or scribe.say("board.plan"), "number"),
        Column(scribe.say("board.anew", month=scribe.month(facts.closed)), "number"),
    )
    return Table("reforecast-headlines", scribe.say("board.headlines"), columns, tuple(body))


def _chance(scribe: Scribe, estimate: Estimate | None) -> TableCell:
    return TableCell(UNKNOWN if estimate is None else scribe.chance(estimate))


def _cash(scribe: Scribe, facts: BoardFacts) -> Figure:
    """Closing cash as planned, and as it was and is now expected (the median of what is left to come)."""
    run = scribe.run
    now = run.base["account.cash"][1:]
    planned = scribe.budget(facts) or scribe.say("board.plan")
    series = [(scribe.say("board.now"), now), (planned, facts.planned_cash)]
    look = Look(scribe.language, height=170, width=WIDTH)
    spec = line_chart(series, run.months, scribe.currency, look)
    end = scribe.month(run.months[-1])
    ends = scribe.say("comma").join(f"{name} {scribe.compact(values[-1])}" for name, values in series)
    alt = scribe.say("board.cash_alt", end=end, ends=ends)
    data = [(name, [scribe.compact(value) for value in values]) for name, values in series]
    return Figure("board-cash", scribe.say("board.cash_chart"), spec, alt, data=scribe.figure_data(data))


def _difference(scribe: Scribe, pair: tuple[float, float], *, money: bool) -> str:
    difference = pair[0] - pair[1]
    sign = MINUS if difference < 0 else "+"
    size = abs(difference)
    return sign + (scribe.compact(size) if money else scribe.plain(size))


def _share(scribe: Scribe, share: float | None) -> str:
    if share is None:
        return UNKNOWN
    return ("+" if share > 0 else "") + scribe.percent(share, 0 if abs(share) >= 0.1 else 1)
