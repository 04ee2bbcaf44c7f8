"""Grants and campaigns in a plan, against their exact functions; the example with every instrument."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.funding_plan.plans import Funded, Projected, Refused, balanced, project_text
from toolkit.app.building import example
from toolkit.reference import Reference
from toolkit.resources.funding.crowdfunding import Campaign, close_campaign
from toolkit.resources.funding.grant import GrantTerms, Milestone, grant_instalments

GRANT = """
  instruments:
    - id: study
      kind: grant
      month: 2027-02
      award: 100k
      matching_rate: 40 %
      eligible: [research_pay]
      payment_months: 2
      milestones:
        - {id: first, after_months: 4, part: 30 %}
        - {id: second, after_months: 9, part: 50 %, met: chance(0.8)}
        - {id: third, after_months: 12, part: 20 %, met: chance(0.7)}
"""
PAY = """talent:
  roles: [{id: lab, function: research, count: 1, salary: 240k, employer_rate: 0 %, research_share: 90 %}]
"""


def test_a_grant_is_matched_earned_by_milestone_and_paid_later(funded: Funded) -> None:
    plan = funded(GRANT, rest=PAY)
    # 18,000 a month are eligible: 40 % of 72,000, 162,000, 216,000 are 28,800, 64,800, 86,400;
    # 30 %, 80 %, 100 % of the award are 30,000, 80,000, 100,000. The smaller counts.
    earned = plan.line("funding.study.earned")
    assert [(month, round(value)) for month, value in enumerate(earned, 1) if value] == [
        (5, 28_800),
        (10, 36_000),
        (13, 21_600),
    ]
    assert plan.line("funding.study.paid")[6] == pytest.approx(28_800)
    assert plan.line("account.support_receivable")[4:8] == pytest.approx([28_800, 28_800, 0, 0])
    milestones = (Milestone(4, 0.3), Milestone(9, 0.5, 0.8), Milestone(12, 0.2, 0.7))
    exact = grant_instalments(GrantTerms(100_000, 0.4, milestones, 2), [18_000.0] * 12)
    assert [round(one.amount, 6) for one in exact] == [round(value, 6) for value in earned if value]


def test_a_milestone_that_fails_ends_the_grant(funded: Funded) -> None:
    plan = funded(GRANT, rest=PAY)
    total = plan.draws("funding.study.earned_total")["funding.study.earned_total"][-1]
    kinds, counts = np.unique(total.round(), return_counts=True)
    assert kinds.tolist() == [28_800, 64_800, 86_400]
    assert counts / total.size == pytest.approx([0.2, 0.24, 0.56], abs=0.06)
    balanced(plan)


KITS = """
  instruments:
    - id: kits
      kind: crowdfunding
      campaign: reward
      month: 2027-03
      goal: 60k
      pledged: PLEDGED
      backers: 500
      platform_fee: 5 %
      processing_fee: 3 %
      fixed_fee: 0.2
      failed: 4 %
      payout_months: 2
      reward_cost: 60
      delivery_months: 6
"""


def test_a_reward_campaign_owes_until_it_delivers(funded: Funded) -> None:
    plan = funded(KITS.replace("PLEDGED", "80k"))
    campaign = Campaign("reward", "all_or_nothing", 60_000, 3, 0.05, 0.03, 0.2, 0.04, 2, 60, 6)
    result = close_campaign(campaign, 80_000, 500)
    assert result.collected == pytest.approx(76_800)
    assert plan.line("account.receivables")[1:6] == pytest.approx([0, 76_800, 76_800, 0, 0])
    assert plan.line("account.deferred_revenue")[9:12] == pytest.approx([76_800, 0, 0])
    cash = plan.line("account.cash")
    assert cash[4] - cash[3] == pytest.approx(result.received)
    assert cash[9] - cash[10] == pytest.approx(result.reward_costs)
    assert plan.line("total.revenue")[10] == pytest.approx(76_800)
    balanced(plan)


def test_pledges_below_the_goal_bring_nothing(funded: Funded) -> None:
    plan = funded(KITS.replace("PLEDGED", "30k to 120k"))
    found = plan.draws("funding.kits.pledged", "funding.kits.proceeds")
    pledged, paid = found["funding.kits.pledged"][1], found["funding.kits.proceeds"].sum(axis=0)
    np.testing.assert_allclose(paid, np.where(pledged >= 60_000, 0.96 * pledged, 0))
    assert 0 < (paid == 0).mean() < 1
    balanced(plan)


@pytest.mark.parametrize(
    ("rule", "line", "month"),
    [
        ("grant.EARNED", "funding.study.earned", 4),
        ("crowdfunding.COLLECTED", "funding.kits.collected", 2),
    ],
)
def test_the_rules_are_one_text(
    funded: Funded, monkeypatch: pytest.MonkeyPatch, rule: str, line: str, month: int
) -> None:
    monkeypatch.setattr(f"toolkit.resources.funding.{rule}", "77")
    text, rest = (GRANT, PAY) if "grant" in rule else (KITS.replace("PLEDGED", "80k"), "")
    assert funded(text, rest=rest).line(line)[month] == 77
    if "grant" in rule:
        assert grant_instalments(GrantTerms(1.0, 1.0, (Milestone(1, 1.0),)), [5.0])[0].amount == 77
    else:
        assert close_campaign(Campaign("reward", "keep_it_all", 0, 1, 0.0), 1, 1).collected == 77


def test_milestones_must_add_up_and_rise(refused: Refused) -> None:
    field = "funding.instruments[0].milestones"
    assert refused(GRANT.replace("20 %}", "20 %}").replace("part: 50 %", "part: 40 %"))[field][0] == (
        "funding.milestones_do_not_add_up"
    )
    assert refused(GRANT.replace("after_months: 9", "after_months: 4"))[field][0] == (
        "funding_plan.milestone_months"
    )


@pytest.fixture(scope="module")
def lantern(reference: Reference) -> Projected:
    return project_text(example("funding-instruments").read_text(encoding="utf-8"), reference)


def test_the_example_with_every_instrument_balances_in_every_draw(lantern: Projected) -> None:
    kinds = {one.kind for one in lantern.plan.funding.instruments}
    assert kinds == {
        "safe", "priced_round", "convertible_note", "loan", "p2p_loan", "venture_debt", "revenue_based",
        "crowdfunding", "grant",
    }  # fmt: skip
    assert {one.kind for one in lantern.plan.funding.contingent} == {"valuation_adjustment", "buy_back"}
    balanced(lantern)


def test_every_input_of_the_example_names_its_basis(lantern: Projected) -> None:
    bare = [
        line.name for line in lantern.model.lines.values()
        if line.statement == "input" and line.source.kind == "plan" and not line.source.title
    ]  # fmt: skip
    assert bare == []


def test_clearing_accounts_return_to_zero_in_every_draw(lantern: Projected) -> None:
    loans = [one.id for one in lantern.plan.funding.instruments if "loan" in one.kind or "debt" in one.kind]
    lines = ["account.loans", "funding.advance.principal", "funding.advance.proceeds"]
    lines += [f"funding.{name}.balance" for name in loans]
    lines += ["account.convertibles", "funding.seed.proceeds", "account.support_receivable"]
    found = lantern.draws(*lines)
    advance = np.cumsum(found["funding.advance.proceeds"] - found["funding.advance.principal"], axis=0)
    owed = advance + sum(found[f"funding.{name}.balance"] for name in loans)
    np.testing.assert_allclose(found["account.loans"], owed, atol=1e-6)
    closed = found["funding.seed.proceeds"].sum(axis=0) > 0
    assert closed.any()
    np.testing.assert_allclose(found["account.convertibles"][-1, closed], 0, atol=1e-6)
    np.testing.assert_allclose(found["account.support_receivable"][-1], 0, atol=1e-6)


def test_an_independent_cash_flow_agrees_in_every_draw(lantern: Projected) -> None:
    """Cash by the direct method: every posting to cash, added up from the opening balance."""
    postings = [one for one in lantern.model.postings if "cash" in (one.debit, one.credit)]
    lines = sorted({one.line for one in postings})
    found = lantern.draws(*lines, "account.cash")
    moves = sum(found[one.line] * (1 if one.debit == "cash" else -1) for one in postings)
    np.testing.assert_allclose(
        found["account.cash"][0] + np.cumsum(moves, axis=0), found["account.cash"], atol=1e-5
    )
