"""GPU cost comparison: for each piece of work what it costs on every offer, and what pays from when."""

from __future__ import annotations

from toolkit.report.charts import Bar, Look, bar_chart
from toolkit.report.cost_context import CaseRow, WorkRow
from toolkit.report.cost_scribe import CostScribe
from toolkit.report.document import (
    Block,
    Callout,
    Column,
    Facts,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Span,
    Table,
    TableCell,
    TableRow,
)
from toolkit.report.theme import LIGHT
from toolkit.report.wording import WIDTH
from toolkit.text.formats import UNKNOWN, MoneyScale

MOST_BARS, MOST_ROWS, MOST_BREAKS = 10, 16, 8
BAR = 25  # pixels of height


def blocks(scribe: CostScribe) -> list[Block]:
    """One part a piece of work."""
    if not scribe.context.works:
        return [scribe.absent()]
    result: list[Block] = []
    for place, work in enumerate(scribe.context.works):
        result += [
            Heading(work.name[scribe.language]),
            Facts(_facts(scribe, work)),
            *_work(scribe, work, place),
        ]
    if scribe.context.left_out:
        names = scribe.say("comma").join(words[scribe.language] for words in scribe.context.left_out)
        result.append(Callout(scribe.say("cost.left_out"), scribe.say("cost.left_out_note", names=names)))
    return result


def _facts(scribe: CostScribe, work: WorkRow) -> tuple[tuple[str, str], ...]:
    return tuple((term[scribe.language], words[scribe.language]) for term, words in work.facts)


def _work(scribe: CostScribe, work: WorkRow, place: int) -> list[Block]:
    if not work.cases:
        reasons = scribe.say("semicolon").join(words[scribe.language] for words in work.unfit)
        return [Callout(scribe.say("cost.nothing"), reasons, "bad")]
    best = work.cheapest
    result: list[Block] = []
    if best is None:
        result.append(
            Callout(scribe.say("cost.nothing_chosen"), scribe.say("cost.nothing_chosen_note"), "warn")
        )
    else:
        result += [KeyFigures(_figures(scribe, work, best)), Paragraph(_answer(scribe, work, best))]
    result += [_chart(scribe, work, place), _table(scribe, work, place)]
    result += _breaks(scribe, work, place)
    unfit = [
        scribe.say("cost.reason", words=words[scribe.language].rstrip(".。"), count=count)
        for words, count in work.unfit.items()
    ]
    if unfit:
        text = scribe.say(
            "cost.unfit", count=sum(work.unfit.values()), reasons=scribe.say("semicolon").join(unfit)
        )
        result.append(Paragraph.of(text, "small"))
    return result


def _figures(scribe: CostScribe, work: WorkRow, best: CaseRow) -> tuple[KeyFigure, ...]:
    figures = [
        KeyFigure(scribe.say("cost.cheapest"), scribe.compact(best.cost[1]), scribe.money_band(best.cost)),
        KeyFigure(scribe.say("cost.on"), f"{best.gpus} × {best.gpu}", _where(scribe, best)),
    ]
    if best.hours is not None:
        figures.append(
            KeyFigure(
                scribe.say("cost.takes"), scribe.duration(best.hours[1]), scribe.duration_band(best.hours)
            )
        )
    if best.machines is not None:
        figures.append(
            KeyFigure(scribe.say("cost.machines"), scribe.number(best.machines[1]), scribe.say("cost.month"))
        )
    if best.per_million is not None:
        figures.append(
            KeyFigure(scribe.say("cost.per_million"), scribe.price(best.per_million), _per(scribe, work))
        )
    return tuple(figures)


def _answer(scribe: CostScribe, work: WorkRow, best: CaseRow) -> tuple[Span, ...]:
    """The cheapest in a sentence, beside the cheapest by the hour."""
    hourly = next((case for case in work.cases if case.kind == "on_demand" and case.chosen), None)
    values = {
        "where": _where(scribe, best),
        "gpus": best.gpus,
        "gpu": best.gpu,
        "cost": scribe.compact(best.cost[1]),
        "rung": scribe.say(f"rung.{best.rung}").lower(),
    }
    if hourly is None or hourly is best:
        return scribe.strong("cost.answer", **values)
    return scribe.strong(
        "cost.answer_both",
        **values,
        other=_where(scribe, hourly),
        other_gpu=f"{hourly.gpus} × {hourly.gpu}",
        other_cost=scribe.compact(hourly.cost[1]),
    )


def _per(scribe: CostScribe, work: WorkRow) -> str:
    return scribe.say("cost.output_tokens" if work.kind == "service" else "cost.trained_tokens")


def _where(scribe: CostScribe, case: CaseRow) -> str:
    provider = case.provider[scribe.language]
    return scribe.say("cost.where", provider=provider, kind=scribe.word("price_type", case.kind))


def _chart(scribe: CostScribe, work: WorkRow, place: int) -> Figure:
    """The cheapest offer of each GPU, with the band of its cost in words."""
    cheapest: dict[str, CaseRow] = {}
    for case in work.cases:
        cheapest.setdefault(case.gpu, case)
    shown = list(cheapest.values())[:MOST_BARS]
    bars = [
        Bar(
            f"{case.gpus} × {case.gpu}",
            case.cost[1],
            f"{scribe.compact(case.cost[1])} · {_where(scribe, case)}",
            None if case.chosen else LIGHT.accent_mid,
        )
        for case in shown
    ]
    look = Look(scribe.language, width=WIDTH - 130, height=BAR * len(bars))
    spec = bar_chart(bars, look, room=1.1)
    parts = scribe.say("semicolon").join(f"{bar.name} {bar.words}" for bar in bars)
    caption = scribe.say("cost.chart_month" if work.kind == "service" else "cost.chart")
    note = scribe.say("cost.chart_note")
    return Figure(f"cost-{place}", caption, spec, scribe.say("cost.chart_alt", parts=parts), (note,))


def _table(scribe: CostScribe, work: WorkRow, place: int) -> Table:
    """The offers that no other beats, then the cheapest, with the APIs last."""
    front = [case for case in work.cases if case.on_front]
    others = [case for case in work.cases if not case.on_front]
    shown = sorted([*front, *others[: max(MOST_ROWS - len(front), 0)]], key=lambda case: case.cost[1])
    is_service = work.kind == "service"
    scale = scribe.scale([shown[len(shown) // 2].cost[1]])  # one dear offer must not make all others 0.0
    body = [_case(scribe, case, scale, is_service) for case in shown]
    for api in work.apis:
        cells = (
            TableCell(api.label[scribe.language], scribe.say("cost.api")), TableCell(""), TableCell(""),
            TableCell(""), scribe.money_cell(api.per_month, scale),
            TableCell(scribe.rate_of_price(api.per_million), value=api.per_million),
            TableCell(""), TableCell(scribe.short_day(api.as_of)), scribe.source_cell(api.source),
        )  # fmt: skip
        body.append(TableRow(cells))
    unit = scribe.money_unit(scribe.currency)
    columns = (
        Column(scribe.say("column.offer_of"), share=2.3),
        Column(scribe.say("column.gpus"), share=1.7),
        Column(scribe.say("column.price_instance", unit=unit), "money", 1.0),
        Column(scribe.say("column.machines" if is_service else "column.takes"), "number", 1.1),
        Column(
            scribe.say("column.cost_month" if is_service else "column.cost_a_run", unit=scale.label),
            "money",
            1.2,
        ),
        Column(scribe.say("column.per_million", unit=unit), "money", 1.0),
        Column(scribe.say("column.rung"), "rung", 1.25),
        Column(scribe.say("column.price_of"), "month", 1.0),
        Column(scribe.say("column.source"), "note", 0.55),
    )
    notes = (scribe.say("cost.table_note", count=len(work.cases), shown=len(shown)),)
    return Table(f"offers-{place}", scribe.say("cost.table"), columns, tuple(body), notes=notes, dense=True)


def _case(scribe: CostScribe, case: CaseRow, scale: MoneyScale, is_service: bool) -> TableRow:
    mark = "● " if case.on_front else ""
    place = " · ".join(part for part in (case.instance, case.region) if part)
    done, band = UNKNOWN, ""
    if is_service and case.machines is not None:
        done = scribe.number(case.machines[1])
        if case.ms_per_token is not None:
            band = scribe.say("cost.ms", count=scribe.round(case.ms_per_token))
    elif case.hours is not None:
        done, band = scribe.duration(case.hours[1]), scribe.duration_band(case.hours)
    limits = [] if case.in_time else [scribe.say("cost.late")]
    limits += [] if case.in_budget else [scribe.say("cost.dear")]
    limits += [] if case.complete else [scribe.say("cost.incomplete")]
    return TableRow(
        (
            TableCell(mark + _where(scribe, case), place),
            TableCell(f"{case.gpus} × {case.gpu}", scribe.say("comma").join(limits)),
            TableCell(scribe.rate_of_price(case.price_per_hour), value=case.price_per_hour),
            TableCell(done, band),
            TableCell(
                scribe.money_cell(case.cost[1], scale).text,
                scribe.scaled_band(case.cost, scale),
                case.cost[1],
            ),
            TableCell(scribe.rate_of_price(case.per_million), value=case.per_million),
            TableCell(scribe.say(f"rung.{case.rung}"), rung=case.rung),
            TableCell(scribe.short_day(case.as_of)),
            scribe.source_cell(case.source),
        )
    )


def _breaks(scribe: CostScribe, work: WorkRow, place: int) -> list[Block]:
    """From which use a commitment pays, and from which volume a machine of one's own beats an API."""
    result: list[Block] = []
    paying = [row for row in work.commitments if row.utilisation <= 1][:MOST_BREAKS]
    if paying:
        rows = tuple(
            TableRow(
                (
                    TableCell(row.committed[scribe.language]),
                    TableCell(row.by_the_hour[scribe.language]),
                    TableCell(scribe.percent(row.utilisation), value=row.utilisation),
                    TableCell(scribe.number(row.hours_a_month), value=row.hours_a_month),
                )
            )
            for row in paying
        )
        columns = (
            Column(scribe.say("column.committed"), share=2.6),
            Column(scribe.say("column.by_the_hour"), share=2.6),
            Column(scribe.say("column.pays_above"), "percent", 1.1),
            Column(scribe.say("column.hours_month"), "number", 1.1),
        )
        result.append(
            Table(f"commitments-{place}", scribe.say("cost.commitments"), columns, rows, dense=True)
        )
    if work.volumes:
        rows = tuple(
            TableRow(
                (
                    TableCell(row.machine[scribe.language]),
                    TableCell(row.api[scribe.language]),
                    TableCell(scribe.volume(row.first)),
                    TableCell(scribe.volume(row.always)),
                )
            )
            for row in work.volumes[:MOST_BREAKS]
        )
        columns = (
            Column(scribe.say("column.machine"), share=2.6),
            Column(scribe.say("column.api"), share=2.0),
            Column(scribe.say("column.first_volume"), "number", 1.2),
            Column(scribe.say("column.always_volume"), "number", 1.2),
        )
        result.append(Table(f"volumes-{place}", scribe.say("cost.volumes"), columns, rows, dense=True))
    return result
