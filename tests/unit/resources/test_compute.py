"""Models of every family, capacity that is held, spot machines and other people's models, by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.unit.resources.plans import base, compiled, plan_data, read
from toolkit.errors import InputError
from toolkit.projection.engine import base_case
from toolkit.projection.project import compute_uses, model_of
from toolkit.reference import load_reference

HOUR = 730
H100 = {"provider": "aws", "instance_type": "p5.48xlarge", "region": "us-east-1"}
RESERVED = {**H100, "price_type": "reserved_3y"}
SPOT = {**H100, "price_type": "spot"}
PRODUCT = {
    "id": "app", "price": 50, "opening_customers": 20, "organic_customers": 0, "monthly_churn": 0,
    "assumption": "a",
}  # fmt: skip
TRAINING = {
    "id": "train", "kind": "training", "model": "resnet50", "dtype": "bf16", "batch": 64, "start": "2027-01",
    "work_per_run": 3.6e6, "experiments": 2, "goodput": 0.5, "every_months": 1, "assumption": "a",
}  # fmt: skip
INFERENCE = {
    "id": "see", "kind": "inference", "model": "vit-b16", "dtype": "fp16", "batch": 8, "product": "app",
    "work_per_customer": 3.6e6, "utilisation": 0.5, "minimum_instances": 1, "assumption": "a",
}  # fmt: skip
OWNED = {
    "id": "own", "kind": "owned", "gpu": "h100-sxm", "devices": 8, "servers": 2, "start": "2027-02",
    "price": 240_000, "life_months": 12, "residual": 0.1, "power_kw": 10, "pue": 1.5, "power_price": 0.1,
    "colocation": 1000, "upkeep": 0.06, "availability": 0.9, "use": "research", "assumption": "a",
}  # fmt: skip


def plan(
    *workloads: dict[str, Any], capacity: tuple[dict[str, Any], ...] = (), **more: Any
) -> dict[str, Any]:
    room = {"workloads": list(workloads), "capacity": list(capacity), "payment_months": 0, **more}
    return plan_data(compute=room, market={"products": [PRODUCT]})


def price(key: dict[str, str]) -> float:
    return load_reference().offer(**key).price_per_device_hour  # type: ignore[arg-type]


def refused(data: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InputError) as caught:
        read(data)
    return {problem.id: problem.field or "" for problem in caught.value.problems}


def test_a_run_of_images_and_a_service_that_sees() -> None:
    """7.2 million images at 1,000 a second for half of the time are 4 hours; 20 × 3.6 million at 1,000 a
    second 20 hours: one instance of 8 GPUs."""
    found = base(plan({**TRAINING, "offer": H100}, {**INFERENCE, "offer": H100}))
    assert found["compute.train.hours"][1] == pytest.approx(4)
    assert found["compute.see.hours_needed"][1] == pytest.approx(20)
    assert found["compute.see.hours"][1] == 8 * HOUR
    assert found["account.cost_compute"][1] == pytest.approx(8 * HOUR * price(H100))


def test_units_and_lengths_belong_to_the_model() -> None:
    whisper = {**TRAINING, "model": "whisper-small", "offer": H100}
    assert refused(plan(whisper)) == {"compute.length_needed": "compute.workloads[0].sequence"}
    assert "compute.too_long" in refused(plan({**whisper, "sequence": 500}))
    assert read(plan({**whisper, "sequence": 100})).compute.workloads[0].named.unit == "second"
    assert "compute.no_length" in refused(plan({**TRAINING, "sequence": 8, "offer": H100}))
    tokens = {key: value for key, value in TRAINING.items() if key != "work_per_run"} | {"offer": H100}
    assert "compute.work_unit" in refused(plan({**tokens, "tokens_per_run": 1e9}))
    service = {
        "id": "s", "kind": "service", "model": "bert-base", "dtype": "fp16", "batch": 1, "product": "app",
        "requests_per_customer": 1, "prompt_tokens": 1, "output_tokens": 1, "utilisation": 0.5,
        "minimum_instances": 1, "offer": H100, "assumption": "a",
    }  # fmt: skip
    assert refused(plan(service)) == {"compute.not_a_decoder": "compute.workloads[0].model"}


def test_a_reservation_is_paid_whether_used_or_not() -> None:
    """One instance of 8 GPUs for two months: 5,840 hours each; the run of 4 hours uses them at no further
    cost, and its part of the bill is by its hours."""
    held = {"id": "term", "kind": "reserved", "offer": RESERVED, "instances": 1, "start": "2027-02",
            "months": 2, "assumption": "a"}  # fmt: skip
    found = base(plan({**TRAINING, "capacity": "term", "offer": H100}, capacity=(held,)))
    bill = 8 * HOUR * price(RESERVED)
    assert found["compute.held.term.cost"][1:5] == pytest.approx((0, bill, bill, 0))
    assert found["compute.train.held_hours"][1:5] == pytest.approx((0, 4, 4, 0))
    assert found["compute.train.cost"][1:5] == pytest.approx((4 * price(H100), 0, 0, 4 * price(H100)))
    assert found["compute.train.held_cost"][2] == pytest.approx(4 * price(RESERVED))
    assert found["compute.held.term.idle_hours"][2] == pytest.approx(8 * HOUR - 4)
    assert found["account.cost_compute"][2] == pytest.approx(bill)
    assert found["compute.gross.aws"][1:3] == pytest.approx((4 * price(H100), bill))


def test_an_upfront_payment_becomes_cost_month_by_month() -> None:
    held = {"id": "term", "kind": "reserved", "offer": RESERVED, "instances": 1, "start": "2027-02",
            "months": 4, "upfront": 0.5, "assumption": "a"}  # fmt: skip
    found = base(plan(capacity=(held,)))
    bill = 8 * HOUR * price(RESERVED)
    assert found["compute.held.term.upfront_paid"][2] == pytest.approx(2 * bill)
    assert found["compute.held.term.cost"][2:7] == pytest.approx((bill, bill, bill, bill, 0))
    assert found["account.prepaid"][1:7] == pytest.approx((0, 1.5 * bill, bill, bill / 2, 0, 0))
    assert found["account.cash"][6] == pytest.approx(6 * 20 * 50 - 4 * bill)


def test_the_term_of_the_offer_holds() -> None:
    held = {"id": "term", "kind": "reserved", "offer": RESERVED, "instances": 1, "start": "2027-02",
            "assumption": "a"}  # fmt: skip
    assert read(plan(capacity=(held,))).compute.capacity[0].months == 36
    assert "compute.not_reserved" in refused(plan(capacity=({**held, "offer": H100},)))


def test_servers_of_our_own() -> None:
    """Two servers of 8 for 480,000: 36,000 a month for a year, then sold for 48,000. A month: 2 × 10 kW ×
    1.5 × 730 h × 0.1 = 2,190 of power, 2,000 of rent, 2,400 of repairs."""
    found = base(plan({**TRAINING, "capacity": "own"}, capacity=(OWNED,)))
    held = "compute.held.own"
    assert found[f"{held}.hours"][1:3] == pytest.approx((0, 16 * HOUR * 0.9))
    assert found[f"{held}.purchase"][2] == found["account.equipment"][2] == 480_000
    assert found[f"{held}.depreciation"][1:4] == pytest.approx((0, 36_000, 36_000))
    assert found[f"{held}.power"][2] == pytest.approx(2190)
    assert found[f"{held}.place"][2] == pytest.approx(2000)
    assert found[f"{held}.repairs"][2] == pytest.approx(2400)
    assert found["account.research_compute"][2] == pytest.approx(36_000 + 2190 + 2000 + 2400)
    assert found["account.accumulated_depreciation"][13] == pytest.approx(-432_000)
    assert found[f"{held}.proceeds"][14] == pytest.approx(48_000)
    assert found[f"{held}.loss"][14] == pytest.approx(0)
    assert found["account.equipment"][14] == found["account.accumulated_depreciation"][14] == pytest.approx(0)
    assert found["compute.train.cost"][2] == 0
    assert found["compute.train.short_hours"][1:3] == pytest.approx((4, 0))


def test_an_early_sale_writes_the_rest_off() -> None:
    found = base(plan(capacity=({**OWNED, "end": "2027-04"},)))
    assert found["compute.held.own.loss"][5] == pytest.approx(480_000 - 48_000 - 3 * 36_000)
    assert found["account.equipment"][5] == found["account.accumulated_depreciation"][5] == pytest.approx(0)
    assert found["account.depreciation"][5] == pytest.approx(324_000)


def test_prices_of_servers_and_power_come_from_the_tables() -> None:
    given = {key: value for key, value in OWNED.items() if key not in ("price", "pue", "power_price")}
    data = plan(capacity=({**given, "gpu": "ascend-910b"},))
    data["company"] |= {"country": "CN", "currency": "CNY"}
    found = base(data)
    assert found["compute.held.own.purchase"][2] == 2 * 1_900_000
    assert found["compute.held.own.power"][2] == pytest.approx(2 * 10 * 1.46 * 730 * 0.63)
    unknown = refused(plan(capacity=({**given, "gpu": "mi300x", "power_price": 0.1},)))
    assert unknown == {"compute.server_price_unknown": "compute.capacity[0].price"}


def test_workloads_share_capacity_in_the_order_of_the_plan() -> None:
    small = {**OWNED, "servers": 1, "devices": 1, "availability": 0.01, "start": "2027-01"}  # 7.3 hours
    runs = [{**TRAINING, "id": name, "capacity": "own", "offer": H100} for name in ("first", "second")]
    found = base(plan(*runs, capacity=(small,)))
    assert found["compute.first.held_hours"][1] == pytest.approx(4)
    assert found["compute.second.held_hours"][1] == pytest.approx(3.3)
    assert found["compute.second.cost"][1] == pytest.approx(0.7 * price(H100))
    assert found["compute.held.own.used_share"][1] == pytest.approx(1)
    assert found["compute.held.own.idle_hours"][1] == pytest.approx(0, abs=1e-9)


def test_capacity_must_exist_and_have_the_same_gpu() -> None:
    assert "compute.unknown_capacity" in refused(plan({**TRAINING, "capacity": "none"}))
    other = {**TRAINING, "capacity": "own", "offer": {**H100, "instance_type": "p4d.24xlarge"}}
    assert "compute.other_gpu" in refused(plan(other, capacity=(OWNED,)))
    assert refused(plan(TRAINING)) == {"compute.nowhere_to_run": "compute.workloads[0].offer"}


def test_interruptions_cost_hours() -> None:
    """15 to 20 % of these machines are lost within a month; each loss costs two hours of the job. Where the
    provider's band is open, the plan says how often."""
    banded = {"provider": "aws", "instance_type": "g6.16xlarge", "region": "us-east-1", "price_type": "spot"}
    found = base(plan({**TRAINING, "offer": banded, "lost_per_interruption": 2}))
    assert found["compute.train.hours"][1] == pytest.approx(4 * (1 - math.log(1 - 0.175) / 730 * 2))
    lost = {**TRAINING, "offer": SPOT, "lost_per_interruption": 2}
    assert "compute.interruptions_unknown" in refused(plan(lost))
    given = base(plan({**lost, "interruptions_per_month": 73}))
    assert given["compute.train.hours"][1] == pytest.approx(4 * 1.2)
    assert "compute.not_spot" in refused(plan({**lost, "offer": H100}))


API = {
    "id": "ask", "kind": "api", "product": "app", "requests_per_customer": 1000, "prompt_tokens": 2000,
    "output_tokens": 500, "api": {"provider": "openai", "model": "gpt-6.1-sol"}, "assumption": "a",
}  # fmt: skip


def test_other_peoples_models_cost_by_the_token() -> None:
    """20,000 requests: 40 million tokens at 2 and 10 million at 10; with half of the prompt from the cache at
    0.1, 20 × 2 + 20 × 0.1 + 100."""
    row = load_reference().api_price("openai", "gpt-6.1-sol")
    assert (row.usd_per_1m_input, row.usd_per_1m_cached_input, row.usd_per_1m_output) == (2, 0.1, 10)
    assert base(plan(API))["compute.ask.cost"][1] == pytest.approx(180)
    half = base(plan({**API, "cached_share": 0.5}))
    assert half["compute.ask.cost"][1] == half["account.cost_compute"][1] == pytest.approx(142)
    assert half["compute.gross.openai"][1] == pytest.approx(142)
    wrong = refused(plan({**API, "api": {"provider": "openai", "model": "gpt-0"}}))
    assert wrong == {"reference.unknown_api_price": "compute.workloads[0].api"}


def test_machines_for_research_by_the_hour() -> None:
    cluster = {"id": "lab", "kind": "cluster", "offer": H100, "instances": 2, "hours_share": 0.25,
               "assumption": "a"}  # fmt: skip
    found = base(plan(cluster))
    assert found["compute.lab.hours"][1] == pytest.approx(2 * 8 * HOUR / 4)
    assert found["account.research_compute"][1] == pytest.approx(4 * HOUR * price(H100))


def test_every_cost_has_its_ground() -> None:
    """What workloads and idle capacity cost adds up to the compute cost of the plan."""
    data = plan({**TRAINING, "capacity": "own", "offer": H100}, API, capacity=(OWNED,))
    compilation = compiled(data)
    values = base_case(model_of(compilation))
    uses = compute_uses(compilation, values)
    assert [use.rung for use in uses] == ["measured", "listed", "listed"]
    assert sum(sum(use.cost) for use in uses) == pytest.approx(sum(values["compute.cost"][1:]))


def test_the_voucher_pays_more_for_domestic_devices() -> None:
    """Hangzhou: 30 % of what ran on domestic accelerators, 20 % of the rest, once a year."""
    ascend = {
        "provider": "smm-market",
        "instance_type": "8x Ascend 910B2",
        "region": "cn",
        "price_type": "monthly",
    }
    other = {"provider": "compshare", "instance_type": "H20 96G", "region": "cn"}
    claim = {"programme": "cn_hz_compute", "granted": 1, "assumption": "a"}
    data = plan({**TRAINING, "offer": ascend}, {**TRAINING, "id": "second", "offer": other})
    data["company"] |= {"country": "CN", "region": "Zhejiang", "currency": "CNY"}
    found = base(data | {"policy": {"programmes": [claim]}})
    domestic, rest = (sum(found[f"compute.{work}.cost"][1:13]) for work in ("train", "second"))
    assert domestic > 0 < rest
    assert found["compute.research_domestic_share"][12] == pytest.approx(domestic / (domestic + rest))
    received = sum(found["policy.cn_hz_compute.received"][1:25])
    assert received == pytest.approx(0.3 * domestic + 0.2 * rest)
    abroad = base(data | {"company": {**data["company"], "country": "DE"}})
    assert set(abroad["compute.research_domestic_share"]) == {0}
