"""Histograms: the bound holds, they merge in any order, and a stream is the fan."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.unit.analysis.models import CASH, linear, model_of, normal
from toolkit.lines.quantity import Quantity
from toolkit.projection.analysis import histogram as module
from toolkit.projection.analysis.histogram import Bins, Histogram, fan_of, stream
from toolkit.projection.draws import Sampler, draw, extend_registry
from toolkit.projection.engine import Engine
from toolkit.projection.metrics import fan

LEVELS = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
VALUES = st.floats(-1e12, 1e12, allow_nan=False)


@given(values=arrays(np.float64, st.tuples(st.integers(1, 3), st.integers(1, 60)), elements=VALUES))
@settings(max_examples=150, deadline=None)
def test_percentiles_are_within_their_bound(values: np.ndarray) -> None:
    # Bins from the first few draws only: the rest may lie anywhere.
    counted = Histogram.empty(Bins.around(values[:, :5], 8)).counted(values)
    found, bounds = counted.quantiles(LEVELS)
    truth = np.quantile(values, LEVELS, axis=1)
    rounding = 1e-12 * np.abs(values).max() + 1e-12
    assert np.all(np.abs(found - truth) <= bounds + rounding)


@given(seed=st.integers(0, 1000), parts=st.integers(2, 6))
@settings(max_examples=30, deadline=None)
def test_merging_in_any_order_is_counting_at_once(seed: int, parts: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 1e6, (3, 240))
    empty = Histogram.empty(Bins.around(values[:, :50], 64))
    at_once = empty.counted(values)
    pieces = [empty.counted(piece) for piece in np.array_split(values, parts, axis=1)]
    rng.shuffle(pieces)
    merged = pieces[0]
    for piece in pieces[1:]:
        merged = merged + piece
    assert np.array_equal(merged.counts, at_once.counts)
    assert np.array_equal(merged.smallest, at_once.smallest)
    assert np.array_equal(merged.quantiles(LEVELS)[0], at_once.quantiles(LEVELS)[0])
    assert merged.draws == 240


def test_the_ends_are_exact() -> None:
    values = np.array([[-1e9, 0.0, 0.5, 1.0, 7e8]])
    counted = Histogram.empty(Bins.around(values[:, 1:4], 16)).counted(values)
    assert counted.smallest[0] == -1e9
    assert counted.largest[0] == 7e8


def test_a_line_that_does_not_vary() -> None:
    values = np.full((2, 100), 3e8)
    counted = Histogram.empty(Bins.around(values)).counted(values)
    found, bounds = counted.quantiles(LEVELS)
    assert np.allclose(found, 3e8, rtol=1e-9)
    assert np.all(bounds <= 1)


def test_different_bins_do_not_merge() -> None:
    one, two = (Histogram.empty(Bins.around(np.array([[0.0, size]]))) for size in (1.0, 2.0))
    with pytest.raises(ValueError, match="bins"):
        one + two


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(bad: float) -> None:
    empty = Histogram.empty(Bins.around(np.array([[0.0, 1.0]])))
    with pytest.raises(ValueError, match="number"):
        empty.counted(np.array([[0.5, bad]]))


@pytest.mark.parametrize("chunk", [100, 512, 4096])
def test_a_stream_is_the_fan_within_its_bound(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", chunk)
    model = model_of(
        {"x": normal(0, 1), "size": Quantity.between(1e5, 4e5)},
        {"flow": "size * x", CASH: f"{CASH}[-1] + flow", "flat": "5"},
        opening="1e6",
    )
    inputs = draw(model, extend_registry({}, model.dimensions), Sampler(1, 8, 1024))
    names = (CASH, "flow", "flat")
    whole = Engine(model, model.uncertain, names).run(inputs, 8192)
    found = stream(model, inputs, 8, names)
    for name in names:
        truth, streamed = fan(name, "1", whole[name][1:], 8), found[name]
        bounds = np.array(streamed.bounds)
        assert np.all(np.abs(np.array(streamed.values) - truth.values) <= bounds + 1e-9)
        # 4,096 bins over one and a half times a range of some eight SD
        assert np.all(bounds <= 0.004 * whole[name][1:].std(axis=1) + 1e-6)
        assert np.all(np.abs(np.array(streamed.errors) - truth.errors) <= 2.5 * bounds + 1e-9)
        assert (streamed.line, streamed.levels) == (name, truth.levels)


def test_one_replicate_has_no_error() -> None:
    model = linear()
    inputs = draw(model, extend_registry({}, model.dimensions), Sampler(1, 1, 64))
    streamed = stream(model, inputs, 1, (CASH,))[CASH]
    assert not np.any(streamed.errors)
    again = fan_of(CASH, "USD", [Histogram.empty(Bins.around(np.ones((1, 2)))).counted(np.ones((1, 2)))])
    assert np.allclose(again.values, 1)
