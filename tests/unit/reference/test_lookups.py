"""What is asked of the facts: exact keys, the newest price, the nearest names; and that reading is light."""

import subprocess
import sys
import time
from dataclasses import replace

import pytest

from toolkit.errors import InputError
from toolkit.reference import load_reference, read_reference
from toolkit.reference.offers import newest
from toolkit.reference.paths import data_dir
from toolkit.reference.providers import provider_name
from toolkit.text import LANGUAGES, Text, load_catalogue


@pytest.fixture(scope="module")
def facts():
    return load_reference()


def only_problem(call, *arguments, **words):
    with pytest.raises(InputError) as raised:
        call(*arguments, **words)
    (problem,) = raised.value.problems
    for language in ("en", "zh"):
        assert problem.problem(language)
        assert problem.mend(language)
    return problem


# GPUs


def test_gpu_knows_its_source(facts):
    source = facts.gpu("h100-sxm").source
    assert (source.kind, source.place, source.confidence) == ("fact", "data/gpus.csv h100-sxm", "high")


def test_own_knowledge_travels_with_the_figure(facts):
    assert facts.gpu("rtx-3070").source.confidence == "own_knowledge"


def test_units_of_a_gpu(facts):
    h100, h200, a800 = map(facts.gpu, ("h100-sxm", "h200-sxm", "a800-sxm-80gb"))
    assert h100.peak_flops("bf16") == pytest.approx(989.4e12)
    assert h100.peak_flops("int8") == pytest.approx(1978.9e12)
    assert h100.peak_flops("fp4") is None
    assert h100.memory_bandwidth_bytes_per_s == 3.35e12
    assert (h100.memory_bytes, h100.memory_gib) == (80 * 2**30, 80)
    assert h200.memory_gib == 141  # sold as GB, reported by its cloud as 144,384 MiB
    assert facts.gpu("h20").memory_bytes == 96 * 10**9
    assert h100.interconnect_one_way_gb_per_s == 450
    assert a800.interconnect_one_way_gb_per_s == 200
    assert facts.gpu("tpu-v5e").interconnect_one_way_gb_per_s is None
    with pytest.raises(KeyError):
        h100.peak_flops("fp12")


def test_unknown_gpu_names_the_nearest(facts):
    problem = only_problem(facts.gpu, "H100")
    assert "h100-sxm" in problem.mend()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("H100", "h100-sxm"),
        ("a100", "a100-sxm-80gb"),
        ("h100 sxm", "h100-sxm"),
        ("4090", "rtx-4090"),
        ("NVIDIA L4", "l4"),
        ("mi300", "mi300x"),
        ("昇腾910B", "ascend-910b"),
        ("rtx-a600", "rtx-a6000"),
    ],
)
def test_nearest_gpu_first(facts, name, expected):
    assert facts.nearest_gpus(name)[0] == expected
    assert len(facts.nearest_gpus(name, limit=5)) == 5


@pytest.mark.parametrize(
    ("driver", "expected"),
    [
        ("NVIDIA H100 80GB HBM3", "h100-sxm"),
        ("NVIDIA H200", "h200-sxm"),
        ("NVIDIA A100-SXM4-40GB", "a100-sxm-40gb"),
        ("Tesla T4", "t4"),
        ("NVIDIA GeForce RTX 4090", "rtx-4090"),
        ("NVIDIA H100", None),
    ],
)
def test_names_of_the_driver(facts, driver, expected):
    assert facts.gpu_by_alias(driver) == expected


# Offers


def test_offer_by_exact_key(facts):
    offer = facts.offer(provider="aws", instance_type="p5.48xlarge", region="us-east-1")
    assert (offer.price_per_hour, offer.price_per_device_hour, offer.devices) == (55.04, 6.88, 8)
    assert offer.source.place == "data/offers.csv aws/p5.48xlarge/us-east-1/on_demand 2026-07-20"
    assert offer.source.date == "2026-07-20"


def test_offer_of_a_price_type(facts):
    reserved = facts.offer(provider="aws", instance_type="p5.48xlarge", price_type="reserved_3y")
    assert (reserved.price_per_hour, reserved.term_months) == (23.7773, 36)


def test_cpu_offer_by_the_same_lookup(facts):
    offer = facts.offer(provider="aws", instance_type="c7i.4xlarge")
    assert offer.is_cpu
    assert (offer.devices, offer.price_per_hour, offer.gpu_id) == (16, 0.714, None)
    assert offer.source.place.startswith("data/cpu_offers.csv aws/c7i.4xlarge")


def test_newest_price_holds(facts):
    both = [row for row in facts.offers if (row.provider, row.instance_type) == ("autodl", "H800 80G")]
    assert {row.price_per_hour for row in both} == {8.88, 10.5}
    assert facts.offer(provider="autodl", instance_type="H800 80G").price_per_hour == 10.5


def test_a_day_is_newer_than_its_year_and_any_date_than_none(facts):
    row = facts.offers[0]
    dated = [replace(row, as_of=day) for day in (None, "2026", "2026-06-15", "2025-12-31")]
    chosen = newest(dated)
    assert chosen is not None
    assert chosen.as_of == "2026-06-15"
    assert newest([]) is None


def test_another_region_is_another_offer(facts):
    far = facts.offer(provider="azure", instance_type="Standard_ND96isr_H100_v5", region="westeurope")
    assert far.price_per_hour == 127.816
    problem = only_problem(
        facts.offer, provider="azure", instance_type="Standard_ND96isr_H100_v5", region="mars"
    )
    assert "mars" in problem.problem()


def test_unknown_offer_names_the_nearest(facts):
    problem = only_problem(facts.offer, provider="aws", instance_type="p5.8xlarge")
    assert "aws/p5.48xlarge" in problem.mend()


def test_offers_for_a_gpu(facts):
    found = facts.offers_for("h100-sxm", "on_demand")
    assert len(found) > 30
    assert {row.gpu_id for row in found} == {"h100-sxm"}
    assert len(facts.offers_for("h100-sxm")) > len(found)
    assert facts.offers_for("no-such-gpu") == ()


def test_gpus_outside_the_catalogue_keep_their_offers(facts):
    names = {row.gpu_name for row in facts.offers if row.gpu_id is None}
    assert names == {"A800 PCIe 80GB"}
    chinese = {row.gpu_id for row in facts.offers if row.currency == "CNY"}
    assert {"h20", "h20-141gb", "ascend-910b", "ascend-910c", "mtt-s4000", "mlu370-s4", "l20"} <= chinese


def test_host_is_yes_no_or_unknown(facts):
    assert {row.host_included for row in facts.offers} == {True, False, None}


def test_api_price(facts):
    row = facts.api_price("openai", "gpt-4o-mini")
    assert (row.usd_per_1m_input, row.usd_per_1m_output) == (0.15, 0.6)
    assert "openai/gpt-4o" in only_problem(facts.api_price, "openai", "gpt-4oo").mend()


# Light


def test_import_is_light():
    heavy = ("pandas", "numpy", "duckdb", "pydantic", "torch", "ruamel.yaml")
    code = f"import sys, toolkit.reference; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_facts_are_read_fast():
    """Under 50 ms on an idle machine: the best of five, so that a busy one does not fail."""
    seconds = []
    for _ in range(5):
        start = time.process_time()
        read_reference(data_dir())
        seconds.append(time.process_time() - start)
    assert min(seconds) < 0.05


def test_every_seller_has_a_proper_name() -> None:
    reference = load_reference()
    ids = {row.provider for row in (*reference.offers, *reference.cpu_offers, *reference.api_prices)}
    for language in LANGUAGES:
        assert ids <= load_catalogue("providers", language).keys()
    assert provider_name("gcp") == Text("Google Cloud", "谷歌云")
    assert provider_name("a seller of an imported list") == Text.of("a seller of an imported list")
