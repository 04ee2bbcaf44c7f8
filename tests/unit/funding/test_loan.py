"""Loans against pyxirr's annuities, in their invariants, and with platform fees and covenants by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
import pyxirr
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.errors import InputError
from toolkit.resources.funding.loan import Loan, Repayment, loan_schedule
from toolkit.resources.funding.p2p_loan import PlatformLoan, platform_loan_service
from toolkit.resources.funding.venture_debt import (
    VentureDebt,
    covenant_breaches,
    debt_service,
    net_exercise_shares,
    warrant_shares,
)

REPAYMENTS: tuple[Repayment, ...] = ("annuity", "equal_principal")


@st.composite
def loans(draw: st.DrawFn, repayments: tuple[Repayment, ...] = REPAYMENTS, balloons: bool = True) -> Loan:
    term = draw(st.integers(1, 60))
    principal = float(draw(st.integers(1, 10**7)))
    return Loan(
        principal=principal,
        annual_rate=draw(st.sampled_from((0.0, 1e-7, 0.05, 0.12, 0.36))),
        payments_per_year=draw(st.sampled_from((1, 4, 12))),
        term_payments=term,
        interest_only_payments=draw(st.integers(0, term - 1)),
        repayment=draw(st.sampled_from(repayments)),
        balloon_amount=principal * draw(st.sampled_from((0.0, 0.25, 1.0))) if balloons else 0.0,
    )


@given(loans())
@settings(max_examples=70, deadline=None)
def test_ends_at_zero_and_is_worth_its_principal(loan: Loan) -> None:
    schedule = loan_schedule(loan)
    assert schedule.payments[-1].closing_balance == 0
    repaid = sum(each.principal_repaid for each in schedule.payments)
    assert repaid == pytest.approx(loan.principal, rel=1e-9)
    # The lender's view: at the loan's own rate the payments are worth the principal.
    flows = [-loan.principal, *(each.payment for each in schedule.payments)]
    worth = pyxirr.npv(loan.rate_per_period, flows, start_from_zero=True)
    assert worth == pytest.approx(0, abs=1e-8 * loan.principal)
    if loan.repayment == "annuity" and loan.term_payments - loan.interest_only_payments > 1:
        regular = schedule.payments[loan.interest_only_payments : -1]
        assert all(each.payment == pytest.approx(schedule.level_payment, rel=1e-9) for each in regular)
    before_last = schedule.payments[-1].payment - loan.balloon_amount
    if loan.repayment == "annuity":
        assert before_last == pytest.approx(schedule.level_payment, rel=1e-7, abs=1e-6 * loan.principal)


@given(loans(("annuity",), balloons=False))
@settings(max_examples=40, deadline=None)
def test_parts_agree_with_pyxirr(loan: Loan) -> None:
    start, rate = loan.interest_only_payments, loan.rate_per_period
    count = loan.term_payments - start
    for each in loan_schedule(loan).payments[start:]:
        expected = (
            -pyxirr.ppmt(rate, each.number - start, count, loan.principal) if rate else loan.principal / count
        )
        assert each.principal_repaid == pytest.approx(expected, rel=1e-6, abs=1e-6 * loan.principal / count)


def test_equal_principal_by_hand() -> None:
    """1,200 at 12 % over 12 months, 200 at the end: 100 / 1.2 … principal 1,000 / 12 a month, interest on
    the rest."""
    schedule = loan_schedule(Loan(1200, 0.12, 12, 12, 0, "equal_principal", 200))
    assert schedule.payments[0].payment == pytest.approx(1000 / 12 + 12)
    assert schedule.payments[1].interest == pytest.approx((1200 - 1000 / 12) * 0.01)
    assert schedule.payments[-1].principal_repaid == pytest.approx(1000 / 12 + 200)
    assert (schedule.level_payment, schedule.interest_only_payment) == (None, None)


def test_a_bullet_pays_interest_and_then_everything() -> None:
    schedule = loan_schedule(Loan(100, 0.1, 1, 3, 3, "annuity", 100))
    assert [each.payment for each in schedule.payments] == pytest.approx([10, 10, 110])
    assert schedule.level_payment is None


def test_tranches_bear_interest_from_when_they_are_drawn() -> None:
    schedule = loan_schedule(Loan(100, 0.12, 12, 5, 3, "equal_principal", 0, {0: 40, 2: 60}))
    assert [each.interest for each in schedule.payments[:4]] == pytest.approx([0.4, 0.4, 1.0, 1.0])
    assert [each.drawn for each in schedule.payments] == [40, 0, 60, 0, 0]
    assert schedule.payments[-1].closing_balance == 0


@pytest.mark.parametrize(
    ("loan", "field"),
    [
        (Loan(100, 0.1, 12, 12, 0, "annuity", 101), "balloon_amount"),
        (Loan(100, 0.1, 12, 12, 12), "interest_only_payments"),
        (Loan(100, 0.1, 12, 12, 13, "annuity", 100), "interest_only_payments"),
        (Loan(100, 0.1, 12, 12, 3, "annuity", 0, {0: 50, 1: 40}), "drawdowns"),
        (Loan(100, 0.1, 12, 12, 3, "annuity", 0, {0: 50, 4: 50}), "drawdowns"),
    ],
)
def test_impossible_loans_are_sentences(loan: Loan, field: str) -> None:
    with pytest.raises(InputError) as error:
        loan_schedule(loan)
    assert [problem.field for problem in error.value.problems] == [field]


def test_a_platform_loan_costs_more_than_its_rate() -> None:
    """Received 97 for payments of a loan of 100: the rate that makes both worth the same, by pyxirr."""
    service = platform_loan_service(PlatformLoan(Loan(100, 0.12, 12, 12), 0.03, 0.01))
    assert service.received == 97
    monthly = pyxirr.irr([97, *(-amount for amount in service.paid)])
    assert service.effective_annual_rate == pytest.approx((1 + monthly) ** 12 - 1, rel=1e-9)
    plain = platform_loan_service(PlatformLoan(Loan(100, 0.12, 12, 12), 0.0))
    assert plain.effective_annual_rate == pytest.approx(1.01**12 - 1, rel=1e-9)


def test_venture_debt_by_hand() -> None:
    """2,000,000: 1 % facility fee, 5 % final payment, 8 % coverage at a strike of 2: 80,000 warrant
    shares."""
    debt = VentureDebt(Loan(2_000_000, 0.12, 12, 36, 12), 0.01, 0.05, Fraction(8, 100), None, 500_000)
    service = debt_service(debt)
    assert (service.facility_fee, service.final_payment) == (20_000, 100_000)
    assert service.paid[-1] == pytest.approx(service.schedule.level_payment + 100_000)  # type: ignore[operator]
    assert warrant_shares(debt, Fraction(2)) == 80_000
    assert net_exercise_shares(Fraction(80_000), Fraction(2), Fraction(5)) == 48_000
    assert net_exercise_shares(Fraction(80_000), Fraction(2), Fraction(1)) == 0


def test_a_covenant_bites_while_the_loan_is_out() -> None:
    debt = VentureDebt(Loan(120, 0.0, 12, 12), final_payment_fraction=0.1, minimum_cash=50)
    breaches = covenant_breaches(debt, [60, 40, *[60] * 9, 0, 0])
    # In month 2 two of twelve payments of 10 are made: 100 and the final payment of 12 may be called. At
    # the end of month 12 the loan is repaid, so the empty account breaks nothing.
    assert [(each.month, each.shortfall, each.callable_balance) for each in breaches] == [(2, 10, 112)]
