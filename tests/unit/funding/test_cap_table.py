"""The cap table through time: invariants over random histories, pro rata by hand, returns, speed."""

from __future__ import annotations

import time
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.errors import InputError
from toolkit.resources.funding.cap_table import (
    CapTable,
    CloseRound,
    EnlargePool,
    Event,
    Grant,
    Issue,
    IssueConvertible,
    Transfer,
    apply_event,
    close_round,
    history,
    pro_rata_fraction,
)
from toolkit.resources.funding.convertible import Convertible
from toolkit.resources.funding.holder_returns import holder_payouts, holder_returns
from toolkit.resources.funding.priced_round import RoundTerms

F = Fraction
SEED = RoundTerms(F(8_000_000), F(2_000_000), "percent_ownership", None, F(1, 10))
OPENING: list[tuple[int, Event]] = [
    (0, Issue("ann", F(6_000_000))),
    (0, Issue("bo", F(3_000_000))),
    (0, EnlargePool(F(1_000_000))),
]


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[int, Event]]:
    events = list(OPENING)
    for number in range(draw(st.integers(1, 6))):
        month = number + 1
        match draw(st.sampled_from(("grant", "safe", "transfer", "round", "round"))):
            case "grant":
                events.append((month, Grant(f"e{number}", F(draw(st.integers(1, 5000))))))
            case "safe":
                safe = Convertible(
                    f"s{number}", "safe_post_money", F(draw(st.integers(10_000, 200_000))), F(5_000_000)
                )
                events.append((month, IssueConvertible(f"angel{number}", safe)))
            case "transfer":
                events.append((month, Transfer("ann", "bo", F(draw(st.integers(1, 100_000))))))
            case _:
                terms = RoundTerms(
                    F(draw(st.integers(5_000_000, 50_000_000))),
                    F(draw(st.integers(0, 9_000_000))),
                    draw(st.sampled_from(("pre_money", "percent_ownership", "dollars_invested"))),
                    F(draw(st.integers(0, 500_000))),
                )
                events.append((month, CloseRound(f"round{number}", terms, f"fund{number}", {"bo": F(1, 2)})))
    return events


@given(histories())
@settings(max_examples=40, deadline=None)
def test_no_share_is_created_or_lost(events: list[tuple[int, Event]]) -> None:
    before = CapTable()
    for _, event, table in history(CapTable(), events):
        assert sum(table.positions.values()) + table.unallocated_pool == table.total_shares
        assert sum(table.ownership().values()) == pytest.approx(1, abs=1e-9)
        assert min(table.positions.values()) > 0
        if isinstance(event, Grant | Transfer | IssueConvertible):
            assert table.total_shares == before.total_shares
        if isinstance(event, CloseRound):
            assert not table.convertibles
            # What existed is untouched; holders only gain shares in a round.
            assert all(table.positions[key] >= count for key, count in before.positions.items())
        before = table


@given(histories(), st.integers(0, 10**8))
@settings(max_examples=60, deadline=None)
def test_payouts_by_holder_are_the_proceeds(events: list[tuple[int, Event]], proceeds: int) -> None:
    table = history(CapTable(), events)[-1][2]
    payouts = holder_payouts(table, F(proceeds))
    assert sum(payouts.values()) == proceeds
    assert min(payouts.values()) >= 0


def opened() -> CapTable:
    return history(CapTable(), OPENING)[-1][2]


def test_pro_rata_keeps_the_fraction_of_the_capitalization() -> None:
    """Bo holds 3 of 10 million and takes 3/10 of the new shares; without a larger pool that keeps Bo at 30
    %."""
    terms = RoundTerms(F(8_000_000), F(2_000_000), "percent_ownership", F(0))
    table, result = close_round(opened(), CloseRound("seed", terms, "fund", {"bo": F(1)}))
    assert pro_rata_fraction(opened(), "bo", result) == F(3, 10)
    assert table.ownership()["bo"] == pytest.approx(0.3)
    assert table.positions["fund", "seed"] == result.new_money_shares * F(7, 10)


def test_a_converted_safe_prefers_what_was_paid() -> None:
    """500,000 on a cap of 5,000,000 post-money: 10 % of the capitalization, and a preference of exactly
    500,000."""
    safe = IssueConvertible("angel", Convertible("safe", "safe_post_money", F(500_000), F(5_000_000)))
    table, result = close_round(apply_event(opened(), safe), CloseRound("seed", SEED, "fund"))
    assert result.shares["safe"] / result.company_capitalization_shares == F(1, 10)
    preferences = {each.name: each.liquidation_preference for each in table.share_classes()}
    assert (preferences["seed safe"], preferences["seed"], preferences["common"]) == (500_000, 2_000_000, 0)
    low = holder_payouts(table, F(1_000_000))
    assert (low["angel"], low["fund"], low["ann"]) == (200_000, 800_000, 0)


def test_options_come_from_the_pool_and_share_like_common() -> None:
    table = apply_event(opened(), Grant("eve", F(400_000)))
    assert (table.unallocated_pool, table.ownership()["eve"]) == (600_000, 0.04)
    assert holder_payouts(table, F(9_400_000))["eve"] == 400_000  # the unallocated pool gets nothing


def test_returns_by_holder() -> None:
    """The fund pays 2,000,000 for 20 %; at an exit of 50,000,000 three years later it converts. The pool
    gets nothing, so its part is that of the 90 % that are allocated."""
    table, _ = close_round(opened(), CloseRound("seed", SEED, "fund"))
    start, end = date(2027, 1, 1), date(2030, 1, 1)
    paid = {"fund": [(start, F(2_000_000))]}
    rows = {
        (row.holder, row.exit_value): row
        for row in holder_returns(table, [F(1_000_000), F(50_000_000)], end, paid)
    }
    rich = rows["fund", F(50_000_000)]
    assert rich.multiple == F(50, 2) * F(2, 9)
    years = (end - start).days / 365
    assert rich.annual_rate == pytest.approx(float(rich.multiple) ** (1 / years) - 1, rel=1e-9)
    poor = rows["fund", F(1_000_000)]
    assert (poor.payout, poor.multiple) == (1_000_000, F(1, 2))
    assert rows["ann", F(1_000_000)].annual_rate is None


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        (Grant("eve", F(2_000_000)), "funding.not_enough_shares"),
        (Transfer("eve", "ann", F(1)), "funding.not_enough_shares"),
        (Issue("eve", F(1), "series z"), "funding.unknown_class"),
        (CloseRound("common", SEED, "fund"), "funding.duplicate_name"),
        (CloseRound("seed", SEED, "fund", {"bo": F(2)}), "funding.pro_rata_out_of_range"),
    ],
)
def test_impossible_events_are_sentences(event: Event, problem: str) -> None:
    with pytest.raises(InputError) as error:
        apply_event(opened(), event)
    assert [each.id for each in error.value.problems] == [problem]


def test_two_hundred_holders_sixty_convertibles_and_eight_rounds_in_50_ms() -> None:
    """Odd numbers, so that no fraction cancels; the best of five runs, since other work shares the
    machine."""
    table = CapTable()
    for number in range(200):
        table = apply_event(table, Issue(f"h{number}", F(10_000 + 7 * number)))
    events: list[tuple[int, Event]] = [(0, EnlargePool(F(100_003)))]
    for i in range(60):
        kind = ("safe_post_money", "safe_pre_money")[i % 2]
        cap = F(5_000_011 + 70_003 * i) if i % 3 else None
        safe = Convertible(f"c{i}", kind, F(10_007 + 101 * i), cap, F(i % 4, 20))  # type: ignore[arg-type]
        events.append((10 * (i % 8) + 1, IssueConvertible(f"i{i}", safe)))
    for number in range(1, 9):
        terms = RoundTerms(F(20_000_003 * number), F(5_000_011 * number), "percent_ownership", None, F(1, 10))
        events.append((10 * number, CloseRound(f"r{number}", terms, f"lead{number}", {"i1": F(1)})))

    def seconds() -> float:
        start = time.perf_counter()
        tables = history(table, events)
        owned = [after.ownership() for _, event, after in tables if isinstance(event, CloseRound)]
        assert len(owned) == 8
        return time.perf_counter() - start

    assert min(seconds() for _ in range(5)) <= 0.050
