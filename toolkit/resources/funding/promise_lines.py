"""对赌 and 回购 as lines: off the balance sheet until they fall due, then a liability until they are paid.

    exposure   what would be owed if it were tested, or asked for, at the end of the month
    due        the month after the test, or the month of the deadline: debit preferred stock up to what was
               invested (a reduction of capital), the return on top is a finance cost; credit what is owed to
               shareholders
    paid       debit what is owed to shareholders, credit cash, `payment_months` later
    bites      the first month in which something falls due (0: never)

What founders or shares make good moves no money of the company: there the lines only show it.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from toolkit.resources.compilation import Scope
from toolkit.resources.funding import valuation_adjustment as rules
from toolkit.resources.funding.closing import Closing, by_age
from toolkit.resources.funding.debt_lines import first_month
from toolkit.resources.funding.promise_records import MEASURES, BuyBack, Promise, ValuationAdjustment
from toolkit.resources.funding.rule_text import written


def write_promise(scope: Scope, promise: Promise, others: Iterable[Promise] = ()) -> str:
    """Lines and postings of a promise; returns the line of its exposure. `others` are the promises of the
    plan: what the company owes from one to the investors of a round counts towards a buy-back of it."""
    invested = scope.line("invested")
    came = f"{invested}[-1] + funding.{promise.round}.proceeds"
    scope.formula("invested", came, scope.currency, "promise_invested")
    match promise:
        case ValuationAdjustment():
            return _adjustment(scope, promise, invested)
        case BuyBack():
            received = [f"funding.{one.id}.due" for one in others if _gives(one, promise.round)]
            return _buy_back(scope, promise, invested, received)
    raise TypeError(promise)


def _gives(promise: Promise, round_: str) -> bool:
    """Whether a promise pays the investors of a round in the company's money."""
    return (
        isinstance(promise, ValuationAdjustment)
        and promise.round == round_
        and promise.obligor == "company"
        and promise.compensation == "cash"
    )


def _adjustment(scope: Scope, promise: ValuationAdjustment, invested: str) -> str:
    test = scope.month("test_month", promise.test_month)
    figures = f"sum({MEASURES[promise.measure]}, {promise.period_months})"
    actual = scope.formula("actual", figures, scope.currency, "promise_actual")
    part = written(rules.ACHIEVED, actual=actual, promised=scope.input("promised"))
    achieved = scope.formula("achieved", part, "1", "promise_achieved")
    tolerance = scope.optional("tolerance", 1.0)
    owed = written(rules.CASH_OWED, achieved=achieved, tolerance=tolerance, investment=invested)
    exposure = scope.formula("exposure", f"where(t <= {test}, {owed}, 0)", scope.currency)
    due = f"where(t == {test} + 1, {exposure}[-1], 0)"
    if _gives(promise, promise.round):
        scope.amount("due", due, "preferred_stock", "shareholder_obligations", "promise_due")
        _payment(scope, promise)
    else:
        scope.formula("due", due, scope.currency, "promise_due")
    scope.formula("bites", first_month(scope.line("bites"), scope.line("due")), "month", "promise_bites")
    return exposure


def unit_price(promise: BuyBack) -> tuple[float, ...]:
    """The price of a buy-back of one unit of money by month of age (index 0: the month of closing), up to the
    deadline."""
    rate = Fraction(repr(promise.annual_return.quantity.median))
    deadline = promise.deadline_months
    terms = rules.BuyBack(Fraction(1), rate, promise.interest, 0, deadline, promise.obligor)
    return tuple(float(rules.buy_back_price(terms, month)) for month in range(deadline + 1))


def _buy_back(scope: Scope, promise: BuyBack, invested: str, paid: list[str]) -> str:
    received = scope.line("received")
    scope.formula("received", " + ".join([f"{received}[-1]", *paid]), scope.currency, "promise_received")
    age = f"funding.{promise.round}.age"
    prices, last = unit_price(promise), promise.deadline_months + 1
    closing = Closing(age, "1", 0)
    price = by_age(scope, "price", prices, closing)
    owed = written(rules.STILL_OWED, value=f"{invested} * {price}", received=received)
    exposure = scope.formula("exposure", f"where({age} < {last}, {owed}, 0)", scope.currency)
    asked = f"where({age} == {last}, {owed} * (1 - {scope.optional('released', 0.0)}), 0)"
    due = scope.formula("due", asked, scope.currency, "promise_due")
    left = f"min({due}, {invested} - {received})"
    capital = scope.formula("capital_due", left, scope.currency, "promise_capital")
    if promise.obligor == "company":
        scope.book.post("preferred_stock", "shareholder_obligations", capital)
        back = f"{due} - {capital}"
        scope.amount("return_due", back, "interest_expense", "shareholder_obligations", "promise_return")
        _payment(scope, promise)
    scope.formula("bites", first_month(scope.line("bites"), due), "month", "promise_bites")
    return exposure


def _payment(scope: Scope, promise: Promise) -> None:
    due = scope.line("due")
    paid = f"{due}[-{promise.payment_months}]" if promise.payment_months else due
    scope.amount("paid", paid, "shareholder_obligations", "cash", "promise_paid")
