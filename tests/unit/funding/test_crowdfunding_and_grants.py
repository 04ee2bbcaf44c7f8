"""Crowdfunding and grants by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.errors import InputError
from toolkit.resources.funding.crowdfunding import Campaign, close_campaign
from toolkit.resources.funding.grant import GrantTerms, Milestone, grant_instalments, own_contribution

CAMPAIGN = Campaign("reward", "all_or_nothing", 50_000, 6, 0.05, 0.03, 0.2, 0.02, 1, 30, 8)


def test_a_campaign_by_hand() -> None:
    """60,000 from 600: 58,800 from 588 arrive; 5 % = 2,940; 3 % + 588 x 0.2 = 1,764 + 117.6; rewards 588 x
    30."""
    result = close_campaign(CAMPAIGN, 60_000, 600)
    assert result.collected == pytest.approx(58_800)
    assert result.platform_fee == pytest.approx(2_940)
    assert result.processing_fee == pytest.approx(1_881.6)
    assert result.received == pytest.approx(58_800 - 2_940 - 1_881.6)
    assert result.reward_costs == pytest.approx(17_640)
    assert (result.payout_month, result.delivery_month) == (7, 15)


def test_just_short_of_the_goal_brings_nothing() -> None:
    assert not close_campaign(CAMPAIGN, 49_999, 500).succeeded
    assert close_campaign(CAMPAIGN, 49_999, 500).received == 0
    assert close_campaign(CAMPAIGN, 50_000, 500).succeeded


def test_equity_owes_no_reward_and_keep_it_all_has_no_goal() -> None:
    result = close_campaign(Campaign("equity", "keep_it_all", 10**6, 1, 0.07), 100, 3)
    assert (result.received, result.reward_costs) == (pytest.approx(93), 0)


TERMS = GrantTerms(100, 0.5, (Milestone(2, 0.4, 0.9), Milestone(4, 0.6, 0.5)), 3, 0.8)


def test_a_grant_by_hand() -> None:
    """By month 2 costs of 60 are matched by 30 of the 40 earned; by month 4 costs of 260 match all 100."""
    first, second = grant_instalments(TERMS, [30, 30, 100, 100])
    assert (first.month, first.amount, first.lost_to_matching) == (5, 30, 10)
    assert first.probability == pytest.approx(0.72)
    assert (second.month, second.amount) == (7, 70)
    assert second.probability == pytest.approx(0.36)
    assert second.expected == pytest.approx(25.2)
    assert own_contribution(TERMS, [30, 30, 100, 100]) == 160


@given(costs=st.lists(st.integers(0, 100), min_size=1, max_size=8), rate=st.floats(0, 1))
@settings(max_examples=80, deadline=None)
def test_a_grant_never_pays_more_than_its_award_or_its_match(costs: list[int], rate: float) -> None:
    terms = GrantTerms(100, rate, TERMS.milestones)
    paid = sum(each.amount for each in grant_instalments(terms, costs))
    assert paid <= min(100, rate * sum(costs)) + 1e-9
    assert own_contribution(terms, costs) >= -1e-9


def test_bad_milestones_are_sentences() -> None:
    with pytest.raises(InputError) as error:
        grant_instalments(GrantTerms(100, 1, (Milestone(5, 0.5), Milestone(2, 0.4))), [1])
    assert len(error.value.problems) == 2
