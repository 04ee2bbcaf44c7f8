"""Technology route: model, data, training, evaluation, optimisation, deployment, as the plan's own workloads.

Numbers are the plan's: shapes of the models, tokens and arithmetic of a run, the rates that were measured or
estimated, and what serving costs by request.
"""

from __future__ import annotations

from toolkit.report.document import Block, Column, Heading, Table, TableCell, TableRow
from toolkit.report.exhibits import TechnologyRow
from toolkit.report.references import narrative
from toolkit.report.scribe import Scribe
from toolkit.report.wording import LARGE
from toolkit.shapes.records import Rate
from toolkit.text.formats import UNKNOWN, compact_number

# Lines of a service that are shown at the end of each year, with the words for them.
PARTS = (
    ("requests", "served"),
    ("work", "work_month"),  # of models that do not count in tokens
    ("tokens", "tokens_month"),
    ("instances", "instances"),
)


def blocks(scribe: Scribe) -> list[Block]:
    """The route in the plan's words, each step with its table."""
    told = narrative(scribe, "technology", leads=True)
    rows = scribe.context.technology
    result: list[Block] = [*told]
    result += _part(scribe, "model", _models(scribe, rows))
    result += _part(scribe, "data", None)
    result += _part(scribe, "training", _training(scribe, [row for row in rows if row.kind == "training"]))
    result += _part(scribe, "evaluation", None)
    result += _part(scribe, "optimisation", _rates(scribe, rows))
    serving = [row for row in rows if row.kind != "training"]
    result += _part(scribe, "deployment", _serving(scribe, serving))
    property_ = narrative(scribe, "property")
    if property_:
        result += [Heading(scribe.say("technology.property")), *property_]
    return result


def _part(scribe: Scribe, name: str, table: Table | None) -> list[Block]:
    """A step: its heading, the plan's words, its table; said to be absent where there is neither."""
    told: list[Block] = [*narrative(scribe, name)]
    shown = [*told, *([table] if table is not None else [])]
    return [Heading(scribe.say(f"technology.{name}")), *(shown or [scribe.absent()])]


def _models(scribe: Scribe, rows: tuple[TechnologyRow, ...]) -> Table | None:
    """One row a model, with everything that it is used for."""
    if not rows:
        return None
    uses: dict[tuple[str, str], list[TechnologyRow]] = {}
    for row in rows:
        uses.setdefault((row.model, row.dtype), []).append(row)
    body = []
    for (model, dtype), used in uses.items():
        one = used[0]
        sizes = (one.layers, one.hidden)
        shape = UNKNOWN if None in sizes else f"{one.layers} × {scribe.number(one.hidden)}"
        body.append(
            TableRow(
                (
                    TableCell(model),
                    TableCell(scribe.plain(one.parameters, short=True), value=float(one.parameters)),
                    TableCell(shape),
                    TableCell(scribe.number(one.context), value=one.context),
                    TableCell(dtype),
                    TableCell(scribe.say("comma").join(row.label[scribe.language] for row in used)),
                )
            )
        )
    columns = (
        Column(scribe.say("column.model"), share=1.3),
        Column(scribe.say("column.parameters"), "number", 1.1),
        Column(scribe.say("column.shape"), "number", 1.2),
        Column(scribe.say("column.context"), "number", 1.0),
        Column(scribe.say("column.dtype"), "note", 0.8),
        Column(scribe.say("column.used_for"), share=2.6),
    )
    return Table("models", scribe.say("technology.models"), columns, tuple(body))


def _training(scribe: Scribe, rows: list[TechnologyRow]) -> Table | None:
    if not rows:
        return None
    base = scribe.run.base
    body = []
    for row in rows:
        runs = base.get(f"{row.line}.runs", ())
        count = sum(runs[1:]) if runs else None
        hours, cost = (sum(base.get(f"{row.line}.{part}", (0.0,))[1:]) for part in ("hours", "cost"))
        body.append(
            TableRow(
                (
                    TableCell(row.label[scribe.language], row.model),
                    TableCell(scribe.number(count), value=count),
                    _quantity(scribe, _per_run(scribe, row), scribe.say(f"technology.unit.{row.unit}")),
                    TableCell(_flops(row.run_flops), value=row.run_flops),
                    _quantity(scribe, f"{row.line}.experiments"),
                    TableCell(scribe.number(hours / count if count else None)),
                    TableCell(scribe.compact(cost / count if count else None)),
                )
            )
        )
    columns = (
        Column(scribe.say("column.workload"), share=2.0),
        Column(scribe.say("column.runs"), "number", 0.8),
        Column(scribe.say("column.work_run"), "number", 1.6),
        Column(scribe.say("column.flops_run"), "number", 1.2),
        Column(scribe.say("column.experiments"), "number", 1.1),
        Column(scribe.say("column.hours_run"), "number", 1.1),
        Column(scribe.say("column.cost_run"), "money", 1.1),
    )
    notes = (scribe.say("technology.training_note"),)
    return Table("training", scribe.say("technology.training_table"), columns, tuple(body), notes=notes)


def _per_run(scribe: Scribe, row: TechnologyRow) -> str:
    """The line that says how much a run reads: in tokens, or in the unit of another kind of model."""
    work = f"{row.line}.work_per_run"
    return work if work in scribe.run.base else f"{row.line}.tokens_per_run"


def _serving(scribe: Scribe, rows: list[TechnologyRow]) -> Table | None:
    """What is served at the end of each year, on how many instances, at which cost by request."""
    if not rows:
        return None
    body: list[TableRow] = []
    years = scribe.years()
    for row in rows:
        served: list[TableRow] = []
        for part, key in PARTS:
            values = scribe.run.base.get(f"{row.line}.{part}")
            if values is not None:
                ends = [values[year.months[-1]] for year in years]
                cells = (TableCell(scribe.plain(end, short=end >= LARGE), value=end) for end in ends)
                unit = scribe.say(f"technology.unit.{row.unit}")
                name = TableCell(scribe.say(f"technology.{key}", unit=unit))
                served.append(TableRow((name, *cells), level=1))
        if served:
            head = TableRow((TableCell(row.label[scribe.language]),), "group")
            body += [head, *served, *_unit_cost(scribe, row)]
    if not body:
        return None
    columns = (
        Column("", share=2.6),
        *(Column(scribe.say("column.end_of", year=y.label), "number") for y in years),
    )
    return Table("serving", scribe.say("technology.serving_table"), columns, tuple(body))


def _unit_cost(scribe: Scribe, row: TechnologyRow) -> list[TableRow]:
    """Cost of a thousand requests, else of a million tokens, over each year."""
    base = scribe.run.base
    cost = base.get(f"{row.line}.cost")
    for part, count, key in (("requests", 1e3, "cost_requests"), ("tokens", 1e6, "cost_tokens")):
        done = base.get(f"{row.line}.{part}")
        if cost is None or done is None:
            continue
        cells = []
        for year in scribe.years():
            work, spent = scribe.over(done, year), scribe.over(cost, year)
            price = count * spent / work if work else None
            cells.append(TableCell(scribe.price(price), value=price))
        return [TableRow((TableCell(scribe.say(f"technology.{key}")), *cells), level=1)]
    return []


def _rates(scribe: Scribe, rows: tuple[TechnologyRow, ...]) -> Table | None:
    """Every rate with its step, interval and grounding."""
    body = [_rate(scribe, row, rate) for row in rows for _, rate in row.rates]
    if not body:
        return None
    columns = (
        Column(scribe.say("column.workload"), share=1.9),
        Column(scribe.say("column.step"), "note", 1.7),
        Column(scribe.say("column.device"), share=1.5),
        Column(scribe.say("column.rate"), "number", 2.2),
        Column(scribe.say("column.rung"), "rung", 1.4),
        Column(scribe.say("column.date"), "month", 0.8),
    )
    notes = (scribe.say("technology.rates_note"),)
    return Table("rates-of-work", scribe.say("technology.rates"), columns, tuple(body), notes=notes)


def _rate(scribe: Scribe, row: TechnologyRow, rate: Rate) -> TableRow:
    work = rate.workload
    shape = {"dtype": work.dtype, "batch": scribe.number(work.batch), "tokens": scribe.number(work.tokens)}
    key = "technology.step" if work.unit == "token" else "technology.step_length"
    step = scribe.say(key if work.tokens > 1 else "technology.step_whole", **shape)
    speed = f"{scribe.round(rate.median)} {scribe.unit(rate.unit)}"
    return TableRow(
        (
            TableCell(row.label[scribe.language], scribe.say(f"mode.{work.mode}")),
            TableCell(step),
            TableCell(scribe.device(rate.device)),
            TableCell(speed, scribe.range(*rate.interval_80), rate.median),
            TableCell(scribe.say(f"rung.{rate.rung}"), rung=rate.rung),
            TableCell(scribe.short_day(rate.measured_at)),
        )
    )


def _quantity(scribe: Scribe, line: str, unit: str = "") -> TableCell:
    """The median of an input (with its `unit` in words) above its 90 % interval."""
    found = scribe.context.lines.get(line)
    values = scribe.run.base.get(line)
    if values is None:
        return TableCell(UNKNOWN)
    value = values[1]
    note = ""
    if found is not None and found.quantity is not None and found.quantity.is_uncertain:
        low, high = found.quantity.interval_90
        note = scribe.range_short(low, high)
    size = compact_number(value, scribe.language) if value >= LARGE else scribe.round(value)
    words = scribe.say("technology.amount", size=size, unit=unit) if unit else size
    return TableCell(words, note, value)


def _flops(flops: float | None) -> str:
    """FLOPs with a power of ten: `9.3 × 10²⁰`."""
    if not flops:
        return UNKNOWN
    mantissa, exponent = f"{flops:.2e}".split("e")
    raised = str(int(exponent)).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa.rstrip('0').rstrip('.')} × 10{raised}"
