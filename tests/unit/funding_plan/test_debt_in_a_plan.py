"""Debt in a plan: schedules by hand and by the exact functions, covenant, opening position, ledger."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.unit.funding_plan.plans import Funded, Projected, Refused, balanced
from toolkit.resources.funding import loan as exact
from toolkit.resources.funding.p2p_loan import PlatformLoan, platform_loan_service
from toolkit.resources.funding.revenue_based import repay_from_revenue
from toolkit.resources.funding.venture_debt import VentureDebt, covenant_breaches

ANNUITY = """
  instruments:
    - {id: bank, kind: loan, month: 2027-03, amount: 12k, annual_rate: 12 %, term_months: 12}
"""


def flow(projected: Projected, name: str) -> list[float]:
    return [round(value, 6) for value in projected.line(name)]


def test_an_annuity_by_hand(funded: Funded) -> None:
    plan = funded(ANNUITY)
    # 12,000 at 1 % a month over 12 months: 12000 × 0.01 / (1 − 1.01⁻¹²) = 1,066.1855
    payment = 12_000 * 0.01 / (1 - 1.01**-12)
    assert plan.line("funding.bank.proceeds")[:4] == [0, 0, 12_000, 0]
    interest, principal = plan.line("funding.bank.interest"), plan.line("funding.bank.principal")
    assert interest[3] == pytest.approx(120.0)
    assert principal[3] == pytest.approx(payment - 120)
    assert interest[4] == pytest.approx((12_000 - payment + 120) * 0.01)
    assert [a + b for a, b in zip(interest, principal, strict=True)][3:15] == pytest.approx([payment] * 12)
    assert plan.line("account.loans")[14:] == pytest.approx([0.0] * 10, abs=1e-8)
    assert plan.line("account.cash")[-1] == pytest.approx(1_000_000 + 12_000 - 12 * payment)
    assert plan.line("account.loans") == pytest.approx(plan.line("funding.bank.balance"), abs=1e-8)


def test_a_loan_ends_at_its_balloon_and_quarters_accrue(funded: Funded) -> None:
    plan = funded("""
  instruments:
    - id: shop
      kind: loan
      month: 2027-01
      amount: 100k
      annual_rate: 8 %
      payments_per_year: 4
      term_months: 12
      repayment: equal_principal
      balloon: 40 %
    - {id: rest, kind: loan, month: 2027-01, amount: 10k, annual_rate: 6 %, term_months: 6,
       interest_only_months: 6, balloon: 100 %}
""")
    # 60,000 in four parts of 15,000, the last with the balloon of 40,000; 2 % a quarter on what is owed.
    assert flow(plan, "funding.shop.principal")[:13] == [
        0, 0, 0, 15_000, 0, 0, 15_000, 0, 0, 15_000, 0, 0, 55_000,
    ]  # fmt: skip
    assert [flow(plan, "funding.shop.interest_paid")[month] for month in (3, 6, 9, 12)] == [
        2_000, 1_700, 1_400, 1_100,
    ]  # fmt: skip
    assert flow(plan, "funding.shop.interest")[1:4] == [round(2_000 / 3, 6)] * 3
    accrued = plan.line("account.accrued_interest")
    assert accrued[2] == pytest.approx(4_000 / 3)
    assert accrued[3] == accrued[12] == pytest.approx(0, abs=1e-9)
    assert plan.line("funding.shop.balance")[12] == 0.0
    assert flow(plan, "funding.rest.interest")[:8] == [0, 50, 50, 50, 50, 50, 50, 0]
    assert flow(plan, "funding.rest.principal")[:8] == [0, 0, 0, 0, 0, 0, 10_000, 0]


def test_an_uncertain_amount_and_delay_move_the_whole_schedule(funded: Funded) -> None:
    plan = funded("""
  instruments:
    - id: bank
      kind: loan
      month: 2027-02
      delay: discrete(0, 0.5, 3, 0.5) months
      closes: chance(0.7)
      amount: 80k to 140k
      annual_rate: 9 %
      term_months: 10
""")
    names = ("funding.bank.proceeds", "funding.bank.principal", "funding.bank.interest", "funding.bank.delay")
    found = plan.draws(*names)
    drawn, repaid = found[names[0]].sum(axis=0), found[names[1]].sum(axis=0)
    assert 0.6 < (drawn > 0).mean() < 0.8
    np.testing.assert_allclose(repaid, drawn, rtol=1e-12)
    unit = exact.loan_schedule(exact.Loan(1.0, 0.09, 12, 10)).total_interest
    np.testing.assert_allclose(found[names[2]].sum(axis=0), drawn * unit, rtol=1e-12)
    late = found[names[3]][1] == 3
    closed = drawn > 0
    assert (found[names[0]][2, ~late & closed] > 0).all()
    assert (found[names[0]][5, late & closed] > 0).all()
    balanced(plan)


def test_a_platform_loan_is_that_of_the_exact_function(funded: Funded) -> None:
    plan = funded("""
  instruments:
    - {id: peer, kind: p2p_loan, month: 2027-01, amount: 50k, annual_rate: 11 %, term_months: 18,
       origination_fee: 4 %, service_fee: 1 %}
""")
    service = platform_loan_service(PlatformLoan(exact.Loan(50_000, 0.11, 12, 18), 0.04, 0.01))
    cash = [1_000_000.0, *plan.line("account.cash")]
    moves = np.diff(cash)
    assert moves[0] == pytest.approx(service.received)
    assert -moves[1:19] == pytest.approx(service.paid)
    assert sum(plan.line("account.financing_fees")) == pytest.approx(
        2_000 + 0.01 * sum(each.payment for each in service.schedule.payments)
    )


VENTURE = """
  holders: [{id: ann, shares: 900}]
  instruments:
    - id: lender
      kind: venture_debt
      month: 2027-01
      amount: 120k
      annual_rate: 12 %
      term_months: 12
      interest_only_months: 3
      drawdowns: [{after_months: 0, share: 75 %}, {after_months: 3, share: 25 %}]
      facility_fee: 1 %
      final_payment: 5 %
      warrant_coverage: 10 %
      warrant_strike: 120
      minimum_cash: 200k
"""


def test_venture_debt_fees_and_the_month_of_the_breach(funded: Funded) -> None:
    costs = "operations: {costs: [{id: rent, category: general, monthly: 20k}]}"
    plan = funded(VENTURE, cash=250_000, rest=costs)
    assert flow(plan, "funding.lender.proceeds")[:5] == [90_000, 0, 0, 30_000, 0]
    assert flow(plan, "funding.lender.facility_fee")[:2] == [1_200, 0]
    assert flow(plan, "funding.lender.interest")[1:5] == [900, 900, 900, 1_200]
    assert flow(plan, "funding.lender.final_accrued")[1:13] == [500] * 12
    assert flow(plan, "funding.lender.final_paid")[12] == 6_000
    assert plan.line("account.accrued_interest")[12] == pytest.approx(0, abs=1e-9)
    terms = exact.Loan(120_000, 0.12, 12, 12, 3, drawdowns={0: 90_000, 3: 30_000})
    debt = VentureDebt(terms, 0.01, 0.05, Fraction(1, 10), Fraction(120), 200_000)
    breaches = covenant_breaches(debt, plan.line("account.cash")[1:])
    months = [one.month + 1 for one in breaches]  # the first payment falls in the month after closing
    assert months
    found = plan.line("funding.lender.breach")
    assert [month for month, value in enumerate(found, start=1) if value] == months
    assert plan.line("funding.lender.breach_month")[-1] == months[0]
    called = [value for value in plan.line("funding.lender.callable") if value]
    # A tranche that is drawn in the month of a payment is owed at that month's end.
    assert called[3:] == pytest.approx([one.callable_balance for one in breaches][3:])
    balanced(plan)


def test_revenue_based_finance_pays_what_the_calculator_says(funded: Funded) -> None:
    market = """market:
  products:
    - {id: pro, start: 2027-01, price: 1000, organic_customers: 5, organic_growth: 0 %, monthly_churn: 0 %}
"""
    plan = funded("""
  instruments:
    - {id: fund, kind: revenue_based, month: 2027-02, amount: 20k, multiple: 1.3, revenue_share: 7 %}
""", rest=market)  # fmt: skip
    revenue = [Fraction(value) for value in plan.line("total.revenue")[2:]]
    result = repay_from_revenue(Fraction(20_000), Fraction(13, 10), Fraction(7, 100), revenue)
    paid = plan.line("funding.fund.payment")
    assert sum(paid) == pytest.approx(26_000)
    assert sum(value > 0 for value in paid) == result.months_to_repay
    assert [value for value in paid if value][-1] == pytest.approx(float(result.last_payment))
    assert sum(plan.line("funding.fund.interest")) == pytest.approx(float(result.financing_cost))
    assert plan.line("account.loans")[-1] == pytest.approx(0, abs=1e-8)
    balanced(plan)


RUNNING = """
  instruments:
    - {id: old, kind: loan, month: 2026-07, amount: 60k, annual_rate: 6 %, term_months: 12,
       repayment: equal_principal}
    - {id: note, kind: convertible_note, month: 2026-01, amount: 10k, annual_rate: 12 %, maturity_months: 24}
"""


def test_a_running_loan_and_note_go_on_from_the_opening_balances(funded: Funded) -> None:
    # Five of twelve parts of 5,000 are paid by December; eleven months of 100 are added to the note.
    plan = funded(RUNNING, loans=35_000, convertibles=11_100)
    assert plan.base["funding.old.balance"][0] == pytest.approx(35_000)
    assert plan.line("funding.old.proceeds") == [0] * 24
    assert flow(plan, "funding.old.principal")[:8] == [5_000] * 7 + [0]
    assert flow(plan, "funding.old.interest")[:3] == [175, 150, 125]
    assert plan.line("account.loans")[6:] == pytest.approx([0] * 18, abs=1e-8)
    assert flow(plan, "funding.note.interest")[:14] == [100] * 13 + [0]
    assert flow(plan, "funding.note.repaid")[12] == 12_400
    assert plan.line("account.convertibles")[12] == pytest.approx(0, abs=1e-8)
    balanced(plan)


def test_an_opening_balance_that_the_schedule_does_not_owe_is_refused(
    refused: Refused,
) -> None:
    found = refused(RUNNING)
    assert found["opening.balances"] == ("funding_plan.opening_differs", 3)


@pytest.mark.parametrize(
    ("change", "field", "problem"),
    [
        ("closes: chance(0.5)", "closes", "funding_plan.running_is_certain"),
        ("balloon: 50 %, interest_only_months: 12", "interest_only_months", "funding.no_payment_left"),
        (
            "payments_per_year: 4, interest_only_months: 2",
            "interest_only_months", "funding_plan.uneven_months",
        ),
        (
            "drawdowns: [{after_months: 0, share: 50 %}]",
            "drawdowns", "funding.drawdowns_do_not_add_up",
        ),
    ],
)  # fmt: skip
def test_terms_that_no_schedule_meets(refused: Refused, change: str, field: str, problem: str) -> None:
    loan = f"""
  instruments:
    - {{id: old, kind: loan, month: 2026-07, amount: 60k, annual_rate: 6 %, term_months: 12, {change}}}
"""
    assert refused(loan)[f"funding.instruments[0].{field}"] == (problem, 7)


def test_the_projection_and_the_calculator_share_their_rules(
    funded: Funded, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = funded(ANNUITY).line("funding.bank.principal")[3]
    terms = exact.Loan(12_000, 0.12, 12, 12)
    calculated = exact.loan_schedule(terms).payments[0].principal_repaid
    level = exact._level_payment
    monkeypatch.setattr(exact, "_level_payment", lambda loan, count: 1.5 * level(loan, count))
    assert funded(ANNUITY).line("funding.bank.principal")[3] > 1.4 * before
    assert exact.loan_schedule(terms).payments[0].principal_repaid > 1.4 * calculated


def test_the_rule_of_revenue_based_finance_is_one_text(
    funded: Funded, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = """
  instruments:
    - {id: fund, kind: revenue_based, month: 2027-01, amount: 20k, multiple: 1.3, revenue_share: 7 %}
"""
    monkeypatch.setattr("toolkit.resources.funding.revenue_based.PAYMENT", "min(100, owed)")
    assert funded(text).line("funding.fund.payment")[1] == 100
    assert repay_from_revenue(Fraction(150), Fraction(1), Fraction(1), [Fraction(9)]).months_to_repay == 2
