"""Every offer: a known GPU, instance price = device price times devices, terms that fit the price type."""

from collections import defaultdict
from statistics import median

import pytest

FILES = ("offers.csv", "cpu_offers.csv")


@pytest.fixture(params=FILES)
def offers(request, rows):
    return rows(request.param)


def test_gpu_is_known_or_named(rows, expect_none):
    known = {row["id"] for row in rows("gpus.csv")}
    expect_none(
        row
        for row in rows("offers.csv")
        if (row["gpu_id"] not in known if row["gpu_id"] else not row["gpu_name"])
        or (row["gpu_id"] and row["gpu_name"])
        or row["device"] != "gpu"
    )


def test_a_cpu_offer_counts_its_processors(rows, expect_none):
    expect_none(
        row
        for row in rows("cpu_offers.csv")
        if row["device"] != "cpu" or row["gpu_id"] or row["gpu_name"] or row["devices"] != row["vcpus"]
    )


def test_prices_are_above_zero_and_agree(offers, expect_none):
    def wrong(row):
        hour, device = float(row["price_per_hour"]), float(row["price_per_device_hour"])
        total = device * int(row["devices"])
        return hour <= 0 or device <= 0 or abs(hour - total) > 0.002 * total

    expect_none(row for row in offers if wrong(row))


def test_the_price_of_an_hour_follows_from_the_quote(offers, expect_none):
    def wrong(row):
        hours = {"hour": 1, "month": 365 * 24 / 12}[row["quoted_per"]]
        return abs(float(row["quoted_price"]) / hours / float(row["price_per_hour"]) - 1) > 0.002

    expect_none(row for row in offers if wrong(row))


def test_terms_fit_the_price_type(offers, expect_none):
    terms = {
        "on_demand": {""},
        "spot": {""},
        "monthly": {"1", "12"},
        "reserved_1y": {"12"},
        "reserved_3y": {"36"},
    }
    expect_none(row for row in offers if row["term_months"] not in terms[row["price_type"]])


def test_host_memory_and_processors_come_together(offers, expect_none):
    expect_none(row for row in offers if bool(row["vcpus"]) != bool(row["host_memory_gib"]))


def test_interruption_bands(offers, expect_none):
    bands = {("", ""), ("0", "0.05"), ("0.05", "0.1"), ("0.1", "0.15"), ("0.15", "0.2"), ("0.2", "")}
    expect_none(
        row
        for row in offers
        if (row["monthly_interruption_low"], row["monthly_interruption_high"]) not in bands
        or (row["monthly_interruption_low"] and row["price_type"] != "spot")
    )


def test_spot_and_commitments_are_not_dearer_than_on_demand(offers, expect_none):
    def key(row):
        return row["provider"], row["instance_type"], row["region"]

    listed = {key(row): float(row["price_per_hour"]) for row in offers if row["price_type"] == "on_demand"}
    expect_none(
        row
        for row in offers
        if row["price_type"] != "on_demand" and float(row["price_per_hour"]) > listed.get(key(row), 1e9)
    )


def test_no_price_is_out_by_the_number_of_devices(rows, expect_none):
    """A price of 8 GPUs taken for one (or the reverse) stands 8 times off what the same provider asks."""
    asked = defaultdict(list)
    for row in rows("offers.csv"):
        if row["gpu_id"] and row["host_included"] != "no":
            key = (row["provider"], row["gpu_id"], row["price_type"], row["currency"])
            asked[key].append((float(row["price_per_device_hour"]), row))
    expect_none(
        row
        for prices in asked.values()
        for price, row in prices
        if not 1 / 6 < price / median(p for p, _ in prices) < 6
    )


def test_prices_without_host_say_what_comes_on_top(rows, expect_none):
    expect_none(
        row
        for row in rows("offers.csv")
        if (row["instance_type"].startswith("GPU without host") and row["host_included"] != "no")
        or (row["host_included"] == "no" and not row["note"])
    )


@pytest.mark.parametrize(
    ("provider", "instance_type", "price_type", "per_hour", "devices"),
    [
        ("aws", "p5.48xlarge", "on_demand", 55.04, 8),
        ("aws", "p5.48xlarge", "reserved_3y", 23.7773, 8),
        ("aws", "p4d.24xlarge", "on_demand", 21.95764, 8),
        ("azure", "Standard_ND96isr_H100_v5", "on_demand", 98.32, 8),
        ("gcp", "a2-highgpu-1g", "on_demand", 3.67338, 1),
        ("gcp", "tpu-v5p-12288", "on_demand", 25804.8, 6144),
        ("compshare", "RTX 4090", "monthly", 1154.64 / 730, 1),
    ],
)
def test_well_known_prices(rows, provider, instance_type, price_type, per_hour, devices):
    found = [
        row
        for row in rows("offers.csv")
        if (row["provider"], row["instance_type"], row["price_type"]) == (provider, instance_type, price_type)
    ]
    assert any(
        float(row["price_per_hour"]) == pytest.approx(per_hour, rel=1e-3) and int(row["devices"]) == devices
        for row in found
    ), found


def test_server_prices_are_of_known_gpus_and_in_order(rows, expect_none):
    known = {row["id"] for row in rows("gpus.csv")}
    expect_none(
        row
        for row in rows("server_prices.csv")
        if row["gpu_id"] not in known
        or not 0 < float(row["price_low"]) <= float(row["price"]) <= float(row["price_high"])
    )
