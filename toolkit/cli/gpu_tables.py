"""The tables of `gpu`: accelerators, offers, cases, break-evens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from toolkit.estimate.cost.breakeven import BreakEvens, CommitmentBreakEven
from toolkit.estimate.cost.cases import Band, Case
from toolkit.estimate.cost.market import Option
from toolkit.reference import Gpu
from toolkit.text import Language, t

if TYPE_CHECKING:
    from toolkit.app.gpu_costs import CostScenario

UNKNOWN = "—"


def show_gpus(console: Console, gpus: Sequence[Gpu], language: Language) -> None:
    """One accelerator a line; a dash where the data sheet is silent."""
    table = figure_table(("id", "name", "memory", "bandwidth", "bf16", "fp8", "power"), language, text=2)
    for gpu in gpus:
        figures = (
            gpu.memory_gib,
            gpu.memory_bandwidth_gb_per_s,
            gpu.bf16_tflops,
            gpu.fp8_tflops,
            gpu.power_w,
        )
        table.add_row(gpu.id, gpu.name, *(plain(value) for value in figures))
    console.print(table)


def show_offers(
    console: Console, options: Sequence[Option], currency: str, rows: int, language: Language
) -> None:
    """One offer a line: the price of the instance, and that of one of its GPUs."""
    table = figure_table(("offer", "kind", "gpus", "instance_hour", "gpu_hour", "age"), language, text=2)
    for one in options[:rows]:
        each = None if one.price_per_hour is None else one.price_per_hour / one.devices
        cells = (f"{one.devices} × {one.gpu_id or one.gpu_name}", _money(one.price_per_hour), _money(each))
        table.add_row(_offer(one), t(f"gpu.kind.{one.kind}", language), *cells, _age(one, language))
    console.print(Text(t("gpu.prices_in", language, currency=currency), "dim"))
    console.print(table)
    more(console, len(options) - rows, language)


def show_scenario(console: Console, scenario: CostScenario, rows: int, language: Language) -> None:
    """The cheapest way, the front of cost against time, the cheapest cases, and what cannot do the work."""
    found = scenario.comparison
    workload = found.workload
    console.print(Text(workload.name[language], "bold"))
    console.print(Text(t("gpu.interval_note", language, currency=workload.currency), "dim"))
    best = found.cheapest
    key = "gpu.cheapest" if best else "gpu.nothing_fits"
    values = {} if best is None else {"offer": _offer(best.option), "count": best.instances}
    console.print(Text(t(key, language, **values), "green" if best else "red"))
    for warning in best.option.warnings if best else ():
        console.print(Text(f"! {warning.problem(language)} {warning.mend(language)}", "yellow"))
    console.print(Text("\n" + t("gpu.front", language), "bold"))
    console.print(_cases(found.front[:rows], language))
    able = [case for case in found.cases if case.cost is not None]
    console.print(Text("\n" + t("gpu.all", language), "bold"))
    console.print(_cases(able[:rows], language))
    more(console, len(able) - rows, language)
    for api in found.apis:
        words = {"api": f"{api.provider}/{api.model}", "cost": _money(api.per_month), "as_of": api.as_of}
        console.print(t("gpu.api_line", language, **words))
    _show_months(console, scenario, language)
    _show_unable(console, [case for case in found.cases if case.cost is None], language)


def _show_months(console: Console, scenario: CostScenario, language: Language) -> None:
    """A service month by month on the cheapest case, where its demand grows."""
    months = scenario.months
    if not months or months[0].requests == months[-1].requests:
        return
    console.print(Text("\n" + t("gpu.months", language), "bold"))
    table = figure_table(("month", "requests", "replicas", "utilisation", "cost"), language, text=1)
    for one in months:
        figures = (plain(one.requests), f"{one.replicas:,.1f}", f"{one.utilisation:.0%}")
        low, middle, high = one.cost
        table.add_row(str(one.month), *figures, f"{_money(middle)} ({_money(low)}–{_money(high)})")
    console.print(table)


def show_break_evens(console: Console, found: BreakEvens, rows: int, language: Language) -> None:
    """Commitments, own machines, and volumes against APIs."""
    for title, entries in (("commitments", found.commitments), ("owned", found.owned)):
        if entries:
            console.print(Text(t(f"gpu.{title}", language), "bold"))
            console.print(_commitments(entries[:rows], language))
            more(console, len(entries) - rows, language)
    if found.volumes:
        console.print(Text(t("gpu.volumes", language), "bold"))
        table = figure_table(
            ("offer", "api", "machine_month", "capacity", "first", "always"), language, text=2
        )
        for one in found.volumes[:rows]:
            figures = (one.machine_month, one.capacity, one.first, one.always)
            api = f"{one.api.provider}/{one.api.model}"
            table.add_row(_offer(one.case.option), api, *(plain(value) for value in figures))
        console.print(table)


def _cases(cases: Sequence[Case], language: Language) -> Table:
    """Two lines a case: name and middle figures; how it is paid, the price's age and the intervals."""
    table = figure_table(("offer", "gpus", "hours", "cost", "per_million", "rung"), language, text=1)
    for case in cases:
        speed = case.speed
        time = _band(case.hours) if case.hours else f"{speed.ms_per_token:.0f} ms" if speed else UNKNOWN
        gpus = f"{case.gpus} ×\n{case.option.gpu_id}"
        late = "" if case.in_time and case.in_budget else "red"
        style = "green" if case.on_front and case.chosen else late
        rung = t(f"cli.rung.{speed.rung}", language) if speed else UNKNOWN
        figures = (gpus, time, _band(case.cost), _money(case.per_million), rung)
        kind = t(f"gpu.kind.{case.option.kind}", language)
        offer = f"{_offer(case.option)}\n{kind} · {_age(case.option, language)}"
        table.add_row(offer, *figures, style=style)
    return table


def _commitments(entries: Sequence[CommitmentBreakEven], language: Language) -> Table:
    table = figure_table(("offer", "kind", "against", "price", "price", "utilisation"), language, text=3)
    for one in entries:
        words = (_offer(one.committed), t(f"gpu.kind.{one.committed.kind}", language), _offer(one.on_demand))
        prices = (_money(one.committed.price_per_hour), _money(one.on_demand.price_per_hour))
        table.add_row(*words, *prices, f"{one.utilisation:.0%}")
    return table


def _show_unable(console: Console, cases: Sequence[Case], language: Language) -> None:
    """How many offers cannot do the work, by reason, each reason once."""
    reasons: dict[str, int] = {}
    for case in cases:
        if case.problem is not None:
            words = f"{case.problem.problem(language)} {case.problem.mend(language)}"
            reasons[words] = reasons.get(words, 0) + 1
    if reasons:
        console.print(Text("\n" + t("gpu.unable", language, count=len(cases)), "bold"))
    for words, count in sorted(reasons.items(), key=lambda item: -item[1])[:8]:
        console.print(Text(f"  {count:>4}  {words}", "dim"))


def figure_table(columns: Sequence[str], language: Language, text: int) -> Table:
    """A plain table; the first `text` columns are words, the rest figures."""
    table = Table(box=None, pad_edge=False)
    for place, name in enumerate(columns):
        words = place < text
        title = t(f"gpu.column.{name}", language)
        table.add_column(
            title, justify="left" if words else "right", no_wrap=not words, overflow="fold", min_width=6
        )
    return table


def more(console: Console, count: int, language: Language) -> None:
    if count > 0:
        console.print(Text(t("gpu.more_rows", language, count=count), "dim"))


def _offer(option: Option) -> str:
    return "/".join(part for part in (option.provider, option.instance_type, option.region) if part)


def _age(option: Option, language: Language) -> str:
    if option.age_days is None:
        return t("gpu.undated", language)
    mark = " !" if any(one.id == "gpu.old_price" for one in option.warnings) else ""
    return t("gpu.days", language, days=option.age_days) + mark


def _band(band: Band | None) -> str:
    """Middle, and under it the interval."""
    if band is None:
        return UNKNOWN
    good, middle, bad = band
    return f"{_money(middle)}\n{_money(good)}–{_money(bad)}"


def _money(value: float | None) -> str:
    if value is None:
        return UNKNOWN
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def plain(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:,.4g}" if value < 1e4 else f"{value:,.0f}"
