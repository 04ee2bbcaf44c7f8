"""From the amount of a claim to cash: accrual, the wait, and what it is set against.

    cash         accrued is income and a receivable; received `after` months
    payroll_tax  accrued likewise; from `after` months on, less payroll tax is paid, as far as it is due
    income_tax   used as far as the income tax of the year is due; received when that tax would have been paid

The rest is carried forward (`left`), or lost where the law says so. Several claims on one tax share it: each
sees what those before it have left. Set against income tax, support is income only when it is used: a young
company cannot count on a profit that it does not yet have.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import floor

import numpy as np

from toolkit.resources.compilation import Scope
from toolkit.resources.policy.claims import LONGEST_DELAY, Claim
from toolkit.resources.policy.programme import PlanRules
from toolkit.resources.values import NEVER
from toolkit.text import Text, bilingual

_TAX = {"payroll_tax": "talent.social_security", "income_tax": "tax.due"}


@dataclass
class Room:
    """What is left of each tax that claims are set against: formula texts, in the order of the claims."""

    taxes: dict[str, str] = field(default_factory=lambda: dict(_TAX))

    def of(self, tax: str) -> str:
        """What is left of a tax, never below 0."""
        left = self.taxes[tax]
        return left if left == _TAX[tax] else f"max({left}, 0)"

    def take(self, tax: str, line: str) -> None:
        """Note that a line has been set against a tax."""
        self.taxes[tax] += f" - {line}"


def words(scope: Scope, part: str) -> Text:
    """The label of a line of a claim, after the name of the programme."""
    label = bilingual(f"policy.lines.{part}")
    return label if scope.name is None else bilingual("resources.label_of", name=scope.name, label=label)


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a claim waits for its money: `months`, and from then up to `longest` by the line `delay` where
    it is uncertain."""

    months: int
    delay: str | None = None
    longest: int = 0

    def before(self, line: str) -> str:
        """Formula text of what a line was before the wait."""
        if self.delay is None:
            return _ago(line, self.months)
        late = f"floor({self.delay} + 0.5)"
        terms = (f"where({late} == {k}, {_ago(line, self.months + k)}, 0)" for k in range(self.longest + 1))
        return " + ".join(terms)


def wait_of(scope: Scope, rules: PlanRules, claim: Claim) -> Wait:
    """The wait of a claim, with the line of its delay where that is uncertain."""
    delay = claim.delay_months
    if delay is None or not delay.quantity.is_uncertain:
        return Wait(rules.after + claim.usual_delay)
    line = scope.input("delay_months", "policy.lines.delay")
    longest = min(floor(float(delay.quantity.ppf(np.array([1 - NEVER]))[0]) + 0.5), LONGEST_DELAY)
    return Wait(rules.after, line, longest)


def settle(scope: Scope, rules: PlanRules, wait: Wait, earned: str, room: Room) -> str:
    """Write the lines from what a claim earns each month (formula text) to its cash, after the wait; returns
    the line of what is accrued."""
    if rules.settled == "income_tax":
        return _against_income_tax(scope, rules, wait, earned, room)
    if rules.settled == "payroll_tax" and not rules.carried_forward:
        earned = f"min({earned}, {room.of('payroll_tax')})"
    accrued = _amount(scope, "accrued", earned, "support_receivable", rules.account)
    _line(scope, "filed", _ago(accrued, min(rules.files, wait.months)))
    if rules.settled == "cash" or not rules.carried_forward:
        received = _amount(scope, "received", wait.before(accrued), "cash", "support_receivable")
    else:
        available = _line(scope, "available", wait.before(accrued))
        usable = f"min({scope.line('left')}[-1] + {available}, {room.of('payroll_tax')})"
        received = _amount(scope, "received", usable, "cash", "support_receivable")
        _line(scope, "left", f"{scope.line('left')}[-1] + {available} - {received}")
    if rules.settled == "payroll_tax":
        room.take("payroll_tax", received)
    return accrued


def _against_income_tax(scope: Scope, rules: PlanRules, wait: Wait, earned: str, room: Room) -> str:
    claimed = _line(scope, "claimed", earned)
    _line(scope, "filed", _ago(claimed, rules.files))
    ready = wait.before(claimed)
    left = scope.line("left")
    available = f"{left}[-1] + {ready}" if rules.carried_forward else ready
    used = f"min({available}, {room.of('income_tax')})"
    accrued = _amount(scope, "accrued", used, "tax_payable", rules.account)
    if rules.carried_forward:
        _line(scope, "left", f"{available} - {accrued}")
    tax = scope.compilation.plan.tax
    _amount(scope, "received", _ago(accrued, tax.payment_months if tax else 0), "cash", "tax_payable")
    room.take("income_tax", accrued)
    return accrued


def _ago(line: str, months: int) -> str:
    return f"{line}[-{months}]" if months else line


def _line(scope: Scope, part: str, formula: str) -> str:
    return scope.book.formula(scope.line(part), formula, scope.currency, words(scope, part))


def _amount(scope: Scope, part: str, formula: str, debit: str, credit: str) -> str:
    label = words(scope, part)
    return scope.book.amount(scope.line(part), formula, scope.currency, label, debit=debit, credit=credit)
