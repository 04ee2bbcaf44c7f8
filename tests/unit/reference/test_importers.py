"""The importers against the real quirks of the catalogues; shapes of rows are theirs, prices are ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from toolkit.app.price_imports import import_prices
from toolkit.errors import InputError
from toolkit.reference import load_reference
from toolkit.reference.importers.device_names import device_memory_mib, identify
from toolkit.reference.importers.offer_file import Imported, read_offers

REFERENCE = load_reference()
HEADER = "InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,Region,SpotPrice"


def imported(
    tmp_path: Path, text: str, cloud: str = "aws", name: str = "vms.csv"
) -> tuple[Imported, list[Any]]:
    folder = tmp_path / cloud
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    out = tmp_path / "out.csv"
    kind = "skypilot" if name == "vms.csv" else "gpuhunt"
    found = import_prices(folder / name, kind, out, as_of="2026-11-01")
    return found, list(read_offers(out))


@pytest.mark.parametrize(
    ("text", "mib"),
    [
        ("{'Gpus': [{'Name': 'A10G', 'Count': 1.0, 'MemoryInfo': {'SizeInMiB': 22888}}]}", 22888),
        ('{"Gpus": [{"Name": "B300", "MemoryInfo": {"SizeInMiB": 294912}}]}', 294912),
        ("{'Gpus': [{'Name': 'L40', 'Manufacturer': null, 'MemoryInfo': {'SizeInMiB': 49152}}]}", 49152),
        ("{'gpus': [{'name': 'H100', 'memoryinfo': {'sizeinmib': 81559}}]}", 81559),
        ("tpu-v6e-8", None),
        ("{'Gpus': [{'Name': 'H100', 'Count': '8.0', 'MemoryInfo': {'SizeInMiB': 80}}]}", 80e9 / 2**20),
        ("{'Gpus': [{'Name': 'RTXPRO6000', 'MemoryInfo': {'SizeInMiB': 0}}]}", None),
        ("", None),
    ],
)
def test_every_encoding_of_gpu_info(text: str, mib: float | None) -> None:
    found = device_memory_mib(text)
    assert found == (None if mib is None else pytest.approx(mib))


@pytest.mark.parametrize(
    ("cloud", "name", "mib", "gpu", "devices"),
    [
        ("aws", "A100", None, "a100-sxm-40gb", 8),
        ("lambda", "A100", 81920.0, "a100-sxm-80gb", 8),
        ("cudo", "A100", None, "a100-pcie-80gb", 8),
        ("hyperstack", "H100-80G-SXM5", 81920.0, "h100-sxm", 8),
        ("hyperstack", "H100-80G-PCIe-NVLink", None, "h100-pcie", 8),
        ("nobody", "XPU-9000", None, None, 8),
    ],
)
def test_names(cloud: str, name: str, mib: float | None, gpu: str | None, devices: int) -> None:
    found = identify(cloud, name, devices, mib, REFERENCE)
    assert (found.gpu_id, found.devices) == (gpu, devices)


def test_tpu_slices_count_chips() -> None:
    assert identify("gcp", "tpu-v6e-8", 1, None, REFERENCE).devices == 8  # v6e counts chips
    assert identify("gcp", "tpu-v5p-8", 1, None, REFERENCE).devices == 4  # v5p counts TensorCores, two a chip


def test_a_price_is_of_the_instance_and_never_of_one_of_its_gpus(tmp_path: Path) -> None:
    _, offers = imported(tmp_path, f"{HEADER}\np5.48xlarge,H100,8,192,2048,,55.04,us-east-1,16.0\n")
    by_kind = {offer.price_type: offer for offer in offers}
    assert by_kind["on_demand"].price_per_hour == 55.04
    assert by_kind["on_demand"].price_per_device_hour == pytest.approx(6.88)
    assert by_kind["on_demand"].devices == 8
    assert by_kind["spot"].price_per_hour == 16.0
    assert by_kind["spot"].provider == "aws"  # the folder


def test_a_price_may_be_blank_while_a_spot_price_is_not(tmp_path: Path) -> None:
    text = "InstanceType,UpstreamCloudId,vCPUs,MemoryGiB,AcceleratorName,AcceleratorCount,GpuInfo,Region,"
    info = '"{""Gpus"": [{""Name"": ""B300"", ""Count"": 2, ""MemoryInfo"": {""SizeInMiB"": 268800}}]}"'
    text += f"Price,SpotPrice\n2B300.60V,2B300.60V,60.0,550.0,B300,2.0,{info},FIN-03,,4.893\n"
    _, offers = imported(tmp_path, text, "verda")
    assert [(one.price_type, one.gpu_id, one.devices, one.price_per_hour) for one in offers] == [
        ("spot", "b300-sxm", 2, 4.893)
    ]


def test_zones_of_a_region_become_its_lowest_price_with_the_range(tmp_path: Path) -> None:
    text = "Region,AvailabilityZone,InstanceType,AcceleratorName,AcceleratorCount,Price,SpotPrice\n"
    text += "us-east-1,use1-az1,p4d.24xlarge,A100,8,21.9,13.99\n"
    text += "us-east-1,use1-az2,p4d.24xlarge,A100,8,21.9,6.53\n"
    found, offers = imported(tmp_path, text)
    spot = next(offer for offer in offers if offer.price_type == "spot")
    assert spot.price_per_hour == 6.53
    assert "6.53 to 13.99" in spot.note
    assert len(found.rows) == 2


def test_gcp_adds_the_host_to_the_gpu_and_marks_a_gpu_without_one(tmp_path: Path) -> None:
    text = "InstanceType,vCPUs,MemoryGiB,AcceleratorName,AcceleratorCount,GpuInfo,Region,AvailabilityZone,"
    text += "Price,SpotPrice\n"
    text += "a2-highgpu-1g,12.0,85.0,,,,us-central1,us-central1-a,0.73948,0.36975\n"
    text += ",,,A100,1,A100,us-central1,us-central1-a,2.9339,1.2\n"
    text += ",,,T4,1,T4,us-central1,us-central1-a,0.35,\n"
    text += "n1-standard-8,8,30,,,,us-central1,us-central1-a,0.38,\n"
    text += ",,,tpu-v6e-8,1,tpu-v6e-8,us-central1,us-central1-a,700.0,4.0\n"
    found, offers = imported(tmp_path, text, "gcp")
    a100 = next(o for o in offers if o.gpu_id == "a100-sxm-40gb" and o.price_type == "on_demand")
    assert a100.instance_type == "a2-highgpu-1g"
    assert a100.price_per_hour == pytest.approx(3.67338)
    assert a100.host_included is True
    assert a100.vcpus == 12
    t4 = next(o for o in offers if o.gpu_id == "t4")
    assert t4.host_included is False
    tpu = [o for o in offers if o.gpu_id == "tpu-v6e"]
    assert [(o.price_type, o.price_per_hour, o.devices) for o in tpu] == [("spot", 4.0, 8)]
    assert found.left_out == {"cpu_rows": 1, "placeholder": 1}


def test_broken_rows_are_listed_with_their_line_and_good_ones_kept(tmp_path: Path) -> None:
    text = f"{HEADER}\nx1,L4,1,4,16,,cheap,us,\nx2,L4,half,4,16,,1.0,us,\nx3,L4,1\n"
    text += "x4,L4,1,4,16,,0.8,us,\nx5,L4,1,4,16,,,us,\n"
    found, offers = imported(tmp_path, text)
    assert [(p.line, p.id) for p in found.problems] == [
        (2, "gpu.broken_number"), (4, "gpu.broken_width"), (3, "gpu.broken_count"),
    ]  # fmt: skip
    assert [offer.instance_type for offer in offers] == ["x4"]
    assert found.left_out == {"no_price": 1}


def test_gpuhunt(tmp_path: Path) -> None:
    text = "instance_name,location,price,cpu,memory,gpu_count,gpu_name,gpu_memory,spot,disk_size\n"
    text += "gpu_8x_h100,us-1,24.0,208,1800,8,H100,80,False,\ngpu_8x_h100,us-1,9.6,208,1800,8,H100,80,True,\n"
    text += (
        "free,us-1,0,4,16,1,L4,24,False,\ncpu,us-1,0.1,4,16,0,,,False,\nbad,us-1,dear,4,16,1,L4,24,False,\n"
    )
    found, offers = imported(tmp_path, text, "lambdalabs", "lambdalabs.csv")
    assert [(o.price_type, o.price_per_hour, o.price_per_device_hour) for o in offers] == [
        ("on_demand", 24.0, 3.0), ("spot", 9.6, 1.2),
    ]  # fmt: skip
    assert offers[0].provider == "lambdalabs"
    assert found.left_out == {"no_price": 1, "cpu_rows": 1}
    assert [p.line for p in found.problems] == [6]


def test_litellm_tiers_zero_prices_and_the_first_entry(tmp_path: Path) -> None:
    entries = {
        "sample_spec": {"litellm_provider": "documentation", "mode": "chat", "input_cost_per_token": 0.0},
        "openai/big": {
            "litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 2e-6,
            "output_cost_per_token": 1e-5, "cache_read_input_token_cost": 2e-7,
            "input_cost_per_token_above_200k_tokens": 4e-6, "output_cost_per_token_above_200k_tokens": 1.5e-5,
            "max_input_tokens": 400000,
        },
        "qwen": {
            "litellm_provider": "dash scope", "mode": "chat", "tiered_pricing": [
                {"range": [0, 32000], "input_cost_per_token": 1e-6, "output_cost_per_token": 4e-6},
                {"range": [32000, 256000], "input_cost_per_token": 2e-6, "output_cost_per_token": 8e-6},
            ],
        },
        "free": {"litellm_provider": "x", "mode": "chat", "input_cost_per_token": 0,
                 "output_cost_per_token": 0},
        "picture": {"litellm_provider": "x", "mode": "image_generation", "input_cost_per_pixel": 1e-6},
        "broken": {"litellm_provider": "x", "mode": "chat", "input_cost_per_token": "cheap"},
    }  # fmt: skip
    file = tmp_path / "prices.json"
    file.write_text(json.dumps(entries, indent=1), encoding="utf-8")
    found = import_prices(file, "litellm", tmp_path / "api.csv", as_of="2026-11-01")
    big, qwen = found.rows
    assert (big["provider"], big["model"]) == ("openai", "big")
    assert (big["usd_per_1m_input"], big["usd_per_1m_output"]) == (2.0, 10.0)
    assert (big["long_context_from_tokens"], big["usd_per_1m_long_input"]) == (200000, 4.0)
    assert (qwen["provider"], qwen["usd_per_1m_input"], qwen["usd_per_1m_long_output"]) == (
        "dash-scope",
        1.0,
        8.0,
    )
    assert found.left_out == {"no_price": 1, "not_tokens": 1}
    assert [(p.field, p.line) for p in found.problems] == [
        ("broken", file.read_text(encoding="utf-8").splitlines().index(' "broken": {') + 1)
    ]


def test_genai_prices_dates_hours_and_tiers(tmp_path: Path) -> None:
    models = [
        {"id": "dated", "prices": [
            {"prices": {"input_mtok": {"base": 5, "tiers": [{"start": 200000, "price": 10}]},
                        "output_mtok": {"base": 25, "tiers": [{"start": 200000, "price": 37.5}]}}},
            {"constraint": {"start_date": "2026-03-13"}, "prices": {"input_mtok": 4, "output_mtok": 20}},
            {"constraint": {"start_date": "2027-01-01"}, "prices": {"input_mtok": 3, "output_mtok": 15}},
        ]},
        {"id": "night", "prices": [
            {"prices": {"input_mtok": 0.27, "output_mtok": 1.1}},
            {"constraint": {"start_time": "16:30:00Z", "end_time": "00:30:00Z"},
             "prices": {"input_mtok": 0.135, "output_mtok": 0.55}},
        ]},
        {"id": "embedding", "prices": {"input_mtok": 0.1}},
        {"id": "broken", "prices": {"input_mtok": "cheap", "output_mtok": 1}},
    ]  # fmt: skip
    file = tmp_path / "data.json"
    file.write_text(json.dumps([{"id": "maker", "models": models}]), encoding="utf-8")
    found = import_prices(file, "genai-prices", tmp_path / "api.csv", as_of="2026-11-01")
    dated, night = found.rows
    assert (dated["usd_per_1m_input"], dated["usd_per_1m_output"]) == (4.0, 20.0)
    assert dated.get("long_context_from_tokens") is None
    assert (night["usd_per_1m_input"], night["off_peak_factor"]) == (0.27, 0.5)
    assert found.left_out == {"no_price": 1}
    assert [p.field for p in found.problems] == ["broken"]
    early = import_prices(file, "genai-prices", tmp_path / "api.csv", as_of="2026-01-01").rows[0]
    assert (early["usd_per_1m_input"], early["long_context_from_tokens"]) == (5.0, 200000)
    assert (early["usd_per_1m_long_input"], early["usd_per_1m_long_output"]) == (10.0, 37.5)


@pytest.mark.parametrize(
    ("format", "text", "as_of", "problem"),
    [
        ("xml", "", None, "gpu.unknown_format"),
        ("skypilot", "a,b\n1,2\n", None, "gpu.other_format"),
        ("gpuhunt", "a,b\n1,2\n", None, "gpu.other_format"),
        ("litellm", "{}", None, "gpu.needs_day"),
        ("litellm", "{", "2026-11-01", "gpu.other_format"),
        ("skypilot", "", "yesterday", "gpu.not_a_day"),
    ],
)
def test_what_is_no_such_file_is_refused(
    tmp_path: Path, format: str, text: str, as_of: str | None, problem: str
) -> None:
    file = tmp_path / "file"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        import_prices(file, format, tmp_path / "out.csv", as_of=as_of)
    assert refused.value.problems[0].id == problem
    assert refused.value.problems[0].problem("zh")


def test_a_cell_never_becomes_a_formula(tmp_path: Path) -> None:
    imported(tmp_path, f"{HEADER}\n=cmd,L4,1,4,16,,0.8,us,\n")
    assert "'=cmd" in (tmp_path / "out.csv").read_text(encoding="utf-8")
