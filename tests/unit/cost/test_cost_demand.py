"""Load over the day and the months: against a loop over hours, and what must hold."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.app.gpu_costs import scenario
from toolkit.estimate.cost.demand import cold_start_hours, day, monthly_cost, service_months, total
from toolkit.estimate.cost.workload import Service, parse_workload
from toolkit.reference import load_reference
from toolkit.shapes.catalogue import shape

REFERENCE = load_reference()


def service(more: str = "") -> Service:
    text = "name: t\nwork: {kind: service, model: llama-8b, requests_per_month: 30M, prompt_tokens: 512, "
    found = parse_workload(f"{text}output_tokens: 128{more}}}").work
    assert isinstance(found, Service)
    return found


@given(st.floats(1.0, 20.0))
def test_a_day_has_the_peak_that_was_said(ratio: float) -> None:
    hours = np.array(day(ratio))
    assert hours.mean() == pytest.approx(1.0)
    assert hours.max() == pytest.approx(ratio, rel=1e-6)
    assert hours.min() >= 0
    assert hours[12] == pytest.approx(hours.max())


def test_machines_that_follow_the_load_by_a_loop_over_hours() -> None:
    work = service(", peak_to_mean: 3, scaling: follow, cold_start_minutes: 6, minimum_instances: 2")
    tokens, speed, price = 30e6 * 128, 400.0, 2.0
    machines, cost = monthly_cost(work, tokens, np.full((3, 1), speed), np.array([price]), 1.0)
    running = [max(2, math.ceil(tokens / (730 * 3600) * hour / speed)) for hour in day(3.0)]
    starts = sum(max(0, now - before) for before, now in zip([running[-1], *running], running, strict=False))
    hours = (sum(running) + starts * 0.1) * 730 / 24
    assert cost[1, 0] == pytest.approx(hours * price)
    assert machines[1, 0] == pytest.approx(hours / 730)


@given(st.floats(1.0, 8.0), st.floats(10.0, 1e4), st.integers(1, 3))
def test_following_the_load_never_costs_more_than_the_peak_all_day(
    ratio: float, speed: float, least: int
) -> None:
    more = f", peak_to_mean: {ratio}, minimum_instances: {least}, cold_start_minutes: 0"
    each = []
    for scaling in ("peak", "follow"):
        work = service(f"{more}, scaling: {scaling}")
        each.append(monthly_cost(work, 30e6 * 128, np.full((3, 1), speed), np.array([1.0]), 1.0)[1][1, 0])
    assert each[1] <= each[0] * (1 + 1e-9)


def test_a_cold_start_is_the_weights_at_two_gigabytes_a_second_and_a_minute() -> None:
    expected = (60 + 2 * shape("llama-8b").parameters() / 2e9) / 3600
    assert cold_start_hours(service()) == pytest.approx(expected)
    assert cold_start_hours(service(", cold_start_minutes: 3")) == pytest.approx(0.05)


def test_replicas_by_month_grow_with_demand_and_costs_are_shared_between_tokens() -> None:
    text = """
name: t
work: {kind: service, model: llama-8b, requests_per_month: 60M, prompt_tokens: 1024, output_tokens: 256,
       growth_per_month: 20 %, months: 6}
offers: {gpus: [h100-sxm], price_types: [on_demand]}
"""
    workload = parse_workload(text)
    found = scenario(workload)
    months = found.months
    assert [month.month for month in months] == [1, 2, 3, 4, 5, 6]
    assert [month.requests for month in months] == pytest.approx([60e6 * 1.2**power for power in range(6)])
    best = found.comparison.cheapest
    assert best is not None
    assert best.cost is not None
    assert best.machines is not None
    assert months[0].cost == pytest.approx(best.cost)
    assert months[0].machines == pytest.approx(best.machines)
    assert months[0].utilisation == pytest.approx(best.utilisation)
    replicas = [month.replicas for month in months]
    assert replicas == sorted(replicas)
    assert replicas[-1] > replicas[0]
    assert 0 < (best.utilisation or 0) <= 1 / 3 + 1e-9  # the peak is three times the mean
    assert total(months)[1] == pytest.approx(sum(month.cost[1] for month in months))
    paid = (best.per_million_input or 0) * 60e6 * 1024 + (best.per_million_output or 0) * 60e6 * 256
    assert paid / 1e6 == pytest.approx(best.cost[1])
    assert 0 < (best.per_million_input or 0) < (best.per_million_output or 0)
    run = parse_workload("name: t\nwork: {kind: training, model: gpt2, tokens: 1B, sequence: 1024}")
    cases = scenario(run).comparison
    assert all(service_months(case, run) == () for case in cases.cases[:3])


def test_narrower_weights_serve_cheaper_where_memory_is_short() -> None:
    def cost(dtype: str) -> float:
        text = f"""
name: t
work: {{kind: service, model: llama-70b, dtype: {dtype}, requests_per_month: 1M, prompt_tokens: 512,
       output_tokens: 128}}
offers: {{gpus: [a100-sxm-80gb]}}
"""
        best = scenario(parse_workload(text)).comparison.cheapest
        assert best is not None
        assert best.cost is not None
        return best.cost[1]

    assert cost("int4") < cost("bf16")
