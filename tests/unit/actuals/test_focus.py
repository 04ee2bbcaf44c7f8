"""A cloud bill in the FOCUS format, against sums by hand."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date
from pathlib import Path
from typing import Any

import pandas
import pytest

from toolkit.app.actuals.importing import import_actuals
from toolkit.errors import InputError
from toolkit.store.actuals import load_actuals, load_cloud_costs
from toolkit.store.workspace import Workspace

CHARGE = {
    "BilledCost": "10", "EffectiveCost": "8", "BillingCurrency": "USD", "ChargeCategory": "Usage",
    "ChargePeriodStart": "2027-03-01T00:00:00Z", "ChargePeriodEnd": "2027-03-02T00:00:00Z",
    "ServiceCategory": "Compute", "ServiceName": "Amazon EC2", "ProviderName": "AWS",
    "Tags": '{"team": "research"}',
}  # fmt: skip
CHARGES: tuple[dict[str, str], ...] = (
    {},
    {"BilledCost": "0.1", "EffectiveCost": "0.2", "ChargePeriodStart": "2027-03-31T23:00:00Z"},
    {"BilledCost": "500", "EffectiveCost": "0", "ChargeCategory": "Purchase"},
    {"BilledCost": "-30", "EffectiveCost": "-30", "ChargeCategory": "Credit"},
    {"BilledCost": "2", "EffectiveCost": "2", "ChargeCategory": "Tax"},
    {"ServiceCategory": "Storage", "ServiceName": "Amazon S3", "Tags": ""},
    {"ServiceCategory": "AI and Machine Learning", "ServiceName": "SageMaker", "Tags": '{"team": "product"}',
     "ChargePeriodStart": "2027-04-01"},
)  # fmt: skip


def bill(path: Path, *changes: dict[str, str]) -> Path:
    """A bill with one charge for each set of changed cells."""
    rows = [{**CHARGE, **change} for change in changes]
    if path.suffix == ".parquet":
        frame: Any = pandas.DataFrame(rows)
        frame[["BilledCost", "EffectiveCost"]] = frame[["BilledCost", "EffectiveCost"]].astype(float)
        frame.to_parquet(path)
        return path
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    data = text.getvalue().encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def held(workspace: Workspace) -> dict[tuple[str, str], float]:
    return {(one.line, one.month): one.value for one in load_actuals(workspace, "inkwell")}


@pytest.mark.parametrize("name", ["bill.csv", "bill.csv.gz", "bill.parquet"])
def test_use_of_compute_counts_before_credits_and_tax(
    workspace: Workspace, tmp_path: Path, name: str
) -> None:
    found = import_actuals(workspace, bill(tmp_path / name, *CHARGES))
    assert found.form == "focus"
    assert held(workspace) == {
        ("compute.cost", "2027-03"): pytest.approx(8 + 0.2),
        ("compute.cost", "2027-04"): pytest.approx(8),
    }
    assert found.unassigned == pytest.approx(-30 + 2 + 8)
    assert sum(one.billed for one in found.costs) == pytest.approx(10 + 0.1 + 500 - 30 + 2 + 10 + 10)
    assert load_cloud_costs(workspace, "inkwell") == found.costs


def test_billed_cost_is_what_the_invoice_says(workspace: Workspace, tmp_path: Path) -> None:
    import_actuals(workspace, bill(tmp_path / "bill.csv", *CHARGES), cost="billed")
    assert held(workspace)["compute.cost", "2027-03"] == pytest.approx(510.1)


def test_rules_say_what_charges_count_for(workspace: Workspace, tmp_path: Path) -> None:
    rules = [
        "ServiceName:Amazon S3=operations.hosting.cost",
        "ChargeCategory:Credit=partnerships.credit_used.aws",
        "Tags.team:research=compute.finetune.cost",
    ]
    import_actuals(workspace, bill(tmp_path / "bill.csv", *CHARGES), rules=rules)
    assert held(workspace) == {
        ("operations.hosting.cost", "2027-03"): 8,
        ("partnerships.credit_used.aws", "2027-03"): -30,
        ("compute.finetune.cost", "2027-03"): pytest.approx(8 + 0.2 + 2),
        ("compute.cost", "2027-03"): pytest.approx(8 + 0.2 + 2),
        ("compute.cost", "2027-04"): 8,
    }


def test_bills_of_several_providers_add_up(workspace: Workspace, tmp_path: Path) -> None:
    import_actuals(workspace, bill(tmp_path / "one.csv", {}))
    import_actuals(workspace, bill(tmp_path / "two.csv", {"ProviderName": "Lambda", "EffectiveCost": "5"}))
    assert held(workspace) == {("compute.cost", "2027-03"): 13}
    import_actuals(workspace, bill(tmp_path / "one.csv", {"EffectiveCost": "9"}))  # a correction, not more
    assert held(workspace) == {("compute.cost", "2027-03"): 14}


def test_the_provider_column_of_newer_versions(workspace: Workspace, tmp_path: Path) -> None:
    path = bill(tmp_path / "bill.csv", {})
    path.write_text(path.read_text().replace("ProviderName", "ServiceProviderName"))
    assert import_actuals(workspace, path).costs[0].provider == "AWS"


def test_every_bad_charge_is_listed_and_nothing_is_kept(workspace: Workspace, tmp_path: Path) -> None:
    path = bill(
        tmp_path / "bill.csv",
        {},
        {"BilledCost": "ten"},
        {"EffectiveCost": "nan"},
        {"ChargePeriodStart": "March"},
        {"ChargeCategory": "Fee"},
        {"BillingCurrency": "EUR"},
        {"ChargePeriodStart": "2026-12-31T00:00:00Z"},
    )
    with pytest.raises(InputError) as caught:
        import_actuals(workspace, path)
    assert [(one.line, one.id.removeprefix("actuals.")) for one in caught.value.problems] == [
        (3, "not_a_number"), (4, "not_a_number"), (5, "not_a_month"), (6, "unknown_charge"), (7, "currency"),
        (None, "month_outside"),
    ]  # fmt: skip
    assert held(workspace) == {}


def test_months_outside_the_plan_may_be_left_out(workspace: Workspace, tmp_path: Path) -> None:
    path = bill(tmp_path / "bill.csv", {}, {"ChargePeriodStart": "2026-12-31T00:00:00Z"})
    found = import_actuals(workspace, path, skip_outside=True)
    assert (found.outside, found.figures) == (1, 1)


def test_columns_that_are_missing(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_text("ChargePeriodStart,BilledCost\n2027-03-01,5\n")
    with pytest.raises(InputError) as caught:
        import_actuals(workspace, path)
    assert {one.field for one in caught.value.problems} == {
        "EffectiveCost", "BillingCurrency", "ChargeCategory", "ServiceName", "ServiceCategory",
        "ProviderName",
    }  # fmt: skip


def test_a_million_bad_rows_are_not_all_listed(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        import_actuals(workspace, bill(tmp_path / "bill.csv", *[{"BilledCost": "x"}] * 500))
    assert len(caught.value.problems) <= 52
    assert caught.value.problems[-1].id == "actuals.and_more"


@pytest.mark.parametrize(
    "rule", ["S3", "ServiceName=compute.cost", "ServiceName:S3=", "ServiceName:S3=no.line"]
)
def test_a_rule_that_is_none(workspace: Workspace, tmp_path: Path, rule: str) -> None:
    with pytest.raises(InputError):
        import_actuals(workspace, bill(tmp_path / "bill.csv", {}), rules=[rule])


def test_a_packed_bill_damaged_on_its_way_is_refused_in_words(workspace: Workspace, tmp_path: Path) -> None:
    path = bill(tmp_path / "bill.csv.gz", *CHARGES)
    content = path.read_bytes()
    path.write_bytes(content[:40] + bytes(255 - byte for byte in content[40:60]) + content[60:])
    with pytest.raises(InputError) as caught:
        import_actuals(workspace, path)
    assert "actuals.unreadable" in [one.id for one in caught.value.problems]


def test_columns_that_nobody_reads_may_hold_anything(workspace: Workspace, tmp_path: Path) -> None:
    rows: Any = [
        CHARGE
        | {
            "BilledCost": 10.0,
            "EffectiveCost": 8.0,
            "x_Hosts": ["a", "bcd"],
            "x_Seen": {"at": date(2027, 3, 1)},
        }
    ]
    pandas.DataFrame(rows).to_parquet(tmp_path / "bill.parquet")
    assert import_actuals(workspace, tmp_path / "bill.parquet").figures == 1
