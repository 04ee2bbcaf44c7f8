"""The fast path equals NumPy's: random models, the example plan, every operation, blocks and threads."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings

from tests.unit.projection.interpreter import Lines, random_lines
from tests.unit.resources.plans import example_text
from tests.unit.resources.plans import model as plan_model
from toolkit.lines.quantity import Quantity
from toolkit.lines.quantity_text import parse_quantity
from toolkit.projection import fast, kernel
from toolkit.projection.draws import Sampler, draw, extend_registry
from toolkit.projection.engine import Engine
from toolkit.projection.model import Model

NORMAL = Quantity("normal", (0.0, 2.0))
SAMPLER = Sampler(3, 4, 64)

pytestmark = pytest.mark.skipif(kernel.load() is None, reason="llvmlite is not there")


def both(model: Model, sampler: Sampler = SAMPLER, **inputs: np.ndarray) -> tuple[dict, dict]:  # type: ignore[type-arg]
    """Every line by the kernel and by NumPy."""
    given_inputs = draw(model, extend_registry({}, model.dimensions), sampler) | inputs
    lines = tuple(model.lines)
    return tuple(  # type: ignore[return-value]
        Engine(model, model.uncertain, lines, fast=way).run(given_inputs, sampler.draws)
        for way in (True, False)
    )


def assert_equal(model: Model, sampler: Sampler = SAMPLER, **inputs: np.ndarray) -> None:
    quick, slow = both(model, sampler, **inputs)
    for name, path in slow.items():
        np.testing.assert_array_equal(quick[name], path, err_msg=name)


OPERATIONS = {
    "add": "a + b", "subtract": "a - k", "multiply": "k * a", "divide": "a / b", "by zero": "a / z",
    "minimum": "min(a, b, k)", "maximum": "max(a, k)", "less": "a < b", "less or equal": "a <= z",
    "greater": "a > b", "greater or equal": "k >= a", "equal": "floor(a) == floor(b)",
    "not equal": "floor(a) != 0", "and": "a > 0 and b > 0", "or": "a > 1 or k", "not": "not floor(a)",
    "negative": "-a", "absolute": "abs(a)", "floor": "floor(a)", "ceil": "ceil(b)", "round": "round(a * 10)",
    "where": "where(a > b, a, k)", "where narrow": "where(t > 3, a, b)",
    "where constants": "where(a > 0, 1, 2)",
    "power of inputs": "(1 + k) ** a", "power of months": "abs(a) ** (t / 12)",
    "power of a state": "abs(s[-1]) ** 0.5",
    "exponential of a state": "exp(-abs(s[-1]))", "logarithm": "log(abs(a) + 1)", "table": "lookup(rates, a)",
    "brackets of a state": "brackets(rates, abs(s[-1]))", "narrow only": "k * t + fiscal_month",
    "the past": "s[-1] + s[-3] + a", "a window": "s[-1] + sum(a, 4) + sum(n, 3)",
    "series": "n * a + n[-1]", "copy": "a",
}  # fmt: skip


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation(name: str) -> None:
    model = Lines(
        inputs={"a": NORMAL, "b": Quantity("uniform", (-1.0, 3.0)), "k": 0.3, "z": 0.0},
        series={"n": tuple(float(value) for value in range(8))},
        formulas={"y": OPERATIONS[name], "s": "0.9 * s[-1] + a + y * 0.01", "u": "y + s"},
        openings={"s": "a * 2", "u": "k"},
        months=8,
        fiscal_start=4,
    ).model()
    assert_equal(model)


@settings(max_examples=120, deadline=None)
@given(random_lines())
def test_random_models(lines: Lines) -> None:
    assert_equal(lines.model(), Sampler(1, 2, 16))


def test_paths_of_inputs() -> None:
    model = Lines(
        inputs={"p": parse_quantity("geometric_walk(100, 5 %)"), "a": NORMAL,
            "e": parse_quantity("switch(20 %, 40 %)")},
        formulas={"y": "p * e + a + p[-2]", "z": "z[-1] + p ** 0.5", "w": "log(p) * t"},
        openings={"z": "p"}, months=9,
    ).model()  # fmt: skip
    assert_equal(model)


@pytest.mark.parametrize("draws", [1, 7, 8, 97, 500])
def test_any_number_of_draws(draws: int) -> None:
    model = Lines(inputs={"a": NORMAL}, formulas={"s": "s[-1] + a", "y": "max(s, 0) ** 0.3"}).model()
    values = {"a": np.random.default_rng(1).normal(size=draws)}
    quick, slow = (Engine(model, ("a",), ("s", "y"), fast=way).run(values, draws) for way in (True, False))
    for name in slow:
        np.testing.assert_allclose(quick[name], slow[name], rtol=1e-15)


def test_the_example_plan_whatever_the_block_and_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    model = plan_model(example_text(), spread=1.3)
    inputs = draw(model, extend_registry({}, model.dimensions), SAMPLER)
    slow = Engine(model, model.uncertain, tuple(model.lines), fast=False).run(inputs, SAMPLER.draws)
    engine = Engine(model, model.uncertain, tuple(model.lines), fast=True)
    monkeypatch.setattr(fast, "CHUNK", 100)
    for block, threads in itertools.product((64, 8, 1000), ("1", "3")):
        monkeypatch.setenv("OMP_NUM_THREADS", threads)
        quick = engine.run(inputs, SAMPLER.draws)
        for name, path in slow.items():
            np.testing.assert_array_equal(quick[name], path, err_msg=name)
        assert engine._runner._fast is not None
        engine._runner._fast.block = block


def test_without_llvmlite_numpy_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "load", lambda: None)
    model = Lines(inputs={"a": NORMAL}, formulas={"y": "a * 2"}).model()
    found = Engine(model, ("a",), ("y",), fast=True).run({"a": np.array([1.0, 2.0])}, 2)
    assert found["y"][1].tolist() == [2, 4]


def test_the_kernel_is_loaded_when_the_work_is_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast, "_done", 0.0)
    assert fast.wanted(None, fast.WORTH / 2) is None
    assert fast.wanted(None, fast.WORTH / 2) is not None
    assert fast.wanted(False, 1e12) is None
