"""Depreciation against the printed tables of IRS Publication 946, appendix A (tables A-1 to A-5)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from toolkit.resources.finance.depreciation import macrs, macrs_percentages, straight_line

PRINTED = {
    (5, None): "20.00 32.00 19.20 11.52 11.52 5.76",
    (7, None): "14.29 24.49 17.49 12.49 8.93 8.92 8.93 4.46",
    (5, 1): "35.00 26.00 15.60 11.01 11.01 1.38",
    (5, 2): "25.00 30.00 18.00 11.37 11.37 4.26",
    (5, 3): "15.00 34.00 20.40 12.24 11.30 7.06",
    (5, 4): "5.00 38.00 22.80 13.68 10.94 9.58",
    (7, 1): "25.00 21.43 15.31 10.93 8.75 8.74 8.75 1.09",
    (7, 2): "17.85 23.47 16.76 11.97 8.87 8.87 8.87 3.34",
    (7, 3): "10.71 25.51 18.22 13.02 9.30 8.85 8.86 5.53",
    (7, 4): "3.57 27.55 19.68 14.06 10.04 8.73 8.73 7.64",
}


@pytest.mark.parametrize(("years", "quarter"), PRINTED)
def test_percentages_are_those_of_the_printed_table(years: int, quarter: int | None) -> None:
    percentages = macrs_percentages(years, "half_year" if quarter is None else "mid_quarter", quarter)
    assert " ".join(f"{float(each):.2f}" for each in percentages) == PRINTED[years, quarter]
    assert sum(percentages) == 100


def test_the_whole_cost_is_deducted() -> None:
    assert sum(macrs(123_456.78, 7, "mid_quarter", 3)) == Fraction("123456.78")


def test_straight_line_to_the_cent() -> None:
    assert straight_line(36_000, 3_600, 36) == 900
    assert straight_line(100, 0, 3) * 3 == 100
