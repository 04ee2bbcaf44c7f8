"""What can be asked, and how it is refused."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.analysis.models import CASH, linear
from toolkit.errors import InputError
from toolkit.projection.analysis.outcome import Outcome, parse_goal, parse_metric

PATH = np.array([[5.0, 1.0, -1.0], [3.0, -2.0, 4.0], [4.0, 3.0, 6.0]])  # months × draws


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("survive(12)", "survive(12)"),
        ("runway", "mean(runway)"),
        ("p5( runway )", "p5(runway)"),
        ("account.cash", "mean(account.cash[12])"),
        ("account.cash[2027-03]", "mean(account.cash[3])"),
        ("p2.5(account.cash[3])", "p2.5(account.cash[3])"),
        ("sd(min(account.cash))", "sd(min(account.cash))"),
        ("mean(sum(flow))", "mean(sum(flow))"),
        ("P(account.cash[6] >= 1.5k)", "P(account.cash[6] >= 1500)"),
        ("P(min(account.cash) < 0)", "P(min(account.cash) < 0)"),
        ("P(runway ≥ 6)", "P(runway >= 6)"),
    ],
)
def test_a_metric_reads_back_as_it_is_written(text: str, written: str) -> None:
    metric = parse_metric(text, linear())
    assert str(metric) == written
    assert parse_metric(written, linear()) == metric


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("", "metric_form"),
        ("p0(runway)", "metric_form"),
        ("mean(mean(runway))", "metric_form"),
        ("P(runway >= many)", "metric_form"),
        ("P(runway >= 2 to 4)", "metric_form"),
        ("account.csh", "unknown_line"),
        ("survive(13)", "unknown_month"),
        ("survive(0)", "unknown_month"),
        ("account.cash[2026-12]", "unknown_month"),
        ("__import__('os')", "metric_form"),
    ],
)
def test_what_is_no_metric_is_refused(text: str, id: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_metric(text, linear())
    assert [problem.id for problem in refused.value.problems] == [f"analysis.{id}"]
    assert refused.value.problems[0].problem("zh")


def test_an_unknown_line_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"account\.cash"):
        parse_metric("p50(acount.cash[3])", linear())


@pytest.mark.parametrize(
    ("text", "written", "value"),
    [
        ("survive(12) >= 95 %", "survive(12) >= 0.95", 0.95),
        ("P(account.cash[6] >= 10) ≥ 0.9", "P(account.cash[6] >= 10) >= 0.9", 0.9),
        ("p50(account.cash[6])<=1.2M", "p50(account.cash[6]) <= 1.2e+06", 1.2e6),
    ],
)
def test_a_goal_is_a_metric_and_a_number(text: str, written: str, value: float) -> None:
    goal = parse_goal(text, linear())
    assert str(goal) == written
    assert goal.value == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("text", ["survive(12)", "survive(12) = 3", ">= 3", "P(runway >= 3)"])
def test_what_is_no_goal_is_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_goal(text, linear())
    assert refused.value.problems[0].id in ("analysis.goal_form", "analysis.metric_form")


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome("runway", CASH), [3, 1, 0]),
        (Outcome("survive", CASH, 1), [1, 1, 0]),
        (Outcome("survive", CASH, 3), [1, 0, 0]),
        (Outcome("at", CASH, 2), [3, -2, 4]),
        (Outcome("min", CASH), [3, -2, -1]),
        (Outcome("max", CASH), [5, 3, 6]),
        (Outcome("sum", CASH), [12, 2, 9]),
    ],
)
def test_outcomes_of_three_draws(outcome: Outcome, expected: list[float]) -> None:
    assert outcome.of(PATH).tolist() == expected
