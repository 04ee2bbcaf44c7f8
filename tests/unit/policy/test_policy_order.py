"""The order of claims: named by the plan, or the best on a pilot run; and shares of costs."""

from __future__ import annotations

import pytest

from tests.unit.policy.test_policy_in_plans import TAX, compiled, paid, text_of
from toolkit.app.policy.order import MOST, best_order, compile_settled
from toolkit.projection.engine import base_case
from toolkit.projection.project import model_of
from toolkit.reference import load_reference
from toolkit.resources.compilation import Compilation
from toolkit.resources.compile import compile_plan, read_plan
from toolkit.resources.plan import Plan

INTENSIVE = "uk_eris"
MERGED = "uk_merged"


def ordered(text: str, order: str) -> str:
    return text.replace("policy: {", f"policy: {{order: {order}, ")


def settled(text: str) -> Compilation:
    plan, positions = read_plan(text, load_reference(), "plan.yaml")
    return compile_settled(plan, load_reference(), {}, positions)


def test_claims_on_one_tax_are_served_in_the_order_of_the_plan() -> None:
    # 126,000 of tax a year; the deduction saves 96,000, the reduced rate 50,400
    text = text_of("cn_rd_super", "cn_hnte", customers=90)
    first = compiled(ordered(text, "[cn_rd_super]"))
    assert paid(first, "cn_rd_super", "accrued")[12] == 96000
    assert paid(first, "cn_hnte", "accrued")[12] == 30000
    second = compiled(ordered(text, "[cn_hnte, cn_rd_super]"))
    assert paid(second, "cn_hnte", "accrued")[12] == 50400


def test_of_claims_that_exclude_each_other_the_better_one_is_chosen() -> None:
    # Nobody buys: a loss, 384,000 × 186 % × 14.5 % = 103,564.80 against 62,208 of the merged scheme
    compilation = settled(ordered(text_of(MERGED, INTENSIVE), "best"))
    lines = base_case(model_of(compilation))
    assert paid(lines, INTENSIVE) == {22: 103564.8, 34: 103564.8}
    assert f"policy.{MERGED}.accrued" not in lines
    (warning,) = compilation.warnings
    assert "uk_eris" in warning.en
    assert "82,714 GBP" in warning.en  # 2 × (103,564.80 − 62,207.…) by the end of the horizon
    # With profits only the merged scheme pays.
    lines = base_case(model_of(settled(ordered(text_of(MERGED, INTENSIVE, customers=90), "best"))))
    assert f"policy.{INTENSIVE}.accrued" not in lines
    assert paid(lines, MERGED)


def test_the_chances_of_claims_count() -> None:
    likely = text_of(f"{MERGED}, granted: 0.95", f"{INTENSIVE}, granted: 0.3")
    lines = base_case(model_of(settled(ordered(likely, "best"))))
    assert paid(lines, MERGED)
    assert f"policy.{INTENSIVE}.accrued" not in lines


def test_the_best_of_many_is_found_by_exchanges(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six claims have 720 orders: 24 pilot runs or a few more sort them, when each exchange pays."""
    listed = [f"{name}, amount: 1000, start: 2026-03, granted: 1" for name in ("cn_small", "cn_tech_sme")]
    claims = ["cn_hnte", "cn_rd_super", "cn_sz_train", "cn_vat_sw, facts: {input_vat: 0}"]
    plan, positions = read_plan(text_of(*claims, *listed), load_reference(), "plan.yaml")
    wanted = sorted((claim.programme for claim in plan.policy.programmes), key=lambda name: (name[3], name))
    runs: list[tuple[str, ...]] = []

    def compile_one(one: Plan) -> Compilation:
        runs.append(tuple(one.policy.order))
        return compile_plan(one, load_reference(), {}, positions)

    def sorted_pairs(compilation: Compilation) -> float:
        places = [wanted.index(name) for name in compilation.plan.policy.order]
        return sum(first < second for number, first in enumerate(places) for second in places[number:])

    monkeypatch.setattr("toolkit.app.policy.order._cash", sorted_pairs)
    choice = best_order(plan, compile_one)
    assert list(choice.order) == wanted
    assert len(runs) == len(set(runs)) == choice.tried <= MOST + 5


def test_a_claim_takes_its_share_of_a_cost_for_itself() -> None:
    first = "fr_cir, costs: {research_pay: 25 %}"
    lines = compiled(text_of(first))
    # a quarter of 384,000 × 1.4 × 30 %
    assert paid(lines, "fr_cir", "accrued")[12] == pytest.approx(161280 / 4)


def test_a_share_of_a_cost_has_a_line_of_its_own() -> None:
    claims = [
        "cn_rd_super, costs: {research_pay: 70 %}",
        "cn_sz_train, facts: {compute_contract_training: 0}",
    ]
    lines = compiled(text_of(*claims, customers=90, tax=TAX))
    assert paid(lines, "cn_rd_super", "claimed")[12] == pytest.approx(0.7 * 384_000 * 0.25)
    assert lines["policy.cn_rd_super.base.research_pay"][1] == pytest.approx(0.7 * 32_000)
