"""A disturbed block is recognised by its evidence, and left out only by the stated rule."""

from typing import Any

import pytest

from tests.unit.benchmark.synthetic_events import NO_DEVICE, QUIET_HOST, block
from toolkit.benchmark.disturbance import disturbances, used_blocks
from toolkit.benchmark.suite import quick

CASE = quick("cpu").cases[2]
GPU = {"sm_clock_mhz": 1900, "sm_clock_max_mhz": 1980, "throttle": ["sw_power_cap"], "foreign_pids": []}


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ({}, ()),
        ({"foreign_share": 0.2}, ("foreign_cpu",)),
        ({"cpu_share": 0.6}, ("low_cpu_share",)),
        ({"cpu_share": 0.6, "foreign_share": 0.2}, ("foreign_cpu", "low_cpu_share")),
        ({"foreign_share": None}, ()),
    ],
)
def test_a_cpu_block_is_judged_by_its_host(host: dict[str, Any], found: tuple[str, ...]) -> None:
    blocks = [block("p", CASE, 0, [0.1]), block("p", CASE, 1, [0.1], {**QUIET_HOST, **host})]
    assert disturbances([blocks], "cpu") == [[(), found]]


@pytest.mark.parametrize(
    ("device", "found"),
    [
        ({}, ()),
        ({"throttle": ["hw_thermal", "sw_power_cap"]}, ("hw_thermal",)),
        ({"foreign_pids": [4711]}, ("foreign_gpu_process",)),
        ({"sm_clock_mhz": 1200}, ("low_clock",)),
    ],
)
def test_a_gpu_block_is_judged_by_its_meter_alone(device: dict[str, Any], found: tuple[str, ...]) -> None:
    busy_host = {**QUIET_HOST, "cpu_share": 0.01, "foreign_share": 0.9}
    blocks = [block("p", CASE, index, [0.1], busy_host, {**GPU, **device}) for index in range(2)]
    assert disturbances([blocks], "cuda") == [[found, found]]
    unknown = [block("p", CASE, 0, [0.1], busy_host, NO_DEVICE)]
    assert disturbances([unknown], "cuda") == [[()]]


def test_a_case_that_never_fills_its_threads_is_not_disturbed() -> None:
    """Half the threads busy is normal for a small model: the blocks are compared with each other."""
    blocks = [block("p", CASE, index, [0.1], {**QUIET_HOST, "cpu_share": 0.5}) for index in range(4)]
    assert disturbances([blocks], "cpu") == [[(), (), (), ()]]


@pytest.mark.parametrize(
    ("marks", "used", "unquiet"),
    [
        (["....", "...."], [[0, 1, 2, 3], [0, 1, 2, 3]], False),
        ([".x..", "...."], [[0, 2, 3], [0, 1, 2, 3]], False),
        (["xx..", ".x.."], [[0, 1, 2, 3], [0, 1, 2, 3]], True),
        (
            [".x", "......"],
            [[0, 1], [0, 1, 2, 3, 4, 5]],
            False,
        ),  # one block would be left in the first process
        ([], [], False),
    ],
)
def test_rule(marks: list[str], used: list[list[int]], unquiet: bool) -> None:
    found = [[("foreign_cpu",) if mark == "x" else () for mark in process] for process in marks]
    assert used_blocks(found) == (used, unquiet)
