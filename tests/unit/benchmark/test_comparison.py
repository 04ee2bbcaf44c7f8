"""A difference is real, or not shown, or cannot be judged; processes are the unit."""

import math
import random
from dataclasses import replace

import pytest
from scipy import stats

from tests.unit.benchmark.synthetic_events import run_events
from tests.unit.benchmark.test_results import PREFILL, STEADY, TRAIN, run
from toolkit.benchmark.comparison import compare, pair_up
from toolkit.shapes.records import Measurement, Workload


def measured(cases: dict[Workload, list[list[float]]]) -> list[Measurement]:
    return list(run(run_events(cases)).measurements)


def noisy(seconds: float, seed: int, between: float = 0.02, within: float = 0.01) -> list[list[float]]:
    draw = random.Random(seed)
    centres = [seconds * math.exp(draw.gauss(0, between)) for _ in range(3)]
    return [[centre * math.exp(draw.gauss(0, within)) for _ in range(5)] for centre in centres]


def test_a_clear_difference_is_real() -> None:
    (slow,), (fast,) = measured({TRAIN: noisy(0.2, 1)}), measured({TRAIN: noisy(0.1, 2)})
    (up,), (down,) = compare([("x", slow, fast)]), compare([("x", fast, slow)])
    assert (up.verdict, down.verdict) == ("faster", "slower")
    assert up.ratio == pytest.approx(2, rel=0.1)
    assert up.low is not None
    assert up.high is not None
    assert 1 < up.low < up.ratio < up.high
    assert down.ratio == pytest.approx(1 / up.ratio)


def test_blocks_that_agree_within_processes_prove_nothing_between_them() -> None:
    """Two processes each, every block alike, but the processes 10 % apart: 5 % more is no difference."""
    first = [[0.100] * 5, [0.110] * 5]
    second = [[0.095] * 5, [0.1045] * 5]
    (one,), (two,) = measured({TRAIN: first}), measured({TRAIN: second})
    (found,) = compare([("x", one, two)])
    assert found.verdict == "no_difference_shown"


def test_the_false_alarms_are_as_rare_as_promised() -> None:
    alarms = 0
    for seed in range(60):
        (one,), (two,) = measured({TRAIN: noisy(0.1, 2 * seed)}), measured({TRAIN: noisy(0.1, 2 * seed + 1)})
        alarms += compare([("x", one, two)])[0].verdict != "no_difference_shown"
    assert alarms <= stats.binom.ppf(0.999, 60, 0.05)


def test_many_pairs_are_judged_together() -> None:
    """A ratio that would count alone does not count as the best of twenty."""
    pairs = []
    for seed in range(20):
        (one,), (two,) = measured({TRAIN: noisy(0.1, seed)}), measured({TRAIN: noisy(0.1, 100 + seed)})
        pairs.append((str(seed), one, two))
    found = compare(pairs)
    assert all(each.verdict == "no_difference_shown" for each in found)
    assert any(each.p is not None and each.p < 0.2 for each in found)


def test_what_cannot_be_judged_says_why() -> None:
    (one,) = measured({TRAIN: STEADY})
    doubtful = replace(one, flags=("audit_failed",))
    images = replace(one, workload=replace(TRAIN, unit="image"))
    for other in (doubtful, images):
        (found,) = compare([("x", one, other)])
        assert (found.verdict, found.low, found.p) == ("not_comparable", None, None)
        assert found.reason


def test_files_are_paired_by_workload_and_the_newest_counts() -> None:
    first, second = measured({TRAIN: STEADY, PREFILL: STEADY}), measured({TRAIN: STEADY})
    newer = replace(second[0], measured_at="2030-01-01T00:00:00Z", value=7.0)
    pairs, alone = pair_up(first, [second[0], newer])
    assert [(name, right.value) for name, _, right in pairs] == [(TRAIN.name, 7.0)]
    assert alone == [PREFILL.name]
    crossed, alone = pair_up(first[:1], first[1:])
    assert (len(crossed), alone) == (1, [])


def test_on_a_virtual_machine_a_small_difference_is_none() -> None:
    """Eight per cent between steady runs are real on a machine of one's own, not on a shared host."""
    slower = [[1.08 * value for value in process] for process in STEADY]
    (one,), (two,) = measured({TRAIN: STEADY}), measured({TRAIN: slower})
    assert compare([("x", one, two)])[0].verdict == "slower"
    shared = [replace(each, evidence={**each.evidence, "drift": 0.12}) for each in (one, two)]
    (found,) = compare([("x", *shared)])
    assert found.verdict == "no_difference_shown"
    assert found.high is not None
    assert math.log(found.high / found.ratio) == pytest.approx(1.96 * math.hypot(0.12, 0.12), rel=0.1)
