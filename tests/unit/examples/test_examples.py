"""The example plans: each reads like a company, rests on something, and holds together."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from toolkit.app.building import Built, build
from toolkit.app.interview.defaults import load_template, template_names
from toolkit.app.rates import find_rates
from toolkit.projection.model import Model
from toolkit.projection.project import base_case, model_of
from toolkit.reference import load_reference
from toolkit.report.context import NARRATIVE
from toolkit.report.references import narrative_problems
from toolkit.resources.compile import compile_plan, read_plan
from toolkit.resources.plan import Plan
from toolkit.store.workspace import Workspace

FOLDER = Path(__file__).parents[3] / "data" / "examples"
COMPANIES = ("cn-llm-startup", "llm-startup", "recommender-startup", "speech-startup", "vision-startup")
BUILD_SECONDS = 6.0  # of processor time on a busy machine; the bar is 3 s on a quiet one


@cache
def plan_of(name: str, scenario: str = "base") -> tuple[Plan, Model]:
    reference = load_reference()
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    plan, positions = read_plan(text, reference, f"{name}.yaml", scenario)
    return plan, model_of(compile_plan(plan, reference, find_rates(plan, reference, ()), positions))


@pytest.mark.parametrize("name", COMPANIES)
def test_every_input_rests_on_something(name: str) -> None:
    inputs = [line for line in plan_of(name)[1].lines.values() if line.statement == "input"]
    assert len(inputs) > 100
    assert not [line.name for line in inputs if line.source.kind == "plan" and not line.source.title]
    assert not [line.name for line in inputs if not line.source.place]


@pytest.mark.parametrize("name", COMPANIES)
def test_every_source_is_used(name: str) -> None:
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    unused = [key for key in plan_of(name)[0].sources if f"source: {key}" not in text]
    assert not unused


@pytest.mark.parametrize("name", COMPANIES)
def test_the_words_are_complete_in_both_languages(name: str) -> None:
    plan = plan_of(name)[0]
    told = set(plan.narrative)
    assert told == set(NARRATIVE)
    assert not narrative_problems(plan.narrative)
    for words in plan.narrative.values():
        assert words.en.isascii() or "—" in words.en or len(words.en) > 20
        assert any("\u4e00" <= letter <= "\u9fff" for letter in words.zh)


@pytest.mark.parametrize("name", COMPANIES)
def test_the_downside_is_another_hiring_plan(name: str) -> None:
    plan = plan_of(name)[0]
    assert len(plan.scenarios) >= 2
    hiring = [
        {path for path in scenario.changes if path.startswith("talent.roles.")} for scenario in plan.scenarios
    ]
    assert max(map(len, hiring)) >= 2


@pytest.mark.parametrize("name", COMPANIES)
def test_the_statements_hold_and_an_investor_would_read_on(name: str, tmp_path: Path) -> None:
    started = time.process_time()
    built: Built = build(FOLDER / f"{name}.yaml", Workspace(tmp_path / "w.duckdb"))
    assert time.process_time() - started < BUILD_SECONDS
    values = base_case(built.model)
    assets, other = values["total.assets"], values["total.liabilities_and_equity"]
    np.testing.assert_allclose(assets, other, rtol=1e-9, atol=1e-3)
    changes = np.diff(np.array(values["account.cash"]))
    np.testing.assert_allclose(changes, np.array(values["total.cash_change"])[1:], rtol=1e-9, atol=1e-3)
    metrics = built.run.metrics
    median = dict(
        zip(built.run.fans["account.cash"].levels, built.run.fans["account.cash"].values, strict=True)
    )
    assert min(median[0.5]) > 0, "cash lasts in the median"
    assert 0.6 < metrics.survive[36].value < 0.99, "and there is some risk"
    revenue = np.array(values["market.revenue"])
    assert revenue[-1] > 3 * revenue[11], "revenue grows out of its channels"
    costs = revenue[-12:].sum() - np.array(values["total.gross_profit"])[-12:].sum()
    assert 0.05 < costs / revenue[-12:].sum() < 0.5, "the gross margin is that of such a company"


@pytest.mark.parametrize("name", COMPANIES)
def test_the_downside_is_worse(name: str) -> None:
    base, downside = (plan_of(name, scenario)[1] for scenario in ("base", "downside"))
    last = [base_case(model)["market.revenue"][-1] for model in (base, downside)]
    assert last[1] < 0.8 * last[0]


def test_together_the_examples_use_what_a_plan_can_say() -> None:
    plans = [plan_of(name)[0] for name in COMPANIES]
    assert {plan.company.currency for plan in plans} == {"USD", "EUR", "GBP", "CNY"}
    kinds = {instrument.kind for plan in plans for instrument in plan.funding.instruments}
    assert kinds >= {
        "safe", "priced_round", "convertible_note", "grant", "loan", "venture_debt", "revenue_based",
    }  # fmt: skip
    partners = {partner.kind for plan in plans for partner in plan.partnerships.partners}
    assert partners == {
        "compute_credits", "discount", "cost_share", "revenue_share", "referral", "data_licence",
    }  # fmt: skip
    gpus = {
        workload.offer.find(load_reference()).gpu_id
        for plan in plans
        for workload in plan.compute.workloads
        if getattr(workload, "offer", None) is not None
    }
    workloads = {workload.kind for plan in plans for workload in plan.compute.workloads}
    assert workloads >= {"training", "service", "inference", "batch", "api"}
    capacity = {held.kind for plan in plans for held in plan.compute.capacity}
    assert capacity == {"reserved", "owned"}
    programmes = {claim.programme for plan in plans for claim in plan.policy.programmes}
    assert programmes >= {"cn_rd_super", "cn_hz_compute", "de_fzulg", "uk_eris", "us_qsb_payroll"}
    assert gpus >= {"ascend-910b", "h20"}, "the Chinese plan rents what is made for China"


@pytest.mark.parametrize("template", template_names())
def test_a_template_begins_like_its_example(template: str) -> None:
    """Same order of size: what `init` assumes for a kind of company and what its example says."""
    assert load_template(template).example in COMPANIES
