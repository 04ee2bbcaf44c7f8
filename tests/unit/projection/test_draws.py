"""Draws: known answers, honest errors, and who moves whom."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.stats import qmc

from tests.unit.projection.interpreter import Lines
from toolkit.lines.quantity import Quantity
from toolkit.projection.draws import Sampler, draw, extend_registry, scramble
from toolkit.projection.engine import Engine
from toolkit.projection.metrics import figure
from toolkit.projection.sobol import sobol

NORMAL = Quantity("normal", (0.0, 1.0))


def uniforms(names: int, sampler: Sampler) -> np.ndarray:
    """Uniform draws: (names, replicates, per replicate)."""
    inputs = {f"q{number}": Quantity("uniform", (0.0, 1.0)) for number in range(names)}
    model = Lines(inputs=inputs, formulas={"a": "1"}).model()
    found = draw(model, extend_registry({}, inputs), sampler)
    return np.array([found[name].reshape(sampler.replicates, -1) for name in inputs])


def test_sobol_points_equal_those_of_scipy() -> None:
    expected = (qmc.Sobol(200, scramble=False, bits=32).random_base2(10) * 2.0**32).astype(np.uint32)
    for dimension in range(200):
        np.testing.assert_array_equal(
            sobol(dimension, np.arange(1024, dtype=np.uint32)), expected[:, dimension]
        )


def test_beyond_the_known_dimensions_points_are_random() -> None:
    index = np.arange(4096, dtype=np.uint32)
    points = np.array([sobol(dimension, index) for dimension in range(1020, 1040)]) * 2.0**-32
    for row in points:
        assert stats.kstest(row, "uniform").pvalue > 1e-4
    assert np.abs(np.corrcoef(points) - np.eye(20)).max() < 0.08
    assert np.array_equal(sobol(1030, index[:100]), sobol(1030, index)[:100])


def test_every_replicate_keeps_the_net_property() -> None:
    """A scramble moves elementary boxes as wholes: of 2^10 points of the first two dimensions, each box of
    size 2^-a × 2^-(10 - a) holds exactly one; and every dimension has one point in each 2^-10."""
    points = uniforms(12, Sampler(replicates=4, per_replicate=1024))
    for replicate in range(4):
        for dimension in range(12):
            cells = np.floor(points[dimension, replicate] * 1024).astype(int)
            assert np.array_equal(np.sort(cells), np.arange(1024))
        for a in range(11):
            x = np.floor(points[0, replicate] * 2**a).astype(int)
            y = np.floor(points[1, replicate] * 2 ** (10 - a)).astype(int)
            assert np.unique(x * 2 ** (10 - a) + y).size == 1024


def test_a_scramble_is_uniform_in_each_point() -> None:
    """Over many keys, one point is anywhere with the same probability: the mean of the draws has no bias."""
    points = np.array([0, 123456789], dtype=np.uint32)
    keys = np.random.default_rng(1).integers(0, 2**32, 4000)
    values = np.array([scramble(points, int(key)) for key in keys])
    assert np.all((values > 0) & (values < 1))
    for column in values.T:
        assert stats.kstest(column, "uniform").pvalue > 0.001


def test_replicates_differ_and_the_same_seed_gives_the_same_values() -> None:
    sampler = Sampler(seed=5, replicates=3, per_replicate=64)
    first, second = uniforms(2, sampler), uniforms(2, sampler)
    assert np.array_equal(first, second)
    assert not np.array_equal(first[:, 0], first[:, 1])
    assert not np.array_equal(first, uniforms(2, Sampler(seed=6, replicates=3, per_replicate=64)))


def test_adding_or_removing_a_quantity_does_not_move_the_others() -> None:
    sampler = Sampler(per_replicate=256)
    old = Lines(inputs={"a": NORMAL, "b": NORMAL}, formulas={"x": "1"}).model()
    registry = extend_registry({}, old.uncertain)
    before = draw(old, registry, sampler)
    new = Lines(inputs={"z": NORMAL, "b": NORMAL, "c": NORMAL}, formulas={"x": "1"}).model()
    extended = extend_registry(registry, new.uncertain)
    after = draw(new, extended, sampler)
    assert np.array_equal(before["b"], after["b"])
    assert extended == {"a": 0, "b": 1, "z": 2, "c": 3}
    assert extend_registry(extended, old.uncertain) == extended


def test_a_dimension_is_scrambled_by_the_name_of_its_quantity() -> None:
    model = Lines(inputs={"a": NORMAL, "b": NORMAL}, formulas={"x": "1"}).model()
    found = draw(model, {"a": 0, "b": 0}, Sampler(per_replicate=64))
    assert not np.array_equal(found["a"], found["b"])


def test_quantities_are_not_correlated() -> None:
    points = uniforms(20, Sampler(per_replicate=2048)).reshape(20, -1)
    correlation = np.corrcoef(points) - np.eye(20)
    assert np.abs(correlation).max() < 0.02


# A sum of three normals, and a geometric walk: their probabilities are known in closed form.
SUM = Lines(
    inputs={f"x{number}": Quantity("normal", (float(number), 1.0 + number)) for number in range(3)},
    formulas={"y": "x0 + x1 + x2"},
    months=1,
)
WALK = Lines(
    inputs={f"r{month}": Quantity("lognormal", (0.02, 0.1)) for month in range(1, 7)},
    formulas={"y": "100 * " + " * ".join(f"where(t >= {month}, r{month}, 1)" for month in range(1, 7))},
)


def inside(lines: Lines, truth: float, threshold: float) -> float:
    """The share of 60 seeds for which P(y < threshold) lies within the printed error of the truth."""
    model = lines.model()
    engine = Engine(model, model.uncertain, ("y",))
    hits = 0
    for seed in range(60):
        sampler = Sampler(seed=seed, per_replicate=256)
        path = engine.run(draw(model, extend_registry({}, model.dimensions), sampler), sampler.draws)["y"]
        found = figure(
            (path[-1] < threshold).astype(float), sampler.replicates, lambda part: float(part.mean())
        )
        hits += abs(found.value - truth) <= found.error
        assert found.error < 0.03
    return hits / 60


def test_the_printed_error_is_honest_for_a_sum_of_normals() -> None:
    truth = stats.norm(3, np.sqrt(1 + 4 + 9)).cdf(5)
    assert inside(SUM, float(truth), 5) >= 0.9


def test_the_printed_error_is_honest_for_a_geometric_walk() -> None:
    truth = stats.norm(np.log(100) + 6 * 0.02, 0.1 * np.sqrt(6)).cdf(np.log(95))
    assert inside(WALK, float(truth), 95) >= 0.9


def test_sobol_points_need_fewer_draws_than_random_ones() -> None:
    """The mean of a sum of normals: the error is a small part of the SD / √draws of independent draws."""
    model = SUM.model()
    sampler = Sampler(per_replicate=1024)
    inputs = draw(model, extend_registry({}, model.dimensions), sampler)
    found = figure(
        inputs["x0"] + inputs["x1"] + inputs["x2"], sampler.replicates, lambda part: float(part.mean())
    )
    assert found.value == pytest.approx(3, abs=found.error + 1e-3)
    assert found.error < 0.2 * np.sqrt(14) / np.sqrt(sampler.draws)


def test_a_model_without_uncertainty_needs_no_draws() -> None:
    assert draw(Lines(inputs={"a": 1.0}, formulas={"x": "a"}).model(), {}, Sampler()) == {}
