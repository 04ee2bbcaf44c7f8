"""Correlation matrices against published ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.lines.correlation import Pair, copulas, nearest_correlation


def test_the_nearest_correlation_matrix_of_higham() -> None:
    """N. J. Higham 2002, section 5, the matrix of the introduction."""
    found = nearest_correlation(np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]]))
    expected = [[1, 0.7607, 0.1573], [0.7607, 1, 0.7607], [0.1573, 0.7607, 1]]
    np.testing.assert_allclose(found, expected, atol=5e-5)


def test_the_nearest_correlation_matrix_of_the_nag_library() -> None:
    """The example of NAG's g02aa."""
    given_matrix = np.array([[2.0, -1, 0, 0], [-1, 2, -1, 0], [0, -1, 2, -1], [0, 0, -1, 2]])
    expected = [
        [1, -0.8084, 0.1916, 0.1068],
        [-0.8084, 1, -0.6562, 0.1916],
        [0.1916, -0.6562, 1, -0.8084],
        [0.1068, 0.1916, -0.8084, 1],
    ]
    np.testing.assert_allclose(nearest_correlation(given_matrix), expected, atol=5e-5)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 6), st.integers(0, 10_000))
def test_a_repaired_matrix_can_be_used_and_is_nearer_than_others(size: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    matrix = np.eye(size)
    upper = np.triu_indices(size, 1)
    matrix[upper] = random.uniform(-1, 1, len(upper[0]))
    matrix = matrix + matrix.T - np.eye(size)
    found = nearest_correlation(matrix)
    np.linalg.cholesky(found)
    np.testing.assert_allclose(np.diag(found), 1)
    assert np.abs(found).max() <= 1 + 1e-9
    distance = np.linalg.norm(found - matrix)
    for _ in range(20):
        other = np.corrcoef(random.standard_normal((size, size + 2)))
        weight = random.uniform(0, 1)
        mixed = weight * found + (1 - weight) * other
        assert np.linalg.norm(mixed - matrix) >= distance - 1e-6


def test_inputs_hang_together_through_others_and_keep_their_order() -> None:
    pairs = [Pair("d", "a", 0.5), Pair("b", "c", -0.2), Pair("a", "e", 0.1)]
    found = copulas(pairs, ("a", "b", "c", "d", "e"))
    assert {copula.names for copula in found} == {("a", "d", "e"), ("b", "c")}
    three = next(copula for copula in found if len(copula.names) == 3)
    assert three.matrix[0] == (1, 0.5, 0.1)
    assert three.repair is None
    np.testing.assert_allclose(three.factor @ three.factor.T, three.matrix, atol=1e-15)


def test_what_was_changed_is_said() -> None:
    pairs = [Pair("a", "b", 0.9), Pair("b", "c", 0.9), Pair("a", "c", -0.9)]
    (found,) = copulas(pairs, ("a", "b", "c"))
    assert found.repair is not None
    assert abs(found.repair.used - found.repair.given) > 0.2


@pytest.mark.parametrize("value", [1.0, -1.0])
def test_the_same_input_twice_is_nearly_possible(value: float) -> None:
    (found,) = copulas([Pair("a", "b", value)], ("a", "b"))
    assert found.repair is None
    assert found.matrix[0][1] == pytest.approx(value, abs=1e-6)
