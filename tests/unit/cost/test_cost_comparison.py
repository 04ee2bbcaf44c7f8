"""Workloads on offers: what fits, prices of instances, currencies, commitments, own machines, bad input."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from toolkit.app.gpu_costs import all_offers, break_even_document, offer_list, scenario
from toolkit.errors import InputError
from toolkit.estimate.cost.cases import Case, Comparison
from toolkit.estimate.cost.comparison import compare
from toolkit.estimate.cost.fitting import fit_training, gpus_to_train, largest_concurrency, training_bytes
from toolkit.estimate.cost.market import Converter, age_in_days, newest_prices
from toolkit.estimate.cost.ownership import OwnedCost, owned_cost
from toolkit.estimate.cost.speed import Speed, Speeds
from toolkit.estimate.cost.workload import (
    CostWorkload,
    Optimised,
    Ownership,
    Service,
    parse_workload,
    read_workload,
)
from toolkit.reference import Offer, load_reference
from toolkit.reference.paths import data_dir

REFERENCE = load_reference()
SPEEDS = Speeds(REFERENCE)
TODAY = date(2026, 11, 23)
TRAINING = """
name: test
work: {kind: training, model: llama-8b, dtype: bf16, sequence: 4096, tokens: 1B, max_gpus: 16}
"""
SERVICE = """
name: test
work: {kind: service, model: llama-8b, requests_per_month: 1M, prompt_tokens: 512, output_tokens: 128}
"""
EIGHT = REFERENCE.offer(provider="aws", instance_type="p5.48xlarge", region="us-east-1")


def compared(text: str, *offers: Offer) -> Comparison:
    return compare(parse_workload(text), offers or REFERENCE.offers, REFERENCE, TODAY, SPEEDS)


def case(found: Comparison, instances: int = 1) -> Case:
    return next(one for one in found.cases if one.instances == instances)


def ids(text: str) -> list[str]:
    with pytest.raises(InputError) as refused:
        parse_workload(text)
    for problem in refused.value.problems:
        assert problem.problem("en")
        assert problem.mend("zh")
    return [problem.id for problem in refused.value.problems]


def test_an_instance_of_eight_gpus_is_paid_once_and_not_eight_times() -> None:
    assert EIGHT.devices == 8
    found = case(compared(TRAINING, EIGHT))
    assert found.speed is not None
    assert found.cost is not None
    assert found.hours is not None
    hours = 1e9 / found.speed.median / 3600 / 0.9
    assert found.gpus == found.speed.gpus == 8
    assert found.hours[1] == pytest.approx(hours)
    assert found.cost[1] == pytest.approx(hours * EIGHT.price_per_hour)
    two = case(compared(TRAINING, EIGHT), 2)
    assert two.gpus == 16
    assert two.cost is not None
    assert two.hours is not None
    assert two.cost[1] == pytest.approx(two.hours[1] * 2 * EIGHT.price_per_hour)


def test_a_machine_serves_with_all_its_gpus() -> None:
    found = case(compared(SERVICE, EIGHT))
    assert found.speed is not None
    assert found.speed.replicas * found.speed.gpus_per_replica == 8
    one = SPEEDS.of(parse_workload(SERVICE).work, "h100-sxm", 1)  # type: ignore[arg-type]
    assert isinstance(one, Speed)
    assert found.speed.median == pytest.approx(8 * one.median)
    assert found.cost == pytest.approx((EIGHT.price_per_hour * 730,) * 3)


def test_memory_by_hand() -> None:
    work = parse_workload(TRAINING).work
    assert isinstance(work, Optimised)
    parameters = 8_030_261_248  # as its makers publish it
    # An H100 has 80 GB; the state alone is 16 bytes a parameter, 128.5 GB: two devices hold it, one does not.
    assert fit_training(work, 80e9, 1) is None
    # Two hold 64.2 GB of it each, and beside it one matrix of the head (1.1), the logits (4,096 · 128,256 · 6
    # bytes = 3.2), inputs of 32 layers (1.1) and one layer (0.5): 70 GB of the 72 that are usable.
    assert gpus_to_train(work, 80e9) == 2
    assert training_bytes(work, 2, 1, True) == pytest.approx(70e9, rel=0.01)
    fit = fit_training(work, 80e9, 8)
    assert fit is not None
    state = 16 * parameters / 8
    assert training_bytes(work, 8, 1, fit.checkpointing) > state
    assert training_bytes(work, 8, fit.largest_batch, fit.checkpointing) <= 0.9 * 80e9
    assert training_bytes(work, 8, fit.largest_batch + 1, fit.checkpointing) > 0.9 * 80e9


def test_cache_by_hand() -> None:
    work = parse_workload(SERVICE).work
    assert isinstance(work, Service)
    # Llama 3 8B: 2 · 32 layers · 8 heads · 128 wide · 2 bytes = 131,072 bytes a token, 640 tokens a request.
    expected = int((0.9 * 80e9 - 2 * 8_030_261_248) / (131_072 * 640))
    assert largest_concurrency(work, 80e9, 1) == expected


def test_a_model_that_cannot_fit_says_how_many_gpus_it_takes() -> None:
    l4 = REFERENCE.offer(provider="aws", instance_type="g6.xlarge", region="us-east-1")
    found = case(compared(TRAINING, l4))
    assert found.cost is None
    assert found.problem is not None
    assert found.problem.id == "estimate.does_not_fit"
    assert found.problem.values["least"] == gpus_to_train(
        parse_workload(TRAINING).work,  # type: ignore[arg-type]
        REFERENCE.gpu("l4").memory_bytes,
    )


def test_adapters_fit_where_the_whole_does_not() -> None:
    text = "name: t\nwork: {kind: fine_tune, method: METHOD, model: llama-8b, examples: 1k, "
    text += "tokens_per_example: 512}"
    offer = next(one for one in REFERENCE.offers if (one.gpu_id, one.devices) == ("rtx-4090", 1))
    assert case(compared(text.replace("METHOD", "full"), offer)).problem is not None
    lora = case(compared(text.replace("METHOD", "lora"), offer))
    assert lora.cost is not None
    assert parse_workload(text.replace("METHOD", "lora")).work.steps[0] == 1000 * 512 * 3  # type: ignore[union-attr]


def test_a_precision_that_the_gpu_lacks_and_a_device_that_cannot_train() -> None:
    t4 = next(one for one in REFERENCE.offers if one.gpu_id == "t4")
    inferentia = next(one for one in REFERENCE.offers if one.gpu_id == "inferentia2")
    found = compared(TRAINING, t4, inferentia)
    assert {one.problem.id for one in found.cases if one.problem} == {
        "gpu.lacks_precision", "gpu.inference_only",
    }  # fmt: skip
    assert found.cheapest is None


def test_prices_are_converted_with_a_dated_rate_that_is_said() -> None:
    yuan = next(one for one in REFERENCE.offers if one.currency == "CNY" and one.gpu_id == "h800-sxm")
    rate = REFERENCE.exchange_rate("USD", "CNY")
    found = compared(SERVICE, yuan).cases[0].option
    assert found.price_per_hour == pytest.approx(yuan.price_per_hour / rate.factor)
    assert found.listed_price == yuan.price_per_hour
    assert found.conversion is not None
    assert f"{rate.rows[0].rate:g} CNY ({rate.rows[0].as_of})" in found.conversion


def test_chinese_offers_are_compared_with_the_others() -> None:
    providers = {one.option.provider for one in compared(SERVICE).cases if one.cost is not None}
    assert {"aws", "autodl", "aliyun", "compshare"} <= providers


def test_old_and_undated_prices_warn() -> None:
    old = replace(EIGHT, as_of="2026-01")
    assert age_in_days("2026-01", TODAY) == 326
    assert age_in_days(None, TODAY) is None
    assert [one.id for one in compared(TRAINING, old).cases[0].option.warnings] == ["gpu.old_price"]
    undated = replace(EIGHT, as_of=None)
    assert [one.id for one in compared(TRAINING, undated).cases[0].option.warnings] == ["gpu.undated_price"]
    newer = replace(EIGHT, as_of="2026-11", price_per_hour=50.0)
    assert newest_prices([old, newer, undated]) == [newer]


def test_an_offer_without_a_price_is_marked_and_one_without_a_host_is_not_the_cheapest() -> None:
    free = replace(EIGHT, price_per_hour=0.0)
    found = compared(TRAINING, free).cases[0]
    assert found.problem is not None
    assert found.problem.id == "gpu.no_price"
    bare = replace(EIGHT, host_included=False, price_per_hour=1.0, instance_type="bare")
    both = compared(TRAINING, EIGHT, bare)
    assert both.cases[0].option.instance_type == "bare"
    assert both.cheapest is not None
    assert both.cheapest.option.instance_type == "p5.48xlarge"
    assert not any(one.option.instance_type == "bare" for one in both.front)


def test_spot_takes_longer_and_a_better_gpu_never_costs_more() -> None:
    spot = replace(EIGHT, price_type="spot", instance_type="spot")
    found = compared(TRAINING, EIGHT, spot)
    bands = {one.option.kind: one for one in found.cases if one.instances == 1}
    assert bands["spot"].hours is not None
    assert bands["on_demand"].hours is not None
    assert all(s > d for s, d in zip(bands["spot"].hours, bands["on_demand"].hours, strict=True))
    better = replace(
        EIGHT, gpu_id="h200-sxm", price_per_hour=EIGHT.price_per_hour * 0.9, instance_type="better"
    )
    both = {
        one.option.instance_type: one for one in compared(TRAINING, EIGHT, better).cases if one.instances == 1
    }
    assert both["better"].cost is not None
    assert both["p5.48xlarge"].cost is not None
    assert both["better"].cost[1] <= both["p5.48xlarge"].cost[1]


def test_a_reservation_is_owed_whole_or_by_the_hour() -> None:
    year = replace(EIGHT, price_type="reserved_1y", term_months=12, price_per_hour=20.0)
    whole = case(compared(TRAINING, year))
    assert whole.cost == pytest.approx((20.0 * 8760,) * 3)
    assert whole.owed == pytest.approx(20.0 * 8760)
    hourly = case(compared(TRAINING + "commitment: hours\nreserved_upfront: 0.5\n", year))
    assert hourly.cost is not None
    assert hourly.hours is not None
    assert hourly.cost[1] == pytest.approx(hourly.hours[1] * 20.0)
    assert hourly.option.upfront == pytest.approx(0.5 * 20.0 * 8760)


def test_deadline_and_budget_filter_by_the_bad_end_and_the_middle() -> None:
    open_ = compared(TRAINING, EIGHT)
    one, two = case(open_), case(open_, 2)
    assert one.hours is not None
    assert two.hours is not None
    between = (one.hours[2] + two.hours[2]) / 2 / 24
    late = compared(TRAINING + f"deadline_days: {between}\n", EIGHT)
    assert late.cheapest is not None
    assert late.cheapest.instances == 2
    assert not case(late).in_time
    assert compared(TRAINING + "budget: 1\n", EIGHT).cheapest is None


def test_an_own_server_by_hand() -> None:
    own = Ownership(
        gpu="h100-sxm", devices=8, country="CN", currency="USD", server_price=300_000, years=5, resale=0.1,
        failures_per_year=0.02, cost_of_capital=0.0, power_price=0.1, server_over_gpu_power=1.5, load=0.5,
        pue=1.2, colocation_per_kw_month=100, staff_per_month=1000,
    )  # fmt: skip
    found = owned_cost(own, REFERENCE.gpu("h100-sxm"), REFERENCE, Converter("USD", REFERENCE))
    assert isinstance(found, OwnedCost)
    assert found.kilowatts == pytest.approx(8.4)  # 8 · 700 W · 1.5
    assert found.capital == pytest.approx(54_000)  # (300,000 - 30,000) / 5
    assert found.failures == pytest.approx(6_000)
    assert found.power == pytest.approx(8.4 * 0.5 * 1.2 * 0.1 * 8760)
    assert found.rack == pytest.approx(10_080)
    assert found.per_hour == pytest.approx((54_000 + 6_000 + 4415.04 + 10_080 + 12_000) / 8760)


def test_an_own_server_whose_price_is_not_known_is_marked() -> None:
    found = compared(TRAINING + "own: [{gpu: b200-sxm, country: US}]\n", EIGHT)
    marked = next(one for one in found.cases if one.option.kind == "owned")
    assert marked.problem is not None
    assert marked.problem.id == "gpu.own_unknown"
    assert marked.problem.values["name"] == "server_price"


def test_the_api_by_hand_and_the_break_even_document() -> None:
    row = REFERENCE.api_prices[0]
    text = (
        SERVICE
        + f"own: [{{gpu: h100-sxm, country: CN}}]\napi: [{{provider: {row.provider}, model: {row.model}}}]\n"
    )
    found = scenario(parse_workload(text), REFERENCE, REFERENCE.offers, today=TODAY, speeds=SPEEDS)
    api = found.comparison.apis[0]
    each = (512 * row.usd_per_1m_input + 128 * row.usd_per_1m_output) / 1e6
    assert api.per_month == pytest.approx(each * 1e6)
    document = break_even_document(found.break_evens, "zh")
    assert json.dumps(document)
    assert json.dumps(found.document("zh"))
    p4d = next(
        one for one in found.break_evens.commitments
        if one.committed.instance_type == "p4d.24xlarge" and one.committed.kind == "reserved_3y"
    )  # fmt: skip
    assert p4d.utilisation == pytest.approx(9.37 / 21.96, abs=0.01)
    volume = found.break_evens.volumes[0]
    assert volume.first is not None
    assert volume.first == pytest.approx(volume.machine_month / each)
    assert any(one.case.option.kind == "owned" for one in found.break_evens.volumes)


def test_a_machine_that_cannot_do_the_work_is_no_commitment() -> None:
    large = SERVICE.replace("llama-8b", "llama-70b") + "own: [{gpu: t4, country: US}]\n"
    found = scenario(parse_workload(large), REFERENCE, REFERENCE.offers, today=TODAY, speeds=SPEEDS)
    able = {(one.option.instance_type, one.option.region) for one in found.comparison.cases if one.cost}
    kept = {
        (one.committed.instance_type, one.committed.region)
        for one in (*found.break_evens.commitments, *found.break_evens.owned)
    }
    assert kept
    assert kept <= able


def test_goals_choose_the_requests_in_flight() -> None:
    loose = case(compared(SERVICE.replace("128}", "128, ms_per_token: 100}"), EIGHT)).speed
    tight = case(compared(SERVICE.replace("128}", "128, ms_per_token: 12}"), EIGHT)).speed
    assert loose is not None
    assert tight is not None
    assert tight.batch < loose.batch
    assert tight.ms_per_token is not None
    assert tight.ms_per_token <= 12
    never = case(compared(SERVICE.replace("128}", "128, ms_per_token: 0.01}"), EIGHT))
    assert never.problem is not None
    assert never.problem.id == "gpu.tokens_slow"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TRAINING.replace("llama-8b", "llama-9b"), ["plan.unknown_model"]),
        (TRAINING.replace("1B", "0"), ["lines.quantity_positive"]),
        (TRAINING.replace("1B", "1B to 2B"), ["plan.not_certain"]),
        ("name: t\nwork: {kind: training, model: llama-8b, sequence: 4096}", ["gpu.one_size"]),
        ("name: t\nwork: {kind: dance}", ["plan.choice"]),
        (SERVICE.replace("requests_per_month: 1M, ", ""), ["gpu.one_volume"]),
        (TRAINING + "api: [{provider: a, model: b}]", ["gpu.api_for_service"]),
        (TRAINING + "currency: XYZ", ["plan.choice"]),
        (TRAINING + "deadlines: 3", ["plan.unknown_key"]),
    ],
)  # fmt: skip
def test_bad_workloads(text: str, expected: list[str]) -> None:
    assert ids(text) == expected


def test_unknown_gpus_are_named_with_the_nearest_and_filters_may_match_nothing() -> None:
    with pytest.raises(InputError) as refused:
        compared(TRAINING + "offers: {gpus: [h100-sxn]}")
    assert refused.value.problems[0].id == "reference.unknown_gpu"
    assert "h100-sxm" in refused.value.problems[0].values["nearest"]
    with pytest.raises(InputError) as refused:
        compared(TRAINING + "offers: {providers: [nobody]}")
    assert refused.value.problems[0].id == "gpu.no_offers"
    with pytest.raises(InputError) as refused:
        compared(TRAINING + "own: [{gpu: h100}]")
    assert refused.value.problems[0].field == "own[0].gpu"


def test_examples_and_a_file_of_offers(tmp_path: Path) -> None:
    for file in sorted((data_dir() / "examples" / "workloads").glob("*.yaml")):
        found = compare(read_workload(file), REFERENCE.offers, REFERENCE, TODAY, SPEEDS)
        assert found.cheapest is not None, file.name
    own = tmp_path / "own.csv"
    lines = (data_dir() / "offers.csv").read_text(encoding="utf-8").splitlines()
    own.write_text("\n".join([lines[0], lines[1].replace("aws,", "my-cloud,")]) + "\n", encoding="utf-8")
    listed = offer_list({"providers": ["my-cloud"]}, "USD", [own], TODAY)
    assert [one.provider for one in listed] == ["my-cloud"]
    assert str(own) in (listed[0].source.place or "")
    own.write_text(lines[0] + "\n" + lines[1].replace(",0.526", ",-1") + "\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        all_offers([own])
    assert refused.value.problems[0].line == 2
    assert refused.value.problems[0].file == str(own)


def test_a_comparison_is_interactive() -> None:
    workload: CostWorkload = parse_workload(TRAINING)
    compare(workload, REFERENCE.offers, REFERENCE, TODAY, SPEEDS)
    best = min(_seconds(workload) for _ in range(5))
    assert best < 0.5  # 20 ms on a quiet machine; `python -m tests.peers estimate` prints it


def _seconds(workload: CostWorkload) -> float:
    start = time.perf_counter()
    compare(workload, REFERENCE.offers, REFERENCE, TODAY, SPEEDS)
    return time.perf_counter() - start
