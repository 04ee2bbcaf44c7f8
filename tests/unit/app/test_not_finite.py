"""A plan whose numbers outgrow all numbers is refused in words, and nothing of it is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.resources.plans import plan_data
from toolkit.app.building import build, check_plan
from toolkit.errors import InputError
from toolkit.store.workspace import Workspace

TEAM = {"id": "team", "function": "research", "count": 9, "assumption": "too many digits"}


@pytest.mark.parametrize(("salary", "is_in_base"), [(1e308, True), ("1 to 1e200", False)])
def test_a_number_with_too_many_digits(tmp_path: Path, salary: float | str, is_in_base: bool) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(json.dumps(plan_data(talent={"roles": [TEAM | {"salary": salary}]})), encoding="utf-8")
    workspace = Workspace(tmp_path / "ws.duckdb")
    if is_in_base:
        with pytest.raises(InputError, match="no number in 2027-01"):
            check_plan(plan)
    with pytest.raises(InputError) as caught:
        build(plan, workspace, draws=64)
    assert [one.id for one in caught.value.problems] == ["app.not_finite"]
    assert workspace.exists is not is_in_base, "only draws can tell, so the revision is kept"
