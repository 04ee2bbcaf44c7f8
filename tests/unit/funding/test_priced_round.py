"""A priced round: against bisection on the price, in its invariants, and where no round exists."""

from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from toolkit.errors import InputError
from toolkit.resources.funding.convertible import Convertible, Instrument
from toolkit.resources.funding.priced_round import RoundResult, RoundTerms, price_round
from toolkit.resources.funding.round_system import PricingConvention

CONVENTIONS: tuple[PricingConvention, ...] = ("pre_money", "percent_ownership", "dollars_invested")
INSTRUMENTS: tuple[Instrument, ...] = ("safe_post_money", "safe_pre_money", "convertible_note")
F = Fraction


@st.composite
def convertibles(draw: st.DrawFn) -> list[Convertible]:
    rows = []
    for index in range(draw(st.integers(0, 5))):
        instrument = draw(st.sampled_from(INSTRUMENTS))
        capped = instrument != "convertible_note" and draw(st.booleans())
        cap = F(draw(st.integers(1_500, 30_000))) if capped else None
        discount = F(draw(st.sampled_from((0, 0, 10, 20, 25))), 100)
        rows.append(Convertible(f"c{index}", instrument, F(draw(st.integers(10, 900))), cap, discount))
    return rows


@st.composite
def rounds(draw: st.DrawFn) -> tuple[RoundTerms, dict[str, Fraction], Fraction, list[Convertible]]:
    by_target = draw(st.booleans())
    terms = RoundTerms(
        pre_money_valuation=F(draw(st.integers(2_000, 40_000))),
        new_money=F(draw(st.integers(0, 15_000))),
        pricing_convention=draw(st.sampled_from(CONVENTIONS)),
        pool_increase_shares=None if by_target else F(draw(st.integers(0, 3_000))),
        pool_target_unallocated_fraction=F(draw(st.integers(0, 30)), 100) if by_target else None,
    )
    holders = {
        f"h{index}": F(count) for index, count in enumerate(draw(st.lists(st.integers(1, 9_000), min_size=1)))
    }
    return terms, holders, F(draw(st.integers(0, 2_000))), draw(convertibles())


def by_bisection(
    terms: RoundTerms, held: float, pool: float, securities: list[Convertible]
) -> tuple[float, float, float]:
    """Independent oracle in floats: bisect on 1 / p; at a given price the shares and the pool are found by
    iterating the definitions. Returns price, converted shares, pool after."""
    pre, new = float(terms.pre_money_valuation), float(terms.new_money)
    target = terms.pool_target_unallocated_fraction
    increase = float(terms.pool_increase_shares or 0)

    def at(q: float) -> tuple[float, float]:
        converted, after = 0.0, pool + increase
        for _ in range(4000):
            before = converted, after
            converted = 0.0
            for each in securities:
                prices = [(1 - float(each.discount_rate)) / q]
                if each.valuation_cap is not None and each.instrument == "safe_post_money":
                    prices.append(float(each.valuation_cap) / (held + pool + before[0]))
                if each.valuation_cap is not None and each.instrument == "safe_pre_money":
                    prices.append(float(each.valuation_cap) / (held + before[1]))
                converted += float(each.amount) / min(prices)
            if target is not None:
                after = max(pool, float(target) * (held + before[1] + converted + new * q))
            if abs(converted - before[0]) + abs(after - before[1]) < 1e-13 * (held + converted + after):
                break
        return converted, after

    def implied(q: float) -> float:
        converted, after = at(q)
        if terms.pricing_convention == "pre_money":
            return (held + after) / pre
        money = pre + (
            sum(float(each.amount) for each in securities)
            if terms.pricing_convention == "dollars_invested"
            else 0
        )
        return (held + after + converted) / money

    low, high = 0.0, 1.0
    while implied(high) > high:
        high *= 2
        if high > 1e9:
            raise OverflowError
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if implied(middle) > middle else (low, middle)
    return 1 / high, *at(high)


@given(rounds())
@settings(max_examples=40, deadline=None)
def test_agrees_with_bisection(
    round_: tuple[RoundTerms, dict[str, Fraction], Fraction, list[Convertible]],
) -> None:
    terms, holders, pool, securities = round_
    try:
        result = price_round(terms, holders, pool, securities)
    except InputError:
        assume(False)
        raise
    assume(
        result.total_post_shares < 50 * result.existing_shares
    )  # the iteration of the oracle converges slowly there
    price, converted, after = by_bisection(terms, float(sum(holders.values())), float(pool), securities)
    assert float(result.round_price) == pytest.approx(price, rel=1e-7)
    shares = sum(float(result.shares[each.name]) for each in securities)
    assert shares == pytest.approx(converted, rel=1e-7, abs=1e-7)
    assert float(result.shares["unallocated_pool"]) == pytest.approx(after, rel=1e-7, abs=1e-7)


@given(rounds())
@settings(max_examples=70, deadline=None)
def test_invariants(round_: tuple[RoundTerms, dict[str, Fraction], Fraction, list[Convertible]]) -> None:
    """Ownership adds up to 1, no share appears or disappears, every definition holds exactly."""
    terms, holders, pool, securities = round_
    try:
        result = price_round(terms, holders, pool, securities)
    except InputError:
        assume(False)
        raise
    assert sum(result.shares.values()) == result.total_post_shares
    assert sum(result.ownership.values()) == pytest.approx(1, abs=1e-12)
    assert all(result.shares[name] == count for name, count in holders.items())
    _definitions(result, terms, securities)
    for each in securities:
        assert result.shares[each.name] * result.conversion_price[each.name] == each.amount  # value conserved
        assert result.conversion_price[each.name] <= result.round_price * (1 - each.discount_rate)
    if terms.pool_target_unallocated_fraction is not None:
        fraction = result.shares["unallocated_pool"] / result.total_post_shares
        assert fraction == terms.pool_target_unallocated_fraction or (
            result.pool_increase_shares == 0 and fraction > terms.pool_target_unallocated_fraction
        )
    else:
        assert result.pool_increase_shares == terms.pool_increase_shares


def _definitions(result: RoundResult, terms: RoundTerms, securities: list[Convertible]) -> None:
    assert result.new_money_shares * result.round_price == terms.new_money
    before = result.existing_shares + result.pool_increase_shares
    converted = sum((result.shares[each.name] for each in securities), F(0))
    assert result.company_capitalization_shares == result.existing_shares + converted
    money = terms.pre_money_valuation
    if terms.pricing_convention != "pre_money":
        before += converted
    if terms.pricing_convention == "dollars_invested":
        money += sum(each.amount for each in securities)
    assert result.round_price * before == money
    for each in securities:
        price = result.conversion_price[each.name]
        counted = result.company_capitalization_shares
        if each.instrument == "safe_pre_money":
            counted = result.existing_shares + result.pool_increase_shares
        if each.valuation_cap is not None:
            assert price <= each.valuation_cap / counted
        terms_of = {"cap": lambda e=each, c=counted: e.valuation_cap / c}
        at_price = result.round_price * (1 - each.discount_rate)
        assert price == (terms_of["cap"]() if result.binding_term[each.name] == "cap" else at_price)


def test_the_binding_term_of_equals_is_the_cap() -> None:
    """Cap 1,000 on 1,000 shares at a price of 1: both prices are 1."""
    terms = RoundTerms(F(1000), F(500), "pre_money", F(0))
    result = price_round(terms, {"f": F(1000)}, F(0), [Convertible("s", "safe_pre_money", F(10), F(1000))])
    assert (result.round_price, result.binding_term["s"]) == (1, "cap")


def test_a_pool_above_its_target_is_left_alone() -> None:
    terms = RoundTerms(F(1000), F(1000), "percent_ownership", None, F(1, 10))
    result = price_round(terms, {"f": F(600)}, F(400), [])
    assert (result.pool_increase_shares, result.unallocated_pool_fraction) == (0, 0.2)


def test_no_new_money() -> None:
    result = price_round(RoundTerms(F(1000), F(0), "percent_ownership", F(0)), {"f": F(10)}, F(0), [])
    assert (result.round_price, result.new_money_shares) == (100, 0)


def test_a_chain_of_elections_passes_the_terms_on() -> None:
    """c elects b, b elects a: all three have a's cap of 1,000, though b says 5,000 itself."""
    securities = [
        Convertible("a", "safe_post_money", F(10), F(1000)),
        Convertible("b", "safe_post_money", F(10), F(5000), mfn_elects="a"),
        Convertible("c", "convertible_note", F(10), None, mfn_elects="b"),
    ]
    result = price_round(
        RoundTerms(F(9000), F(100), "percent_ownership", F(0)), {"f": F(97)}, F(0), securities
    )
    assert [result.shares[name] for name in "abc"] == [1, 1, 1]


def refusal(*args: object) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as error:
        price_round(*args)  # type: ignore[arg-type]
    for problem in error.value.problems:
        assert problem.problem("en") != problem.problem("zh")
    return [(problem.id, problem.field) for problem in error.value.problems]


TERMS = RoundTerms(F(10_000), F(5_000), "percent_ownership", F(0))
FOUNDERS = {"f": F(1000)}


def test_a_pool_target_that_cannot_be_met() -> None:
    """New money takes a third: two thirds of the company are the bound, and 66 % is possible."""
    impossible = RoundTerms(F(10_000), F(5_000), "percent_ownership", None, F(67, 100))
    assert refusal(impossible, FOUNDERS, F(0), []) == [
        ("funding.pool_target_unreachable", "pool_target_unallocated_fraction")
    ]
    possible = RoundTerms(F(10_000), F(5_000), "percent_ownership", None, F(66, 100))
    assert price_round(possible, FOUNDERS, F(0), []).unallocated_pool_fraction == 0.66


@pytest.mark.parametrize(
    ("securities", "expected"),
    [
        (
            [Convertible("s", "safe_post_money", F(500), F(500))],
            ("cap_below_money", "convertibles[0].valuation_cap"),
        ),
        (
            [Convertible(name, "safe_post_money", F(500), F(900)) for name in "ab"],
            ("caps_sell_the_whole", "convertibles"),
        ),
        (
            [Convertible("n", "convertible_note", F(9000), None, F(20, 100))],
            ("convertibles_take_the_whole", "pre_money_valuation"),
        ),
        (
            [Convertible("s", "safe_post_money", F(5), mfn_elects="x")],
            ("mfn_unknown", "convertibles[0].mfn_elects"),
        ),
        (
            [Convertible("s", "safe_post_money", F(5), mfn_elects="s")],
            ("mfn_circular", "convertibles[0].mfn_elects"),
        ),
        ([Convertible("f", "safe_post_money", F(5))], ("duplicate_name", "convertibles[0].name")),
        ([Convertible("new_investors", "safe_post_money", F(5))], ("reserved_name", "convertibles[0].name")),
        (
            [Convertible("n", "convertible_note", F(5), F(100))],
            ("note_with_cap", "convertibles[0].valuation_cap"),
        ),
        (
            [Convertible("s", "safe_pre_money", F(5), None, F(0), F(1, 10))],
            ("fixed_fraction_needs_post_money", "convertibles[0].fixed_ownership_fraction"),
        ),
        (
            [Convertible("s", "safe_post_money", F(5), F(100), F(0), F(1, 10))],
            ("two_caps", "convertibles[0].valuation_cap"),
        ),
    ],
)
def test_impossible_convertibles(securities: list[Convertible], expected: tuple[str, str]) -> None:
    assert refusal(TERMS, FOUNDERS, F(0), securities) == [(f"funding.{expected[0]}", expected[1])]


def test_no_shares_and_no_pool_rule() -> None:
    assert refusal(RoundTerms(F(0), F(1), "pre_money"), {}, F(0), []) == [
        ("funding.one_pool_rule", "pool_increase_shares"),
        ("funding.no_existing_shares", "holders"),
        ("funding.pre_money_not_positive", "pre_money_valuation"),
    ]


def test_sixty_convertibles_and_two_hundred_holders_solve_at_once() -> None:
    """Odd amounts and caps, so that no fraction cancels; a whole table of eight rounds has 50 ms."""
    securities = [
        Convertible(
            f"c{i}",
            INSTRUMENTS[i % 2],
            F(10_007 + 101 * i),
            F(5_000_011 + 70_003 * i) if i % 3 else None,
            F(i % 4, 20),
        )
        for i in range(60)
    ]
    holders = {f"h{i}": F(10_000 + 7 * i) for i in range(200)}
    terms = RoundTerms(F(20_000_003), F(5_000_011), "percent_ownership", None, F(1, 10))
    start = time.perf_counter()
    result = price_round(terms, holders, F(100_003), securities)
    assert time.perf_counter() - start < 0.5
    assert sum(result.shares.values()) == result.total_post_shares
