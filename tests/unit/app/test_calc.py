"""The case runner: results, comparison, every way in which a file or a case can be wrong, and the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from toolkit.app.calc import CaseResult, calculate_file
from toolkit.app.calculators import CALCULATORS
from toolkit.cli.calc import calc

CASE = """\
- id: one
  calculator: irr
  title: ten per cent
  inputs:
    cashflows: [-100, 110]
"""
EXPECTED = """\
  expected: {irr: 0.1}
  tolerance: {abs: 1.0e-9}
  source: {title: by hand, url: null}
  tier: B
"""
ROUND = """\
- id: round
  calculator: equity_round
  title: a round
  inputs:
    pre_money_valuation: 10000000
    new_money: 5000000
    holders:
    - {name: f, shares: 1000}
    unallocated_pool_shares: 0
    convertibles:
    - {name: A, instrument: safe_post_money, amount: 100000, valuation_cap: 5000000, discount_rate: 0}
    pricing_convention: percent_ownership
    pool_increase_shares: 0
    rounding: none
"""


@pytest.fixture
def run(tmp_path: Path) -> Any:
    def results(text: str) -> list[CaseResult]:
        path = tmp_path / "cases.yaml"
        path.write_text(text, encoding="utf-8")
        return calculate_file(path)

    return results


def told(results: list[CaseResult]) -> list[tuple[str, str, int | None]]:
    """Id without its area, field and line of every problem; each must speak both languages."""
    problems = [problem for result in results for problem in result.problems]
    for problem in problems:
        assert problem.problem("en") != problem.problem("zh")
        assert problem.mend("en") != problem.mend("zh")
        assert problem.file
    return [(problem.id.partition(".")[2], problem.field, problem.line) for problem in problems]


def test_without_expected_only_outputs(run: Any) -> None:
    [result] = run(CASE)
    assert (result.id, result.passed, result.ok) == ("one", None, True)
    assert result.outputs["irr"] == pytest.approx(0.1)


def test_with_expected_it_passes_or_says_what_differs(run: Any) -> None:
    [result] = run(CASE + EXPECTED)
    assert result.passed is True
    [result] = run(CASE + EXPECTED.replace("0.1}", "0.2, mirr: 1}"))
    assert result.passed is False
    assert told([result]) == [("differs", "expected.irr", 6), ("no_such_output", "expected.mirr", 6)]


@pytest.mark.parametrize(
    ("tolerance", "expected", "passes"),
    [
        ("{abs: 0.01}", 0.11, True),
        ("{abs: 0.0099}", 0.11, False),
        ("{rel: 0.1}", 0.11, True),
        ("{rel: 0.05}", 0.11, False),
        ("{rel: 0.5}", 0, False),
        ("{abs: 0}", "'0.1'", False),
        ("{abs: 1}", "true", False),
        ("{abs: 1}", "null", False),
        ("{abs: 1}", "{a: 1}", False),
    ],
)
def test_tolerance(run: Any, tolerance: str, expected: object, passes: bool) -> None:
    text = EXPECTED.replace("{abs: 1.0e-9}", tolerance).replace("{irr: 0.1}", f"{{irr: {expected}}}")
    assert run(CASE + text)[0].passed is passes


def test_an_expected_zero_is_met_to_a_billionth(run: Any) -> None:
    text = (CASE + EXPECTED).replace("[-100, 110]", "[-100, 50, 50]").replace("irr: 0.1", "irr: 0")
    assert run(text.replace("abs: 1.0e-9", "rel: 1.0e-9"))[0].passed is True


def test_booleans_words_and_mappings_are_compared(run: Any) -> None:
    expected = EXPECTED.replace("{irr: 0.1}", "{shares: {f: 1000, A: 20.408163265}, binding_term: {A: cap}}")
    text = ROUND + expected.replace("1.0e-9", "1.0e-6")
    assert run(text)[0].passed is True
    assert told(run(text.replace("A: cap", "A: discount"))) == [("differs", "expected.binding_term.A", 15)]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("cashflows: [-100, 110]", "flows: [1]", ("missing_field", "inputs.cashflows", 4)),
        ("110]", "'110']", ("number_as_text", "inputs.cashflows[1]", 5)),
        ("110]", "10%]", ("number_as_text", "inputs.cashflows[1]", 5)),
        ("110]", '"5,000"]', ("number_as_text", "inputs.cashflows[1]", 5)),
        ("110]", "much]", ("not_number", "inputs.cashflows[1]", 5)),
        ("110]", "true]", ("not_number", "inputs.cashflows[1]", 5)),
        ("110]", "null]", ("not_number", "inputs.cashflows[1]", 5)),
        ("110]", ".inf]", ("not_finite", "inputs.cashflows[1]", 5)),
        ("[-100, 110]", "5", ("not_list", "inputs.cashflows", 5)),
        ("[-100, 110]", "[]", ("empty_list", "inputs.cashflows", 5)),
        ("[-100, 110]", "[100, 110]", ("irr_one_sided", "inputs.cashflows", 5)),
        ("calculator: irr", "calculator: ir", ("unknown_calculator", "calculator", 2)),
        ("calculator: irr", "calculator: 5", ("not_text", "calculator", 2)),
        ("  title: ten per cent\n", "", ("missing_field", "title", 1)),
        ("title: ten", "titel: 1\n  title: ten", ("unknown_field", "titel", 3)),
        ("id: one", "id: 1", ("not_text", "id", 1)),
        ("  inputs:\n    cashflows: [-100, 110]", "  inputs: 5", ("not_mapping", "inputs", 4)),
    ],
)
def test_what_is_wrong_in_a_case_has_its_place(
    run: Any, old: str, new: str, problem: tuple[str, str, int]
) -> None:
    assert old in CASE
    results = run(CASE.replace(old, new))
    assert problem in told(results)
    assert results[0].passed is None
    assert run(CASE.replace(old, new) + EXPECTED)[0].passed is False


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("  tier: B\n", "", ("missing_field", "tier")),
        ("  source: {title: by hand, url: null}\n", "", ("missing_field", "source")),
        ("tier: B", "tier: C", ("not_one_of", "tier")),
        ("{abs: 1.0e-9}", "{abs: 1, rel: 1}", ("bad_tolerance", "tolerance")),
        ("{abs: 1.0e-9}", "{abs: -1}", ("bad_tolerance", "tolerance")),
        ("{abs: 1.0e-9}", "{abs: '1'}", ("bad_tolerance", "tolerance")),
        ("{irr: 0.1}", "5", ("not_mapping", "expected")),
    ],
)
def test_what_is_wrong_in_its_frame(run: Any, old: str, new: str, problem: tuple[str, str]) -> None:
    found = told(run(CASE + EXPECTED.replace(old, new)))
    assert problem in [(id_, field) for id_, field, _ in found]


SAFE_A, TARGET = "convertibles[0]", "pool_target_unallocated_fraction"
SECOND_HOLDER = "shares: 1000}\n    - {name: f, shares: 1}"


@pytest.mark.parametrize(
    ("old", "new", "problem", "field", "line"),
    [
        ("amount: 100000", "amount: 6000000", "cap_below_money", f"{SAFE_A}.valuation_cap", 11),
        ("discount_rate: 0", "discount_rate: 0, mfn_elects: A", "mfn_circular", f"{SAFE_A}.mfn_elects", 11),
        ("discount_rate: 0", "discount_rate: 1", "not_below_one", f"{SAFE_A}.discount_rate", 11),
        ("discount_rate: 0", "discount_rat: 0", "unknown_field", f"{SAFE_A}.discount_rat", 11),
        ("name: A", "name: 2027-01-01", "not_text", f"{SAFE_A}.name", 11),
        ("shares: 1000}", "shares: -1}", "negative", "holders[0].shares", 8),
        ("shares: 1000}", SECOND_HOLDER, "duplicate_name", "holders[1].name", 9),
        ("- {name: f, shares: 1000}", "- f", "not_mapping", "holders[0]", 8),
        ("pool_increase_shares: 0", f"{TARGET}: 0.9", "pool_target_unreachable", TARGET, 13),
        ("rounding: none", f"rounding: none\n    {TARGET}: 0.1", "one_pool_rule", "pool_increase_shares", 13),
        ("rounding: none", "rounding: up", "not_one_of", "rounding", 14),
        ("valuation: 10000000", "valuation: 0", "not_positive", "pre_money_valuation", 5),
    ],
)
def test_what_is_wrong_in_a_round(run: Any, old: str, new: str, problem: str, field: str, line: int) -> None:
    assert old in ROUND
    assert (problem, f"inputs.{field}", line) in told(run(ROUND.replace(old, new)))


DAY = "day_count: act_365f, dated_cashflows"
LOAN = "principal: 100, annual_rate: 0, payments_per_year: 12, term_payments: 12, balloon_amount: 0"
NOTE = "principal: 100, annual_interest_rate: 0, years_accrued: 1, valuation_cap: null, round_price: 5"
SAFE = "{name: S, instrument: safe_pre_money, amount: 1, valuation_cap: 9, discount_rate: 0}"
CLASS = "{name: c, shares: 1, liquidation_preference: 1, seniority: 0, participation: common}"
ADVANCE = "advance: 1, repayment_multiple: 1, revenue_share_fraction: 0.1"
REFUSED = {
    "safe_ownership": f"convertibles: [{SAFE}]",
    "note_conversion": f"{NOTE}, cap_denominator_shares: null, discount_rate: 0, interest_method: compound",
    "loan_schedule": f"{LOAN}, interest_only_payments: 12, repayment: annuity, payment_timing: end",
    "time_value": "solve_for: payment, payment: 5, rate_per_period: 0, payment_timing: end, present_value: 1",
    "xirr": f"{DAY}: [{{date: 2027-02-30, amount: 1}}]",
    "xnpv": f"rate: -1, {DAY}: [{{date: 2027-02-03, amount: 1}}]",
    "npv": "rate: 0.1, first_flow_period: 2, cashflows: [1]",
    "mirr": "cashflows: [1, 2], finance_rate: 0, reinvest_rate: 0",
    "revenue_based_finance": f"{ADVANCE}, monthly_revenue: [5, 0]",
    "liquidation_waterfall": f"exit_proceeds: 5, classes: [{CLASS}]",
    "depreciation": "method: macrs, cost: 1, recovery_period_years: 5, macrs_convention: mid_quarter",
    "saas_metrics": "net_burn: 5",
    "runway": "opening_cash: 1, monthly_burn_initial: 1, monthly_burn_growth: 0, one_off_inflows: {'0': 5}",
    "three_statement_micro": "opening_cash: 1",
}


@pytest.mark.parametrize("calculator", REFUSED)
def test_every_calculator_refuses_in_words(run: Any, calculator: str) -> None:
    [result] = run(f"- {{id: x, calculator: {calculator}, title: x, inputs: {{{REFUSED[calculator]}}}}}")
    assert not result.ok
    assert told([result])
    assert result.outputs == {}


def test_all_calculators_of_the_format_are_there() -> None:
    assert {*REFUSED, "equity_round", "irr"} <= set(CALCULATORS)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [1", "syntax"),
        ("a: 1", "not_a_list_of_cases"),
        ("", "not_a_list_of_cases"),
        ("- a: 1\n  a: 2", "duplicate_key"),
        ("a: &a [*a]", "syntax"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_item(run: Any, text: str, problem: str) -> None:
    [result] = run(text)
    assert (result.id, result.passed, result.outputs) == (None, None, {})
    assert [name for name, _, _ in told([result])] == [problem]


def test_one_bad_item_does_not_hide_the_others(run: Any) -> None:
    results = run("- 5\n" + CASE + CASE)
    assert [result.id for result in results] == [None, "one", "one"]
    assert told(results) == [("case_not_mapping", "[0]", 1), ("duplicate_id", "id", 7)]


def test_dates_may_be_written_bare_or_quoted_and_in_any_order(run: Any) -> None:
    flows = "[{date: 2021-01-01, amount: 110}, {date: '2020-01-02', amount: -100}]"
    [result] = run(
        f"- {{id: d, calculator: xirr, title: t, inputs: {{day_count: act_365f, dated_cashflows: {flows}}}}}"
    )
    assert result.outputs["xirr"] == pytest.approx(0.1)


def test_numbers_beyond_reach_are_a_sentence(run: Any) -> None:
    text = "solve_for: future_value, rate_per_period: 1000, payment: 1, present_value: 1, payment_timing: end"
    [result] = run(f"- {{id: x, calculator: time_value, title: x, inputs: {{{text}, periods: 1000000}}}}")
    assert told([result]) == [("out_of_reach", "inputs", 1)]
    text = (
        "solve_for: present_value, rate_per_period: -0.9999, payment: 1, payment_timing: end, periods: 9999"
    )
    [result] = run(f"- {{id: x, calculator: time_value, title: x, inputs: {{{text}, future_value: 1}}}}")
    assert told([result]) == [("out_of_reach", "inputs", 1)]


def test_a_note_may_leave_out_the_cap_that_it_cannot_have(run: Any) -> None:
    """By hand: price 1,000,000 / 100 = 10,000; the note converts at 8,000 a share."""
    money = "pre_money_valuation: 1000000, new_money: 100000, pricing_convention: pre_money, rounding: none"
    shares = "holders: [{name: a, shares: 100}], unallocated_pool_shares: 0, pool_increase_shares: 0"
    for instrument, expected in (("convertible_note", 0.1), ("safe_post_money", None)):
        one = f"{{name: n, instrument: {instrument}, amount: 800, discount_rate: 0.2}}"
        inputs = f"{money}, {shares}, convertibles: [{one}]"
        [result] = run(f"- {{id: x, calculator: equity_round, title: x, inputs: {{{inputs}}}}}")
        if expected is None:
            assert told([result]) == [("missing_field", "inputs.convertibles[0].valuation_cap", 1)]
        else:
            assert result.outputs["shares"]["n"] == pytest.approx(expected)


def command(*arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    app.command()(calc)
    result = CliRunner().invoke(app, list(arguments))
    assert not result.exception or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout


def test_the_command(tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text(CASE + EXPECTED, encoding="utf-8")
    code, text = command(str(path), "--json")
    [item] = json.loads(text.splitlines()[-1])
    assert (code, item["id"], item["passed"], item["problems"]) == (0, "one", True, [])
    path.write_text(CASE + EXPECTED.replace("0.1}", "0.3}"), encoding="utf-8")
    code, text = command(str(path), "--json", "--lang", "zh")
    [item] = json.loads(text.splitlines()[-1])
    assert (code, item["passed"]) == (1, False)
    assert set(item["problems"][0]) == {"file", "line", "field", "problem", "mend"}
    assert "预期" in item["problems"][0]["problem"]
    code, text = command(str(path))
    assert code == 1
    assert "Expected 0.3, computed 0.1" in text
    code, text = command(str(tmp_path / "missing.yaml"), "--json")
    assert (code, json.loads(text)[0]["id"]) == (1, None)
