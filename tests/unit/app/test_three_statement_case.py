"""The three statements of one month through the projection's ledger, against figures by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.app.calculators import CALCULATORS
from toolkit.errors import InputError

MONEY = st.integers(0, 10_000)


@st.composite
def periods(draw: st.DrawFn) -> dict[str, Any]:
    opening = draw(st.integers(-500, 10_000))
    capex, revenue, credit = draw(MONEY), draw(MONEY), draw(MONEY)
    return {
        "opening_cash": opening,
        "opening_equity": opening,
        "safe_proceeds": draw(MONEY),
        "safe_classification": draw(st.sampled_from(("non_equity", "equity"))),
        "capex": capex,
        "capex_paid_in_cash": draw(st.integers(0, capex)),
        "depreciation": draw(MONEY),
        "salaries_paid": draw(MONEY),
        "revenue": revenue,
        "revenue_uncollected": draw(st.integers(0, revenue)),
        "rd_credit_accrued": credit,
        "rd_credit_received": draw(st.integers(0, credit)),
        "rd_credit_presentation": "income",
    }


@given(periods())
@settings(max_examples=30, deadline=None)
def test_every_figure_by_hand(period: dict[str, Any]) -> None:
    """Written without a journal; cash flows are direct, those of the ledger are indirect."""
    p, got = period, CALCULATORS["three_statement_micro"].run(period)
    collected = p["revenue"] - p["revenue_uncollected"]
    in_equity = p["safe_classification"] == "equity"
    income = p["revenue"] + p["rd_credit_accrued"] - p["salaries_paid"] - p["depreciation"]
    operating = collected + p["rd_credit_received"] - p["salaries_paid"]
    change = operating - p["capex_paid_in_cash"] + p["safe_proceeds"]
    payables = p["capex"] - p["capex_paid_in_cash"]
    equity = p["opening_equity"] + income + (p["safe_proceeds"] if in_equity else 0)
    safe = 0 if in_equity else p["safe_proceeds"]
    expected = {
        "net_income": income,
        "cash": p["opening_cash"] + change,
        "receivables": p["revenue_uncollected"],
        "rd_credit_receivable": p["rd_credit_accrued"] - p["rd_credit_received"],
        "ppe_net": p["capex"] - p["depreciation"],
        "total_assets": payables + safe + equity,
        "payables": payables,
        "safe_balance": safe,
        "equity": equity,
        "total_liabilities_and_equity": payables + safe + equity,
        "operating_cash_flow": operating,
        "investing_cash_flow": -p["capex_paid_in_cash"],
        "financing_cash_flow": p["safe_proceeds"],
        "change_in_cash": change,
    }
    assert got == pytest.approx(expected, abs=1e-9)


def test_what_cannot_be_is_listed_together() -> None:
    money = ("depreciation", "salaries_paid", "safe_proceeds")
    period = dict.fromkeys(money, 0) | {
        "opening_cash": 1,
        "opening_equity": 2,
        "safe_classification": "equity",
        "capex": 5,
        "capex_paid_in_cash": 6,
        "revenue": 5,
        "revenue_uncollected": 6,
        "rd_credit_accrued": 5,
        "rd_credit_received": 6,
        "rd_credit_presentation": "income",
    }
    with pytest.raises(InputError) as error:
        CALCULATORS["three_statement_micro"].run(period)
    assert [problem.field for problem in error.value.problems] == [
        "opening_equity",
        "capex_paid_in_cash",
        "revenue_uncollected",
        "rd_credit_received",
    ]
