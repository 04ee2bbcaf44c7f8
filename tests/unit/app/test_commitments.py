"""The ledger of commitments of a run, and the warning where the plan does not pay."""

from __future__ import annotations

from tests.unit.resources.plans import base, plan_data, read
from toolkit.app.commitments import commitments_of, gap_warnings

MONTHS = [f"{year}-{month:02d}" for year in (2027, 2028) for month in range(1, 13)]
LEASE = {
    "id": "lease", "label": {"en": "Office lease", "zh": "办公室租约"}, "kind": "lease", "cost": "rent",
    "monthly": 4_000, "start": "2027-02", "end": "2027-12", "counterparty": "Landlord",
}  # fmt: skip


def data(rent: float) -> dict[str, object]:
    cost = {"id": "rent", "category": "general", "monthly": rent, "start": "2027-02"}
    return plan_data(operations={"costs": [cost], "commitments": [LEASE]})


def test_what_the_plan_does_not_pay_is_said_with_its_month() -> None:
    short = data(3_000)
    (row,) = commitments_of(read(short), MONTHS, base(short))
    assert (row.first_gap, sum(row.uncovered), row.left[1]) == ("2027-02", 11_000, 40_000)
    (warning,) = gap_warnings(read(short), MONTHS, base(short))
    assert warning.en == "Office lease: $11,000 is committed and not in the plan, first in Feb 2027."
    assert warning.zh == "办公室租约：已承诺 11,000美元 而计划未列支，最早出现在 2027年2月。"
    assert row.as_dict("zh")["counterparty"] == "Landlord"


def test_a_plan_that_pays_is_silent() -> None:
    whole = data(4_000)
    assert gap_warnings(read(whole), MONTHS, base(whole)) == []
    assert commitments_of(read(whole), MONTHS, base(whole))[0].first_gap is None
