"""The time model against closed forms: sums by hand, the normal equations, the Kalman update."""

import math
from dataclasses import replace

import numpy as np
import pytest

from toolkit.estimate.capability import capabilities
from toolkit.estimate.descent import fit
from toolkit.estimate.fitted import calibrated
from toolkit.estimate.posynomial import Design, Effect, Posterior, Term
from toolkit.reference import load_reference
from toolkit.reference.published import load_published

EMPTY = Posterior({}, np.zeros(0), np.zeros((0, 0)), 0.1)


def test_seconds_are_the_sum_of_the_terms() -> None:
    row = {"a": Term(math.log(2.0)), "b": Term(math.log(3.0), (Effect("b", mean=math.log(2.0)),))}
    found = EMPTY.predict(row)
    assert math.exp(found.log_seconds) == pytest.approx(2 + 3 * 2)
    assert found.shares == pytest.approx({"a": 0.25, "b": 0.75})
    assert found.largest == "b"


def test_a_prior_alone_gives_its_variance_weighted_by_the_share() -> None:
    row = {"a": Term(0.0, (Effect("x", sd=0.3),)), "b": Term(0.0)}
    assert EMPTY.predict(row).sd == pytest.approx(math.sqrt((0.5 * 0.3) ** 2 + 0.1**2))


def test_work_beside_the_device_is_a_soft_maximum() -> None:
    design = Design.of([{"gpu": Term(math.log(3.0)), "host": Term(math.log(4.0), beside=True)}], {}, 2.0)
    value, shares = design.evaluate(np.zeros(0))
    assert math.exp(value[0]) == pytest.approx(5.0)  # (3² + 4²)^½
    assert shares.sum() == pytest.approx(1.0)


def test_shares_are_the_gradient() -> None:
    effects = (Effect("p"), Effect("q", coefficient=2.0))
    row = {"a": Term(0.3, effects[:1]), "b": Term(-0.2, effects), "h": Term(0.1, effects[1:], beside=True)}
    design = Design.of([row], {"p": 0, "q": 1}, 3.0)
    at, step = np.array([0.2, -0.1]), 1e-6
    numeric = [
        (design.evaluate(at + step * unit)[0][0] - design.evaluate(at - step * unit)[0][0]) / (2 * step)
        for unit in np.eye(2)
    ]
    assert design.jacobian(design.evaluate(at)[1]).toarray()[0] == pytest.approx(numeric, rel=1e-6)


def test_one_unknown_is_the_precision_weighted_mean() -> None:
    rows = [{"a": Term(0.0, (Effect("x", mean=0.0, sd=0.5),))}] * 9
    seconds = np.exp(np.array([0.3, 0.31, 0.29] * 3))
    found = fit(rows, seconds, noise_floor=0.1, rounds=3)
    weight = 9 / 0.1**2  # residuals of 0.01 lie far inside the tail of Student's t
    assert found.sigma == 0.1
    expected = weight * 1.25 * 0.3 / (weight * 1.25 + 1 / 0.5**2)  # (ν + 1)/ν at its centre
    assert found.theta[0] == pytest.approx(expected, rel=1e-3)


def test_a_wild_row_does_not_drag_the_rest() -> None:
    rows = [{"a": Term(0.0, (Effect("x", sd=1.0),))}] * 20
    seconds = np.exp(np.array([0.1] * 19 + [3.0]))
    assert fit(rows, seconds).theta[0] == pytest.approx(0.1, abs=0.01)


def test_a_measurement_moves_what_it_shares_and_narrows_it() -> None:
    shared = Effect("level", sd=10.0)
    source = {"a": Term(0.0, (shared,))}
    target = {"a": Term(math.log(0.5), (shared,))}
    model = Posterior({}, np.zeros(0), np.zeros((0, 0)), 0.01)
    before = model.predict(target)
    after, unexplained = model.given(target, [(source, math.log(7.0), 0.01)])
    assert math.exp(after.log_seconds) == pytest.approx(3.5, rel=1e-4)
    assert after.sd < before.sd / 100
    assert abs(unexplained[0]) < 1e-4


def test_no_rows_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one"):
        fit([], np.zeros(0))


@pytest.mark.parametrize("task", ["decode", "parallel", "train_step"])
def test_the_value_alone_is_the_value_of_the_prediction(task: str) -> None:
    """With terms beside the others and without, and with effects that were never seen."""
    gpus = capabilities(load_reference().gpus)
    known = calibrated(task, gpus)  # type: ignore[arg-type]
    for name in ("a100-sxm-80gb", "b200-sxm"):
        for row in load_published(task)[::60]:  # type: ignore[arg-type]
            terms = known.learner.row_terms(replace(row, gpu_id=name), gpus)  # type: ignore[attr-defined, type-var]
            posterior = known.learned.posterior
            assert posterior.log_seconds(terms) == pytest.approx(
                posterior.predict(terms).log_seconds, abs=1e-9
            )
