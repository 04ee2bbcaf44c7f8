"""Equity in a plan: notes, conversions, triggers, the cap table through time, promises, Open Cap Format."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.unit.funding_plan.plans import Funded, Projected, Refused, balanced
from toolkit.projection.ownership import standings
from toolkit.resources.funding.cap_table import COMMON, WARRANTS, CapTable, ClassTerms
from toolkit.resources.funding.holder_returns import holder_payouts
from toolkit.resources.funding.note import ConvertibleNote, convert_note
from toolkit.resources.funding.ocf import Issuer, read_ocf, write_ocf
from toolkit.resources.funding.priced_round import UNALLOCATED_POOL
from toolkit.resources.funding.valuation_adjustment import BuyBack, buy_back_price

HOLDERS = """
  holders:
    - {id: ann, shares: 6000000}
    - {id: bo, shares: 2000000}
  pool: 2000000
  instruments:
"""
NOTE = """
    - {id: note, kind: convertible_note, month: 2027-02, amount: 100k, annual_rate: 6 %, maturity_months: 12,
       discount: 20 %}
"""
ROUND = """
    - {id: seed, kind: priced_round, month: MONTH, new_money: 2M, pre_money_valuation: 8M, pool_increase: 0,
       pricing: pre_money}
"""


def last(projected: Projected) -> dict[str, float]:
    return standings(projected.plan.funding, projected.base)[-1].table.ownership()


def test_a_note_converts_with_its_interest(funded: Funded) -> None:
    plan = funded(HOLDERS + NOTE + ROUND.replace("MONTH", "2027-08"))
    # Six months at 0.5 % of 100,000.
    assert plan.line("funding.note.interest")[:9] == [0, 0, 500, 500, 500, 500, 500, 500, 0]
    assert plan.line("funding.seed.conversion")[7] == pytest.approx(103_000)
    assert plan.line("account.preferred_stock")[7] == pytest.approx(2_103_000)
    assert plan.line("account.convertibles")[7:] == pytest.approx([0] * 17, abs=1e-8)
    assert sum(plan.line("funding.note.repaid")) == 0
    # Pre-money method: price 0.80; the note converts at 0.64.
    note = ConvertibleNote(Fraction(100_000), Fraction(6, 100), None, None, Fraction(1, 5))
    shares = convert_note(note, Fraction(1, 2), Fraction(8, 10)).conversion_shares
    assert shares == Fraction(103_000 * 100, 64)
    table = standings(plan.plan.funding, plan.base)[-1].table
    assert table.shares_of("note") == shares
    assert table.shares_of("seed") == 2_500_000
    assert sum(table.ownership().values()) == pytest.approx(1)
    balanced(plan)


def test_a_note_without_a_round_is_due_at_maturity(funded: Funded) -> None:
    plan = funded(HOLDERS + NOTE)
    assert [(month, value) for month, value in enumerate(plan.line("funding.note.repaid"), 1) if value] == [
        (14, 106_000)
    ]
    assert plan.line("account.cash")[-1] == pytest.approx(1_000_000 - 6_000)
    events = standings(plan.plan.funding, plan.base)
    assert [len(one.table.convertibles) for one in events] == [0, 1, 0]
    assert events[-1].month == 14


def test_what_is_listed_before_a_round_of_its_month_converts_and_what_is_after_stays(funded: Funded) -> None:
    plan = funded(HOLDERS + """
    - {id: early, kind: safe, month: 2027-04, amount: 100k, valuation_cap: 5M}
""" + ROUND.replace("MONTH", "2027-04") + """
    - {id: late, kind: safe, month: 2027-04, amount: 70k, valuation_cap: 9M}
    - {id: late_note, kind: convertible_note, month: 2027-04, amount: 30k, annual_rate: 12 %,
       maturity_months: 6}
""")  # fmt: skip
    assert plan.line("funding.seed.conversion")[3] == 100_000
    assert plan.line("account.convertibles")[3:6] == pytest.approx([100_000, 100_300, 100_600])
    table = standings(plan.plan.funding, plan.base)[-1].table
    assert table.shares_of("early") > 0
    assert [one.name for _, one in table.convertibles] == ["late"]
    balanced(plan)


def test_the_note_interest_of_plan_and_calculator_is_one_function(
    funded: Funded, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = "toolkit.resources.funding.note.accrued_interest"
    monkeypatch.setattr(rule, lambda note, years: 2 * note.principal * note.annual_interest_rate * years)
    assert funded(HOLDERS + NOTE).line("funding.note.interest")[2] == pytest.approx(1_000)
    note = ConvertibleNote(Fraction(100), Fraction(6, 100), None, None, Fraction(0))
    assert convert_note(note, Fraction(1), Fraction(1)).accrued_interest == 12


TRIGGERED = """
  instruments:
    - id: bridge
      kind: safe
      month: 2027-03
      when: {cash_below: 500k}
      delay: 2
      amount: 400k
      valuation_cap: 8M
"""


def test_a_trigger_fires_once_and_the_round_takes_its_time(funded: Funded) -> None:
    costs = "operations: {costs: [{id: rent, category: general, monthly: 60k to 140k}]}"
    plan = funded(TRIGGERED, rest=costs)
    # Cash in the base case falls by the median, 91,651 a month: below 500,000 at the end of month 6.
    cash = plan.line("account.cash")
    opened = plan.line("funding.bridge.opened")
    first = next(month for month, value in enumerate(cash, 1) if value < 500_000)
    assert opened.index(1) + 1 == first + 1
    assert [month for month, value in enumerate(plan.line("funding.bridge.proceeds"), 1) if value] == [
        first + 3
    ]
    found = plan.draws("funding.bridge.opened", "funding.bridge.proceeds", "account.cash")
    assert (np.diff(found["funding.bridge.opened"], axis=0) >= 0).all()
    times = (found["funding.bridge.proceeds"] > 0).sum(axis=0)
    # Once in every draw, also where cash rises above the trigger and falls below it again.
    assert set(times) <= {0, 1}
    rises = (found["account.cash"][1:] >= 500_000) & (found["funding.bridge.opened"][1:] == 1)
    assert rises.any()
    balanced(plan)


def test_a_trigger_on_revenue(funded: Funded) -> None:
    market = """market:
  products:
    - {id: pro, start: 2027-01, price: 1000, organic_customers: 2, organic_growth: 0 %, monthly_churn: 0 %}
"""
    plan = funded(TRIGGERED.replace("cash_below: 500k", "revenue_above: 10k"), rest=market)
    revenue = plan.line("total.revenue")
    first = next(month for month, value in enumerate(revenue, 1) if value > 10_000)
    assert plan.line("funding.bridge.opened").index(1) == first  # the month after


def test_warrants_pro_rata_and_shares_for_the_crowd(funded: Funded) -> None:
    plan = funded(HOLDERS + ROUND.replace("MONTH", "2027-02") + """
    - {id: lender, kind: venture_debt, month: 2027-03, amount: 400k, annual_rate: 10 %, term_months: 12,
       warrant_coverage: 10 %}
    - {id: crowd, kind: crowdfunding, campaign: equity, month: 2027-04, goal: 100k, pledged: 125k,
       backers: 50, platform_fee: 6 %, payout_months: 1, pre_money_valuation: 10M}
    - {id: growth, kind: priced_round, month: 2027-09, new_money: 5M, pre_money_valuation: 20M,
       pro_rata: {ann: 50 %, seed: 100 %}}
""")  # fmt: skip
    events = standings(plan.plan.funding, plan.base)
    assert [one.month for one in events] == [0, 2, 3, 5, 9]
    assert events[2].table.shares_of("lender") == 50_000  # 40,000 of cover at the seed's price of 0.80
    total = events[2].table.total_shares
    assert events[3].table.shares_of("crowd") == total * 125_000 / 10_000_000
    assert plan.line("account.common_stock")[4] - plan.line("account.common_stock")[3] == 125_000
    assert plan.line("funding.crowd.platform_fees")[4] == pytest.approx(7_500)
    before, after = events[3].table.ownership(), events[4].table.ownership()
    assert after["seed"] == pytest.approx(before["seed"])  # all of its right keeps its share
    assert before["ann"] > after["ann"] > before["ann"] * 0.8
    assert sum(after.values()) == pytest.approx(1)


PROMISE = HOLDERS + ROUND.replace("MONTH", "2027-02")
SALES = """market:
  products:
    - {id: pro, start: 2027-01, price: 1000, organic_customers: 10, organic_growth: 0 %, monthly_churn: 0 %}
"""


def test_a_missed_promise_is_contingent_then_owed_then_paid(funded: Funded) -> None:
    plan = funded(PROMISE + """
  contingent:
    - {id: target, kind: valuation_adjustment, round: seed, measure: revenue, promised: 1.2M,
       test_month: 2027-12, payment_months: 2}
""", rest=SALES)  # fmt: skip
    revenue = sum(plan.line("total.revenue")[:12])
    owed = 2_000_000 * (1 - revenue / 1_200_000)
    assert plan.line("funding.target.exposure")[11] == pytest.approx(owed)
    assert plan.line("funding.target.exposure")[12:] == [0] * 12
    assert plan.line("account.shareholder_obligations")[11:15] == pytest.approx([0, owed, owed, 0])
    assert plan.line("account.preferred_stock")[12] == pytest.approx(2_000_000 - owed)
    assert plan.line("funding.target.paid")[14] == pytest.approx(owed)
    assert plan.line("funding.target.bites")[-1] == 13
    balanced(plan)


def test_founders_shares_make_a_missed_promise_good(funded: Funded) -> None:
    plan = funded(PROMISE + """
  contingent:
    - {id: target, kind: valuation_adjustment, round: seed, measure: revenue, promised: 1M, obligor: founders,
       test_month: 2027-12, compensation: shares}
""", rest=SALES)  # fmt: skip
    achieved = sum(plan.line("total.revenue")[:12]) / 1_000_000
    # 20 % of the company were bought; at the lower valuation the money would have bought 20 % / achieved.
    assert last(plan)["seed"] == pytest.approx(min(0.2 / achieved, 0.2 + 0.64))
    assert last(plan)["ann"] == pytest.approx(3 * last(plan)["bo"])
    assert "account.shareholder_obligations" not in plan.base


def test_a_buy_back_by_the_company_ends_in_cash_and_fewer_shares(funded: Funded) -> None:
    text = (
        PROMISE
        + """
  contingent:
    - {id: back, kind: buy_back, round: seed, annual_return: 10 %, interest: INTEREST, deadline_months: 12,
       released: chance(CHANCE), payment_months: 1}
"""
    )
    plan = funded(text.replace("INTEREST", "compound").replace("CHANCE", "0.3"))
    assert plan.line("funding.back.exposure")[7] == pytest.approx(2_000_000 * 1.1**0.5)
    assert plan.line("funding.back.due")[13] == pytest.approx(2_200_000)
    assert plan.line("account.shareholder_obligations")[12:15] == pytest.approx([0, 2_200_000, 0])
    assert plan.line("account.interest_expense")[13] == pytest.approx(200_000)
    assert plan.line("account.preferred_stock")[13] == pytest.approx(0)
    assert last(plan) == pytest.approx({"ann": 0.6, "bo": 0.2, UNALLOCATED_POOL: 0.2})
    balanced(plan)
    simple = funded(text.replace("INTEREST", "simple").replace("CHANCE", "0.9"))
    assert simple.line("funding.back.exposure")[7] == pytest.approx(2_100_000)
    assert simple.line("funding.back.bites")[-1] == 0


def test_a_buy_back_counts_what_an_adjustment_has_paid(funded: Funded) -> None:
    plan = funded(
        PROMISE
        + """
  contingent:
    - {id: target, kind: valuation_adjustment, round: seed, measure: revenue, promised: 100M,
       test_month: 2027-12}
    - {id: back, kind: buy_back, round: seed, annual_return: 10 %, interest: simple, deadline_months: 18}
""",
        rest=SALES,
    )
    given = sum(plan.line("funding.target.due"))
    assert 1_900_000 < given < 2_000_000
    terms = BuyBack(Fraction(2_000_000), Fraction(1, 10), "simple", 2, 20, "company")
    assert plan.line("funding.back.due")[19] == pytest.approx(
        float(buy_back_price(terms, 20, Fraction(given)))
    )
    assert plan.line("account.preferred_stock")[-1] == pytest.approx(0, abs=1e-6)
    assert plan.line("account.interest_expense")[19] == pytest.approx(300_000)
    balanced(plan)


BAD = """
  holders: [{id: ann, shares: 1000}]
  instruments:
    - {id: one, kind: safe, month: 2027-01, amount: 100k, mfn: two}
    - {id: two, kind: safe, month: 2027-01, amount: 100k, mfn: one}
    - {id: three, kind: safe, month: 2027-01, amount: 900k, valuation_cap: 800k}
    - {id: four, kind: convertible_note, month: 2027-01, amount: 1k, annual_rate: 5 %, maturity_months: 9,
       valuation_cap: 1M}
    - {id: five, kind: crowdfunding, month: 2027-01, campaign: equity, goal: 1k, pledged: 1k, backers: 1,
       platform_fee: 5 %}
    - {id: six, kind: priced_round, month: 2027-02, new_money: 1M, pre_money_valuation: 4M,
       pool_target: 10 %, pool_increase: 5, pro_rata: {nobody: 10 %}}
  contingent:
    - {id: back, kind: buy_back, round: seven, annual_return: 8 %, deadline_months: 12}
    - {id: six, kind: valuation_adjustment, round: six, measure: revenue, promised: 1, test_month: 2027-06}
"""


def test_every_problem_of_a_plan_at_its_line(refused: Refused) -> None:
    at = "funding.instruments"
    assert refused(BAD) == {
        f"{at}[0].mfn": ("funding.mfn_circular", 8),
        f"{at}[1].mfn": ("funding.mfn_circular", 9),
        f"{at}[3].valuation_cap": ("funding.note_with_cap", 12),
        f"{at}[4]": ("plan.missing", 13),
        f"{at}[5].pool_increase": ("funding_plan.two_pool_rules", 16),
        f"{at}[5].pro_rata.nobody": ("funding_plan.unknown_holder", 16),
        "funding.contingent[0].round": ("funding_plan.unknown_round", 18),
        "funding.contingent[1].id": ("plan.duplicate_id", 19),
        "funding.contingent[1].period_months": ("funding_plan.period_before_plan", 19),
    }


@pytest.mark.parametrize(
    ("instrument", "field", "problem"),
    [
        ("{id: one, kind: safe, month: 2027-01, amount: 900k, valuation_cap: 800k}",
         "valuation_cap", "funding.cap_below_money"),
        ("{id: one, kind: priced_round, month: 2027-01, new_money: 3M, pre_money_valuation: 4M,"
         " pool_target: 60 %}", "pool_target", "funding.pool_target_unreachable"),
        ("{id: one, kind: safe, month: 2027-01, amount: 90k, mfn: none_such}", "mfn", "funding.mfn_unknown"),
        ("{id: one, kind: venture_debt, month: 2027-01, amount: 1k, annual_rate: 1 %, term_months: 9,"
         " warrant_coverage: 5 %}", "warrant_strike", "funding_plan.strike_needed"),
        ("{id: one, kind: safe, month: 2027-01, amount: 90k, when: {cash_below: 1, revenue_above: 2}}",
         "when.revenue_above", "funding_plan.one_trigger"),
    ],
)  # fmt: skip
def test_what_no_cap_table_can_take(refused: Refused, instrument: str, field: str, problem: str) -> None:
    found = refused(f"\n  holders: [{{id: ann, shares: 1000}}]\n  instruments:\n    - {instrument}\n")
    assert found == {f"funding.instruments[0].{field}": (problem, 8)}


def test_an_open_cap_package_of_a_plan_comes_back_as_it_was(funded: Funded, tmp_path: Path) -> None:
    plan = funded(HOLDERS + ROUND.replace("MONTH", "2027-02") + """
    - {id: lender, kind: venture_debt, month: 2027-03, amount: 400k, annual_rate: 10 %, term_months: 12,
       warrant_coverage: 10 %}
    - {id: later, kind: safe, month: 2027-05, amount: 100k, valuation_cap: 12M}
""")  # fmt: skip
    table = standings(plan.plan.funding, plan.base)[-1].table
    issuer = Issuer("Small", "US", date(2026, 1, 1), "USD", Fraction(0), Fraction(0))
    write_ocf(tmp_path, table, issuer, date(2027, 5, 1), forecast=True, scenario="base")
    back = read_ocf(tmp_path, accept_forecast=True)
    assert back.positions == table.positions
    assert back.convertibles == table.convertibles
    assert back.ownership() == pytest.approx(table.ownership())


def test_warrants_pay_their_strike_at_an_exit() -> None:
    table = CapTable(
        positions={
            ("ann", COMMON): Fraction(900),
            ("deep", WARRANTS): Fraction(100),
            ("far", WARRANTS): Fraction(50),
        },
        classes={COMMON: ClassTerms("common"), WARRANTS: ClassTerms("common")},
        total_shares=Fraction(1050),
    )
    strikes = {"far": Fraction(20), "deep": Fraction(2)}
    # 9,000 for 900 shares are 10 each: (9,000 + 100 × 2) / 1,000 = 9.20 with the first, 20 is out of reach.
    assert holder_payouts(table, Fraction(9_000), strikes) == {"ann": 8_280, "deep": 720, "far": 0}
    # At 90,000: (90,000 + 200 + 1,000) / 1,050.
    price = Fraction(91_200, 1_050)
    assert holder_payouts(table, Fraction(90_000), strikes) == {
        "ann": 900 * price, "deep": 100 * (price - 2), "far": 50 * (price - 20),
    }  # fmt: skip
    # A net exercise, found by bisection, comes to the same.
    low, high = 20.0, 100.0
    for _ in range(80):
        guess = (low + high) / 2
        shares = 900 + 100 * (1 - 2 / guess) + 50 * (1 - 20 / guess)
        low, high = (guess, high) if 90_000 / shares > guess else (low, guess)
    assert low == pytest.approx(float(price))
    assert holder_payouts(table, Fraction(1_500), strikes)["deep"] == 0
