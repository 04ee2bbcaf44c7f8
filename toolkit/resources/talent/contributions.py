"""Statutory contributions of a plan's payroll, from the same rules and formulas as the calculator.

Every figure of a rule is a line of its own with its source, written once. Where a newer period begins within
the plan, the rules change in that month. An allowance of the employer (UK Employment Allowance) is used up
against contributions as they fall due, anew in each tax year.

    a month = contributions on the yearly pay (salary and bonus) / 12
"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.lines.quantity import Quantity
from toolkit.reference import EmployerRate
from toolkit.resources.compilation import Compilation, Scope
from toolkit.resources.employer_cost import (
    Figure,
    Payroll,
    RulePeriod,
    component_formulas,
    payroll_rules,
    rate_options,
)
from toolkit.resources.exchange import exchange_line
from toolkit.resources.record import month_after
from toolkit.text import bilingual
from toolkit.text.formats import place_name

_UNIT_OF = {"rate": "1"}


@dataclass(frozen=True)
class Contributions:
    """The rules of one place while the roles there are written."""

    room: Scope
    country: str
    region: str | None

    @property
    def compilation(self) -> Compilation:
        return self.room.compilation

    @property
    def periods(self) -> tuple[RulePeriod, ...]:
        company = self.compilation.plan.company
        last = month_after(company.start, company.months)
        rates = self.compilation.reference.employer_rates
        return payroll_rules(rates, self.country, self.region, company.start, last)

    def formula(self, heads: str, yearly_pay: str, kinds: tuple[str, ...]) -> str | None:
        """What is owed a month for `heads` people at `yearly_pay` (lines) by rules of these kinds; None where
        there are none."""
        chosen = [period for period in self.periods if period.rules[0].kind in kinds]
        parts = [self._of(period, heads, yearly_pay) for period in chosen]
        by_kind: dict[str, str] = {}
        for period, text in zip(chosen, parts, strict=True):
            kind = period.rules[0].kind
            first = self.compilation.number_of(period.start)
            known = by_kind.get(kind)
            by_kind[kind] = text if known is None else f"where(t >= {first}, {text}, {known})"
        return " + ".join(by_kind.values()) or None

    def _of(self, period: RulePeriod, heads: str, yearly_pay: str) -> str:
        currency = period.rules[0].currency
        rate = "" if currency == self.room.currency else exchange_line(self.compilation, currency)
        pay = f"({yearly_pay} / {rate})" if rate else yearly_pay
        payroll = Payroll(pay, heads, "year", staff="talent.headcount")
        options = {name: self._option(name) for name in rate_options(period.rules)}
        owed = component_formulas(period.rules, payroll, options, lambda name: name, self._figure)
        total = " + ".join(owed.values())
        return f"({total}) / 12 * {rate}" if rate else f"({total}) / 12"

    def _option(self, name: str) -> str:
        line = f"talent.option.{name}"
        if line not in self.room.book.lines:
            talent = self.compilation.plan.talent
            value = talent.employer_options[name]
            source = self.compilation.source_of(f"talent.employer_options.{name}", value, talent)
            label = bilingual(f"talent.options.{name}")
            self.room.book.input(line, value.quantity, "1", label, source)
        return line

    def _figure(self, rule: EmployerRate, figure: Figure) -> str:
        return figure_line(self.room, rule, figure)


def figure_line(room: Scope, rule: EmployerRate, figure: Figure) -> str:
    """The input line of one figure of a rule, written when it is first asked for."""
    place = rule.country.lower() + (f".{rule.region.lower()}" if rule.region else "")
    name = f"employer.{place}.{rule.name}_{rule.start_year}"
    line = f"{name}.{figure}"
    if line not in room.book.lines:
        label = bilingual(
            "talent.rule", country=place_name(rule.country, rule.region),
            name=bilingual(f"talent.rules.{rule.name}"), figure=bilingual(f"talent.figures.{figure}"),
        )  # fmt: skip
        unit = _UNIT_OF.get(figure, f"{rule.currency}/{rule.period}")
        room.book.input(line, Quantity.constant(getattr(rule, figure) or 0.0), unit, label, rule.source)
    return line


def write_allowances(contributions: Contributions, owed: list[str]) -> str | None:
    """The allowances that the plan claims against the statutory contributions `owed` (lines) of a place;
    returns the line of what is used each month."""
    room, claimed = contributions.room, contributions.compilation.plan.talent.allowances
    rules = [
        rule for period in contributions.periods for rule in period.rules
        if rule.base == "allowance" and rule.option in claimed
    ]  # fmt: skip
    if not rules or not owed:
        return None
    rule = rules[-1]
    compilation = contributions.compilation
    amount = figure_line(room, rule, "amount")
    if rule.currency != room.currency:
        amount = f"({amount} * {exchange_line(compilation, rule.currency)})"
    start = compilation.plan.company.start
    months = [int(month_after(start, number)[5:]) for number in range(1, compilation.months + 1)]
    begins = [month == int(rule.valid_from[5:7]) or index == 0 for index, month in enumerate(months)]
    prefix = f"allowance.{rule.name}"
    fresh = room.book.series(
        room.line(f"{prefix}.new_year"), tuple(map(float, begins)), "1", bilingual("talent.new_tax_year"),
        rule.source,
    )  # fmt: skip
    left = room.line(f"{prefix}.left")
    at_hand = f"where({fresh}, {amount}, {left}[-1])"
    used = room.amount(
        f"{prefix}.used", f"min({at_hand}, {' + '.join(owed)})", "cash", "general_payroll",
        "talent.allowance_used",
    )  # fmt: skip
    room.formula(f"{prefix}.left", f"{at_hand} - {used}", room.currency, "talent.allowance_left")
    return used
