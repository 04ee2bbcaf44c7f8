"""Funding: the round that is open, where all money comes from, who owns what before and after, and what the
money is for."""

from __future__ import annotations

from toolkit.report.charts import Bar, Look, Stack, bar_chart, share_chart
from toolkit.report.context import Moment
from toolkit.report.document import (
    Block,
    Column,
    Facts,
    Figure,
    Heading,
    Paragraph,
    Table,
    TableCell,
    TableRow,
)
from toolkit.report.references import narrative
from toolkit.report.scribe import WIDTH, Scribe
from toolkit.report.sections.summary import ask_pairs

USE_MONTHS = 18  # how far the use of a round is shown: what investors ask for
BAR, STACK = 25, 30  # pixels of height
MOST_PARTS = 8  # as many as there are colours


def blocks(scribe: Scribe) -> list[Block]:
    """Narrative, the ask, the rounds, the cap table before and after, use of funds."""
    result: list[Block] = list(narrative(scribe, "funding", leads=True))
    ask = ask_pairs(scribe)
    if ask:
        result += [Heading(scribe.say("ask.title")), Facts(tuple(ask))]
    result.append(Heading(scribe.say("funding.rounds")))
    result.append(_rounds(scribe) if scribe.context.funding else scribe.absent())
    result.append(Heading(scribe.say("funding.use_of_funds")))
    result += _use(scribe)
    result.append(Heading(scribe.say("funding.cap_table")))
    moments = _moments(scribe)
    return result + (
        [_shares(scribe, moments), _cap_table(scribe, moments)] if moments else [scribe.absent()]
    )


def _use(scribe: Scribe) -> list[Block]:
    """The plan's words, each instrument's purpose, and what is spent in the months after the open round."""
    told: list[Block] = [*narrative(scribe, "use_of_funds")]
    purposes = tuple(
        (row.label[scribe.language], row.use[scribe.language])
        for row in scribe.context.funding
        if row.use[scribe.language]
    )
    if purposes:
        told.append(Facts(purposes))
    spent = _spending(scribe)
    return [*told, *spent] or [scribe.absent()]


def _spending(scribe: Scribe) -> list[Block]:
    """What the base case spends in the months after the round, in a sentence and as bars."""
    amounts, period = _amounts(scribe)
    total = sum(amount for _, amount in amounts)
    if not total:
        return []
    spending = scribe.strong("funding.use_total", total=scribe.compact(total), **period)
    return [Paragraph(spending), *use_bars(scribe)]


def use_bars(scribe: Scribe, most: int = 12, width: int = WIDTH - 130) -> list[Block]:
    """The bars alone, `width` pixels at most; more than `most` purposes are gathered in the last."""
    amounts, period = _amounts(scribe)
    total = sum(amount for _, amount in amounts)
    if not total:
        return []
    if len(amounts) > most:
        rest = sum(amount for _, amount in amounts[most - 1 :])
        amounts = [*amounts[: most - 1], (scribe.say("other"), rest)]
    shares = [(name, amount, scribe.percent(amount / total)) for name, amount in amounts]
    bars = [Bar(name, amount, f"{share} · {scribe.compact(amount)}") for name, amount, share in shares]
    spec = bar_chart(bars, Look(scribe.language, width=width, height=BAR * len(bars)))
    parts = scribe.say("comma").join(f"{name} {share}" for name, _, share in shares)
    alt = scribe.say("funding.use_alt", parts=parts, **period)
    return [Figure("use-of-funds", scribe.say("funding.use_chart", **period), spec, alt)]


def _amounts(scribe: Scribe) -> tuple[list[tuple[str, float]], dict[str, str]]:
    """Spending by purpose, the largest first, and the months that it is counted over."""
    ask, months, costs = scribe.context.ask, scribe.run.months, scribe.context.costs
    first = months.index(ask.month) if ask is not None and ask.month in months else 0
    last = min(first + USE_MONTHS, len(months)) - 1
    amounts = [
        (row.label[scribe.language], sum(scribe.run.base[row.line][first + 1 : last + 2])) for row in costs
    ]
    period = {"first": scribe.month(months[first]), "last": scribe.month(months[last])}
    return sorted((pair for pair in amounts if pair[1] > 0), key=lambda pair: -pair[1]), period


def _moments(scribe: Scribe) -> list[Moment]:
    """The moments of the cap table; the events that changed nothing are left out."""
    every = scribe.context.cap_table
    return [
        one
        for before, one in zip((None, *every), every, strict=False)
        if not before or one.ownership != before.ownership
    ]


def _shares(scribe: Scribe, moments: list[Moment]) -> Figure:
    """Who owns what, before the plan and after its last event; small holders are gathered."""
    shown = [moments[0], moments[-1]] if len(moments) > 1 else moments
    holders = list(dict.fromkeys(holder for moment in shown for holder in moment.ownership))
    kept = holders if len(holders) <= MOST_PARTS else holders[: MOST_PARTS - 1]
    stacks, parts = [], [holder[scribe.language] for holder in kept]
    for moment in shown:
        shares = [moment.ownership.get(holder, 0.0) for holder in kept]
        if len(kept) < len(holders):
            shares.append(1.0 - sum(shares))
        stacks.append(Stack(_moment(scribe, moment), tuple(shares)))
    if len(kept) < len(holders):
        parts.append(scribe.say("other"))
    spec = share_chart(stacks, parts, Look(scribe.language, width=WIDTH - 60, height=STACK * len(stacks)))
    said = [
        scribe.say(
            "funding.shares_at",
            moment=stack.name,
            shares=scribe.say("comma").join(
                f"{part} {scribe.percent(share, 1)}"
                for part, share in zip(parts, stack.shares, strict=True)
                if share
            ),
        )
        for stack in stacks
    ]
    alt = scribe.say("semicolon").join(said)
    return Figure("ownership", scribe.say("funding.shares_chart"), spec, alt)


def _cap_table(scribe: Scribe, moments: list[Moment]) -> Table:
    """Who owns what share, a column a moment."""
    holders = dict.fromkeys(holder for moment in moments for holder in moment.ownership)
    columns = [Column(scribe.say("column.holder"), share=2.0)]
    columns += [Column(_moment(scribe, moment), "percent", 1.2) for moment in moments]
    rows = [
        TableRow(
            (
                TableCell(holder[scribe.language]),
                *(_share(scribe, moment.ownership.get(holder, 0.0)) for moment in moments),
            )
        )
        for holder in holders
    ]
    return Table("cap_table", scribe.say("funding.cap_table"), tuple(columns), tuple(rows))


def _moment(scribe: Scribe, moment: Moment) -> str:
    label = moment.label[scribe.language]
    if moment.month is None:
        return label
    return scribe.say("funding.moment", label=label, month=scribe.month(moment.month))


def _share(scribe: Scribe, share: float) -> TableCell:
    return TableCell(scribe.percent(share, 1), value=share) if share else TableCell("")


def _rounds(scribe: Scribe) -> Table:
    rows = scribe.context.funding
    scale = scribe.scale(row.amount for row in rows)
    body = []
    for row in rows:
        chance = scribe.say("funding.closed") if row.is_closed else scribe.percent(row.probability)
        body.append(
            TableRow(
                (
                    TableCell(row.label[scribe.language]),
                    TableCell(row.kind[scribe.language]),
                    TableCell(scribe.month(row.month)),
                    scribe.money_cell(row.amount, scale),
                    TableCell(row.terms[scribe.language]),
                    TableCell(chance, value=row.probability),
                )
            )
        )
    total = scribe.money_cell(sum(row.amount for row in rows), scale)
    empty = TableCell("")
    cells = (TableCell(scribe.say("total")), empty, empty, total, empty, empty)
    columns = (
        Column(scribe.say("column.round"), share=1.5),
        Column(scribe.say("column.instrument"), share=1.5),
        Column(scribe.say("column.month"), "month", 1.35),
        Column(scribe.say("column.amount"), "money", 0.9),
        Column(scribe.say("column.terms"), share=2.4),
        Column(scribe.say("column.probability"), "percent", 0.9),
    )
    caption = scribe.say("funding.sources")
    return Table("rounds", caption, columns, (*body, TableRow(cells, "total")), scale.label)
