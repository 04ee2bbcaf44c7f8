"""Transactions: what has been issued, less what later transactions took away.

A transfer, a partial cancellation or an exercise names in OCF the securities that come out of it, and these
have issuances of their own. So a security counts unless a transaction closed it; one that was closed in
part without a balance security counts with the rest. Options that were exercised have left the plan for
good, cancelled ones go back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from toolkit.resources.funding.cap_table import OPTIONS, WARRANTS, ClassTerms
from toolkit.resources.funding.ocf.conversion import read_convertible
from toolkit.resources.funding.ocf.reading import ZERO, Reading

_CLOSING = (
    "CANCELLATION", "RETRACTION", "TRANSFER", "CONVERSION", "EXERCISE", "REPURCHASE", "RELEASE", "REISSUANCE",
)  # fmt: skip
_BECOMES_STOCK = ("EXERCISE", "RELEASE")
_REFUSED = ("TX_STOCK_CLASS_SPLIT", "TX_STOCK_CLASS_CONVERSION_RATIO_ADJUSTMENT", "TX_STOCK_CONSOLIDATION")
_PLAN_ISSUANCES = ("TX_PLAN_SECURITY_ISSUANCE", "TX_EQUITY_COMPENSATION_ISSUANCE")


@dataclass(frozen=True, slots=True)
class _Closing:
    """What took a security away: the last word of the transaction, and how many shares (None: all)."""

    kind: str
    quantity: Fraction | None


def read_transactions(reading: Reading) -> None:
    """Positions, outstanding convertibles and what is left in the plans."""
    transactions = list(reading.package.of("transactions_files"))
    issuances = {
        str(each.get("security_id")): each
        for _, each in transactions
        if str(each.get("object_type")).endswith("_ISSUANCE")
    }
    closed: dict[str, _Closing] = {}
    from_plan: set[str] = set()  # stock that options became: it left its plan when they did
    for file, each in transactions:
        kind = str(each.get("object_type"))
        if kind in _REFUSED:
            reading.refuse("ocf_not_supported", file, each, "object_type", value=kind)
        elif kind.endswith(_CLOSING):
            _close(reading, file, each, issuances, closed)
            if kind.endswith(_BECOMES_STOCK):
                from_plan |= set(each.get("resulting_security_ids") or ())
        elif kind == "TX_STOCK_PLAN_POOL_ADJUSTMENT":
            plan = reading.reference(file, each, "stock_plan_id", reading.reserved)
            if plan is not None:
                reading.reserved[plan] = reading.number(file, each, "shares_reserved")
    for file, each in transactions:
        kind = str(each.get("object_type"))
        if kind == "TX_CONVERTIBLE_ISSUANCE":
            _issue_convertible(reading, file, each, closed)
        elif kind.endswith("_ISSUANCE"):
            _issue_shares(reading, file, each, closed, from_plan)


def _close(
    reading: Reading,
    file: str,
    transaction: Mapping[str, Any],
    issuances: Mapping[str, Any],
    closed: dict[str, _Closing],
) -> None:
    security = reading.reference(file, transaction, "security_id", issuances)
    if security is None:
        return
    in_part = "quantity" in transaction and not transaction.get("balance_security_id")
    quantity = reading.number(file, transaction, "quantity") if in_part else None
    before = closed.get(security)
    if before is not None and before.quantity is not None and quantity is not None:
        quantity += before.quantity
    closed[security] = _Closing(str(transaction["object_type"]).rsplit("_", 1)[-1], quantity)


def _issue_convertible(
    reading: Reading, file: str, transaction: Mapping[str, Any], closed: Mapping[str, _Closing]
) -> None:
    holder = reading.reference(file, transaction, "stakeholder_id", reading.holders)
    if holder is None or str(transaction.get("security_id")) in closed:
        return
    convertible = read_convertible(reading, file, transaction)
    if convertible is not None:
        reading.convertibles.append((reading.holders[holder], convertible))


def _issue_shares(
    reading: Reading,
    file: str,
    transaction: Mapping[str, Any],
    closed: Mapping[str, _Closing],
    from_plan: set[str],
) -> None:
    kind, security = str(transaction["object_type"]), str(transaction.get("security_id"))
    holder = reading.reference(file, transaction, "stakeholder_id", reading.holders)
    issued = reading.number(file, transaction, "quantity")
    closing = closed.get(security)
    gone = ZERO if closing is None else issued if closing.quantity is None else closing.quantity
    share_class, ratio = WARRANTS, Fraction(1)
    if kind == "TX_STOCK_ISSUANCE":
        class_id = reading.reference(file, transaction, "stock_class_id", reading.classes)
        if class_id is not None:
            share_class, ratio = reading.classes[class_id], reading.ratios[class_id]
    elif kind in _PLAN_ISSUANCES:
        share_class = OPTIONS
    if transaction.get("stock_plan_id") is not None and security not in from_plan:
        plan = reading.reference(file, transaction, "stock_plan_id", reading.reserved)
        if plan is not None:
            left_for_good = closing is not None and closing.kind in _BECOMES_STOCK
            reading.reserved[plan] -= issued if left_for_good else issued - gone
    if holder is not None and issued > gone:
        reading.terms.setdefault(share_class, ClassTerms("common"))
        key = (reading.holders[holder], share_class)
        reading.positions[key] = reading.positions.get(key, ZERO) + (issued - gone) * ratio
