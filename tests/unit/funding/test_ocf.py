"""Open Cap Format: a round trip, a package by hand, and every way in which one can be broken."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from toolkit.errors import InputError
from toolkit.resources.funding.cap_table import (
    CapTable,
    CloseRound,
    EnlargePool,
    Grant,
    Issue,
    IssueConvertible,
    history,
)
from toolkit.resources.funding.convertible import Convertible
from toolkit.resources.funding.ocf import Issuer, read_ocf, write_ocf
from toolkit.resources.funding.priced_round import RoundTerms

F = Fraction
DAY = date(2027, 1, 31)
ISSUER = Issuer("Lumen AI, Inc.", "US", date(2026, 5, 1), "USD", F("0.0001"), F("0.25"))


def table() -> CapTable:
    terms = RoundTerms(F(8_000_000), F(2_000_000), "percent_ownership", F(0))
    return history(
        CapTable(),
        [
            (0, Issue("Ann 安", F(6_000_000))),
            (0, Issue("Bo", F(2_000_000))),
            (0, EnlargePool(F(2_000_000))),
            (1, Grant("Eve", F(300_000))),
            (2, CloseRound("Series Seed", terms, "Fund", participation="participating")),
            (
                3,
                IssueConvertible(
                    "Angel", Convertible("SAFE-1", "safe_post_money", F(100_000), F(9_000_000), F("0.2"))
                ),
            ),
            (
                3,
                IssueConvertible("Bank", Convertible("CN-1", "convertible_note", F(50_000), None, F("0.15"))),
            ),
        ],
    )[-1][2]


def test_a_round_trip_loses_nothing(tmp_path: Path) -> None:
    before = table()
    files = write_ocf(tmp_path, before, ISSUER, DAY, forecast=False)
    after = read_ocf(tmp_path)
    assert after.positions == before.positions
    assert (after.unallocated_pool, after.total_shares) == (before.unallocated_pool, before.total_shares)
    assert after.convertibles == before.convertibles
    assert after.classes == before.classes
    first = [path.read_bytes() for path in files]
    write_ocf(tmp_path, after, ISSUER, DAY, forecast=False)
    assert [path.read_bytes() for path in files] == first


def test_a_forecast_needs_a_scenario_and_is_not_taken_for_a_record(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        write_ocf(tmp_path, table(), ISSUER, DAY, forecast=True)
    assert error.value.problems[0].id == "funding.ocf_forecast_needs_scenario"
    assert not list(tmp_path.iterdir())
    write_ocf(tmp_path, table(), ISSUER, DAY, forecast=True, scenario="base")
    with pytest.raises(InputError, match="forecast"):
        read_ocf(tmp_path)
    assert read_ocf(tmp_path, accept_forecast=True).total_shares == table().total_shares


COMMON_CLASS = {
    "object_type": "STOCK_CLASS",
    "id": "cs",
    "name": "Common",
    "class_type": "COMMON",
    "seniority": "1",
}
TWO_FOR_ONE = {"type": "RATIO_CONVERSION", "ratio": {"numerator": "2", "denominator": "1"}}
SEED_CLASS = {
    "object_type": "STOCK_CLASS",
    "id": "ps",
    "name": "Seed",
    "class_type": "PREFERRED",
    "seniority": "2",
    "price_per_share": {"amount": "4.00", "currency": "USD"},
    "liquidation_preference_multiple": "1.5",
    "conversion_rights": [{"conversion_mechanism": TWO_FOR_ONE}],
}


def package(folder: Path, transactions: list[dict[str, Any]], **changes: Any) -> Path:
    """A package by hand: two stakeholders, common and a preferred class that converts 1 : 2, one plan."""
    contents: dict[str, Any] = {
        "stakeholders": [
            {"object_type": "STAKEHOLDER", "id": name, "name": {"legal_name": name.title()}}
            for name in ("ann", "eve")
        ],
        "stock_classes": [COMMON_CLASS, SEED_CLASS],
        "stock_plans": [{"object_type": "STOCK_PLAN", "id": "plan", "initial_shares_reserved": "1000"}],
        "transactions": transactions,
    } | changes
    manifest = {"file_type": "OCF_MANIFEST_FILE", "as_of": "2027-01-01"}
    for kind, items in contents.items():
        (folder / f"{kind}.json").write_text(json.dumps({"items": items}, indent=1), encoding="utf-8")
        manifest[f"{kind}_files"] = [{"filepath": f"./{kind}.json", "md5": "0"}]  # type: ignore[assignment]
    (folder / "Manifest.ocf.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def issue(kind: str, security: str, holder: str, quantity: str, **more: Any) -> dict[str, Any]:
    return {
        "object_type": f"TX_{kind}_ISSUANCE", "id": f"i-{security}", "security_id": security,
        "stakeholder_id": holder, "quantity": quantity, **more,
    }  # fmt: skip


def test_closed_securities_do_not_count(tmp_path: Path) -> None:
    """Ann sells 40 of 100 to Eve; Eve exercises 200 of 300 options, 50 of another grant are cancelled."""
    option = {"stock_plan_id": "plan", "compensation_type": "OPTION"}
    transactions = [
        issue("STOCK", "c1", "ann", "100", stock_class_id="cs"),
        {"object_type": "TX_STOCK_TRANSFER", "id": "t", "security_id": "c1", "quantity": "40",
         "balance_security_id": "c2", "resulting_security_ids": ["c3"]},
        issue("STOCK", "c2", "ann", "60", stock_class_id="cs"),
        issue("STOCK", "c3", "eve", "40", stock_class_id="cs"),
        issue("STOCK", "p1", "ann", "10.5", stock_class_id="ps"),
        issue("EQUITY_COMPENSATION", "o1", "eve", "300", **option),
        {"object_type": "TX_EQUITY_COMPENSATION_EXERCISE", "id": "x", "security_id": "o1", "quantity": "200",
         "resulting_security_ids": ["c4"]},
        issue("STOCK", "c4", "eve", "200", stock_class_id="cs", stock_plan_id="plan"),
        issue("PLAN_SECURITY", "o2", "ann", "80", **option),
        {"object_type": "TX_PLAN_SECURITY_CANCELLATION", "id": "k", "security_id": "o2", "quantity": "50"},
    ]  # fmt: skip
    result = read_ocf(package(tmp_path, transactions))
    assert result.positions == {
        ("Ann", "common"): 60,
        ("Eve", "common"): 240,
        ("Ann", "Seed"): 21,  # 10.5 shares that convert into two common each
        ("Eve", "options"): 100,
        ("Ann", "options"): 30,
    }
    assert result.unallocated_pool == 1000 - 300 - 30
    # 1.5 times 4.00 for a preferred share is 3.00 for each of the two common shares that it becomes.
    assert (result.classes["Seed"].preference_per_share, result.classes["Seed"].seniority) == (3, 0)


def convertible(mechanism: dict[str, Any]) -> list[dict[str, Any]]:
    trigger = {
        "conversion_right": {"type": "CONVERTIBLE_CONVERSION_RIGHT", "conversion_mechanism": mechanism}
    }
    row = issue("CONVERTIBLE", "n1", "ann", "0", custom_id="CN-1", conversion_triggers=[trigger])
    return [row | {"investment_amount": {"amount": "1000", "currency": "USD"}}]


def test_a_note_accrues_to_the_date_of_the_package(tmp_path: Path) -> None:
    """8 % from 2026-01-01 to 2027-01-01 on 1,000: 80; its cap needs to be told what it counts."""
    rates = [{"rate": "0.08", "accrual_start_date": "2026-01-01"}]
    note = {"type": "CONVERTIBLE_NOTE_CONVERSION", "interest_rates": rates, "compounding_type": "SIMPLE"}
    [(holder, plain)] = read_ocf(package(tmp_path, convertible(note))).convertibles
    assert (holder, plain.instrument, plain.amount) == ("Ann", "convertible_note", 1080)
    capped = note | {"conversion_valuation_cap": {"amount": "9000", "currency": "USD"}}
    [(_, capped_note)] = read_ocf(package(tmp_path, convertible(capped)), "safe_pre_money").convertibles
    assert (capped_note.instrument, capped_note.valuation_cap) == ("safe_pre_money", 9000)


CAPPED = {"type": "CONVERTIBLE_NOTE_CONVERSION", "conversion_valuation_cap": {"amount": "9000"}}
COMPOUND = {"type": "CONVERTIBLE_NOTE_CONVERSION", "compounding_type": "COMPOUNDING"}


@pytest.mark.parametrize(
    ("transactions", "problem", "words"),
    [
        ([issue("STOCK", "c1", "nobody", "1", stock_class_id="cs")], "broken_reference", "nobody"),
        ([issue("STOCK", "c1", "ann", "1", stock_class_id="zz")], "broken_reference", "zz"),
        ([issue("PLAN_SECURITY", "o", "ann", "1", stock_plan_id="no plan")], "broken_reference", "no plan"),
        (
            [{"object_type": "TX_STOCK_CANCELLATION", "id": "k", "security_id": "gone"}],
            "broken_reference",
            "gone",
        ),
        ([issue("STOCK", "c1", "ann", "many", stock_class_id="cs")], "no_number", "many"),
        ([{"object_type": "TX_STOCK_CLASS_SPLIT", "id": "s"}], "not_supported", "SPLIT"),
        (convertible(CAPPED), "note_cap", "CN-1"),
        (convertible(COMPOUND), "compound_interest", "CN-1"),
        (convertible({"type": "CUSTOM_CONVERSION"}), "conversion_unknown", "CN-1"),
    ],
)
def test_what_is_broken_or_not_understood_has_a_place(
    transactions: list[dict[str, Any]], problem: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as error:
        read_ocf(package(tmp_path, transactions))
    [found] = error.value.problems
    assert found.id == f"funding.ocf_{problem}"
    assert words in found.problem("en")
    assert words in found.problem("zh")
    assert found.file == str(tmp_path / "transactions.json")
    line = Path(found.file).read_text(encoding="utf-8").splitlines()[(found.line or 0) - 1]
    assert f'"{found.field.rpartition(".")[2]}"' in line or '"id"' in line


def test_broken_packages(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        read_ocf(tmp_path)
    assert error.value.problems[0].id == "funding.ocf_unreadable"
    package(tmp_path, [])
    (tmp_path / "stock_plans.json").write_text("{\n[", encoding="utf-8")
    (tmp_path / "stakeholders.json").unlink()
    with pytest.raises(InputError) as error:
        read_ocf(tmp_path)
    assert [(each.id, each.line) for each in error.value.problems] == [
        ("funding.ocf_unreadable", None),
        ("funding.ocf_no_json", 2),
    ]


def test_a_participation_cap_is_not_skipped(tmp_path: Path) -> None:
    capped = SEED_CLASS | {"participation_cap_multiple": "3"}
    with pytest.raises(InputError, match="participat"):
        read_ocf(package(tmp_path, [], stock_classes=[capped]))
