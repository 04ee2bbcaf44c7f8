"""Every GPU: dense peaks, plausible ratios, memory units, links counted in both directions."""

import pytest

FP = ("fp64", "fp32", "tf32", "fp16", "bf16", "fp8", "fp4")
# The vendor's own rates, which break the usual order of precisions.
SLOWER_BF16 = {"mi100"}  # BF16 at half the FP16 rate
SLOWER_FP16 = {"gaudi3"}  # FP16 matrix rate below BF16
SAME_FP8 = {"trainium1", "inferentia2"}  # FP8 is stored, computed at the BF16 rate
ODD_FP8 = {"gaudi3", "trainium2", "trainium3"}  # FP8 1.0, 1.95 and 3.75 times BF16
SAME_FP4 = {"trainium3"}  # FP4 is computed at the FP8 rate
ODD_FP4 = {"b300-sxm", "gb300"}  # FP4 three times FP8
CUT_INT8 = {"b300-sxm", "gb300"}  # INT8 cut in favour of FP4
# Dense peaks of BF16 (or FP16) that everybody can look up; the headline with sparsity is twice as much.
DENSE = {
    "h100-sxm": 989,
    "h100-pcie": 756,
    "h200-sxm": 989,
    "a100-sxm-80gb": 312,
    "l4": 121,
    "l40s": 362,
    "b200-sxm": 2250,
    "mi300x": 1307,
    "t4": 65,
    "v100-sxm2-16gb": 125,
    "rtx-4090": 165,
    "tpu-v5e": 197,
}


def value(row, precision):
    cell = row["int8_tops" if precision == "int8" else f"{precision}_tflops"]
    return float(cell) if cell else None


def test_rates_are_positive_and_plausible(rows, expect_none):
    names = [*(f"{p}_tflops" for p in FP), "int8_tops", "memory", "memory_bandwidth_gb_per_s", "power_w"]
    expect_none(
        row
        for row in rows("gpus.csv")
        if any(row[name] and not 0.1 <= float(row[name]) <= 20_000 for name in names)
    )


def test_a_shorter_format_is_never_slower(rows, expect_none):
    def wrong(row):
        fp32, fp16, bf16, fp8, fp4 = (value(row, p) for p in ("fp32", "fp16", "bf16", "fp8", "fp4"))
        return (
            (fp32 and fp16 and fp16 < fp32 * 0.99)
            or (fp16 and fp8 and fp8 < fp16)
            or (bf16 and fp8 and fp8 < bf16)
            or (fp8 and fp4 and fp4 < fp8)
        )

    expect_none(row for row in rows("gpus.csv") if wrong(row))


@pytest.mark.parametrize(
    ("longer", "shorter", "factors", "exceptions"),
    [
        ("fp16", "bf16", (1,), SLOWER_BF16 | SLOWER_FP16),
        ("bf16", "fp8", (2,), SAME_FP8 | ODD_FP8),
        ("fp8", "fp4", (2, 4), SAME_FP4 | ODD_FP4),
        ("fp8", "int8", (1, 2), SAME_FP8 | CUT_INT8),
    ],
)
def test_steps_between_formats_are_those_of_the_hardware(
    rows, expect_none, longer, shorter, factors, exceptions
):
    def wrong(row):
        one, other = value(row, longer), value(row, shorter)
        if one is None or other is None or row["id"] in exceptions:
            return False
        return all(abs(other / one - factor) > 0.015 * factor for factor in factors)

    expect_none(row for row in rows("gpus.csv") if wrong(row))


def test_exceptions_are_really_there(rows):
    by_id = {row["id"]: row for row in rows("gpus.csv")}
    for gpu in SLOWER_BF16 | SLOWER_FP16:
        assert value(by_id[gpu], "fp16") != value(by_id[gpu], "bf16")
    for gpu in CUT_INT8:
        assert value(by_id[gpu], "int8") < value(by_id[gpu], "fp8") / 2


@pytest.mark.parametrize(("id", "tflops"), DENSE.items())
def test_peaks_are_dense(rows, id, tflops):
    row = next(row for row in rows("gpus.csv") if row["id"] == id)
    assert (value(row, "bf16") or value(row, "fp16")) == pytest.approx(tflops, rel=0.01), row


def test_operations_per_byte_are_plausible(rows, expect_none):
    def wrong(row):
        peak = max(value(row, "fp16") or 0, value(row, "bf16") or 0, value(row, "fp32") or 0)
        return not 20 <= peak * 1e3 / float(row["memory_bandwidth_gb_per_s"]) <= 650

    expect_none(row for row in rows("gpus.csv") if wrong(row))


def test_memory_has_a_unit_and_usable_memory_fits(rows, expect_none):
    def wrong(row):
        if row["memory_unit"] not in ("GB", "GiB"):
            return True
        built_in = float(row["memory_physical_gb"] or 0) * 1e9
        sold = float(row["memory"]) * (1e9 if row["memory_unit"] == "GB" else 2**30)
        usable = float(row["memory_usable_mib"] or 0) * 2**20
        # The "141 GB" of the H200 and "180 GB" of the B200 are nearer to GiB, which are 7.4 % larger.
        return bool(usable) and not 0.9 * sold <= usable <= 1.075 * max(sold, built_in)

    expect_none(row for row in rows("gpus.csv") if wrong(row))


def test_links_say_what_they_count(rows, expect_none):
    def wrong(row):
        stated = row["interconnect_counts"] in ("both_directions", "unstated")
        return stated != bool(row["interconnect_gb_per_s"])

    expect_none(row for row in rows("gpus.csv") if wrong(row))


@pytest.mark.parametrize(
    ("words", "both_ways"), [("PCIe 3.0 x16", 32), ("PCIe 4.0 x16", 64), ("PCIe 5.0 x16", 128)]
)
def test_pcie_counts_both_directions(rows, expect_none, words, both_ways):
    expect_none(
        row
        for row in rows("gpus.csv")
        if row["interconnect"].startswith(words) and float(row["interconnect_gb_per_s"]) != both_ways
    )


def test_no_alias_means_two_gpus(rows):
    owner = {}
    for row in rows("gpus.csv"):
        for name in (row["id"], row["name"], *filter(None, row["aliases"].split("|"))):
            plain = "".join(sign for sign in name.lower() if sign.isalnum())
            assert owner.setdefault(plain, row["id"]) == row["id"], (name, row)
