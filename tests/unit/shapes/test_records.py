"""Measurements survive JSON unchanged and are addressed by their content."""

import json
from dataclasses import replace

from toolkit.shapes.records import Device, Measurement, Workload

MEASUREMENT = Measurement(
    workload=Workload("gpt2", "train", "bf16", 8, 1024, options=(("checkpointing", "full"),)),
    device=Device("cuda", "NVIDIA H100 80GB HBM3", "h100-sxm"),
    value=100.0,
    low=98.0,
    high=103.0,
    work_per_step=8192.0,
    block_seconds=((81.0, 82.0), (83.0, 80.5)),
    stop_reason="precision",
    measured_at="2026-11-01T00:00:00Z",
    flags=("short_blocks",),
    unknown={"joules_per_unit": "no counter"},
    evidence={"half_width": 0.03, "blocks_used": [[0, 1], [0, 1]]},
)


def test_round_trip() -> None:
    again = Measurement.from_json(json.loads(json.dumps(MEASUREMENT.to_json())))
    assert again == MEASUREMENT
    assert again.id == MEASUREMENT.id


def test_the_id_follows_the_content() -> None:
    assert replace(MEASUREMENT, value=100.5).id != MEASUREMENT.id
    assert replace(MEASUREMENT, ceiling_share=0.5).id != MEASUREMENT.id


def test_the_name_holds_everything_that_changes_the_work() -> None:
    assert MEASUREMENT.workload.name == "gpt2.train.bf16.b8.t1024.checkpointing=full"
