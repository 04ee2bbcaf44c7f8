"""The waterfall against every possible choice of conversions: the one that nobody regrets."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.errors import InputError
from toolkit.resources.funding.waterfall import ShareClass, distribute

F = Fraction


def pay(proceeds: Fraction, classes: list[ShareClass], converted: frozenset[str]) -> dict[str, Fraction]:
    """Payouts for a given choice, written from the definition."""
    left, payout = proceeds, dict.fromkeys((each.name for each in classes), F(0))
    claims = [c for c in classes if c.name not in converted and c.participation != "common"]
    for rank in sorted({c.seniority for c in claims}):
        due = sum(c.liquidation_preference for c in claims if c.seniority == rank)
        paid = min(left, due)
        for each in claims:
            if each.seniority == rank and due:
                payout[each.name] += paid * each.liquidation_preference / due
        left -= paid
    sharing = [c for c in classes if c.participation != "non_participating" or c.name in converted]
    shares = sum(c.shares for c in sharing)
    for each in sharing:
        if shares:
            payout[each.name] += left * each.shares / shares
    return payout


def equilibria(proceeds: Fraction, classes: list[ShareClass]) -> list[frozenset[str]]:
    """Choices where whoever converts gains strictly by it, and whoever does not would not."""
    names = [c.name for c in classes if c.participation == "non_participating"]
    choices = [frozenset(chosen) for size in range(len(names) + 1) for chosen in combinations(names, size)]

    def stable(chosen: frozenset[str]) -> bool:
        for name in names:
            with_it = pay(proceeds, classes, chosen | {name})[name]
            without = pay(proceeds, classes, chosen - {name})[name]
            if (with_it > without) != (name in chosen):
                return False
        return True

    return [chosen for chosen in choices if stable(chosen)]


@st.composite
def capitalizations(draw: st.DrawFn) -> list[ShareClass]:
    classes = [ShareClass("common", F(draw(st.integers(1, 100))), F(0), 9, "common")]
    for index in range(draw(st.integers(0, 4))):
        classes.append(
            ShareClass(
                f"p{index}",
                F(draw(st.integers(1, 60))),
                F(draw(st.integers(0, 80))),
                draw(st.integers(0, 2)),
                draw(st.sampled_from(("non_participating", "non_participating", "participating"))),
            )
        )
    return classes


@given(classes=capitalizations(), proceeds=st.integers(0, 600))
@settings(max_examples=60, deadline=None)
def test_is_the_only_equilibrium(classes: list[ShareClass], proceeds: int) -> None:
    result = distribute(F(proceeds), classes)
    chosen = frozenset(name for name, converts in result.converts.items() if converts)
    assert equilibria(F(proceeds), classes) == [chosen]
    assert result.payout == pay(F(proceeds), classes, chosen)


@given(classes=capitalizations(), proceeds=st.integers(0, 600), more=st.integers(0, 200))
@settings(max_examples=60, deadline=None)
def test_pays_out_all_of_it_and_never_more(classes: list[ShareClass], proceeds: int, more: int) -> None:
    result = distribute(F(proceeds), classes)
    assert sum(result.payout.values()) == proceeds
    assert min(result.payout.values()) >= 0
    richer = distribute(F(proceeds + more), classes).payout
    assert all(richer[name] >= paid for name, paid in result.payout.items())


def test_without_common_a_preferred_class_converts_to_get_the_rest() -> None:
    classes = [
        ShareClass("a", F(10), F(5), 0, "non_participating"),
        ShareClass("b", F(10), F(20), 0, "non_participating"),
    ]
    result = distribute(F(30), classes)
    assert result.converts == {"a": True, "b": False}
    assert result.payout == {"a": 10, "b": 20}


def test_indifference_keeps_the_preference() -> None:
    classes = [
        ShareClass("c", F(50), F(0), 1, "common"),
        ShareClass("p", F(50), F(50), 0, "non_participating"),
    ]
    assert distribute(F(100), classes).converts == {"p": False}
    assert distribute(F(101), classes).converts == {"p": True}


def test_nothing_to_share() -> None:
    assert distribute(F(0), [ShareClass("c", F(5), F(0), 0, "common")]).common_price_per_share == 0
    assert distribute(F(5), []).payout == {}


def test_bad_classes_are_sentences() -> None:
    twice = [ShareClass("c", F(5), F(1), 0, "common"), ShareClass("c", F(5), F(0), 0, "common")]
    with pytest.raises(InputError) as error:
        distribute(F(5), twice)
    assert [problem.field for problem in error.value.problems] == [
        "classes[0].liquidation_preference",
        "classes[1].name",
    ]
