"""Rates for a plan: one device each, and a processor's measurement where there is one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.end_to_end.command import EXAMPLE
from toolkit.app.rates import find_rates, per_device
from toolkit.reference import load_reference
from toolkit.resources.compile import read_plan
from toolkit.resources.plan import Plan
from toolkit.shapes.records import Device, Measurement, Rate, Workload

REVIEW = Workload("gpt2", "prefill", "fp32", 1, 128)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return read_plan(EXAMPLE.read_text(encoding="utf-8"), load_reference())[0]


def measured(value: float, at: str, device: Device, workload: Workload = REVIEW) -> Measurement:
    return Measurement(
        workload, device, value, value * 0.95, value * 1.05, 128.0, ((0.1,), (0.1,)), "precision", at
    )


def test_without_a_measurement_the_processor_is_assumed(plan: Plan) -> None:
    rates = find_rates(plan, load_reference(), [])
    assert rates["review"].rung == "assumed"
    assert rates["finetune"].rung == "fitted"
    assert set(rates) == {"finetune", "drafting.prefill", "drafting.decode", "review"}


def test_the_newest_measurement_grounds_processor_work_per_thread(plan: Plan) -> None:
    cpu = Device("cpu", "Some Processor", count=2)
    known = [measured(900.0, "2026-01-01T00:00:00Z", cpu), measured(1000.0, "2026-02-01T00:00:00Z", cpu)]
    rate = find_rates(plan, load_reference(), known)["review"]
    assert rate.rung == "measured"
    assert rate.median == pytest.approx(500.0)  # 1,000 tokens a second on two threads
    assert rate.basis == (known[1].id,)


def test_a_processor_never_grounds_a_gpu(plan: Plan) -> None:
    training = Workload("gpt2-xl", "train", "bf16", 8, 1024)
    known = [measured(1e9, "2026-01-01T00:00:00Z", Device("cpu", "Some Processor", count=2), training)]
    assert find_rates(plan, load_reference(), known)["finetune"].rung == "fitted"


def test_per_device_divides_every_quantile() -> None:
    rate = Rate(
        REVIEW, Device("cuda", "G", "t4", 8), "token/second", ((0.1, 8.0), (0.5, 16.0)), "fitted", "", ()
    )
    one = per_device(rate)
    assert one.quantiles == ((0.1, 1.0), (0.5, 2.0))
    assert one.device.count == 1
    assert per_device(one) == one
    assert per_device(replace(rate, device=Device("cuda", "G", "t4"))).median == 16.0
