"""Reading a table: every wrong cell becomes a problem with file, line and column, and none hides another."""

import csv
import shutil
from pathlib import Path

import pytest

from toolkit.errors import InputError
from toolkit.reference import load_reference, read_reference
from toolkit.reference.gpus import Gpu
from toolkit.reference.table import columns_of, read_table

DATA = Path(__file__).parents[3] / "data"


@pytest.fixture
def copy(tmp_path):
    for path in DATA.glob("*.csv"):
        shutil.copy(path, tmp_path / path.name)
    return tmp_path


def edit(path, changes):
    """Replace cells of a copy: {line: {column: value}}, lines counted as an editor does."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    for line, cells in changes.items():
        for column, value in cells.items():
            lines[line - 1][lines[0].index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)


def problems_of(folder):
    with pytest.raises(InputError) as raised:
        read_reference(folder)
    return {(problem.file, problem.line, problem.field, problem.id) for problem in raised.value.problems}


def test_all_problems_of_all_files_are_found_at_once(copy):
    edit(
        copy / "gpus.csv",
        {
            2: {"fp16_tflops": "-65", "memory_unit": "Gb"},
            3: {"launched": "2017-13-01", "power_w": "three hundred"},
            4: {"id": "a10"},
        },
    )
    edit(
        copy / "offers.csv",
        {
            2: {"price_per_hour": "5.26"},
            6: {"devices": "1.5", "currency": "usd"},
            7: {"source_title": ""},
            8: {"confidence": "sure"},
            9: {"confidence": "own_knowledge"},
            10: {"as_of": ""},
        },
    )
    edit(copy / "salaries.csv", {2: {"p10": "999999"}})
    edit(copy / "programmes.csv", {4: {"valid_to": "1999-01-01"}})
    assert problems_of(copy) == {
        ("data/gpus.csv", 2, "fp16_tflops", "reference.out_of_range"),
        ("data/gpus.csv", 2, "memory_unit", "reference.unknown_word"),
        ("data/gpus.csv", 3, "launched", "reference.wrong_form"),
        ("data/gpus.csv", 3, "power_w", "reference.not_a_number"),
        ("data/gpus.csv", 5, "", "reference.double_key"),
        ("data/offers.csv", 2, "price_per_hour", "reference.price_mismatch"),
        ("data/offers.csv", 2, "price_per_hour", "reference.quote_mismatch"),
        ("data/offers.csv", 6, "devices", "reference.not_whole"),
        ("data/offers.csv", 6, "currency", "reference.wrong_form"),
        ("data/offers.csv", 7, "source_title", "reference.empty_cell"),
        ("data/offers.csv", 8, "confidence", "reference.unknown_word"),
        ("data/offers.csv", 9, "recall_confidence", "reference.recall_mismatch"),
        ("data/offers.csv", 10, "as_of", "reference.date_unmarked"),
        ("data/salaries.csv", 2, "p50", "reference.not_ascending"),
        ("data/programmes.csv", 4, "valid_to", "reference.ends_before_start"),
    }


def test_an_offer_of_an_unknown_gpu_is_found(copy):
    edit(copy / "offers.csv", {5: {"gpu_id": "t5"}})
    edit(copy / "server_prices.csv", {3: {"gpu_id": "h21"}})
    assert problems_of(copy) == {
        ("data/offers.csv", 5, "gpu_id", "reference.unknown_gpu_row"),
        ("data/server_prices.csv", 3, "gpu_id", "reference.unknown_gpu_row"),
    }


@pytest.mark.parametrize(
    ("name", "line", "cells", "field", "problem"),
    [
        ("gpus.csv", 2, {"interconnect_counts": ""}, "interconnect_counts", "needs_both"),
        ("offers.csv", 2, {"gpu_id": ""}, "gpu_id", "gpu_id_or_name"),
        ("cpu_offers.csv", 2, {"gpu_id": "t4"}, "gpu_id", "cpu_with_gpu"),
        (
            "api_prices.csv",
            2,
            {"usd_per_1m_cached_input": "3"},
            "usd_per_1m_cached_input",
            "above_full_price",
        ),
        ("api_prices.csv", 2, {"usd_per_1m_long_input": ""}, "long_context_from_tokens", "needs_both"),
        ("storage_egress.csv", 2, {"unit": "gb"}, "unit", "unit_of_kind"),
        ("electricity.csv", 5, {"low": "0.7"}, "value", "outside_band"),
        ("electricity.csv", 2, {"currency": ""}, "currency", "needs_both"),
        ("electricity.csv", 26, {"value": "0.9"}, "value", "out_of_range"),
        ("server_prices.csv", 2, {"price_low": "9e9"}, "price", "outside_band"),
        ("salaries.csv", 3, {"p50": "", "mean": ""}, "p50", "no_pay"),
        ("salaries.csv", 2, {"lower_bounds": "p95"}, "lower_bounds", "unknown_word"),
        ("employer_rates.csv", 2, {"rate": ""}, "rate", "rate_or_option"),
        ("employer_rates.csv", 2, {"to_amount": "0.5", "from_amount": "1"}, "to_amount", "empty_bracket"),
        ("employer_rates.csv", 2, {"valid_to": "2025-01-01"}, "valid_to", "ends_before_start"),
        ("employer_rates.csv", 7, {"amount": ""}, "amount", "allowance_form"),
        ("programmes.csv", 4, {"cap_on": ""}, "cap_on", "needs_both"),
        ("offers.csv", 2, {"undated": "perhaps"}, "undated", "unknown_word"),
        ("offers.csv", 2, {"price_per_hour": "nan"}, "price_per_hour", "out_of_range"),
    ],
)
def test_each_fault_of_a_row_is_named_where_it_is(copy, name, line, cells, field, problem):
    edit(copy / name, {line: cells})
    assert (f"data/{name}", line, field, f"reference.{problem}") in problems_of(copy)


def test_a_gpu_without_any_peak_is_refused(copy):
    peaks = dict.fromkeys(("fp64", "fp32", "tf32", "fp16", "bf16", "fp8", "fp4"), "")
    edit(copy / "gpus.csv", {2: {**{f"{name}_tflops": "" for name in peaks}, "int8_tops": ""}})
    assert ("data/gpus.csv", 2, "fp16_tflops", "reference.no_peak") in problems_of(copy)


def test_header_and_width(copy):
    path = copy / "exchange_rates.csv"
    text = path.read_text()
    path.write_text(text.replace("base,quote,rate,", "base,quote,price,", 1))
    (copy / "equity_grants.csv").write_text(
        (copy / "equity_grants.csv").read_text() + "too,few,cells\n", encoding="utf-8"
    )
    gpus = (copy / "gpus.csv").read_text()
    (copy / "gpus.csv").write_text(gpus.replace("id,vendor,", "id,vendor,vendor,", 1))
    (copy / "salaries.csv").unlink()
    assert problems_of(copy) == {
        ("data/exchange_rates.csv", 1, "rate", "reference.missing_column"),
        ("data/exchange_rates.csv", 1, "price", "reference.unknown_column"),
        ("data/equity_grants.csv", 4, "", "reference.wrong_width"),
        ("data/gpus.csv", 1, "vendor", "reference.double_column"),
        ("data/salaries.csv", None, "", "reference.unreadable"),
    }


def test_problems_read_well_in_both_languages(copy):
    edit(copy / "offers.csv", {2: {"price_per_hour": "0.6"}})
    with pytest.raises(InputError) as raised:
        read_reference(copy)
    first = raised.value.problems[0]
    assert str(first).startswith("data/offers.csv:2 price_per_hour: The price of the instance is 0.6, but")
    assert first.problem("zh") == "整机价格为 0.6，而卡数 × 单卡价格为 0.526。"


def test_columns_may_stand_in_any_order(copy):
    lines = [line.split(",") for line in (copy / "exchange_rates.csv").read_text().splitlines()]
    plain = [line for line in lines if len(line) == len(lines[0])]
    (copy / "exchange_rates.csv").write_text("\n".join(",".join(reversed(line)) for line in plain) + "\n")
    rates = {row.key: row.rate for row in read_reference(copy).exchange_rates}
    assert rates[("EUR", "USD", "2025")] == 1.13


def test_empty_is_unknown_and_never_zero():
    gpus, problems = read_table(Gpu, DATA)
    assert not problems
    assert all(gpu.list_price_usd is None or gpu.list_price_usd > 0 for gpu in gpus)
    t4 = next(gpu for gpu in gpus if gpu.id == "t4")
    assert t4.bf16_tflops is None
    assert t4.recall_confidence is None


def test_record_fields_are_the_columns():
    header = (DATA / "gpus.csv").read_text().splitlines()[0].split(",")
    assert {column.name for column in columns_of(Gpu)} == set(header)


def test_facts_are_read_once_and_cannot_be_changed():
    reference = load_reference()
    assert load_reference() is reference
    with pytest.raises(AttributeError):
        reference.gpus["t4"].memory = 1.0
    with pytest.raises(TypeError):
        reference.gpus["t5"] = reference.gpus["t4"]
