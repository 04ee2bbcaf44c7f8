"""Student's t against SciPy, an independent implementation."""

import pytest
from scipy.stats import t

from toolkit.benchmark.student_t import t_factor, two_sided_tail


@pytest.mark.parametrize("dof", [1, 1.3, 2, 4.7, 12, 200])
@pytest.mark.parametrize("level", [0.5, 0.8, 0.95, 0.999])
def test_quantiles(level: float, dof: float) -> None:
    assert t_factor(level, dof) == pytest.approx(t.ppf(0.5 + level / 2, dof), rel=1e-9)


@pytest.mark.parametrize("value", [0.0, 0.3, 2.0, 50.0])
def test_tails(value: float) -> None:
    assert two_sided_tail(value, 3.5) == pytest.approx(2 * t.sf(value, 3.5), rel=1e-9)


@pytest.mark.parametrize(("level", "dof"), [(0.0, 3), (1.0, 3), (0.95, 0), (0.95, -1)])
def test_impossible_arguments(level: float, dof: float) -> None:
    with pytest.raises(ValueError, match="no t quantile"):
        t_factor(level, dof)
