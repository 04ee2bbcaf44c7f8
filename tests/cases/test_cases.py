"""Every case of every calculator, and proof that the cases are run by the code that the projection uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from toolkit.app.calc import calculate, calculate_file
from toolkit.app.calculators import CALCULATORS
from toolkit.app.case_file import Case, read_case_file

HERE = Path(__file__).parent
FILES = {name: sorted((HERE / name).glob("*.yaml")) for name in CALCULATORS}
CASES = [case for files in FILES.values() for file in files for case in read_case_file(file)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.calculator}-{case.id}")
def test_case(case: Case) -> None:
    result = calculate(case)
    assert not result.problems, "\n".join(map(str, result.problems))
    assert result.passed


def _scaled(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **kwargs: function(*args, **kwargs) * Fraction(101, 100)


def _float_scaled(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **kwargs: function(*args, **kwargs) * 1.01


def _wrong_price(function: Callable[..., Any]) -> Callable[..., Any]:
    def broken(system: Any) -> Any:
        solution = function(system)
        return replace(solution, price=solution.price * Fraction(101, 100))

    return broken


def _no_terms(function: Callable[..., Any]) -> Callable[..., Any]:
    """Every convertible loses its cap."""

    def broken(convertibles: Any) -> Any:
        return {name: replace(terms, valuation_cap=None) for name, terms in function(convertibles).items()}

    return broken


def _negligible(_property: Any) -> Any:
    return property(lambda _terms: Fraction(1, 10**9))


def _at_round_price(_function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda _terms, _shares, price: (price, "round_price")


def _roots_moved(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda times, amounts: [rate + 0.01 for rate in function(times, amounts)]


def _reversed(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: tuple(reversed(function(*args)))


def _nothing_preferred(_function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda _proceeds, preferred: {each.name: Fraction(0) for each in preferred}


def _no_change(_function: Callable[..., Any]) -> Callable[..., Any]:
    """The cash flow statement forgets the changes of balances."""
    return lambda book, account, _without, currency: book.formula(
        f"change.{account.name}", "0", currency, account.label
    )


def _without_receivables(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda events: tuple(entry for entry in function(events) if entry.debit != "receivables")


FUNDING, FINANCE = "toolkit.resources.funding", "toolkit.resources.finance"
MUTATIONS = [
    ("equity_round", f"{FUNDING}.priced_round.solve_round", _wrong_price),
    ("equity_round", f"{FUNDING}.priced_round.effective_terms", _no_terms),
    ("equity_round", f"{FUNDING}.round_rounding.half_up", _scaled),
    ("safe_ownership", f"{FUNDING}.convertible.Terms.ownership_at_cap", _negligible),
    ("note_conversion", f"{FUNDING}.note.conversion_price", _at_round_price),
    ("liquidation_waterfall", f"{FUNDING}.waterfall._preferences", _nothing_preferred),
    ("loan_schedule", f"{FUNDING}.loan.time_value.payment", _float_scaled),
    ("revenue_based_finance", f"{FUNDING}.revenue_based.month_payment", _scaled),
    ("time_value", f"{FINANCE}.time_value.annuity_factor", _float_scaled),
    ("npv", f"{FINANCE}.returns._worth", _float_scaled),
    ("xnpv", f"{FINANCE}.returns._timed", lambda f: lambda flows: [(2 * t, a) for t, a in f(flows)]),
    ("xirr", f"{FINANCE}.returns.discount_roots", _roots_moved),
    ("runway", f"{FINANCE}.runway._bisect", lambda f: lambda *a: f(*a) + 1),
    ("irr", f"{FINANCE}.returns.discount_roots", _roots_moved),
    ("mirr", f"{FINANCE}.returns.npv", lambda f: lambda rate, *rest: f(rate + 0.01, *rest)),
    ("depreciation", f"{FINANCE}.depreciation.macrs_percentages", _reversed),
    ("saas_metrics", f"{FINANCE}.metrics.burn_multiple", _scaled),
    ("three_statement_micro", f"{FINANCE}.period_journal.journal", _without_receivables),
    ("three_statement_micro", "toolkit.projection.cash_flow._change", _no_change),
]  # fmt: skip


def test_every_calculator_has_cases_and_a_mutation() -> None:
    assert {name for name, _, _ in MUTATIONS} <= {name for name, files in FILES.items() if files}
    ours = {name for name in CALCULATORS if name not in ("policy_benefit", "employer_cost")}
    assert ours == {name for name, _, _ in MUTATIONS}


@pytest.mark.parametrize(("calculator", "rule", "mutate"), MUTATIONS, ids=lambda value: str(value)[-40:])
def test_a_broken_rule_fails_its_cases(
    calculator: str, rule: str, mutate: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The calculators hold no rule of their own: breaking the resource's function breaks them."""
    holder, _, name = rule.rpartition(".")
    monkeypatch.setattr(rule, mutate(getattr(_resolve(holder), name)))
    results = [result for file in FILES[calculator] for result in calculate_file(file)]
    assert any(result.passed is False for result in results)


def _resolve(path: str) -> Any:
    import importlib

    parts = path.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return found
    raise AssertionError(path)
