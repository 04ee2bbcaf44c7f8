"""What a benchmark report says of a measurement."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from tests.unit.store.sample_run import sample_measurement
from toolkit.app.report_bench import bench_context
from toolkit.shapes.records import Origin


def test_a_measurement_of_others_is_not_called_our_own() -> None:
    for origin in get_args(Origin):
        context = bench_context([replace(sample_measurement(), source=origin)])
        (device,) = context.devices
        (row,) = (*device.results, *device.ceilings)
        assert row.origin == origin
