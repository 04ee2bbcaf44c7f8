"""From a cap table to Open Cap Format: one issuance a position, a plan for the pool, one issuance a
convertible.

OCF is a record of fact. A table that holds rounds which have not happened is written only under the name of
a scenario, and the manifest says so in a comment that the import looks for. Identifiers follow from names,
so the same table gives the same bytes. Shares and prices are rounded to the ten decimals of OCF.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from toolkit.errors import InputError, Problem
from toolkit.resources.funding.cap_table import COMMON, OPTIONS, WARRANTS, CapTable, ClassTerms
from toolkit.resources.funding.convertible import Convertible
from toolkit.resources.funding.ocf.conversion import write_conversion
from toolkit.resources.funding.ocf.package import (
    EMPTY_FILES,
    FILE_TYPES,
    FORECAST_MARK,
    MANIFEST,
    NO_CAP,
    VERSION,
    monetary,
    numeric,
)

_NAMESPACE = uuid.UUID("6f1c1c86-5a55-5d3c-9b6e-0d3f6a3e7f11")
_FILE_NAMES = {
    "stakeholders_files": "Stakeholders.ocf.json",
    "stock_classes_files": "StockClasses.ocf.json",
    "stock_plans_files": "StockPlans.ocf.json",
    "transactions_files": "Transactions.ocf.json",
}


@dataclass(frozen=True, slots=True)
class Issuer:
    """What OCF wants to know of the company beyond its cap table. `common_price` is what common stock was
    paid a share, `option_exercise_price` what an option costs; None is allowed where there are no
    options."""

    legal_name: str
    country: str
    formation_date: date
    currency: str
    common_price: Fraction
    option_exercise_price: Fraction | None = None


def write_ocf(
    folder: Path, table: CapTable, issuer: Issuer, as_of: date, *, forecast: bool, scenario: str | None = None
) -> list[Path]:
    """Write a package; returns its files, the manifest first.

    `forecast` says that the table holds what has not happened. InputError for a forecast without a
    scenario, and for options without an exercise price.
    """
    if forecast and scenario is None:
        raise InputError([Problem("funding.ocf_forecast_needs_scenario", "scenario")])
    if issuer.option_exercise_price is None and any(name == OPTIONS for _, name in table.positions):
        raise InputError([Problem("funding.ocf_exercise_price_needed", "option_exercise_price")])
    contents = {
        "stakeholders_files": _stakeholders(table),
        "stock_classes_files": _classes(table, issuer),
        "stock_plans_files": _plans(table),
        "transactions_files": _transactions(table, issuer, as_of),
    }
    folder.mkdir(parents=True, exist_ok=True)
    manifest = _manifest(issuer, as_of, f"{FORECAST_MARK}{scenario}" if forecast else None)
    written = [folder / MANIFEST]
    for kind, items in contents.items():
        path = folder / _FILE_NAMES[kind]
        data = _bytes({"file_type": FILE_TYPES[kind], "items": items})
        path.write_bytes(data)
        written.append(path)
        md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
        manifest[kind] = [{"filepath": f"./{path.name}", "md5": md5}]
    written[0].write_bytes(_bytes(manifest))
    return written


def _bytes(content: Any) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _id(*parts: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, "\n".join(parts)))


def _manifest(issuer: Issuer, as_of: date, comment: str | None) -> dict[str, Any]:
    return {
        "ocf_version": VERSION,
        "file_type": "OCF_MANIFEST_FILE",
        "issuer": {
            "object_type": "ISSUER",
            "id": _id("issuer", issuer.legal_name),
            "legal_name": issuer.legal_name,
            "formation_date": issuer.formation_date.isoformat(),
            "country_of_formation": issuer.country,
        },
        "as_of": as_of.isoformat(),
        "generated_at": f"{as_of.isoformat()}T00:00:00+00:00",
        "comments": [] if comment is None else [comment],
        **{kind: [] for kind in EMPTY_FILES},
    }


def _stakeholders(table: CapTable) -> list[dict[str, Any]]:
    names = dict.fromkeys(
        [*(holder for holder, _ in table.positions), *(holder for holder, _ in table.convertibles)]
    )
    return [
        {
            "object_type": "STAKEHOLDER",
            "id": _id("holder", name),
            "name": {"legal_name": name},
            "stakeholder_type": "INSTITUTION",
        }
        for name in names
    ]


def _classes(table: CapTable, issuer: Issuer) -> list[dict[str, Any]]:
    lowest = max((terms.seniority for terms in table.classes.values()), default=0)
    return [
        _class(name, terms, lowest, issuer)
        for name, terms in table.classes.items()
        if name not in (OPTIONS, WARRANTS)
    ]


def _class(name: str, terms: ClassTerms, lowest: int, issuer: Issuer) -> dict[str, Any]:
    common = terms.participation == "common"
    price = issuer.common_price if common else terms.preference_per_share
    row: dict[str, Any] = {
        "object_type": "STOCK_CLASS",
        "id": _id("class", name),
        "name": "Common Stock" if name == COMMON else name,
        "class_type": "COMMON" if common else "PREFERRED",
        "default_id_prefix": "CS-" if common else "PS-",
        "initial_shares_authorized": "UNLIMITED",
        "votes_per_share": 1,
        "price_per_share": monetary(price, issuer.currency),
        "seniority": "0" if common else numeric(Fraction(lowest - terms.seniority + 1)),
    }
    if not common:
        row["liquidation_preference_multiple"] = "1"
    if terms.participation == "participating":
        row["participation_cap_multiple"] = numeric(NO_CAP)
    return row


def _plans(table: CapTable) -> list[dict[str, Any]]:
    granted = sum((count for (_, name), count in table.positions.items() if name == OPTIONS), Fraction(0))
    reserved = granted + table.unallocated_pool
    if not reserved:
        return []
    return [
        {
            "object_type": "STOCK_PLAN",
            "id": _id("plan"),
            "plan_name": "Equity incentive plan",
            "initial_shares_reserved": numeric(reserved),
            "stock_class_ids": [_id("class", COMMON)],
        }
    ]


def _transactions(table: CapTable, issuer: Issuer, as_of: date) -> list[dict[str, Any]]:
    rows = []
    for number, ((holder, share_class), count) in enumerate(table.positions.items(), start=1):
        kinds = {OPTIONS: "EQUITY_COMPENSATION", WARRANTS: "WARRANT"}
        row = _issuance(kinds.get(share_class, "STOCK"), holder, f"{share_class} {number}", as_of)
        row["quantity"] = numeric(count)
        rows.append(row | _details(share_class, table.classes[share_class], issuer))
    return rows + [_convertible(holder, each, issuer, as_of) for holder, each in table.convertibles]


def _issuance(kind: str, holder: str, custom_id: str, as_of: date) -> dict[str, Any]:
    return {
        "object_type": f"TX_{kind}_ISSUANCE",
        "id": _id("transaction", holder, custom_id),
        "security_id": _id("security", holder, custom_id),
        "date": as_of.isoformat(),
        "security_law_exemptions": [],
        "stakeholder_id": _id("holder", holder),
        "custom_id": custom_id,
    }


def _details(share_class: str, terms: ClassTerms, issuer: Issuer) -> dict[str, Any]:
    if share_class == OPTIONS:
        return {
            "stock_plan_id": _id("plan"),
            "compensation_type": "OPTION",
            "exercise_price": monetary(issuer.option_exercise_price or Fraction(0), issuer.currency),
            "expiration_date": None,
            "termination_exercise_windows": [],
        }
    if share_class == WARRANTS:
        return {"exercise_triggers": []}
    price = issuer.common_price if terms.participation == "common" else terms.preference_per_share
    return {
        "stock_class_id": _id("class", share_class),
        "share_price": monetary(price, issuer.currency),
        "stock_legend_ids": [],
    }


def _convertible(holder: str, convertible: Convertible, issuer: Issuer, as_of: date) -> dict[str, Any]:
    kind = "NOTE" if convertible.instrument == "convertible_note" else "SAFE"
    return {
        **_issuance("CONVERTIBLE", holder, convertible.name, as_of),
        "convertible_type": kind,
        "investment_amount": monetary(convertible.amount, issuer.currency),
        "conversion_triggers": [
            {
                "trigger_id": f"{convertible.name}.1",
                "type": "AUTOMATIC_ON_CONDITION",
                "trigger_condition": "Next equity financing, as defined in the instrument",
                "conversion_right": {
                    "type": "CONVERTIBLE_CONVERSION_RIGHT",
                    "conversion_mechanism": write_conversion(convertible, issuer.currency),
                    "converts_to_future_round": True,
                },
            }
        ],
        "seniority": 1,
    }
