"""SAFEs before a round and notes at a price, by hand and against the solved round."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.errors import InputError
from toolkit.resources.funding.convertible import Convertible
from toolkit.resources.funding.note import ConvertibleNote, accrued_interest, as_convertible, convert_note
from toolkit.resources.funding.priced_round import RoundTerms, price_round
from toolkit.resources.funding.safe import safe_ownership

F = Fraction


KINDS = st.sampled_from(("safe_post_money", "safe_pre_money"))
ROWS = st.lists(st.tuples(KINDS, st.integers(1, 90), st.integers(1000, 9000)), min_size=1, max_size=5)


@given(ROWS, st.integers(1000, 10**6))
@settings(max_examples=80, deadline=None)
def test_agrees_with_a_round_that_costs_nothing(rows: list[tuple[str, int, int]], existing: int) -> None:
    """A round without new money, without a pool, at a price far above every cap, converts at the caps
    alone."""
    safes = [Convertible(f"s{i}", kind, F(a), F(cap)) for i, (kind, a, cap) in enumerate(rows)]  # type: ignore[arg-type]
    result = safe_ownership(safes, F(existing))
    round_ = price_round(
        RoundTerms(F(10**9), F(0), "percent_ownership", F(0)), {"f": F(existing)}, F(0), safes
    )
    assert result.shares is not None
    assert {name: round_.shares[name] for name in result.shares} == result.shares
    assert result.existing_holders_fraction == F(existing) / round_.total_post_shares
    assert sum(result.ownership.values()) + result.existing_holders_fraction == 1
    assert result.total_convertible_fraction == sum(result.ownership.values())


def test_pre_and_post_money_are_mirror_images() -> None:
    """1 on a cap of 10: 1/11 before the money, 1/10 after it."""
    pre = safe_ownership([Convertible("s", "safe_pre_money", F(1), F(10))], F(100))
    post = safe_ownership([Convertible("s", "safe_post_money", F(1), F(10))])
    assert (pre.ownership["s"], post.ownership["s"]) == (F(1, 11), F(1, 10))
    assert post.shares is None


def test_what_has_no_ownership_yet_is_listed() -> None:
    safes = [
        Convertible("n", "convertible_note", F(1)),
        Convertible("u", "safe_post_money", F(1)),
        Convertible("p", "safe_pre_money", F(1), F(10)),
    ]
    with pytest.raises(InputError) as error:
        safe_ownership(safes)
    assert [(problem.id, problem.field) for problem in error.value.problems] == [
        ("funding.note_among_safes", "convertibles[0].instrument"),
        ("funding.safe_without_cap", "convertibles[1].valuation_cap"),
        ("funding.existing_shares_needed", "existing_shares"),
    ]


def test_a_note_by_hand() -> None:
    """100,000 at 8 % for 18 months: 12,000 of interest. Cap 4,000,000 / 1,000,000 = 4.00 beats 20 % off 6 =
    4.80."""
    note = ConvertibleNote(F(100_000), F("0.08"), F(4_000_000), F(1_000_000), F("0.2"))
    result = convert_note(note, F("1.5"), F(6))
    assert (result.accrued_interest, result.cap_price, result.discount_price) == (12_000, 4, F("4.8"))
    assert (result.binding_term, result.conversion_shares) == ("cap", 28_000)
    assert (result.value_at_round_price, result.unrealised_return) == (168_000, F("0.68"))
    # Value is conserved through conversion: the shares are worth at their own price what was converted.
    assert result.conversion_shares * result.conversion_price == result.conversion_amount


def test_a_note_without_terms_converts_at_the_round_price() -> None:
    result = convert_note(ConvertibleNote(F(100), F(0), None, None, F(0)), F(3), F(5))
    assert (result.binding_term, result.cap_price, result.conversion_shares) == ("round_price", None, 20)


def test_equal_prices_are_the_cap_then_the_discount() -> None:
    note = ConvertibleNote(F(100), F(0), F(400), F(100), F("0.2"))
    assert convert_note(note, F(0), F(5)).binding_term == "cap"


def test_a_cap_needs_its_denominator() -> None:
    with pytest.raises(InputError):
        convert_note(ConvertibleNote(F(100), F(0), F(400), None, F(0)), F(0), F(5))


def test_a_note_enters_a_round_with_its_interest() -> None:
    note = ConvertibleNote(F(100), F("0.1"), F(1000), None, F(0))
    assert accrued_interest(note, F(2)) == 20
    assert as_convertible("n", note, F(2), "safe_pre_money").instrument == "safe_pre_money"
    plain = as_convertible("n", ConvertibleNote(F(100), F("0.1"), None, None, F(0)), F(2), "safe_pre_money")
    assert (plain.instrument, plain.amount) == ("convertible_note", 120)
