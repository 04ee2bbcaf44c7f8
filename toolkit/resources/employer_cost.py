"""What an employer owes on top of gross pay, as formulas in the language of lines.

One definition for the calculator `employer_cost` and for every role of a plan: only where a figure stands
(a number, or a line of the plan) differs. A rule of
`data/employer_rates.csv` says one of

    bracket     rate × max(0, min(pay, to) − from)            each employee
    clamped     rate × min(max(pay, from), to)                each employee; the base of the contribution
    allowance   − min(amount, all other components)           the employer, once

on pay per `period`; rules with one `component` add up to it. Where a rule names an option (a rate that
depends on the employer, or a yes-or-no), the caller says what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from toolkit.errors import InputError, Problem
from toolkit.reference import EmployerRate, Reference

PayPeriod = Literal["year", "month"]
Figure = Literal["rate", "from_amount", "to_amount", "amount"]
Writer = Callable[[EmployerRate, Figure], str]
MONTHS: dict[str, int] = {"month": 1, "year": 12}


@dataclass(frozen=True, slots=True)
class Payroll:
    """Whose pay it is: `pay` of one employee per `period` and `heads` employees, as formula texts (a line or
    a number). `staff` are all employees of the employer, where some rules depend on their number."""

    pay: str
    heads: str
    period: PayPeriod
    staff: str = ""


@dataclass(frozen=True, slots=True)
class RulePeriod:
    """Rules that hold from the month `start` (ISO) until the next period of the same kind begins."""

    start: str
    rules: tuple[EmployerRate, ...]


def literal(rule: EmployerRate, figure: Figure) -> str:
    """A figure of a rule as a number of the formula."""
    return f"{getattr(rule, figure) or 0:.15g}"


def rules_of(
    reference: Reference, country: str, year: int, region: str | None = None
) -> tuple[EmployerRate, ...]:
    """The statutory rules of the period that begins in `year`.

    Raises InputError for an unknown country, region or year; each problem names the known ones.
    """
    every = [rule for rule in reference.employer_rates if rule.kind == "statutory"]
    _known("country", country, {rule.country for rule in every})
    every = [rule for rule in every if rule.country == country]
    regions = {rule.region for rule in every if rule.region is not None}
    if regions and region is None:
        values = {"country": country, "known": ", ".join(sorted(regions))}
        raise InputError([Problem("policy.region_needed", "region", values=values)])
    if region is not None:
        _known("region", region, regions)
    every = [rule for rule in every if rule.region in (None, region)]
    _known("year", str(year), {str(rule.start_year) for rule in every})
    return tuple(rule for rule in every if rule.start_year == year)


def payroll_rules(
    rates: Iterable[EmployerRate], country: str, region: str | None, first: str, last: str = "9999-12"
) -> tuple[RulePeriod, ...]:
    """The rules of a country and region in force from the month `first` to `last`, by period.

    What is owed beside the usual computation (`additional`) counts too; a rough total (`indicative`) only
    where the rules are not known. The oldest known period also stands for the time before it, the newest
    for the time after. Empty where nothing is known.
    """
    own = [rule for rule in rates if rule.country == country and rule.region in (None, region)]
    kinds = {rule.kind for rule in own}
    counted = ("statutory", "additional") if "statutory" in kinds else ("indicative",)
    periods: list[RulePeriod] = []
    for kind in counted:
        rules = [rule for rule in own if rule.kind == kind]
        starts = sorted({rule.valid_from for rule in rules})
        before = [start for start in starts if start[:7] <= first][-1:] or starts[:1]
        for start in (*before, *(one for one in starts if first < one[:7] <= last and one not in before)):
            periods.append(RulePeriod(start[:7], tuple(rule for rule in rules if rule.valid_from == start)))
    return tuple(periods)


def regions_of(rates: Iterable[EmployerRate], country: str) -> set[str]:
    """The regions that have rules of their own; empty where those of the country hold everywhere."""
    return {rule.region for rule in rates if rule.country == country and rule.region is not None}


def _known(field: str, value: str, known: Iterable[str]) -> None:
    names = sorted(known)
    if value not in names:
        values = {"name": value, "known": ", ".join(names) or "—"}
        raise InputError([Problem(f"policy.unknown_{field}", field, values=values)])


def rate_options(rules: Iterable[EmployerRate]) -> tuple[str, ...]:
    """The rates that the employer must know, each name once."""
    return tuple(
        dict.fromkeys(rule.option for rule in rules if rule.option is not None and rule.base != "allowance")
    )


def allowances(rules: Iterable[EmployerRate]) -> tuple[str, ...]:
    """The allowances that the employer may claim, by the name of their option."""
    return tuple(
        dict.fromkeys(rule.option for rule in rules if rule.option is not None and rule.base == "allowance")
    )


def component_formulas(
    rules: Sequence[EmployerRate],
    payroll: Payroll,
    options: Mapping[str, str],
    line: Callable[[str], str],
    write: Writer = literal,
) -> dict[str, str]:
    """Component → formula of what is owed per period of the payroll, for all its employees.

    `options` maps the name of an option to formula text (`0` or absent: an allowance is not claimed), `line`
    a component to the name of its line (an allowance reads the others), `write` gives the text of a figure.
    """
    components: dict[str, list[str]] = {}
    for rule in rules:
        if rule.base != "allowance":
            components.setdefault(rule.component, []).append(_contribution(rule, payroll, options, write))
    owed = " + ".join(line(component) for component in components)
    for rule in rules:
        claimed = options.get(rule.option or "", "0")
        if rule.base == "allowance" and claimed != "0":
            amount = _per_period(write(rule, "amount"), rule.period, payroll.period)
            components[rule.component] = [f"-{claimed} * min({amount}, {owed})"]
    return {component: " + ".join(terms) for component, terms in components.items()}


def contribution_base(rules: Iterable[EmployerRate], payroll: Payroll, write: Writer = literal) -> str | None:
    """Formula of the pay on which one employee's contributions are owed, per period of the payroll; None
    where no rule puts pay between a floor and a ceiling."""
    for rule in rules:
        if rule.base == "clamped":
            return _per_period(_base(rule, payroll, write), rule.period, payroll.period)
    return None


def _contribution(rule: EmployerRate, payroll: Payroll, options: Mapping[str, str], write: Writer) -> str:
    rate = write(rule, "rate") if rule.option is None else options[rule.option]
    if rule.option_share is not None:
        rate = f"{rule.option_share:.15g} * {rate}"
    owed = _per_period(f"{rate} * {_base(rule, payroll, write)}", rule.period, payroll.period)
    staff = payroll.staff or payroll.heads
    sizes = [f"{staff} >= {rule.min_headcount}"] if rule.min_headcount is not None else []
    sizes += [f"{staff} <= {rule.max_headcount}"] if rule.max_headcount is not None else []
    amount = f"{payroll.heads} * {owed}"
    return f"where({' and '.join(sizes)}, {amount}, 0)" if sizes else amount


def _base(rule: EmployerRate, payroll: Payroll, write: Writer) -> str:
    """The part of one employee's pay that the rule takes, per period of the rule."""
    pay = _per_period(payroll.pay, payroll.period, rule.period)
    if rule.base == "clamped":
        pay = f"max({pay}, {write(rule, 'from_amount')})"
        return pay if rule.to_amount is None else f"min({pay}, {write(rule, 'to_amount')})"
    if rule.to_amount is not None:
        pay = f"min({pay}, {write(rule, 'to_amount')})"
    return f"max(0, {pay} - {write(rule, 'from_amount')})" if rule.from_amount else pay


def _per_period(text: str, given: str, wanted: str) -> str:
    """An amount per period as an amount per another period."""
    if given == wanted:
        return text
    months, target = MONTHS[given], MONTHS[wanted]
    return f"{text} * {target}" if target > months else f"{text} / {months}"
