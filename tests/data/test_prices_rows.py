"""Model APIs, storage and egress, power and racks, currencies: every row plausible against its neighbours."""

import pytest


def figure(row, name):
    return float(row[name]) if row[name] else None


def test_api_prices_stand_in_the_usual_order(rows, expect_none):
    def wrong(row):
        full, output = figure(row, "usd_per_1m_input"), figure(row, "usd_per_1m_output")
        cached, batch = figure(row, "usd_per_1m_cached_input"), figure(row, "usd_per_1m_batch_input")
        long = figure(row, "usd_per_1m_long_input")
        return (
            not 0 < full <= output <= 200
            or (cached is not None and not 0 < cached < full)
            or (batch is not None and not 0.3 * full <= batch < full)
            or (long is not None and not full <= long <= 10 * full)
        )

    expect_none(row for row in rows("api_prices.csv") if wrong(row))


def test_api_confidence_follows_the_second_source(rows, expect_none):
    fits = {"agrees": "high", "single_source": "medium", "differs": "low"}
    expect_none(row for row in rows("api_prices.csv") if row["confidence"] != fits[row["cross_check"]])


def test_long_context_prices_come_together(rows, expect_none):
    names = ("long_context_from_tokens", "usd_per_1m_long_input", "usd_per_1m_long_output")
    expect_none(row for row in rows("api_prices.csv") if len({bool(row[name]) for name in names}) > 1)


def test_storage_is_priced_by_the_month_and_egress_is_not(rows, expect_none):
    expect_none(
        row
        for row in rows("storage_egress.csv")
        if row["unit"] not in (("gb", "gib") if row["kind"] == "egress" else ("gb_month", "gib_month"))
    )


def test_storage_prices_are_plausible(rows, expect_none):
    """Only egress is free of charge; nothing costs more than 2 a GB (a price per TB would)."""
    expect_none(
        row
        for row in rows("storage_egress.csv")
        if not 0 <= float(row["price"]) <= 2 or (row["kind"] != "egress" and float(row["price"]) == 0)
    )


def test_power_and_racks_are_plausible_in_dollars(rows, expect_none):
    dollars = {"USD": 1.0, "EUR": 1.1, "GBP": 1.3, "CNY": 0.14, "INR": 0.012, "SGD": 0.75}
    dollars |= {"JPY": 0.0067, "KRW": 0.0007, "AUD": 0.65, "CAD": 0.72, "": 1.0}
    bounds = {"per_kwh": (0.03, 0.40), "per_kw_month": (50, 600), "ratio": (1.0, 2.0)}

    def wrong(row):
        low, high = bounds[row["unit"]]
        return not low <= float(row["value"]) * dollars[row["currency"]] <= high

    expect_none(row for row in rows("electricity.csv") if wrong(row))


def test_values_lie_in_their_band(rows, expect_none):
    expect_none(
        row
        for row in rows("electricity.csv")
        if row["low"] and not float(row["low"]) <= float(row["value"]) <= float(row["high"])
    )


@pytest.mark.parametrize(
    ("pair", "low", "high"),
    [
        (("EUR", "USD"), 1.0, 1.3),
        (("GBP", "USD"), 1.2, 1.45),
        (("USD", "CNY"), 6.3, 7.5),
        (("USD", "JPY"), 120, 165),
        (("USD", "KRW"), 1200, 1500),
        (("USD", "INR"), 80, 95),
        (("AUD", "USD"), 0.6, 0.75),
        (("CAD", "USD"), 0.68, 0.8),
        (("SGD", "USD"), 0.7, 0.82),
    ],
)
def test_exchange_rates_are_the_right_way_round(rows, expect_none, pair, low, high):
    same = [row for row in rows("exchange_rates.csv") if (row["base"], row["quote"]) == pair]
    assert same
    expect_none(row for row in same if not low <= float(row["rate"]) <= high)
