"""When an instrument closes, as lines.

    age    1 in the month of closing, 2 in the next, …; 0 before
           on a date      t − month − round(delay) + 1
           on a trigger   months since the latch − round(delay)
    latch  1 from the first month, not before `month`, that begins with the condition met; it never falls back
    money  amount × (1 if it closes), in the month with age 1

The condition reads the month before, so that nothing is circular. An instrument that began before the plan
has an age above 1 from the start.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from toolkit.lines.table import Table
from toolkit.resources.compilation import Scope
from toolkit.resources.funding.instrument import Instrument, Trigger
from toolkit.resources.record import with_basis


@dataclass(frozen=True, slots=True)
class Closing:
    """The lines of an instrument's closing: its age, whether it closes, and its age before month 1."""

    age: str
    closes: str
    age_before: int


def write_closing(scope: Scope, instrument: Instrument) -> Closing:
    """The lines that say when an instrument closes."""
    month = scope.month("month", instrument.month, "closing_month")
    delay, closes = scope.optional("delay", 0.0, "month"), scope.optional("closes", 1.0)
    if instrument.when is None:
        formula = f"max(t - {month} - round({delay}) + 1, 0)"
    else:
        waited = _waiting(scope, with_basis(instrument.when, instrument), month)
        formula = f"max({waited} - round({delay}), 0)"
    age = scope.formula("age", formula, "month")
    return Closing(age, closes, max(1 - scope.compilation.number_of(instrument.month), 0))


def _waiting(scope: Scope, trigger: Trigger, month: str) -> str:
    """The line of the months since the trigger, the one in which it opens included."""
    watch = scope.compilation.scope(f"{scope.path}.when", scope.prefix, trigger, scope.name)
    if trigger.cash_below is not None:
        condition = f"account.cash[-1] < {watch.input('cash_below')}"
    else:
        condition = f"total.revenue[-1] > {watch.input('revenue_above')}"
    latch = scope.line("opened")
    scope.formula("opened", f"where({latch}[-1] > 0 or t >= {month} and {condition}, 1, 0)", "1")
    waited = scope.line("waited")
    return scope.formula("waited", f"where({latch} > 0, {waited}[-1] + 1, 0)", "month")


def closed_amount(scope: Scope, closing: Closing, part: str = "amount") -> str:
    """The line of the money that the instrument is about: nothing where it does not close."""
    return scope.formula("closed_amount", f"{scope.input(part)} * {closing.closes}", scope.currency)


def at_closing(scope: Scope, closing: Closing, part: str, credit: str) -> str:
    """The posted line of money that comes whole in the month of closing."""
    formula = f"where({closing.age} == 1, {closed_amount(scope, closing, part)}, 0)"
    return scope.amount("proceeds", formula, "cash", credit)


def by_age(scope: Scope, part: str, values: Iterable[float], closing: Closing) -> str:
    """The formula of a value for each month of age (1, 2, …), 0 before and after: a table of its own."""
    steps = (*values, 0.0)
    ages = tuple(float(age) for age in range(1, len(steps) + 1))
    source = scope.compilation.source_of(scope.path, scope.record)
    name = scope.book.table(Table(scope.line(f"{part}_per_unit"), "1", ages, steps, source))
    return f"lookup({name}, {closing.age})"
