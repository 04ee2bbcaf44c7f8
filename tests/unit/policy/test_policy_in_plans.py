"""Claims of a plan: the same formulas over the plan's lines, with accrual, waiting, cash and carry-forward.

Four people in research at 120,000 a year, 80 % of it research: 384,000 a year; employer cost 20 %.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

import numpy as np
import pytest

from toolkit.errors import InputError
from toolkit.projection.engine import Engine, base_case
from toolkit.projection.project import model_of
from toolkit.reference import load_reference
from toolkit.resources.compile import compile_plan, read_plan
from toolkit.resources.policy.programme import load_programme, programme_files

PLAN = """
format: 1
company: {{id: mini, name: Mini, country: {country}, currency: {currency}, start: 2026-01, months: 36,
  fiscal_year_start: {fiscal_start}}}
opening: {{balances: {{cash: 9M, common_stock: 9M}}}}
talent:
  roles:
    - {{id: lab, function: research, count: 4, salary: 120k, employer_rate: 20 %, research_share: 80 %}}
market:
  products:
    - {{id: licence, price: 1000, opening_customers: {customers}, organic_customers: 0, monthly_churn: 0 %}}
{tax}
policy: {{programmes: [{claims}]}}
"""
TAX = "tax: {rate: 25 %}"
NEEDED = {
    "us_sec41_regular": "facts: {fixed_base_percentage_uncapped: 0.03}",
    "cn_vat_sw": "granted: 1, facts: {input_vat: 0}",
    "ca_sred": "facts: {overhead_method: proxy, provincial_credit_rate: 0.1}",
    "de_fzulg": "facts: {is_sme: true, project_start_date: 2026-01-15}",
}
Lines = Mapping[str, tuple[float, ...]]


def text_of(*claims: str, customers: int = 0, tax: str = TAX, fiscal_start: int = 1) -> str:
    """A plan with these claims (`id`, or `id, more: …`), in the country of the first."""
    programme = load_programme(claims[0].partition(",")[0])
    entries = ", ".join(f"{{programme: {claim}}}" for claim in claims)
    return PLAN.format(
        country=programme.country, currency=programme.currency, claims=entries, customers=customers,
        tax=tax, fiscal_start=fiscal_start,
    )  # fmt: skip


def compiled(text: str) -> Lines:
    plan, positions = read_plan(text, load_reference(), "plan.yaml")
    return base_case(model_of(compile_plan(plan, load_reference(), {}, positions)))


def paid(lines: Lines, id: str, part: str = "received") -> dict[int, float]:
    """Month → amount, where there is any."""
    return {
        month: round(value, 2)
        for month, value in enumerate(lines[f"policy.{id}.{part}"])
        if abs(value) > 0.005
    }


def refused(text: str) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        compiled(text)
    assert all(problem.file == "plan.yaml" and problem.line for problem in caught.value.problems)
    return sorted((problem.id, problem.field) for problem in caught.value.problems)


@pytest.mark.parametrize("id", sorted(programme_files()))
def test_every_programme_can_be_claimed_and_the_books_balance(id: str) -> None:
    lines = compiled(text_of(f"{id}, {NEEDED.get(id, 'granted: 1')}", customers=90))
    assert all(math.isfinite(value) for values in lines.values() for value in values)
    accrued, received = sum(lines[f"policy.{id}.accrued"]), sum(lines[f"policy.{id}.received"])
    assert -1e-6 <= received <= accrued + 1e-6
    assert lines["total.assets"] == pytest.approx(lines["total.liabilities_and_equity"])
    assert min(lines.get("account.support_receivable", (0,))) >= 0


@pytest.mark.parametrize(
    ("claim", "received"),
    [
        # 384,000 × 1.55 × 0.9 × 35 %, twelve months after the year
        ("ca_sred, facts: {overhead_method: proxy, provincial_credit_rate: 0.1}", {24: 187488, 36: 187488}),
        # 384,000 × 1.2 × 35 %, fifteen months after the year
        ("de_fzulg, facts: {is_sme: true, project_start_date: 2026-01-15}", {27: 161280}),
        ("de_fzulg, facts: {is_sme: true, project_start_date: 2025-12-31}", {27: 134400}),
        # 384,000 × 1.4 × 30 %
        ("fr_cir", {21: 161280, 33: 161280}),
        ("fr_cir, delay_months: 3", {24: 161280, 36: 161280}),
        ("nl_wbso", {13: 138240, 25: 138240}),
        # loss of 576,000 a year: 384,000 × 186 % × 14.5 %
        ("uk_eris", {22: 103564.8, 34: 103564.8}),
        # 384,000 × 20 % × 81 %
        ("uk_merged", {22: 62208, 34: 62208}),
    ],
)
def test_cash_comes_when_it_should(claim: str, received: dict[int, float]) -> None:
    assert paid(compiled(text_of(claim)), claim.partition(",")[0]) == received


def test_payroll_credit_is_used_as_far_as_payroll_tax_is_due() -> None:
    # 384,000 × 6 % = 23,040 a year against 8,000 a month from the fourth month after the year
    lines = compiled(text_of("us_qsb_payroll"))
    assert paid(lines, "us_qsb_payroll", "accrued") == {12: 23040, 24: 23040, 36: 23040}
    assert paid(lines, "us_qsb_payroll") == {16: 8000, 17: 8000, 18: 7040, 28: 8000, 29: 8000, 30: 7040}


def test_a_test_that_fails_in_the_second_year_ends_the_benefit() -> None:
    # 500 customers pay 6 million a year: above the limit of 5 million
    lines = compiled(text_of("us_qsb_payroll", customers=500))
    assert paid(lines, "us_qsb_payroll", "accrued") == {}
    assert set(lines["policy.us_qsb_payroll.eligible"][10:]) == {0.0}
    assert set(lines["policy.us_qsb_payroll.eligible"][1:9]) == {1.0}


def test_relief_is_not_due_rather_than_paid_and_never_more_than_is_due() -> None:
    lines = compiled(text_of("fr_jei"))
    # 8,000 a month each: 8,000 × 20.36 % + 4,005 × 8.55 %, four people; below the 8,000 that are due
    assert paid(lines, "fr_jei") == dict.fromkeys(range(1, 37), 7884.91)


def test_relief_stops_at_the_yearly_maximum() -> None:
    # 30 × (8,000 × 20.36 % + 4,005 × 8.55 %) a month; five annual ceilings of 48,060 are 240,300 a year
    lines = compiled(text_of("fr_jei").replace("count: 4", "count: 30"))
    found = paid(lines, "fr_jei")
    assert [found.get(month, 0) for month in range(1, 7)] == pytest.approx(
        [59136.825] * 4 + [240_300 - 4 * 59136.825, 0], abs=0.05
    )
    assert found[13] == pytest.approx(59136.825, abs=0.01)


def test_claims_are_filed_before_they_are_paid() -> None:
    lines = compiled(text_of("fr_cir, delay_months: 2"))
    assert paid(lines, "fr_cir", "filed") == {16: 161280, 28: 161280}
    assert paid(lines, "fr_cir") == {23: 161280, 35: 161280}


def test_a_condition_beyond_the_figures_ends_the_plan_s_claim() -> None:
    text = "us_qsb_payroll, facts: {payroll_elections_used: 5}"
    assert paid(compiled(text_of(text)), "us_qsb_payroll", "accrued") == {}
    text = "us_qsb_payroll, facts: {payroll_elections_used: 4}"
    assert paid(compiled(text_of(text)), "us_qsb_payroll", "accrued")[12] == 23040
    young = "cn_hnte, facts: {founding_year: 2026}"
    assert set(paid(compiled(text_of(young, customers=90)), "cn_hnte", "accrued")) == {24, 36}


def test_a_programme_of_the_catalogue_brings_what_is_expected_of_it() -> None:
    expected = "amount: 60000, start: 2026-05, every: year"
    # Nobody verified the credit for innovation: it stays out until its chance is given.
    assert paid(compiled(text_of("fr_cir", f"fr_cii, {expected}")), "fr_cii") == {}
    lines = compiled(text_of("fr_cir", f"fr_cii, {expected}, granted: 1"))
    assert paid(lines, "fr_cii", "accrued") == {5: 60000, 17: 60000}  # it ends with 2027
    assert paid(lines, "fr_cii") == {14: 60000, 26: 60000}


def test_a_listed_grant_lowers_the_base_of_a_credit() -> None:
    grant = "fr_bpi"  # a loan is no grant
    assert refused(text_of("fr_cir", f"{grant}, amount: 9, start: 2026-02")) == [
        ("policy.belongs_elsewhere", "policy.programmes[1].programme")
    ]
    grant = "eu_eic_accelerator, amount: 100000, start: 2026-02, granted: 1, relieves: research_pay"
    lines = compiled(text_of("fr_cir", grant))
    # (384,000 − 100,000) × 1.4 × 30 %
    assert paid(lines, "fr_cir", "accrued")[12] == 119280


def test_set_against_income_tax_the_rest_is_carried_forward() -> None:
    # Nobody earns anything: the extra deduction of 384,000 × 25 % a year waits.
    lines = compiled(text_of("cn_rd_super"))
    assert paid(lines, "cn_rd_super") == {}
    assert paid(lines, "cn_rd_super", "left")[36] == 3 * 96000
    # 90 customers: 1,080,000 − 576,000 = 504,000 of profit a year, tax of 126,000, saved 96,000, and paid in
    # the fourth month after the year
    lines = compiled(text_of("cn_rd_super", customers=90))
    assert paid(lines, "cn_rd_super", "accrued") == {12: 96000, 24: 96000, 36: 96000}
    assert paid(lines, "cn_rd_super") == {16: 96000, 28: 96000}
    assert lines["total.net_income"][12] == pytest.approx(504000 / 12 - 126000 + 96000)


def test_claims_on_one_tax_share_it() -> None:
    # 126,000 of tax: the reduced rate takes 50,400, the deduction what is left of it
    lines = compiled(text_of("cn_rd_super", "cn_hnte", customers=90))
    assert paid(lines, "cn_hnte", "accrued")[12] == 50400
    assert paid(lines, "cn_rd_super", "accrued")[12] == 126000 - 50400


def test_a_grant_lowers_the_base_of_other_claims_in_any_order() -> None:
    grant = "cn_sz_train, facts: {compute_contract_training: 200000}"
    for claims in itertools.permutations([grant, "cn_rd_super"]):
        lines = compiled(text_of(*claims, customers=90))
        assert paid(lines, "cn_sz_train", "accrued") == {12: 100000, 24: 100000, 36: 100000}
        # (384,000 − 100,000) × 25 %
        assert paid(lines, "cn_rd_super", "claimed")[12] == 71000


def test_a_programme_that_ends_accrues_no_more() -> None:
    # 30,000 of compute a month at two thirds, until March of the third year
    lines = compiled(text_of("ca_ai_compute, facts: {compute_cost_domestic_provider: 30000}"))
    assert paid(lines, "ca_ai_compute", "accrued") == dict.fromkeys(range(1, 28), 20000)
    assert paid(lines, "ca_ai_compute") == dict.fromkeys(range(7, 34), 20000)


def test_the_fiscal_year_decides_when_it_accrues() -> None:
    lines = compiled(text_of("fr_cir", fiscal_start=4))
    # three months of the first year, then whole ones
    assert paid(lines, "fr_cir", "accrued") == {3: 40320, 15: 161280, 27: 161280}


def test_a_claim_that_may_fail_is_all_or_nothing() -> None:
    plan, positions = read_plan(text_of("fr_cir, granted: chance(0.6)"), load_reference())
    model = model_of(compile_plan(plan, load_reference(), {}, positions))
    granted = "policy.fr_cir.granted"
    assert model.uncertain == (granted,)
    values = Engine(model, [granted], ["policy.fr_cir.received"]).run({granted: np.array([0.0, 1.0])}, 2)
    assert values["policy.fr_cir.received"][21].tolist() == [0.0, pytest.approx(161280)]


def test_a_delay_may_be_uncertain_and_every_claim_is_paid_once() -> None:
    text = text_of('fr_cir, delay_months: "triangular(0, 2, 6)"')
    plan, positions = read_plan(text, load_reference())
    model = model_of(compile_plan(plan, load_reference(), {}, positions))
    delay = "policy.fr_cir.delay_months"
    assert model.uncertain == (delay,)
    wanted = ["policy.fr_cir.received", "account.support_receivable"]
    values = Engine(model, [delay], wanted).run({delay: np.array([0.0, 1.4, 1.5, 6.0])}, 4)
    received = values["policy.fr_cir.received"]
    assert [int(np.flatnonzero(received[:33, draw])[0]) for draw in range(4)] == [21, 22, 23, 27]
    assert np.all(received.sum(axis=0)[:3] == pytest.approx(2 * 161280))


def test_what_nobody_verified_stays_out_of_cash_unless_the_plan_says_so() -> None:
    claim = "cn_vat_sw, facts: {input_vat: 0}"
    assert paid(compiled(text_of(claim, customers=90)), "cn_vat_sw") == {}
    # 90,000 a month: 13 % less 3 %, two months later
    lines = compiled(text_of(claim + ", granted: 1", customers=90))
    assert paid(lines, "cn_vat_sw")[3] == 9000


@pytest.mark.parametrize(
    ("claims", "tax", "problems"),
    [
        (("ca_sred", "ca_hype"), TAX, [("policy.unknown_programme", "policy.programmes[1].programme")]),
        (("fr_cir", "fr_cii"), TAX, [("policy.amount_needed", "policy.programmes[1].amount")]),
        (("uk_eris", "uk_merged"), TAX, [("policy.exclusive", "policy.programmes[1].programme")]),
        (("us_sec41_asc",), "", [("policy.needs_tax", "policy.programmes[0].programme")]),
        (("us_sec41_regular",), TAX, [("policy.needs_facts", "policy.programmes[0].facts")]),
        (("uk_merged",), "", [("policy.needs_facts", "policy.programmes[0].facts")]),
        (
            ("de_fzulg, facts: {is_sme: 3, is_starter: true, sme: true}",),
            TAX,
            [
                ("policy.fact_not_read", "policy.programmes[0].facts.is_starter"),
                ("policy.not_yes_or_no", "policy.programmes[0].facts.is_sme"),
                ("policy.unknown_fact", "policy.programmes[0].facts.sme"),
            ],
        ),
        (
            ("de_fzulg, delay_months: 90",),
            TAX,
            [("lines.quantity_large", "policy.programmes[0].delay_months")],
        ),
    ],
)
def test_claims_with_problems(claims: tuple[str, ...], tax: str, problems: list[tuple[str, str]]) -> None:
    assert refused(text_of(*claims, tax=tax)) == problems
