"""The interval covers a known truth as often as it says, and says how wide it must be."""

import math
import random
import statistics

import pytest

from toolkit.benchmark.intervals import (
    headline,
    median_variance,
    pooled,
    process_half_width,
    spread,
    suite_intervals,
)


def traces(
    seed: int, *, processes: int, blocks: int, between: float, within: float, correlation: float = 0.0
) -> dict[str, list[list[float]]]:
    """Six cases with true time 1: a shift a process, AR(1) noise between its blocks, both log-normal."""
    random_ = random.Random(seed)

    def process() -> list[float]:
        shift, noise, found = random_.gauss(0, between), random_.gauss(0, 1), []
        for _ in range(blocks):
            found.append(math.exp(shift + within * noise))
            noise = correlation * noise + math.sqrt(1 - correlation**2) * random_.gauss(0, 1)
        return found

    return {f"case{number}": [process() for _ in range(processes)] for number in range(6)}


@pytest.mark.parametrize(
    ("between", "within", "correlation"),
    [(0.0, 0.03, 0.0), (0.06, 0.03, 0.0), (0.03, 0.1, 0.0), (0.03, 0.05, 0.5), (0.13, 0.02, 0.0)],
)
@pytest.mark.parametrize("blocks", [3, 5])
def test_coverage(between: float, within: float, correlation: float, blocks: int) -> None:
    """At least 90 % of the 95 % intervals hold the truth, from two processes of a few blocks each."""
    covered = total = 0
    for seed in range(80):
        cases = traces(
            seed, processes=2, blocks=blocks, between=between, within=within, correlation=correlation
        )
        for interval in suite_intervals(cases).values():
            covered += interval.low <= 1.0 <= interval.high
            total += 1
    assert covered / total >= 0.90


def test_one_wild_case_does_not_make_the_others_wide() -> None:
    """Thirty cases, of which one in ten has a process that is off by a factor of e or so."""
    covered = total = 0
    widths, calm_widths = [], []
    for seed in range(60):
        cases = {
            f"{name}-{group}": blocks
            for group in range(5)
            for name, blocks in traces(
                10 * seed + group, processes=2, blocks=5, between=0.05, within=0.03
            ).items()
        }
        calm_widths += [interval.half_width for interval in suite_intervals(cases).values()]
        random_ = random.Random(seed)
        wild = random_.sample(sorted(cases), 3)
        for name in wild:
            shift = math.exp(random_.gauss(0, 1))
            cases[name] = [cases[name][0], [shift * value for value in cases[name][1]]]
        for name, interval in suite_intervals(cases).items():
            covered += interval.low <= 1.0 <= interval.high
            total += 1
            widths += [] if name in wild else [interval.half_width]
    assert covered / total >= 0.90
    assert statistics.median(widths) < 1.5 * statistics.median(calm_widths)


@pytest.mark.parametrize("dof", [1, 2, 4, 12])
def test_a_pool_without_its_widest_is_no_smaller(dof: int) -> None:
    """Against simulation: of thirty cases of variance 1 the pool is 1 on average, or a bit more."""
    random_ = random.Random(dof)
    found = []
    for _ in range(400):
        cases = {}
        for number in range(30):
            logs = [random_.gauss(0, 1) for _ in range(dof + 1)]
            cases[str(number)] = [[math.exp(value)] for value in logs]
        found.append(pooled([spread(each).between for each in cases.values()]).value)
    assert 0.97 < statistics.mean(found) < 1.12


def test_one_process_cannot_see_the_shift_between_processes() -> None:
    """Why two processes are the least: the blocks of one cover the truth in less than half of the runs."""
    covered = 0
    for seed in range(60):
        ((blocks,), *_) = traces(seed, processes=1, blocks=5, between=0.13, within=0.02).values()
        width = process_half_width(blocks)
        covered += abs(math.log(statistics.median(blocks))) <= math.log1p(width)
    assert covered / 60 < 0.5


def test_more_processes_narrow_the_interval() -> None:
    few = suite_intervals(traces(1, processes=2, blocks=5, between=0.05, within=0.02))
    many = suite_intervals(traces(1, processes=8, blocks=5, between=0.05, within=0.02))
    assert statistics.mean(i.half_width for i in many.values()) < statistics.mean(
        i.half_width for i in few.values()
    )


def test_headline_is_the_median_of_the_processes_medians() -> None:
    assert headline([[1.0, 2.0, 9.0], [4.0, 4.0, 1.0]]) == pytest.approx(math.sqrt(2.0 * 4.0))
    assert headline([[3.0], [], [5.0], [4.0]]) == pytest.approx(4.0)


def test_a_single_block_borrows_the_spread_of_the_suite() -> None:
    cases = traces(3, processes=2, blocks=4, between=0.02, within=0.05)
    cases["short"] = [[1.0]]
    intervals = suite_intervals(cases)
    widest = max(interval.half_width for name, interval in intervals.items() if name != "short")
    assert intervals["short"].half_width > widest
    assert suite_intervals({"alone": [[1.0]]}) == {}


def test_no_interval_is_wider_than_a_factor_of_ten() -> None:
    wild = {"wild": [[1.0, 1.0], [50.0, 50.0]]}
    interval = suite_intervals(wild)["wild"]
    assert interval.high / interval.median == pytest.approx(10.0)
    assert interval.median / interval.low == pytest.approx(10.0)


def test_without_spread_the_interval_has_no_width() -> None:
    interval = suite_intervals({"exact": [[2.0, 2.0], [2.0, 2.0]]})["exact"]
    assert interval.half_width == pytest.approx(0.0, abs=1e-15)
    assert process_half_width([1.0]) == math.inf


@pytest.mark.parametrize("n", [1, 3, 4, 7, 10, 11, 25])
def test_variance_of_a_median(n: int) -> None:
    """Against simulation: 20,000 medians of n normal values."""
    random_ = random.Random(n)
    medians = [statistics.median(random_.gauss(0, 1) for _ in range(n)) for _ in range(20_000)]
    assert median_variance(n) == pytest.approx(statistics.variance(medians), rel=0.05)


def test_spread_of_known_values() -> None:
    found = spread([[math.exp(0.1), math.exp(0.3)], [math.exp(0.6), math.exp(0.8)]])
    assert found.block.value == pytest.approx(0.02)
    assert found.block.dof == 2
    assert found.between.value == pytest.approx(0.125)
    assert found.between.dof == 1
