"""The ledger: books hold in every draw and month, and clearing accounts clear."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.projection.books import assert_books_hold, every_line
from tests.unit.resources.plans import example_text, model
from toolkit.lines.book import Book
from toolkit.projection.draws import Sampler
from toolkit.projection.ledger import write_ledger
from toolkit.projection.model import Model
from toolkit.resources.chart import chart_of_accounts
from toolkit.text import Text


@pytest.fixture(scope="module", params=["base", "lean", "push"])
def example(request: pytest.FixtureRequest) -> tuple[Model, dict[str, np.ndarray]]:
    found = model(example_text(), request.param, spread=1.5)
    return found, every_line(found, Sampler(replicates=2, per_replicate=256))


def test_the_books_of_the_example_hold_in_every_draw(example: tuple[Model, dict[str, np.ndarray]]) -> None:
    assert_books_hold(*example)


def test_convertibles_are_empty_after_the_round(example: tuple[Model, dict[str, np.ndarray]]) -> None:
    _, paths = example
    owed, came = paths["account.convertibles"], np.cumsum(paths["funding.seed.proceeds"], axis=0) > 0
    assert np.all(owed >= 0)
    assert np.all(owed[came] == 0)
    assert np.any(came)
    assert np.any(owed > 0)


def test_payables_are_the_invoices_not_yet_paid(example: tuple[Model, dict[str, np.ndarray]]) -> None:
    """Never negative beyond rounding, and each invoice is paid a month later: what is owed at the end of a
    month is at most what came in that month."""
    found, paths = example
    came = sum(paths[p.line] for p in found.postings if p.credit == "payables")
    owed = paths["account.payables"]
    scale = np.max(owed)
    assert np.min(owed) > -1e-9 * scale
    assert np.all(owed <= came + 1e-9 * scale)


def test_credits_stand_against_what_they_will_bring(example: tuple[Model, dict[str, np.ndarray]]) -> None:
    _, paths = example
    prepaid, deferred = paths["account.compute_credits"], paths["account.deferred_credits"]
    np.testing.assert_allclose(prepaid, deferred, atol=1e-6)
    np.testing.assert_allclose(prepaid, paths["partnerships.cloud_credits.left"], atol=1e-6)
    assert np.all(prepaid >= 0)
    assert np.all(prepaid[26:] == 0)  # they end after 26 months


def test_receivables_are_the_revenue_of_last_month(example: tuple[Model, dict[str, np.ndarray]]) -> None:
    _, paths = example
    np.testing.assert_allclose(paths["account.receivables"], paths["market.revenue"], rtol=1e-9, atol=1e-6)


def test_statements_list_every_account_once_and_totals_by_level(
    example: tuple[Model, dict[str, np.ndarray]],
) -> None:
    found, _ = example
    for statement in ("income", "balance"):
        rows = [row.line for row in found.statements if row.statement == statement]
        assert len(rows) == len(set(rows))
    listed = {row.line for row in found.statements}
    assert {line.name for line in found.lines.values() if line.statement in ("account", "flow")} <= listed
    assert [row.line for row in found.statements if row.statement == "cash_flow"][-2:] == [
        "total.cash_change",
        "account.cash",
    ]


def test_nobody_posts_to_retained_earnings() -> None:
    book = Book(chart_of_accounts())
    book.amount("dividend", "10", "USD", Text("a", "b"), debit="retained_earnings", credit="cash")
    with pytest.raises(ValueError, match="retained earnings"):
        write_ledger(book, {}, "USD")


CHINESE = {
    "company": {
        "id": "mo", "name": "墨池", "country": "CN", "currency": "CNY", "start": "2027-01", "months": 18,
    },
    "opening": {"balances": {"cash": 500_000, "common_stock": 500_000}},
    "funding": {
        "instruments": [
            {"id": "loan", "kind": "loan", "month": "2027-03", "amount": 200_000, "annual_rate": 0.06,
             "term_months": 12},
            {"id": "a", "kind": "priced_round", "month": "2027-05", "new_money": 1_000_000,
             "pre_money_valuation": 5_000_000, "costs": 0.01},
        ],
    },
    "talent": {
        "roles": [
            {"id": "dev", "function": "research", "count": 2, "salary": 240_000, "employer_rate": 0.3},
            {"id": "shop", "function": "sales", "count": 1, "salary": 120_000, "employer_rate": 0.3},
        ],
    },
    "market": {
        "products": [
            {"id": "app", "price": 900, "organic_customers": 9, "monthly_churn": 0.02, "payment_months": 2},
        ],
    },
    "operations": {
        "costs": [{"id": "rent", "category": "general", "monthly": 9_000, "payment_months": 1}],
        "purchases": [{"id": "gpu", "month": "2027-02", "amount": 90_000, "payment_months": 1,
                       "category": "research"}],
    },
    "tax": {"rate": 0.25},
}  # fmt: skip


def test_a_chinese_plan_follows_the_chinese_order() -> None:
    """资产负债表, 利润表, 现金流量表 by the direct method, each with the headings of the standard format."""
    found = model(CHINESE)
    paths = every_line(found, Sampler(replicates=2, per_replicate=2))
    assert_books_hold(found, paths)
    assert list(dict.fromkeys(row.statement for row in found.statements)) == [
        "balance",
        "income",
        "cash_flow",
    ]
    words = {
        name: [row.label["zh"] for row in found.statements if row.statement == name and row.level < 2]
        for name in ("balance", "income", "cash_flow")
    }
    assert words["balance"] == [
        "流动资产合计", "非流动资产合计", "资产总计", "流动负债合计", "非流动负债合计", "负债合计",
        "所有者权益合计", "负债和所有者权益总计",
    ]  # fmt: skip
    assert words["income"] == [
        "一、营业收入", "销售费用", "管理费用", "研发费用", "财务费用", "二、营业利润", "三、利润总额",
        "四、净利润",
    ]  # fmt: skip
    assert [row.label["zh"] for row in found.statements if row.statement == "cash_flow"] == [
        "销售商品、提供劳务收到的现金", "经营活动现金流入小计", "购买商品、接受劳务支付的现金",
        "支付给职工以及为职工支付的现金", "支付的各项税费", "支付其他与经营活动有关的现金",
        "经营活动现金流出小计", "经营活动产生的现金流量净额",
        "购建固定资产支付的现金", "投资活动现金流出小计", "投资活动产生的现金流量净额",
        "取得借款收到的现金", "吸收投资收到的现金", "筹资活动现金流入小计", "偿还债务支付的现金",
        "偿付利息支付的现金", "筹资活动现金流出小计", "筹资活动产生的现金流量净额",
        "现金及现金等价物净增加额", "货币资金",
    ]  # fmt: skip
    np.testing.assert_allclose(
        paths["total.operating_inflow"], paths["market.app.collected"], rtol=1e-9, atol=1e-9
    )
    expenses = sum(paths[f"total.section_{name}"] for name in ("sales", "general", "research", "finance"))
    np.testing.assert_allclose(
        paths["total.operating_income"], paths["total.revenue"] - expenses, rtol=1e-9, atol=1e-6
    )


def test_what_moves_without_cash_is_no_cash_flow() -> None:
    """Interest adds to a note: an expense that operations do not pay and nobody lends."""
    note = {"id": "n", "kind": "convertible_note", "month": "2027-02", "amount": 120_000, "annual_rate": 0.1,
            "maturity_months": 36}  # fmt: skip
    data = {
        "company": {**CHINESE["company"], "country": "US", "currency": "USD"},  # type: ignore[dict-item]
        "funding": {"instruments": [note]},
    }
    paths = every_line(model(data), Sampler(replicates=2, per_replicate=2))
    assert np.all(paths["total.cash_operating"] == 0)
    np.testing.assert_allclose(paths["total.cash_financing"][3:, 0], 0, atol=1e-9)
    assert paths["total.net_income"][3, 0] < -900
    np.testing.assert_allclose(paths["change.noncash"], -paths["total.net_income"], atol=1e-9)
