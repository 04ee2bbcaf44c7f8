"""Problems of funding that no field shows alone: found when the plan is read, before anything runs.

The cap table is walked through once with every quantity at its median and every instrument closing as
planned, so that a pool that cannot be reached, a circle of elections or a cap below the money raised is known
at its line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from toolkit.errors import InputError, Problem
from toolkit.resources.funding.convertible import effective_terms
from toolkit.resources.funding.debt_schedule import fraction, unit_schedule
from toolkit.resources.funding.equity_lines import unit_interest
from toolkit.resources.funding.plan_terms import as_note, as_safe, median, plan_field
from toolkit.resources.funding.records import (
    Crowdfunding,
    Funding,
    Instrument,
    Loan,
    Note,
    PricedRound,
    Running,
    Safe,
    ValuationAdjustment,
)
from toolkit.resources.funding.timeline import Closed, through_time
from toolkit.resources.reading import Positions
from toolkit.resources.record import month_number

if TYPE_CHECKING:
    from toolkit.resources.plan import Plan

CENT = 0.01


def funding_problems(plan: Plan, positions: Positions) -> list[Problem]:
    """Everything that is wrong between the fields of a plan's funding, each with its line."""
    funding, start = plan.funding, plan.company.start
    found = [
        *_names(funding),
        *_running(funding, start),
        *_terms(funding),
        *_promises(funding, start),
        *_opening(plan),
    ]
    found += [problem for problem in _capitalization(funding, start) if problem not in found]
    return [positions.problem(problem.id, problem.field or "funding", **problem.values) for problem in found]


def _each(funding: Funding) -> Iterator[tuple[str, Instrument]]:
    for index, instrument in enumerate(funding.instruments):
        yield f"funding.instruments[{index}]", instrument


def _names(funding: Funding) -> Iterator[Problem]:
    """An instrument and a promise of one name; holders that a round does not know."""
    names = {one.id for one in funding.instruments}
    for index, promise in enumerate(funding.contingent):
        if promise.id in names:
            yield Problem("plan.duplicate_id", f"funding.contingent[{index}].id", values={"name": promise.id})
    known = {one.id for one in funding.holders}
    known |= {one.holder for one in funding.instruments if isinstance(one, Safe | Note | PricedRound)}
    for path, instrument in _each(funding):
        for holder in instrument.pro_rata if isinstance(instrument, PricedRound) else ():
            if holder not in known:
                values = {"name": holder, "known": ", ".join(sorted(known))}
                yield Problem("funding_plan.unknown_holder", f"{path}.pro_rata.{holder}", values=values)


def _running(funding: Funding, start: str) -> Iterator[Problem]:
    """What began before the plan is certain."""
    for path, instrument in _each(funding):
        if not isinstance(instrument, Running) or instrument.month >= start:
            continue
        for field in ("closes", "delay", "when"):
            if getattr(instrument, field) is not None:
                yield Problem("funding_plan.running_is_certain", f"{path}.{field}", values={"field": field})
        amount = getattr(instrument, "amount", None)
        if amount is not None and amount.quantity.is_uncertain:
            yield Problem("funding_plan.running_is_certain", f"{path}.amount", values={"field": "amount"})


def _terms(funding: Funding) -> Iterator[Problem]:
    for path, instrument in _each(funding):
        match instrument:
            case Loan():
                yield from _loan(path, instrument, funding)
            case PricedRound() if instrument.pool_target and instrument.pool_increase:
                yield Problem("funding_plan.two_pool_rules", f"{path}.pool_increase")
            case Crowdfunding() if instrument.campaign == "equity" and not instrument.pre_money_valuation:
                yield Problem("plan.missing", path, values={"key": "pre_money_valuation"})


def _loan(path: str, loan: Loan, funding: Funding) -> Iterator[Problem]:
    step = loan.months_a_payment
    months = {"term_months": loan.term_months, "interest_only_months": loan.interest_only_months}
    for index, tranche in enumerate(loan.drawdowns):
        months[f"drawdowns[{index}].after_months"] = tranche.after_months
    uneven = [field for field, count in months.items() if count % step]
    for field in uneven:
        yield Problem("funding_plan.uneven_months", f"{path}.{field}", values={"step": step})
    if not uneven:
        try:
            unit_schedule(loan)
        except InputError as error:
            yield from (plan_field(problem, path, funding) for problem in error.problems)


def _promises(funding: Funding, start: str) -> Iterator[Problem]:
    rounds = [one.id for one in funding.instruments if isinstance(one, PricedRound)]
    for index, promise in enumerate(funding.contingent):
        path = f"funding.contingent[{index}]"
        if promise.round not in rounds:
            values = {"name": promise.round, "known": ", ".join(rounds) or "—"}
            yield Problem("funding_plan.unknown_round", f"{path}.round", values=values)
        if isinstance(promise, ValuationAdjustment):
            month = month_number(start, promise.test_month)
            if month < promise.period_months:
                yield Problem(
                    "funding_plan.period_before_plan",
                    f"{path}.period_months",
                    values={"months": promise.period_months, "first": start},
                )


def _opening(plan: Plan) -> Iterator[Problem]:
    """What runs on from before the plan must be in the opening balances."""
    owed: dict[str, float] = {}
    for _, instrument in _each(plan.funding):
        age = 1 - month_number(plan.company.start, instrument.month)
        if age < 1 or not isinstance(instrument, Safe | Note | Loan):
            continue
        amount = instrument.amount.quantity.median
        for account, unit in _owed_at(instrument, age).items():
            owed[account] = owed.get(account, 0.0) + amount * unit
    for account, due in owed.items():
        given = next((value for name, value in plan.opening.balances.items() if name == account), None)
        balance = fraction(given)
        if abs(balance - due) > CENT:
            field = f"opening.balances.{account}" if given is not None else "opening.balances"
            values = {"account": account, "balance": balance, "due": due}
            yield Problem("funding_plan.opening_differs", field, values=values)


def _owed_at(instrument: Safe | Note | Loan, age: int) -> dict[str, float]:
    """What one unit of an instrument owes at the end of a month of age, by account."""
    match instrument:
        case Safe():
            return {"convertibles": 1.0}
        case Note():
            interest = unit_interest(instrument)
            return {"convertibles": 1 + sum(interest[:age])} if age < len(interest) else {}
        case _:
            try:
                principal, accrued = unit_schedule(instrument).owed_at(age)
            except InputError:  # its own problem says why
                return {}
            owed = {"loans": principal, "accrued_interest": accrued}
            return {account: unit for account, unit in owed.items() if unit > 1e-12}


def _capitalization(funding: Funding, start: str) -> Iterator[Problem]:
    """Terms of convertibles, and the cap table of the plan as it is meant to go."""
    convertibles = [
        as_safe(one, median(one.amount)) if isinstance(one, Safe) else as_note(one, median(one.amount), 0)
        for one in funding.instruments
        if isinstance(one, Safe | Note)
    ]
    found = list(_refused(lambda: effective_terms(convertibles)))
    # Not all of them need be outstanding together: what they sell in sum shows at a round.
    yield from (
        plan_field(problem, "funding.instruments", funding)
        for problem in found
        if problem.id != "funding.caps_sell_the_whole"
    )
    if not found:
        closed = {one.id: _planned(one, start) for one in funding.instruments}
        yield from _refused(lambda: through_time(funding, closed))


def _refused(job: Callable[[], object]) -> list[Problem]:
    try:
        job()
    except InputError as error:
        return list(error.problems)
    return []


def _planned(instrument: Instrument, start: str) -> Closed:
    """The closing with everything at its median."""
    delay = 0 if instrument.delay is None else int(instrument.delay.quantity.median + 0.5)
    money = Fraction(0)
    for part in ("amount", "new_money", "pledged"):
        money = median(getattr(instrument, part, None)) or money
    return Closed(month_number(start, instrument.month) + delay, money)
