"""Amounts in other currencies: dated rates, revaluation of what is open, the difference posted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.projection.books import assert_books_hold, every_line
from tests.unit.resources.plans import SERVER, base, model, plan_data, read
from toolkit.errors import InputError
from toolkit.projection.draws import Sampler
from toolkit.reference import load_reference

RATES = [
    {"currency": "USD", "rate": 0.9},
    {"currency": "USD", "rate": 0.8, "start": "2027-03"},
    {"currency": "USD", "rate": 1.0, "start": "2027-04"},
]
EURO = {"country": "DE", "currency": "EUR", "exchange_rates": RATES}


def costs(*entries: dict[str, Any], **company: Any) -> dict[str, Any]:
    return plan_data(company={**EURO, **company}, operations={"costs": list(entries)})


def test_an_invoice_in_dollars_is_revalued_until_it_is_paid() -> None:
    """1,000 USD at 0.9 in January is 900 EUR; paid in March at 0.8: a gain of 100."""
    tool = {"id": "tool", "category": "general", "once": "1,000 USD", "start": "2027-01", "payment_months": 2}
    found = base(costs(tool))
    assert found["operations.tool.cost"][1:3] == pytest.approx((900, 0))
    assert found["account.payables"][1:5] == pytest.approx((900, 900, 0, 0))
    assert found["operations.tool.cost_difference"][1:5] == pytest.approx((0, 0, -100, 0))
    assert found["account.cash"][3] == pytest.approx(-800)
    assert found["total.net_income"][1:5] == pytest.approx((-900, 0, 100, 0))


def test_the_difference_falls_in_the_months_in_which_the_rate_moves() -> None:
    """A monthly 1,000 USD, paid two months later. In March two invoices are open while the rate falls by
    0.1, in April two while it rises by 0.2."""
    rent = {"id": "rent", "category": "general", "monthly": "1,000 USD/month", "payment_months": 2}
    found = base(costs(rent))
    assert found["operations.rent.cost"][1:6] == pytest.approx((900, 900, 800, 1000, 1000))
    assert found["account.exchange_difference"][1:6] == pytest.approx((0, 0, -200, 400, 0))
    assert found["operations.rent.cost_paid"][1:6] == pytest.approx((0, 0, 800, 1000, 1000))
    assert found["account.payables"][5] == pytest.approx(2000)


def test_what_is_paid_at_once_has_no_difference() -> None:
    found = base(costs({"id": "a", "category": "general", "monthly_per_head": 1, "monthly": "50 USD/month"}))
    assert "account.exchange_difference" not in found
    assert found["operations.a.cost"][4] == pytest.approx(50)


def test_without_a_rate_the_newest_of_the_table_holds() -> None:
    data = costs({"id": "a", "category": "general", "monthly": "100 USD/month"}, exchange_rates=[])
    found = model(data)
    assert found.lines["exchange.usd"].source.kind == "fact"
    assert base(data)["operations.a.cost"][1] == pytest.approx(100 / 1.1699)


def test_servers_priced_in_dollars_serve_a_european_plan() -> None:
    work = {
        "id": "serve", "kind": "service", "model": "gpt2", "dtype": "bf16", "batch": 8, "offer": SERVER,
        "product": "app", "requests_per_customer": 1, "prompt_tokens": 1, "output_tokens": 1,
        "utilisation": 0.5, "minimum_instances": 1,
    }  # fmt: skip
    product = {"id": "app", "price": 50, "organic_customers": 0, "monthly_churn": 0.1}
    data = plan_data(
        company=EURO, compute={"workloads": [work], "payment_months": 1}, market={"products": [product]}
    )
    found, bill = base(data), 730 * load_reference().offer(**SERVER).price_per_device_hour  # type: ignore[arg-type]
    assert found["compute.serve.cost"][1:5] == pytest.approx((0.9 * bill, 0.9 * bill, 0.8 * bill, bill))
    assert found["compute.invoice.aws.paid"][1:5] == pytest.approx((0, 0.9 * bill, 0.8 * bill, bill))
    assert found["account.exchange_difference"][1:6] == pytest.approx((0, 0, -0.1 * bill, 0.2 * bill, 0))
    assert_books_hold(model(data), every_line(model(data), Sampler(replicates=2, per_replicate=4)))


def problems(data: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as refused:
        read(data)
    return [(problem.id, problem.field) for problem in refused.value.problems]


def test_what_is_wrong_with_rates_and_currencies() -> None:
    cost = {"id": "a", "category": "general", "monthly": "100 SEK/month"}
    assert problems(costs(cost)) == [("money.no_exchange_rate", "operations.costs[0].monthly")]
    mixed = {"id": "a", "category": "general", "monthly": "1 USD/month", "monthly_per_head": "1 GBP/month"}
    assert problems(costs({**mixed, "payment_months": 1})) == [
        ("money.mixed_currencies", "operations.costs[0].payment_months")
    ]
    for entry, expected in (
        ({"currency": "EUR", "rate": 1}, ("money.own_currency", "currency")),
        ({"currency": "XXX", "rate": 1}, ("plan.currency", "currency")),
        ({"currency": "USD", "rate": 0}, ("lines.quantity_positive", "rate")),
        ({"currency": "USD", "rate": "0 to 1"}, ("lines.quantity_positive", "rate")),
        ({"currency": "USD", "rate": 1, "start": "soon"}, ("plan.month", "start")),
    ):
        found = problems(plan_data(company={**EURO, "exchange_rates": [entry]}))
        assert found == [(expected[0], f"company.exchange_rates[0].{expected[1]}")]
    twice = [{"currency": "USD", "rate": 1}, {"currency": "USD", "rate": 2}]
    assert problems(plan_data(company={**EURO, "exchange_rates": twice})) == [
        ("money.rate_twice", "company.exchange_rates")
    ]
    assert problems(plan_data(company={"cash_floor": "10k EUR"})) == [
        ("lines.unit_mismatch", "company.cash_floor")
    ]
