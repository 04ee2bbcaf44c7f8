"""Attribution: sums, symmetry, groups that do nothing, and orders drawn at random."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.projection.analysis.attribution import EXACT, attribute
from toolkit.projection.program import Array

REPLICATES = 4


def game(count: int, seed: int) -> dict[frozenset[str], Array]:
    """A value for every subset of groups, over all draws and in each replicate, of any size."""
    rng = np.random.default_rng(seed)
    groups = [f"g{i}" for i in range(count)]
    subsets = [frozenset(g for i, g in enumerate(groups) if bits >> i & 1) for bits in range(2**count)]
    return {subset: rng.normal(1e7, 1e7, 1 + REPLICATES) for subset in subsets}


@given(count=st.integers(0, 6), seed=st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_parts_add_up_to_the_difference(count: int, seed: int) -> None:
    values = game(count, seed)
    groups = [f"g{i}" for i in range(count)]
    found = attribute(groups, values.__getitem__)
    total = math.fsum(part.change.value for part in found.parts)
    size = max(float(np.abs(value[0])) for value in values.values())
    assert abs(total - found.difference.value) <= 1e-9 * size
    assert found.difference.value == pytest.approx(found.second.value - found.first.value)
    assert found.exact
    assert found.versions == 2**count


@given(seed=st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_the_other_way_round_is_the_negative(seed: int) -> None:
    values = game(4, seed)
    groups = [f"g{i}" for i in range(4)]
    everything = frozenset(groups)
    there = attribute(groups, values.__getitem__)
    back = attribute(groups, lambda chosen: values[everything - chosen])
    for one, two in zip(there.parts, back.parts, strict=True):
        assert one.change.value == pytest.approx(-two.change.value, rel=1e-9, abs=1e-3)
        assert one.change.error == pytest.approx(two.change.error, rel=1e-9, abs=1e-3)


def test_the_order_of_the_groups_is_nothing() -> None:
    values = game(5, 3)
    groups = [f"g{i}" for i in range(5)]
    there = {part.group: part.change for part in attribute(groups, values.__getitem__).parts}
    back = {part.group: part.change for part in attribute(groups[::-1], values.__getitem__).parts}
    assert all(there[g].value == pytest.approx(back[g].value) for g in groups)


def product(chosen: frozenset[str]) -> Array:
    """Price from 2 to 3, volume from 10 to 20; the colour does nothing."""
    price = 3.0 if "price" in chosen else 2.0
    volume = 20.0 if "volume" in chosen else 10.0
    return np.full(1 + REPLICATES, price * volume)


def test_price_and_volume_share_what_they_do_together() -> None:
    # 20 → 60: price alone +10, volume alone +20, together +10 more, half to each.
    found = attribute(["price", "volume", "colour"], product)
    assert [part.change.value for part in found.parts] == pytest.approx([15, 25, 0])
    assert found.difference.value == 40
    assert all(part.change.error == 0 for part in found.parts)


def test_equal_groups_get_equal_parts() -> None:
    found = attribute(["a", "b", "c"], lambda chosen: np.full(3, float(len(chosen) ** 2)))
    assert [part.change.value for part in found.parts] == pytest.approx([3, 3, 3])


def test_errors_come_from_the_replicates() -> None:
    def value(chosen: frozenset[str]) -> Array:
        return np.array([2.0, 1.0, 2.0, 3.0]) * len(chosen)

    part = attribute(["a"], value).parts[0]
    assert part.change.value == 2
    assert part.change.error == pytest.approx(4.302652729911275 * 1 / math.sqrt(3))  # t(0.975, 2) · SD / √3


def test_many_groups_are_sampled_and_say_so() -> None:
    weights = {f"g{i:02d}": float(i + 1) for i in range(EXACT + 4)}

    def value(chosen: frozenset[str]) -> Array:
        total = sum(weights[name] for name in chosen)
        return np.full(1 + REPLICATES, total + 0.1 * total**2)

    whole = sum(weights.values())
    found = attribute(tuple(weights), value, seed=7)
    assert not found.exact
    assert found.difference.value == pytest.approx(whole + 0.1 * whole**2)
    assert math.fsum(part.change.value for part in found.parts) == pytest.approx(
        found.difference.value, rel=1e-12
    )
    # (Σ w)² splits into w² + w Σ others for each group.
    held = 0
    for part in found.parts:
        weight = weights[part.group]
        truth = weight + 0.1 * weight * whole
        held += abs(part.change.value - truth) <= part.change.error + 1e-9
    assert held >= 0.8 * len(weights)
    again = attribute(tuple(weights), value, seed=7)
    assert again == found
