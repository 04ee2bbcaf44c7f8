"""Threads are left to those who already use the machine."""

import pytest
import torch

from toolkit.benchmark.threads import check_threads, free_threads


@pytest.mark.parametrize(
    ("available", "cpus", "foreign", "threads"),
    [
        (2, 2, 0.0, 2),
        (2, 2, 0.15, 2),
        (2, 2, 0.2, 1),
        (2, 2, 0.5, 1),
        (2, 2, 1.0, 1),
        (64, 64, 1 / 64, 63),
        (8, 64, 0.5, 8),  # 32 CPUs are free, torch uses 8
        (16, 16, 0.02, 16),
    ],
)
def test_free_threads(available: int, cpus: int, foreign: float, threads: int) -> None:
    assert free_threads(available, cpus, foreign) == threads


def test_a_wanted_number_is_kept_and_the_comparison_reported() -> None:
    before = torch.get_num_threads()
    try:
        check = check_threads(1, foreign_share=0.0)
        assert check.taken == torch.get_num_threads() == 1
        assert check.gain is not None
        assert check.gain > 0
    finally:
        torch.set_num_threads(before)


def test_a_busy_machine_needs_no_comparison() -> None:
    before = torch.get_num_threads()
    try:
        check = check_threads(None, foreign_share=1.0)
        assert check.taken == 1
        assert check.gain is None
        assert check.as_dict()["foreign_share"] == 1.0
    finally:
        torch.set_num_threads(before)
